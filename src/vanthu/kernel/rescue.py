"""The jobs of dead workers are queued again; those of living ones never are.

A worker lives whose lock somebody holds: its holder, or a session of its jobs (kernel.fence). Of one whose
lock nobody holds, the kernel of its machine knows whether it has ended; where that is another machine, so
many seconds must have passed that its holder has ended it (kernel.proof_of_life).
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass

from django.db import IntegrityError, OperationalError, connection, transaction

from vanthu.kernel.processes import Fate, Process, seconds_since_boot
from vanthu.kernel.proof_of_life import LOCK_SPACE, MARGIN, UNSURE
from vanthu.kernel.use_cases import is_busy

logger = logging.getLogger(__name__)

_HELD = """
SELECT worker.id FROM procrastinate_workers worker
WHERE EXISTS (
    SELECT 1 FROM pg_locks held
    WHERE held.locktype = 'advisory' AND held.objsubid = 2 AND held.granted
      AND held.classid = %s::oid AND held.objid = worker.id::oid
      AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
)
"""
_KNOWN = """
SELECT worker.id, known.machine, known.pid, known.started, coalesce(known.times_held, 0)
FROM procrastinate_workers worker LEFT JOIN kernel_livingworker known ON known.number = worker.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheld:
    """A worker whose lock nobody holds."""

    number: int
    #: Its process; None when none is written down.
    process: Process | None
    #: How often its lock was taken: as long as this is the same, it has not been held in between.
    times_held: int

    @property
    def fate(self) -> Fate:
        """What its machine knows of it."""
        return Fate.UNKNOWN if self.process is None else self.process.fate()


class Rescuer:
    """Looks after the jobs of dead workers, again and again; one for each process that does."""

    def __init__(self, given_up: Collection[int]) -> None:
        """`given_up`: numbers of workers that this process was, and is no longer."""
        self._given_up = given_up
        #: When a worker was first seen unheld, and not held since; the clock is this machine's.
        self._unheld_since: dict[tuple[int, int], float] = {}

    def look(self) -> None:
        """Queue the jobs of those again that are dead for certain."""
        found = unheld_workers()
        # Only now: what was seen was so before.
        now = seconds_since_boot()
        since = self._unheld_since
        self._unheld_since = {
            key: since.get(key, now) for key in ((each.number, each.times_held) for each in found)
        }
        for each in found:
            if self._is_dead(each, now):
                _rescue_unless_busy(each)
        rescue_ownerless()

    def _is_dead(self, worker: Unheld, now: float) -> bool:
        if worker.number in self._given_up:
            return True
        match worker.fate:
            case Fate.ENDED:
                return True
            case Fate.LIVES:
                return False
        return now - self._unheld_since[worker.number, worker.times_held] > UNSURE + MARGIN


def is_anybody_at_work() -> bool:
    """Whether any worker lives."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_HELD} LIMIT 1", [LOCK_SPACE])
        return cursor.fetchone() is not None


def unheld_workers() -> tuple[Unheld, ...]:
    """Workers whose lock nobody holds at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_KNOWN} WHERE worker.id NOT IN ({_HELD}) ORDER BY worker.id", [LOCK_SPACE])
        return tuple(_unheld(row) for row in cursor.fetchall())


def _unheld(row: tuple[int, str | None, int, int, int]) -> Unheld:
    number, machine, pid, started, times_held = row
    process = None if machine is None else Process(machine=machine, pid=pid, started=started)
    return Unheld(number=number, process=process, times_held=times_held)


def _rescue_unless_busy(worker: Unheld) -> None:
    """Leave it to the next look when a session the dead worker left behind has not been ended yet."""
    try:
        rescue(worker)
    except OperationalError as error:
        if not is_busy(error):
            raise
        logger.warning("Jobs of worker %s are still locked; looking again later", worker.number)


def rescue(worker: Unheld) -> None:
    """Queue the jobs of a dead worker again, and forget it; nothing when its lock was taken meanwhile.

    Raises OperationalError when one of them is locked.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        # Held alone to the end: whoever comes to hold it again waits, and finds the worker gone.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_SPACE, worker.number])
        (is_unheld,) = cursor.fetchone()
        cursor.execute(f"{_KNOWN} WHERE worker.id = %s", [worker.number])
        row = cursor.fetchone()
        if not is_unheld or row is None or _unheld(row) != worker:
            return
        cursor.execute(
            "SELECT id, task_name FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = %s"
            " ORDER BY id FOR NO KEY UPDATE NOWAIT",
            [worker.number],
        )
        for number, task in cursor.fetchall():
            logger.warning("Job %s (%s) lost its worker; queued again", number, task)
            _queue_again(number)
        cursor.execute("DELETE FROM procrastinate_workers WHERE id = %s", [worker.number])


def rescue_ownerless() -> None:
    """Queue again what is under way and nobody's: its worker ended well and could not write the outcome."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, task_name FROM procrastinate_jobs WHERE status = 'doing' AND worker_id IS NULL"
            " ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"
        )
        for number, task in cursor.fetchall():
            logger.warning("Job %s (%s) has no worker; queued again", number, task)
            _queue_again(number)


def _queue_again(job: int) -> None:
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute("SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", [job])
        except IntegrityError:
            # The next turn of a periodic task waits under the same queueing lock; it does this one's work.
            cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'aborted', true)", [job])
