"""Whose a job is: one worker's at a time, for as long as that worker lives, and then another's.

A worker lives while somebody holds its lock (kernel.proof_of_life), however slow it is: computing, stopped,
or waiting for the disk. The jobs of one whose lock nobody holds are queued again.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from vanthu.kernel.proof_of_life import LOCK_SPACE, ProofOfLife

logger = logging.getLogger(__name__)

_LOST = """
SELECT worker.id FROM procrastinate_workers worker
WHERE NOT EXISTS (
    SELECT 1 FROM pg_locks held
    WHERE held.locktype = 'advisory' AND held.objsubid = 2 AND held.granted
      AND held.classid = %s::oid AND held.objid = worker.id::oid
      AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
)
"""
# The outcome of a job is written by its owner alone; `mine` is empty for anybody else.
_FINISH = """
WITH mine AS MATERIALIZED (
    SELECT id FROM procrastinate_jobs
    WHERE id = %(job_id)s AND worker_id = %(worker_id)s AND status = 'doing' FOR NO KEY UPDATE
)
SELECT procrastinate_finish_job_v1(id, %(status)s::procrastinate_job_status, %(delete)s) FROM mine
"""
_RETRY = """
WITH mine AS MATERIALIZED (
    SELECT id FROM procrastinate_jobs
    WHERE id = %(job_id)s AND worker_id = %(worker_id)s AND status = 'doing' FOR NO KEY UPDATE
)
SELECT procrastinate_retry_job_v2(
    id, %(retry_at)s::timestamptz, %(priority)s::integer, %(queue)s::varchar, %(lock)s::varchar
) FROM mine
"""


class OwnedJobs(JobManager):
    """Procrastinate's jobs, of a worker that is known by its lock and writes the outcome of its own alone."""

    def __init__(self, connector: Any, proof: ProofOfLife) -> None:
        super().__init__(connector)
        self._proof = proof

    async def register_worker(self) -> int:
        """As JobManager; the worker is known to others only with its lock held."""
        return await self._proof.begin()

    async def unregister_worker(self, worker_id: int) -> None:
        """As JobManager; the lock goes first: its holder ends a program whose worker is gone."""
        await self._proof.end()
        await super().unregister_worker(worker_id)

    async def prune_stalled_workers(self, seconds_since_heartbeat: float) -> list[int]:
        """Nobody is taken for dead because he is late: see `rescue`."""
        return []

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """As JobManager, unless the job is somebody else's by now."""
        await self._write(_FINISH, job, status=status.value, delete=delete_job)

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """As JobManager, unless the job is somebody else's by now."""
        words = {"retry_at": retry_at, "priority": priority, "queue": queue, "lock": lock}
        await self._write(_RETRY, job, **words)

    async def _write(self, query: str, job: Job, **words: Any) -> None:
        rows = await self.connector.execute_query_all_async(
            query=query, job_id=job.id, worker_id=job.worker_id, **words
        )
        if not rows:
            logger.warning("Job %s (%s) is no longer ours; its outcome is not written", job.id, job.task_name)


def lost_workers() -> frozenset[int]:
    """Workers whose lock nobody holds at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(_LOST, [LOCK_SPACE])
        return frozenset(number for (number,) in cursor.fetchall())


def rescue(worker: int) -> None:
    """Queue the jobs of a dead worker again, and forget it; nothing when it lives after all."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_SPACE, worker])
        (is_dead,) = cursor.fetchone()
        if not is_dead:
            return
        cursor.execute(
            "SELECT id, task_name FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = %s"
            " ORDER BY id FOR NO KEY UPDATE",
            [worker],
        )
        for number, task in cursor.fetchall():
            logger.warning("Job %s (%s) lost its worker; queued again", number, task)
            _queue_again(number)
        cursor.execute("DELETE FROM procrastinate_workers WHERE id = %s", [worker])


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
