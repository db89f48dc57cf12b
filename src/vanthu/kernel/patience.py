"""Trying again: later and later, and for ever, unless trying again cannot help."""

from __future__ import annotations

import logging

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

logger = logging.getLogger(__name__)

#: Seconds between two tries of the same job: doubled each time up to the last, for ever.
FIRST_WAIT, LONGEST_WAIT = 2, 300


def wait_seconds(attempts: int) -> int:
    """Seconds to wait after `attempts` earlier failures."""
    return int(min(FIRST_WAIT * 2 ** min(attempts, 20), LONGEST_WAIT))


class Patient(BaseRetryStrategy):
    """Tries again after every failure, waiting longer each time, and never gives up but for `final` ones.

    Not for a task with a queueing lock: its next turn may already stand where a retry would have to wait.
    """

    def __init__(self, *, final: tuple[type[Exception], ...] = ()) -> None:
        """`final` are the failures that stay the same however often the job is tried."""
        self._final = final

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to try again; None: never."""
        if isinstance(exception, self._final):
            logger.error("Việc nền %s số %s dừng hẳn: %s", job.task_name, job.id, exception)
            return None
        return RetryDecision(retry_in={"seconds": wait_seconds(job.attempts)})
