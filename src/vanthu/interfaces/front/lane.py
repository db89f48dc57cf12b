"""The narrow way: requests that cost much processor time have few threads at once, and wait without one."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vanthu.interfaces.front.connections import Connection, Request

#: Seconds a request waits for its turn before it is told to come again.
_PATIENCE = 10.0


class Lane:
    """POSTs to `paths`, at most `places` of them in threads."""

    def __init__(self, paths: Collection[str], *, places: int) -> None:
        self._paths, self._places = frozenset(paths), places
        self._passing: set[int] = set()
        self._waiting: OrderedDict[int, tuple[Connection, Request, float]] = OrderedDict()
        # Threads leave, the loop enters.
        self._lock = threading.Lock()

    def may_pass(self, connection: Connection, request: Request) -> bool:
        """Whether it may have a thread now; otherwise it waits, and `leave` gives it back."""
        if request.error or request.command != "POST" or request.path not in self._paths:
            return True
        with self._lock:
            if len(self._passing) < self._places:
                self._passing.add(id(request))
                return True
            self._waiting[id(request)] = connection, request, time.monotonic()
            return False

    def leave(self, request: Request) -> Connection | None:
        """It is answered; whoever has its place now, to be given a thread."""
        with self._lock:
            if id(request) not in self._passing:
                return None
            self._passing.remove(id(request))
            while self._waiting:
                key, (connection, _, _) = self._waiting.popitem(last=False)
                # Who has gone meanwhile is not waited for.
                if connection.connected:
                    self._passing.add(key)
                    return connection
            return None

    def take_impatient(self, now: float) -> list[Connection]:
        """Those that have waited long enough; they are to be refused."""
        with self._lock:
            overdue = [key for key, (_, _, since) in self._waiting.items() if now - since > _PATIENCE]
            return [self._waiting.pop(key)[0] for key in overdue]
