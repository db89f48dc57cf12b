"""`vanthu migrate|serve|worker|manage`: what they cannot do they refuse in one Vietnamese line."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

_USABLE = {
    "VANTHU_SECRET_KEY": "chỉ dùng trong kiểm thử",
    "DATABASE_URL": "postgresql://vanthu@/vanthu?host=/không/có",
    "VANTHU_DATABASE_WAIT_SECONDS": "0",
}


def _vanthu(*arguments: str, **settings: str) -> tuple[int, str]:
    """Run the console program with nothing set but `settings`: its exit code and what it said on stderr."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    done = subprocess.run(
        [sys.executable, "-m", "vanthu", *arguments],
        env=kept | settings,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stderr


class TestRefusals:
    @pytest.mark.parametrize("command", ["migrate", "serve", "worker"])
    def test_a_missing_setting_is_named(self, command: str) -> None:
        code, said = _vanthu(command, DATABASE_URL=_USABLE["DATABASE_URL"])

        assert code == 2
        assert said.startswith("Thiếu biến môi trường VANTHU_SECRET_KEY. Hãy đặt ")
        assert said.count("\n") == 1

    @pytest.mark.parametrize("command", ["migrate", "worker", "manage migrate"])
    def test_a_database_that_does_not_answer(self, command: str, tmp_path: Path) -> None:
        code, said = _vanthu(*command.split(), VANTHU_VAR=str(tmp_path), **_USABLE)

        assert code == 2
        assert said.startswith("Không làm việc được với cơ sở dữ liệu: ")
        assert said.count("\n") == 1

    def test_a_port_in_use(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            code, said = _vanthu("serve", "--port", str(port), VANTHU_VAR=str(tmp_path), **_USABLE)

        assert code == 2
        assert said.startswith(f"Không lắng nghe được ở 127.0.0.1:{port}: đang có chương trình khác dùng.")
        assert said.count("\n") == 1

    @pytest.mark.parametrize(
        ("command", "changes", "reason"),
        [
            ("worker", {"DATABASE_URL": "postgresql://u@localhost:cổng/x"}, "DATABASE_URL phải có dạng"),
            ("worker", {"DATABASE_URL": "postgresql://u@/x?lạ=1"}, "Không làm việc được với cơ sở dữ liệu"),
            ("migrate", {"DATABASE_URL": "postgresql://u@/x?lạ=1"}, "Không làm việc được với cơ sở dữ liệu"),
            ("serve", {"VANTHU_VAR": "/dev/null"}, "Không dùng được thư mục «/dev/null» (VANTHU_VAR)"),
            ("worker", {"VANTHU_VAR": "/dev/null/x"}, "Không dùng được thư mục «/dev/null/x» (VANTHU_VAR)"),
            ("serve", {"VANTHU_WEB_THREADS": "-1"}, "VANTHU_WEB_THREADS phải từ 1 trở lên, không phải -1"),
            ("serve", {"VANTHU_WEB_PROCESSES": "0"}, "VANTHU_WEB_PROCESSES phải từ 1 trở lên"),
            ("serve", {"VANTHU_WEB_CONNECTIONS": "0"}, "VANTHU_WEB_CONNECTIONS phải từ 1 trở lên"),
            ("serve", {"VANTHU_TRUSTED_PROXIES": "10.0.0.1,proxy"}, "không phải «proxy»"),
            ("worker", {"VANTHU_WORKER_CONCURRENCY": "0"}, "VANTHU_WORKER_CONCURRENCY phải từ 1"),
            ("serve", {"PORT": "99999"}, "PORT phải là cổng từ 1 đến 65535, không phải 99999"),
            ("serve --host nowhere.invalid", {}, "nowhere.invalid:8000: không có địa chỉ ấy"),
            ("worker", {"DJANGO_SETTINGS_MODULE": "nowhere.settings"}, "không có cấu hình ấy"),
            ("worker", {"VANTHU_SECRET_KEY_FILE": "/nowhere/key"}, "không tìm thấy tệp hoặc thư mục"),
            ("worker", {"VANTHU_SECRET_KEY_FILE": "/dev"}, "là thư mục, không phải tệp"),
            ("manage sing", {}, "Django không có lệnh «sing»"),
            ("manage", {}, "Django không có lệnh «»"),
        ],
    )
    def test_a_setting_that_cannot_be_used(
        self, command: str, changes: dict[str, str], reason: str, tmp_path: Path
    ) -> None:
        code, said = _vanthu(*command.split(), **{"VANTHU_VAR": str(tmp_path), **_USABLE, **changes})

        assert code == 2
        assert reason in said
        assert said.count("\n") == 1
