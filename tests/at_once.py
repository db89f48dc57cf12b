"""The same act by several at once, each in a thread and on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

from vanthu.kernel.errors import DomainError

Result = TypeVar("Result")


def at_once(acts: Sequence[Callable[[], Result]]) -> tuple[list[Result], list[DomainError]]:
    """What those that succeeded returned, and how the others were refused."""
    gate = threading.Barrier(len(acts))

    def work(act: Callable[[], Result]) -> Result | DomainError:
        try:
            gate.wait()
            return act()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as people:
        ends = list(people.map(work, acts))
    refusals = [end for end in ends if isinstance(end, DomainError)]
    return [end for end in ends if not isinstance(end, DomainError)], refusals
