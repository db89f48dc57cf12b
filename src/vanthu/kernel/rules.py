"""How stored files are watched over: plain values in and out."""

from __future__ import annotations

import math
from datetime import timedelta

#: The check runs this often, and each run ends within the time a worker has to stop in.
CHECK_RUN_EVERY = timedelta(minutes=5)
LONGEST_CHECK_RUN = timedelta(seconds=10)
#: Most files one run of the sweeper removes.
SWEPT_AT_ONCE = 2000
#: Every file has its turn in this part of the time allowed, so that a worker may rest for a while.
_SHARE_OF_TIME = 0.7


def checks_in_a_run(files: int, *, within: timedelta) -> int:
    """How many files one run reads so that all of `files` are read again in less than `within`."""
    runs = max(1.0, _SHARE_OF_TIME * within / CHECK_RUN_EVERY)
    return math.ceil(files / runs)


def early_enough(within: timedelta) -> timedelta:
    """A file read again less than this ago need not be read yet, however little else there is to do."""
    return within / 2
