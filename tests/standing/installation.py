"""A supervised installation: PostgreSQL from a copied tree, web and worker, each a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import httpx
import psycopg

from vanthu.kernel import embedded_postgres
from vanthu.kernel.embedded_postgres import OWNER_ROLE, SUPERUSER, EmbeddedPostgres

_ROOT = Path(__file__).parents[2]
_LONGEST = 60.0

#: What supervises: argv is (folder, port).
_PROGRAM = """
import os, signal, sys
from pathlib import Path
from vanthu.interfaces.cli import supervisor
from vanthu.interfaces.cli.supervisor import Child, ReadyMail, Supervisor, command
from vanthu.kernel import embedded_postgres

folder, port = Path(sys.argv[1]), sys.argv[2]
embedded_postgres.DEBIAN_VERSIONS = folder / "lib/postgresql"
supervisor._LOOK_EVERY = 0.5
postgres = embedded_postgres.EmbeddedPostgres(folder / "postgres", durable=False)
vanthu = [sys.executable, "-m", "vanthu"]
children = [
    Child(name="postgres", start=postgres.spawn, ready=postgres.is_ready, stop_signal=signal.SIGINT,
          outdated=postgres.is_outdated),
]
for name, words in (("web", ["serve", "--port", port]), ("worker", ["worker"])):
    mail = ReadyMail(name)
    start = command([*vanthu, *words], {**os.environ, "NOTIFY_SOCKET": mail.address})
    children.append(Child(name=name, start=mail.before(start), ready=mail.arrived, after=("postgres",)))
try:
    with Supervisor(folder) as running:
        running.start(children, timeout=120)
        running.watch()
except supervisor.StopRequested:
    pass
"""
_BUILD_WORLD = "import django; django.setup(); from tests.world import build_world; build_world()"


class Installation:
    """Use as a context manager: everything is started, and gone at the end."""

    def __init__(self) -> None:
        # PostgreSQL runs as another user: the program's tree must be open to it.
        self.folder = Path(tempfile.mkdtemp(prefix="vanthu-standing-"))
        self.folder.chmod(0o755)
        self.postgres = EmbeddedPostgres(self.folder / "postgres", durable=False)
        self.url = self.postgres.url("vanthu", OWNER_ROLE)
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._supervisor: subprocess.Popen[bytes] | None = None
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.environment = {
            **kept,
            "PYTHONPATH": f"{_ROOT}/src:{_ROOT}",
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "vanthu.config.settings.system",
            "DATABASE_URL": self.url,
            "VANTHU_VAR": str(self.folder / "var"),
            "VANTHU_SECRET_KEY": "chỉ dùng trong kiểm thử",
            "VANTHU_WEB_PROCESSES": "1",
            "VANTHU_WORKER_BEAT_SECONDS": "1",
            "VANTHU_LEAST_FREE_MB": "0",
        }

    def __enter__(self) -> Self:
        self._copy_postgres()
        with self.copied_tree(), self.postgres:
            self.postgres.create_database("vanthu")
            for done in (self.console("migrate"), self.run("-c", _BUILD_WORLD)):
                assert done.returncode == 0, done.stderr
        with (self.folder / "supervisor.log").open("wb") as log:
            self._supervisor = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM, str(self.folder), str(self.port)],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self.wait_for(lambda: self.state["state"] == "ready", "sẵn sàng")
        except BaseException:
            # Nobody else ends it: no `with` block has been entered.
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._supervisor is not None:
            self._supervisor.send_signal(signal.SIGTERM)
            try:
                self._supervisor.wait(60)
            finally:
                self._supervisor.kill()
                self._supervisor.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def tree(self) -> Path:
        """Where this installation's PostgreSQL has its programs and libraries."""
        (version,) = (self.folder / "lib/postgresql").iterdir()
        return version

    @property
    def state(self) -> dict[str, Any]:
        """What the supervisor says of its children."""
        try:
            return dict(json.loads((self.folder / "run.json").read_text(encoding="utf-8")))
        except FileNotFoundError:
            return {"state": "none", "children": {}}

    def pid(self, child: str) -> int:
        """The process number of a child now; 0 while it has none."""
        return int(self.state["children"][child]["pid"] or 0)

    def log(self, child: str) -> str:
        """What a child wrote."""
        return (self.folder / "log" / f"{child}.log").read_text(encoding="utf-8", errors="replace")

    def console(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a `vanthu` command to its end."""
        return self.run("-m", "vanthu", *words, **settings)

    def run(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run Python with the settings of this installation; `settings` override them."""
        return subprocess.run(
            [sys.executable, *words],
            env=self.environment | settings,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Rows from the database, over a connection of its own, as its superuser."""
        address = self.postgres.url("vanthu", SUPERUSER)
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(query.encode())
            return cursor.fetchall() if cursor.description else []

    def get(self, path: str, **more: Any) -> httpx.Response:
        """A page, by a browser that keeps nothing."""
        return httpx.get(f"{self.address}{path}", timeout=30, **more)

    def does_a_job(self) -> bool:
        """Give the worker a job and wait until it is done."""
        self.wait_for(self._defer, "cơ sở dữ liệu nhận việc")
        self.wait_for(lambda: not self._waiting_jobs(), "việc nền làm xong")
        return True

    def _defer(self) -> bool:
        try:
            self.ask(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
                " VALUES ('kernel', 'kernel.check_blobs', '{}')"
            )
        except psycopg.OperationalError:
            return False
        return True

    def _waiting_jobs(self) -> int:
        (row,) = self.ask("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'kernel.check_blobs'")
        return int(row[0])

    def wait_for(self, met: Callable[[], object], what: str) -> None:
        """Wait until it is so; the logs are shown when it never is."""
        limit = time.monotonic() + _LONGEST
        while not met():
            if time.monotonic() > limit or (self._supervisor and self._supervisor.poll() is not None):
                logs = sorted([*self.folder.glob("*.log"), *self.folder.glob("log/*.log")])
                raise AssertionError(
                    what + "\n" + "\n".join(f"== {log.name}\n{log.read_text()[-3000:]}" for log in logs)
                )
            time.sleep(0.05)

    def copied_tree(self) -> _Elsewhere:
        """Within: this process, too, starts PostgreSQL from the copied tree."""
        return _Elsewhere(self.folder / "lib/postgresql")

    def _copy_postgres(self) -> None:
        """A tree PostgreSQL finds its own way in: it looks for libraries and texts beside its program."""
        source = Path(embedded_postgres._binary("postgres")).parents[1]
        target = self.folder / "lib/postgresql" / source.name
        for folder, names in (("bin", ("postgres", "initdb")), ("lib", ("*.so",))):
            (target / folder).mkdir(parents=True)
            for pattern in names:
                for path in (source / folder).glob(pattern):
                    shutil.copy2(path, target / folder)
        (self.folder / "share").mkdir()
        (self.folder / "share/postgresql").symlink_to("/usr/share/postgresql")


class _Elsewhere:
    def __init__(self, folder: Path) -> None:
        self._folder, self._before = folder, embedded_postgres.DEBIAN_VERSIONS

    def __enter__(self) -> None:
        embedded_postgres.DEBIAN_VERSIONS = self._folder

    def __exit__(self, *_: object) -> None:
        embedded_postgres.DEBIAN_VERSIONS = self._before


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
