"""A real axis: its own process, its own database, a port of its own on the loopback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
from django.conf import settings
from psycopg import sql

SYSTEM_ID, SECRET = "AN-BINH", "khoa-bi-mat-cua-an-binh"
#: Another installation's system, spoken for by the tests themselves.
OTHER_SYSTEM_ID, OTHER_SECRET = "PHU-VINH", "khoa-bi-mat-cua-phu-vinh"

_CONSOLE = "import sys; from vanthu.interfaces.cli.axis import main; sys.exit(main())"
#: Several commands in one process: each start of Python costs a second or more.
_CONSOLES = """
import json, sys
from vanthu.interfaces.cli.axis import main
sys.exit(max(main(command) for command in json.load(sys.stdin)))
"""


@dataclass
class AxisProcess:
    """`vanthu-axis` in `home`; `start`, `kill` (as kill -9 does) and `start` again keep its data."""

    home: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def prepare(self, agencies: Iterable[tuple[str, str, str]]) -> None:
        """Create the database, the two systems and the agencies (code, name, system)."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.port = _free_port()
        self.environment = self._environment(_new_database(f"truc_{os.getpid()}_{self.port}"))
        self.console(
            ["migrate"],
            ["system", "add", SYSTEM_ID, "--secret", SECRET],
            ["system", "add", OTHER_SYSTEM_ID, "--secret", OTHER_SECRET],
            *(["agency", "add", code, name, "--system", system] for code, name, system in agencies),
        )

    def console(self, *commands: Sequence[str]) -> None:
        """Run `vanthu-axis` with each of these argument lists."""
        subprocess.run(
            [sys.executable, "-c", _CONSOLES],
            input=json.dumps(commands).encode(),
            env=self.environment,
            check=True,
            capture_output=True,
            timeout=120,
        )

    def start(self) -> None:
        log = (self.home / "truc.log").open("ab")
        with log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _CONSOLE, "serve", "--host", "127.0.0.1", "--port", str(self.port)],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_it_answers()

    def kill(self) -> None:
        """End it and its children at once, without a word."""
        if self.process is not None:
            # Its server processes are in its process group.
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def pause(self) -> None:
        """Let it answer nobody, though it is there."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on where it stopped."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGCONT)

    def joining(self) -> dict[str, str]:
        """The settings that join another process of this installation to it, and have it look often."""
        return {
            "VANTHU_AXIS_URL": self.url,
            "VANTHU_AXIS_SYSTEM_ID": SYSTEM_ID,
            "VANTHU_AXIS_SECRET": SECRET,
            "VANTHU_AXIS_POLL_SECONDS": "1",
        }

    @property
    def is_running(self) -> bool:
        """Whether it was started and not killed."""
        return self.process is not None

    def _wait_until_it_answers(self) -> None:
        assert self.process is not None
        limit = time.monotonic() + 60
        while time.monotonic() < limit:
            if self.process.poll() is not None:
                raise AssertionError((self.home / "truc.log").read_text())
            try:
                httpx.post(f"{self.url}/getAgenciesList", timeout=5)
            except httpx.HTTPError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("trục không trả lời")

    def _environment(self, database_url: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
        return {
            **kept,
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "DATABASE_URL": database_url,
            "VANTHU_VAR": str(self.home / "var"),
            "VANTHU_SECRET_KEY": "trục của kiểm thử",
            "VANTHU_WEB_PROCESSES": "1",
            "DJANGO_SETTINGS_MODULE": "vanthu.config.settings.axis",
        }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _new_database(name: str) -> str:
    """A database beside that of the tests; its address."""
    ours = {
        key: str(settings.DATABASES["default"][key] or "") for key in ("HOST", "PORT", "USER", "PASSWORD")
    }
    with psycopg.connect(
        host=ours["HOST"],
        port=ours["PORT"] or None,
        user=ours["USER"],
        password=ours["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    ) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    login = f"{ours['USER']}:{ours['PASSWORD']}" if ours["PASSWORD"] else ours["USER"]
    place = f"?host={ours['HOST']}" if ours["HOST"].startswith("/") else ""
    host = "" if place else f"{ours['HOST']}:{ours['PORT'] or 5432}"
    return f"postgresql://{login}@{host}/{name}{place}"
