"""The jobs that wait, run by the test itself: in any order, twice, or killed half-way."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job


@dataclass(frozen=True)
class Waiting:
    """A job row as it stands in the queue."""

    id: int
    task: str
    arguments: dict[str, Any]
    attempts: int = 0

    def run(self) -> None:
        """Run the task once, as a worker would; the row stays."""
        task = app.tasks[self.task]
        if task.pass_context:
            task(self._context(), **self.arguments)
        else:
            task(**self.arguments)

    def finish(self) -> None:
        """Take the row out of the queue."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [self.id])

    def _context(self) -> JobContext:
        job = Job(
            id=self.id,
            queue="exchange",
            lock=None,
            queueing_lock=None,
            task_name=self.task,
            task_kwargs=self.arguments,
            attempts=self.attempts,
        )
        return JobContext(app=app, job=job, start_timestamp=time.time(), abort_reason=lambda: None)


def waiting(*tasks: str) -> list[Waiting]:
    """The jobs that wait, oldest first; those of `tasks` only when given."""
    rows = ProcrastinateJob.objects.filter(status="todo").order_by("id")
    if tasks:
        rows = rows.filter(task_name__in=tasks)
    return [Waiting(row.id, row.task_name, dict(row.args), row.attempts) for row in rows]


def run_all(*, but: Callable[[Waiting], bool] = lambda job: False) -> int:
    """Run every waiting job and those they lead to, until none is left; how many ran."""
    ran = 0
    while jobs := [job for job in waiting() if not but(job)]:
        for job in jobs:
            job.run()
            job.finish()
            ran += 1
    return ran


def poll() -> None:
    """Look into the mailboxes on the axis, as the periodic task does."""
    app.tasks["exchange.poll_axis"]()


def run_until_still(limit: int = 50) -> None:
    """Look into the axis and run what waits until nothing more comes of it."""
    for _ in range(limit):
        poll()
        if run_all() == 0:
            return
    raise AssertionError("việc nền không dừng")
