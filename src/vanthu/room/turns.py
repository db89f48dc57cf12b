"""Whose turn it is in a room: a few places, fewer of them for any one person, and nobody is passed over."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

#: For whom this thread reads; "" is nobody in particular, as in background jobs, few at a time already.
_reader: ContextVar[str] = ContextVar("reader", default="")


@contextmanager
def reading_for(person: str) -> Iterator[None]:
    """Whatever this thread has read inside counts as `person`'s."""
    token = _reader.set(person)
    try:
        yield
    finally:
        _reader.reset(token)


def reader() -> str:
    """Of whom `reading_for` speaks here, or ""."""
    return _reader.get()


@dataclass(eq=False, slots=True)
class _Ticket:
    holder: str
    called: threading.Event = field(default_factory=threading.Event)


class Turns:
    """So many `places`; one person has at most `each` of them, and at most `waiting` tickets for more.

    A free place goes to who holds fewest, and among them to who has waited longest: whoever sends many slow
    files waits behind himself, not others behind him.
    """

    def __init__(self, places: int, *, each: int, waiting: int) -> None:
        self._free, self._each, self._most_waiting = places, each, waiting
        self._held: Counter[str] = Counter()
        self._queue: list[_Ticket] = []
        self._lock = threading.Lock()

    def take(self, holder: str, *, patience: float) -> bool:
        """Wait at most `patience` seconds for a place of `holder`'s; whether he has one now."""
        ticket = _Ticket(holder)
        with self._lock:
            if holder and sum(each.holder == holder for each in self._queue) >= self._most_waiting:
                return False
            self._queue.append(ticket)
            self._call()
        if ticket.called.wait(patience):
            return True
        with self._lock:
            if ticket.called.is_set():
                return True
            self._queue.remove(ticket)
        return False

    def give_back(self, holder: str) -> None:
        """The place is free again."""
        with self._lock:
            self._free += 1
            self._held[holder] -= 1
            if not self._held[holder]:
                del self._held[holder]
            self._call()

    def _call(self) -> None:
        while self._free:
            may = [each for each in self._queue if not each.holder or self._held[each.holder] < self._each]
            if not may:
                return
            ticket = min(may, key=lambda each: self._held[each.holder])
            self._queue.remove(ticket)
            self._free -= 1
            self._held[ticket.holder] += 1
            ticket.called.set()
