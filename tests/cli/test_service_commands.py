"""`vanthu migrate|serve|worker|demo`: what they cannot do they refuse in one Vietnamese line."""

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

    @pytest.mark.parametrize("command", ["migrate", "worker"])
    def test_a_database_that_does_not_answer(self, command: str, tmp_path: Path) -> None:
        code, said = _vanthu(command, VANTHU_VAR=str(tmp_path), **_USABLE)

        assert code == 2
        assert said.splitlines()[-1].startswith("Không làm việc được với cơ sở dữ liệu: ")
        assert "Traceback" not in said

    def test_a_port_in_use(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            code, said = _vanthu("serve", "--port", str(port), VANTHU_VAR=str(tmp_path), **_USABLE)

        assert code == 2
        assert said.startswith(f"Không lắng nghe được ở 127.0.0.1:{port} ")
        assert said.count("\n") == 1

    def test_a_part_of_the_demo_that_is_not_known(self) -> None:
        code, said = _vanthu("demo", "sing")

        assert code == 2
        assert said.startswith("vanthu demo: tham số không đúng")


def test_the_parts_of_the_demo_have_their_own_help() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vanthu", "demo", "play", "--help"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 0
    assert done.stdout.startswith("usage: vanthu demo play")
    assert "--json" in done.stdout
