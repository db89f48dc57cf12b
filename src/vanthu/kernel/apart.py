"""A task done in a process of its own, so that its death is seen by somebody and is nobody else's.

What was begun in a worker and did not finish is under suspicion, and so is all that was under way beside it.
Each is begun again apart: the one that is guilty ends its own process, and the others are finished.

Run as a module, it takes one line of JSON on standard input (`task`, `arguments`, `parent`, `worker`), does
the task's work without writing it down again, and says on standard output how that ended. The settings are
the worker's.
"""

from __future__ import annotations

import ctypes
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vanthu.kernel import fence
from vanthu.kernel.errors import DomainError

logger = logging.getLogger(__name__)

#: Seconds one task may take apart: far more than any honest packet.
TIME_LIMIT = 900
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How the work ended; without `raised` it is done."""

    #: Name of the class of what was raised; «died» when the process ended without a word, or in no time.
    raised: str = ""
    #: Its message, when it is one of ours, for people.
    words: str = ""
    #: What was raised passes by itself: see use_cases.passes_by_itself.
    passes: bool = False

    @property
    def is_death(self) -> bool:
        """Whether the process ended, or had to be ended, before it could say anything."""
        return self.raised == "died"


def run_apart(task: str, arguments: Mapping[str, Any]) -> Ending:
    """Do the work of `task` in a process of its own, for TIME_LIMIT seconds at most, and say how it ended."""
    order = json.dumps(
        {"task": task, "arguments": arguments, "parent": os.getpid(), "worker": fence.worker()}
    )
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", __name__],
            input=order.encode(),
            stdout=subprocess.PIPE,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        logger.error("Việc %s làm riêng không xong trong %d giây", task, TIME_LIMIT)
        return Ending(raised="died")
    if done.returncode != 0:
        logger.error("Tiến trình làm riêng việc %s chết (mã %d)", task, done.returncode)
        return Ending(raised="died")
    said = json.loads(done.stdout)
    return Ending(raised=str(said["raised"]), words=str(said["words"]), passes=said["passes"] is True)


def main() -> None:
    """Do what standard input says."""
    order = json.loads(sys.stdin.readline())
    # It dies with its worker, whose job is begun again: two must not do it at once.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != order["parent"]:
        sys.exit(1)
    import django

    django.setup()
    from procrastinate.contrib.django import app

    from vanthu.kernel.use_cases import passes_by_itself

    fence.let_sessions_prove(lambda: order["worker"])
    work: Any = app.tasks[order["task"]].func
    answer = {"raised": "", "words": "", "passes": False}
    try:
        work.__wrapped__(**order["arguments"])
    except Exception as fault:
        logger.exception("Việc %s làm riêng không xong", order["task"])
        answer = {
            "raised": type(fault).__name__,
            "words": str(fault) if isinstance(fault, DomainError) else "",
            "passes": passes_by_itself(fault),
        }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
