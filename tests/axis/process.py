"""The axis as its own process with its own database, as it stands in the field."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
from psycopg import sql

_ROOT = Path(__file__).parents[2]
_CONSOLE = Path(sys.executable).with_name("vanthu-axis")
#: How long a busy machine may take before something is wrong.
_PATIENCE = 120


class AxisProcess:
    """`vanthu-axis serve` in `folder`, on a database of its own in the server DATABASE_URL points at."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.database = f"axis_{uuid.uuid4().hex}"
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "vanthu.config.settings.axis",
            "DATABASE_URL": _url(self.database),
            "VANTHU_VAR": str(folder),
            "VANTHU_SECRET_KEY": "chỉ dùng trong kiểm thử",
            "VANTHU_WEB_PROCESSES": "1",
            "VANTHU_LOG_LEVEL": "WARNING",
            **environment,
        }

    def __enter__(self) -> Self:
        with psycopg.connect(_url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.database)))
        self.console("migrate")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        with psycopg.connect(_url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self.database)))

    def console(
        self, *words: str, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one `vanthu-axis` command to its end."""
        return subprocess.run(
            [_CONSOLE, *words],
            env=environment or self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )

    def fill_directory(self) -> None:
        """Connect the systems of tests/axis/world.py and add their agencies, in one process for speed."""
        fill = "import django; django.setup(); from tests.axis import world; world.build_axis_world()"
        subprocess.run(
            [sys.executable, "-c", fill], env=self.environment, cwd=_ROOT, check=True, timeout=_PATIENCE
        )

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with (self._folder / "axis.log").open("ab") as log:
            self._process = subprocess.Popen(
                [_CONSOLE, "serve", "--port", str(self.port)],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self._wait_until_it_answers(self._process)
        except BaseException:
            # Nobody else ends it when no `with` block is entered.
            self.kill()
            raise

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        limit = time.monotonic() + _PATIENCE
        while not self._answers():
            assert process.poll() is None, self.log()
            assert time.monotonic() < limit, self.log()
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL to the server and its workers at once, as a power cut would."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def log(self) -> str:
        """What the server wrote."""
        return (self._folder / "axis.log").read_text(errors="replace")

    def peak_memory(self) -> int:
        """Bytes of memory the largest process of the server ever had resident."""
        assert self._process is not None, "the server runs"
        peaks = []
        for status in Path("/proc").glob("[0-9]*/status"):
            with contextlib.suppress(OSError):
                if os.getpgid(int(status.parent.name)) == self._process.pid:
                    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
                    peaks.append(int(lines.get("VmHWM", "0 kB").split()[0]) * 1024)
        return max(peaks)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Rows straight from the axis's database."""
        with psycopg.connect(_url(self.database)) as connection:
            return list(connection.execute(query.encode()))

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/suc-khoe", timeout=5).status_code == 200
        except httpx.TransportError:
            return False


def _url(database: str) -> str:
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
