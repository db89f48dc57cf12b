"""What the jobs of a worker write is written while nobody else has them, or not at all.

A machine may sleep in the middle of a job, and wake when the job is another's; for a moment, until its holder
has heard of it, the old one would go on. So every session a worker opens for its jobs holds the worker's lock
too, from its first moment to its end: who would rescue the jobs waits for the last of them
(`kernel.rescue`), and a session opened later finds that the worker is gone, and ends it before a word is
written.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

from django.db.backends.signals import connection_created

from vanthu.kernel.proof_of_life import LOCK_SPACE, VANISHED

#: Which worker this process is, or works for, at the moment.
Whose = Callable[[], int | None]
_whose: Whose = lambda: None  # noqa: E731 - nobody's, until somebody says so
_here = threading.local()


def let_sessions_prove(whose: Whose) -> None:
    """Let every session opened from now on hold the lock of `whose()` too; None: of no worker."""
    global _whose
    _whose = whose
    connection_created.connect(_hold, dispatch_uid=__name__)


def worker() -> int | None:
    """The worker this process is, or works for; None at a moment when it is none."""
    return _whose()


def do_no_job_here() -> None:
    """Say that this thread does no job: its sessions prove nothing, and outlive a worker's number."""
    _here.does_no_job = True


def _hold(*, connection: Any, **_: object) -> None:
    number = _whose()
    if number is None or getattr(_here, "does_no_job", False):
        return
    with connection.connection.cursor() as cursor:
        for name, value in VANISHED.items():
            cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
        # In this order: who rescues holds it alone until the worker is gone.
        cursor.execute("SELECT pg_advisory_lock_shared(%s, %s)", [LOCK_SPACE, number])
        cursor.execute("SELECT EXISTS (SELECT 1 FROM kernel_livingworker WHERE number = %s)", [number])
        (is_known,) = cursor.fetchone()
    if not is_known:
        os.kill(os.getpid(), signal.SIGKILL)
