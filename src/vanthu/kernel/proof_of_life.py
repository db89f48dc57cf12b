"""The proof that a worker lives: its own process, and a lock of PostgreSQL held by a small one beside it.

A sign of life the worker itself must give in time is late whenever the worker computes; a lock needs no
giving. It is held by a database session, and the session ends when its process does, however it ends. That
process is not the worker, so that no computing of the worker keeps it from coming back when the database
was restarted; it lives exactly as long as the worker, whose end it sees as the end of its standard input.

A lock that nobody holds proves nothing yet: the session may have been cut off, and the database be full
when its holder comes back. So the holder also writes down whose lock it is (`LivingWorker`), and then:

- On the worker's own machine its kernel is asked whether the process has ended (`kernel.processes`).
- Elsewhere nobody can ask. So a holder that has not known for UNSURE seconds that the lock is held ends its
  worker, and others wait longer than that (`kernel.rescue`). Both count on clocks nobody can set, and from
  moments in the right order: the holder from before it asked, the others from after they saw no lock.

The holder's own death is its worker's, by the kernel and at once, however the worker computes: nobody else
would know when to end it.

Run as a module, it takes one line of JSON on standard input (`conninfo`, `parent`, `unsure`), registers the
worker in the same transaction that takes the lock, says the worker's number on standard output, and stays. A
worker that was declared dead meanwhile is ended at once: its jobs are somebody else's by now.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any, NoReturn

import psycopg
from psycopg.conninfo import make_conninfo

from vanthu.kernel.processes import Process, seconds_since_boot

#: First half of the lock's key, any number nobody else uses; the second half is the worker's number.
LOCK_SPACE = 0x76742D77
#: Seconds for which a worker may work while nobody knows that its lock is held.
UNSURE = 60.0
#: Seconds more that others wait for: for the holder to notice, and the kernel to end what is ended.
MARGIN = 15.0
#: Seconds between two questions to the database; that the session or the worker ended is seen at once.
_LOOK = 5.0
#: Seconds before the database is asked for a session, again and again while it is away.
_BEFORE_TRYING_AGAIN = 0.05
#: Seconds between two looks at the clock. Two of them in a row must find the time over: a holder that was
#: stopped itself (a machine that slept) first asks whether its session has outlived that.
_TICK = 0.5
#: A machine that vanished without a word: PostgreSQL ends the session after about twenty-five seconds.
VANISHED = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
_PASSED_ON = ("host", "port", "user", "password", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey")


class ProofOfLife:
    """The worker's side: one process that holds the lock, whose death is the worker's."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        """`parameters` are those of psycopg.connect."""
        given = {name: parameters[name] for name in _PASSED_ON if parameters.get(name)}
        self._conninfo = make_conninfo(**given)
        #: The number it works under; None while it does not.
        self.worker: int | None = None
        self._holder: subprocess.Popen[bytes] | None = None
        #: Numbers this process worked under and has given up: no job of theirs is under way any more.
        self.given_up: set[int] = set()

    def begin(self) -> int:
        """Register a worker, hold its lock from its first moment until `end`, and return its number.

        Raises ConnectionError when the database does not answer.
        """
        holder = self._holder = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert holder.stdin is not None
        assert holder.stdout is not None
        order = {"conninfo": self._conninfo, "parent": os.getpid(), "unsure": UNSURE}
        with suppress(BrokenPipeError):
            holder.stdin.write(f"{json.dumps(order)}\n".encode())
            holder.stdin.flush()
        said = holder.stdout.readline()
        if not said or not _dies_with(holder.stdout.fileno()):
            self.end()
            raise ConnectionError("Tiến trình giữ dấu hiệu sống của việc nền không nối được cơ sở dữ liệu.")
        self.worker = int(said)
        return self.worker

    def end(self) -> None:
        """Let the lock go, if it is held. Called when no job of this worker is under way any more."""
        if self.worker is not None:
            self.given_up.add(self.worker)
            self.worker = None
        holder, self._holder = self._holder, None
        if holder is None:
            return
        assert holder.stdin is not None
        assert holder.stdout is not None
        _outlives(holder.stdout.fileno())
        holder.stdin.close()
        holder.wait()
        holder.stdout.close()


def _dies_with(pipe: int) -> bool:
    """Have the kernel kill this process as soon as the writer of `pipe` ends, or writes; False: it has."""
    # Not by a thread of ours: it would have to wait while this process computes, or is stopped.
    fcntl.fcntl(pipe, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    return not select.select([pipe], [], [], 0)[0]


def _outlives(pipe: int) -> None:
    """Take that back."""
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) & ~os.O_ASYNC)


class _Worker:
    """The holder's side of its worker: it is ended when nobody may know any longer that it lives."""

    def __init__(self, pid: int, *, unsure: float) -> None:
        """It may go on for `unsure` seconds after its lock was last held for certain."""
        self._handle = os.pidfd_open(pid)
        self.process = Process.of(pid)
        if os.getppid() != pid:
            sys.exit(1)
        self._unsure = unsure
        # Nobody knows of it yet.
        self._until = float("inf")
        threading.Thread(target=self._watch, daemon=True).start()

    def has_ended(self, *, within: float, unless: psycopg.Connection[Any] | None = None) -> bool:
        """Whether it ends, or lets go, in so many seconds; at once when that session says something."""
        ends = [self._handle, sys.stdin.fileno()]
        watched = ends if unless is None else [*ends, unless.fileno()]
        return any(each in ends for each in select.select(watched, [], [], within)[0])

    def was_held_at(self, moment: float) -> None:
        """The lock was held then, and others count from later."""
        self._until = moment + self._unsure

    def end(self, reason: str) -> NoReturn:
        """Kill it, and end with it."""
        print(f"{reason}; tiến trình {self.process.pid} bị dừng.", file=sys.stderr, flush=True)
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        os._exit(1)

    def _watch(self) -> None:
        found_over = 0
        while True:
            time.sleep(_TICK)
            found_over = found_over + 1 if seconds_since_boot() > self._until else 0
            if found_over > 1:
                self.end("Đã lâu không biết còn giữ được khóa của việc nền hay không")


def main() -> None:
    """Hold the lock until standard input ends."""
    # It ends with its worker, not before: a worker asked to stop has jobs under way for a while.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    order = json.loads(sys.stdin.readline())
    number: int | None = None
    worker = _Worker(order["parent"], unsure=order["unsure"])
    look = min(_LOOK, order["unsure"] / 4)
    options = " ".join(f"-c {name}={value}" for name, value in VANISHED.items())
    while not worker.has_ended(within=_BEFORE_TRYING_AGAIN):
        try:
            with psycopg.connect(
                order["conninfo"], options=options, autocommit=True, connect_timeout=5
            ) as session:
                began_at = seconds_since_boot()
                number = _hold(session, number, worker)
                worker.was_held_at(began_at)
                while not worker.has_ended(within=look, unless=session):
                    asked_at = seconds_since_boot()
                    session.execute("SELECT 1")
                    worker.was_held_at(asked_at)
                return
        except psycopg.OperationalError:
            if number is None:
                return


def _hold(session: psycopg.Connection[Any], number: int | None, worker: _Worker) -> int:
    """Take the lock, of a new worker or once more of a known one, and return whose it is."""
    with session.transaction():
        found = _register(session, worker.process) if number is None else _resume(session, number)
    if found is None:
        worker.end("Việc nền này đã bị coi là mất")
    if number is None:
        # Once: whatever is heard later ends the worker (`_dies_with`).
        print(found, flush=True)
    return found


def _register(session: psycopg.Connection[Any], process: Process) -> int:
    row = session.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id").fetchone()
    assert row is not None
    session.execute("SELECT pg_advisory_lock_shared(%s, %s)", [LOCK_SPACE, row[0]])
    session.execute(
        "INSERT INTO kernel_livingworker (number, machine, pid, started, times_held)"
        " VALUES (%s, %s, %s, %s, 1)",
        [row[0], process.machine, process.pid, process.started],
    )
    return int(row[0])


def _resume(session: psycopg.Connection[Any], number: int) -> int | None:
    """Hold it again; None when its worker was declared dead."""
    # First the lock: who rescues holds it alone until the row is gone. Its like may be held by a session of
    # before that the database still believes in.
    session.execute("SELECT pg_advisory_lock_shared(%s, %s)", [LOCK_SPACE, number])
    row = session.execute(
        "UPDATE kernel_livingworker SET times_held = times_held + 1 WHERE number = %s RETURNING number",
        [number],
    ).fetchone()
    return None if row is None else number


if __name__ == "__main__":
    main()
