"""Whose a job is: one worker's at a time, for as long as that worker lives, and then another's.

A worker lives as kernel.proof_of_life says, however slow it is: computing, stopped, or waiting for the disk.
The jobs of one that is dead are queued again by kernel.rescue.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import Any

from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from vanthu.kernel.proof_of_life import ProofOfLife

logger = logging.getLogger(__name__)

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
        return await asyncio.to_thread(self._proof.begin)

    async def unregister_worker(self, worker_id: int) -> None:
        """As JobManager; the lock goes first: its holder ends a program whose worker is gone."""
        await asyncio.to_thread(self._proof.end)
        await super().unregister_worker(worker_id)

    async def prune_stalled_workers(self, seconds_since_heartbeat: float) -> list[int]:
        """Nobody is taken for dead because he is late: see kernel.rescue."""
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
