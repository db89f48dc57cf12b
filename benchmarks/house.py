"""The bench's own house: a durable PostgreSQL in var/bench, databases in it, servers on ports of its own."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

from benchmarks import children
from benchmarks.children import MeasuringFailed
from vanthu.interfaces.cli.supervisor import command
from vanthu.kernel.embedded_postgres import APP_ROLE, OWNER_ROLE, SUPERUSER, EmbeddedPostgres, socket_folder

#: The first of the twenty ports the bench listens on, all on the loopback.
FIRST_PORT = int(os.environ.get("BENCH_PORT", "8680"))
#: What a program of ours may not inherit: the bench decides it.
_OURS = ("VANTHU_", "DATABASE_", "DJANGO_", "PORT")
_START_SECONDS = 120.0
_STOP_SECONDS = 60.0
_RATE = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


@dataclass(frozen=True)
class Load:
    """What pgbench came to."""

    per_second: float
    #: Of every transaction.
    milliseconds: list[float]


@dataclass(frozen=True)
class Server:
    """A server that runs; all its processes are of one session."""

    session: int

    def processor_seconds(self) -> float:
        """Processor time all its living processes have used so far, their threads too."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                # proc(5): after the name in brackets come state, parent, group, session; time is 14 and 15.
                fields = stat.read_text().rpartition(")")[2].split()
                if int(fields[3]) == self.session:
                    ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


class House:
    """Where everything is measured. Entering starts PostgreSQL with fsync on; leaving stops all of it."""

    def __init__(self, var: Path) -> None:
        self.var = var.absolute()
        self.postgres = EmbeddedPostgres(self.var / "postgres")

    def __enter__(self) -> Self:
        (self.var / "log").mkdir(parents=True, exist_ok=True)
        self.postgres.start(timeout=_START_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.postgres.stop()

    def environment(self, database: str, *, role: str = APP_ROLE) -> dict[str, str]:
        """What a program on `database` is told; processes and threads are the product's own defaults."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        return inherited | {
            "PYTHONUNBUFFERED": "1",
            "DATABASE_URL": self.postgres.url(database, role),
            "DATABASE_OWNER_URL": self.postgres.url(database, OWNER_ROLE),
            "VANTHU_DATABASE_ROLE": APP_ROLE,
            "VANTHU_VAR": str(self.var / "state"),
            "VANTHU_SECRET_KEY": "chỉ dùng để đo tốc độ",
            "VANTHU_LOG_LEVEL": "WARNING",
            # The bench signs in faster than people do.
            "VANTHU_COOKIE_PREFIX": "bench",
        }

    def new_database(self, name: str, program: str = "vanthu") -> None:
        """An empty database with the tables of `program`."""
        self.postgres.drop_database(name)
        self.postgres.create_database(name)
        children.run(console(program, "migrate"), self.environment(name))

    def copy_database(self, source: str, name: str) -> None:
        """`name` becomes a copy of `source`, file by file."""
        self.postgres.drop_database(name)
        with self.connect("postgres") as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(source), sql.Identifier(OWNER_ROLE)
                )
            )
            connection.execute(
                sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                    sql.Identifier(name), sql.Identifier(APP_ROLE)
                )
            )

    def databases(self) -> set[str]:
        """The names of the databases there are."""
        with self.connect("postgres") as connection:
            return {str(row[0]) for row in connection.execute("SELECT datname FROM pg_database")}

    def connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        """A connection as superuser, each statement a transaction of its own."""
        return psycopg.connect(self.postgres.url(database, SUPERUSER), autocommit=True)

    def pgbench(
        self, database: str, script: str, *, clients: int, seconds: int = 0, transactions: int = 0
    ) -> Load:
        """Run `script` for so many seconds, or by each client so many times. Raises MeasuringFailed.

        The whole script is what pgbench calls a transaction, whatever it commits.
        """
        with tempfile.TemporaryDirectory(dir=self.var) as name:
            path = Path(name, "script.sql")
            path.write_text(script, encoding="utf-8")
            said = children.run(
                [
                    *("/usr/bin/pgbench", "--no-vacuum", "--log", f"--log-prefix={name}/log"),
                    *("--client", str(clients), "--jobs", str(min(clients, os.cpu_count() or 1))),
                    *(["--time", str(seconds)] if seconds else ["--transactions", str(transactions)]),
                    *("--file", str(path), "--host", str(socket_folder(self.postgres.data))),
                    *("--username", APP_ROLE, database),
                ]
            )
            lines = [line for log in Path(name).glob("log*") for line in log.read_text().splitlines()]
        rate = _RATE.search(said)
        if rate is None or not lines:
            raise MeasuringFailed(f"pgbench không cho kết quả: {said.strip()[-200:]}")
        return Load(per_second=float(rate[1]), milliseconds=[int(line.split()[2]) / 1000 for line in lines])

    @contextmanager
    def serving(
        self,
        name: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        ready: Callable[[], bool],
        *,
        seconds: float = _START_SECONDS,
    ) -> Iterator[Server]:
        """`arguments` run as a server, from the moment it is `ready` to the end of the block.

        Raises MeasuringFailed when it is not within `seconds`.
        """
        with (self.var / "log" / f"{name}.log").open("wb") as log:
            process = command(arguments, environment)(log)
        try:
            limit = time.monotonic() + seconds
            while not ready():
                if time.monotonic() > limit or process.poll() is not None:
                    raise MeasuringFailed(f"«{name}» không chạy; xem nhật ký trong {self.var / 'log'}.")
                time.sleep(0.1)
            yield Server(session=process.pid)
        finally:
            _stop(process)

    @contextmanager
    def serving_hello(self, port: int) -> Iterator[Server]:
        """The least a web server can do (`benchmarks.hello`), on the same server program as the product's."""
        arguments = [sys.executable, "-m", "benchmarks.hello", str(port)]
        with self.serving(
            "hello", arguments, os.environ, lambda: answers(f"http://127.0.0.1:{port}/")
        ) as hello:
            yield hello


def answers(url: str) -> bool:
    """Whether something answers a GET at `url` with anything but a fault of its own."""
    host, _, path = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=5)
    try:
        connection.request("GET", f"/{path}")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def console(program: str, *words: str) -> list[str]:
    """`vanthu …` or `vanthu-axis …`, by the Python we run on."""
    if program == "vanthu":
        return [sys.executable, "-m", "vanthu", *words]
    return [str(Path(sys.executable).with_name(program)), *words]


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_SECONDS)
    # It leads a session of its own: what it left behind goes with it.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
