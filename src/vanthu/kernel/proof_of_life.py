"""The proof that a worker lives: a lock of PostgreSQL held by a small process that dies with the worker.

A sign of life the worker itself must give in time is late whenever the worker computes; a lock needs no
giving. It is held by a database session, and the session ends when its process does, however it ends. That
process is not the worker, so that no computing of the worker keeps it from coming back when the database
was restarted; it lives exactly as long as the worker, whose end it sees as the end of its standard input.

Run as a module, it takes one line of JSON on standard input (`conninfo`, `worker` or null), registers the
worker in the same transaction that takes the lock, says the worker's number on standard output, and stays.
A worker that was declared dead meanwhile is ended at once: its jobs are somebody else's by now.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import sys
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

#: First half of the lock's key, any number nobody else uses; the second half is the worker's number.
LOCK_SPACE = 0x76742D77
#: Seconds between two questions to the database; that the session or the worker ended is seen at once.
_LOOK = 5.0
#: Seconds before the database is asked for a session, again and again while it is away.
_BEFORE_TRYING_AGAIN = 0.05
#: A machine that vanished without a word: PostgreSQL ends the session after about twenty-five seconds.
_VANISHED = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
_PASSED_ON = ("host", "port", "user", "password", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey")


class ProofOfLife:
    """The worker's side: one process that holds the lock, begun anew whenever it ends before the worker."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        """`parameters` are those of psycopg.connect."""
        given = {name: parameters[name] for name in _PASSED_ON if parameters.get(name)}
        self._conninfo = make_conninfo(**given)
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def begin(self) -> int:
        """Register a worker, hold its lock from its first moment until `end`, and return its number.

        Raises ConnectionError when the database does not answer.
        """
        worker = await self._hold(None)
        self._keeper = asyncio.create_task(self._keep(worker))
        return worker

    async def end(self) -> None:
        """Let the lock go."""
        if self._keeper is not None:
            self._keeper.cancel()
        if self._process is not None and self._process.returncode is None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            await self._process.wait()

    async def _keep(self, worker: int) -> None:
        """Begin the holder anew whenever something ended it; never returns."""
        while True:
            assert self._process is not None
            await self._process.wait()
            with suppress(ConnectionError):
                await self._hold(worker)

    async def _hold(self, worker: int | None) -> int:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            __name__,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = json.dumps({"conninfo": self._conninfo, "worker": worker})
        self._process.stdin.write(f"{order}\n".encode())
        said = await self._process.stdout.readline()
        if not said:
            raise ConnectionError("Tiến trình giữ dấu hiệu sống của việc nền không nối được cơ sở dữ liệu.")
        return int(said)


def main() -> None:
    """Hold the lock until standard input ends."""
    # It ends with its worker, not before: a worker asked to stop has jobs under way for a while.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    order, parent = json.loads(sys.stdin.readline()), os.getppid()
    worker: int | None = order["worker"]
    while not _is_over(None, seconds=_BEFORE_TRYING_AGAIN):
        try:
            with psycopg.connect(order["conninfo"], options=_VANISHED, autocommit=True) as session:
                worker = _hold(session, worker, parent)
                while not _is_over(session, seconds=_LOOK):
                    session.execute("SELECT 1")
                return
        except psycopg.OperationalError:
            if worker is None:
                return


def _hold(session: psycopg.Connection[Any], worker: int | None, parent: int) -> int:
    """Take the lock, of a new worker or once more of a known one, and say whose it is."""
    with session.transaction():
        if worker is None:
            row = session.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id").fetchone()
        else:
            row = session.execute("SELECT id FROM procrastinate_workers WHERE id = %s", [worker]).fetchone()
        if row is None:
            if os.getppid() == parent:
                os.kill(parent, signal.SIGKILL)
            sys.exit(1)
        session.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_SPACE, row[0]])
    print(row[0], flush=True)
    return int(row[0])


def _is_over(session: psycopg.Connection[Any] | None, *, seconds: float) -> bool:
    """Wait, at most until the session says something (it is ended); whether the worker has ended."""
    watched = [sys.stdin] if session is None else [sys.stdin, session]
    return sys.stdin in select.select(watched, [], [], seconds)[0]


if __name__ == "__main__":
    main()
