"""`vanthu worker` as a process of its own on the database of the tests: to be killed, stopped and watched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from django.conf import settings as configured
from django.db import connection

_CONSOLE = "import sys; from vanthu.interfaces.cli.system import main; sys.exit(main())"
#: A patient limit, not a measure: the machine may be busy.
_SECONDS = 120


class WorkerProcess:
    """One worker, as that user of the database; `before` is Python run in it first, to break something."""

    def __init__(
        self, log: Path, settings: Mapping[str, str] | None = None, *, before: str = "", user: str = ""
    ) -> None:
        self._log, self._code = log, f"{before}\n{_CONSOLE}"
        database = configured.DATABASES["default"]
        host = f"?host={database['HOST']}" if str(database["HOST"]).startswith("/") else ""
        address = "" if host else f"{database['HOST']}:{database['PORT'] or 5432}"
        login = user or database["USER"]
        login = f"{login}:{database['PASSWORD']}" if database["PASSWORD"] and not user else login
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ},
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "DATABASE_URL": f"postgresql://{login}@{address}/{connection.settings_dict['NAME']}{host}",
            "VANTHU_VAR": str(configured.VAR),
            "VANTHU_SECRET_KEY": "việc nền của kiểm thử",
            "VANTHU_TRUST": configured.TRUST,
            "VANTHU_WORKER_BEAT_SECONDS": "1",
            "DJANGO_SETTINGS_MODULE": "vanthu.config.settings.system",
            **(settings or {}),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; anew when it ended."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", self._code, "worker"],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the worker alone, not to what it started."""
        assert self.process is not None
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        """End it at once, without a word."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> int:
        """Ask it to stop, and wait; its exit code."""
        assert self.process is not None
        self.process.terminate()
        code = self.process.wait(_SECONDS)
        self.process = None
        return code

    @property
    def is_alive(self) -> bool:
        """Whether it runs, or stands stopped."""
        return self.process is not None and self.process.poll() is None

    @property
    def said(self) -> str:
        """Its log so far."""
        return self._log.read_text(encoding="utf-8")

    def wait_until(self, met: Callable[[], bool], what: str, *, restarting: bool = False) -> None:
        """Wait for what the worker does; its log is shown when it does not, or when it dies of itself.

        With `restarting` it is started anew whenever it ended, as a supervisor does.
        """
        limit = time.monotonic() + _SECONDS
        while not met():
            if not self.is_alive and restarting:
                self.start()
            assert self.process is None or self.is_alive, self.said
            assert time.monotonic() < limit, f"chờ mãi không thấy {what}:\n{self.said[-4000:]}"
            time.sleep(0.2)
