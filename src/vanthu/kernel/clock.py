"""The time of an act that had to wait for its turn.

`now` comes from outside, read before an act began; who waits for a row may be overtaken by who asked later.
Where the order of rows is the order of times (the numbers of a register), the time is read again once the
row is held. Nothing else looks at this clock: everything else happens at `now`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

#: The machine's clock; tests, which live in a time of their own, put theirs here.
read: Callable[[], datetime] = timezone.now


def under_lock(now: datetime) -> datetime:
    """The present moment for who has just got the lock he waited for; never before `now`."""
    return max(now, read())
