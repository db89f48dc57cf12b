"""The narrow way: requests that cost much processor time have few threads at once, and wait without one."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vanthu.interfaces.server.connections import Connection, Request

#: Seconds a request waits for its turn before it is told to come again.
_PATIENCE = 10.0


class Lane:
    """POSTs to `paths`, at most `places` of them in threads."""

    def __init__(self, paths: Collection[str], *, places: int) -> None:
        self._paths, self._places = frozenset(paths), places
        self._passing: dict[int, str] = {}
        #: How often each of those that pass or wait had its turn.
        self._turns = Counter[str]()
        self._waiting: OrderedDict[int, tuple[Connection, Request, float]] = OrderedDict()
        # Threads leave, the loop enters.
        self._lock = threading.Lock()

    def may_pass(self, connection: Connection, request: Request) -> bool:
        """Whether it may have a thread now; otherwise it waits, and `leave` gives it back."""
        if request.error or request.command != "POST" or request.path not in self._paths:
            return True
        with self._lock:
            if len(self._passing) < self._places:
                self._passing[id(request)] = client = connection.client_of(request)
                self._turns[client] += 1
                return True
            self._waiting[id(request)] = connection, request, time.monotonic()
            return False

    def leave(self, request: Request) -> Connection | None:
        """It is answered; whoever has its place now, to be given a thread."""
        with self._lock:
            if self._passing.pop(id(request), None) is None:
                return None
            # Who has gone meanwhile is not waited for.
            for key in [key for key, (each, _, _) in self._waiting.items() if not each.connected]:
                del self._waiting[key]
            if not self._waiting:
                self._turns.clear()
                return None
            # One address does not take the turns of the others, however many it sends.
            clients = {key: each.client_of(asked) for key, (each, asked, _) in self._waiting.items()}
            chosen = min(self._waiting, key=lambda key: self._turns[clients[key]])
            self._passing[chosen] = client = clients[chosen]
            among = {*clients.values(), *self._passing.values()}
            self._turns = Counter({each: turns for each, turns in self._turns.items() if each in among})
            self._turns[client] += 1
            return self._waiting.pop(chosen)[0]

    def take_impatient(self, now: float) -> list[Connection]:
        """Those that have waited long enough; they are to be refused."""
        with self._lock:
            overdue = [key for key, (_, _, since) in self._waiting.items() if now - since > _PATIENCE]
            return [self._waiting.pop(key)[0] for key in overdue]
