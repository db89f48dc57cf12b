"""One's share of what is dear: so many expensive things at a time, in all processes of the installation.

A place is a lock of the database session that works for its holder: whatever ends the session frees it, and
nothing is left to clean up.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, OperationalError, connection
from psycopg.errors import QueryCanceled

from vanthu.kernel.errors import DomainError

#: Expensive things of one holder at a time, and seconds one more waits for its turn.
PLACES, PATIENCE = 2, 2.0
_LOOK_AGAIN = 0.05

_waiting: Counter[str] = Counter()
_waiting_lock = threading.Lock()


class ShareTaken(DomainError):
    """Bạn đang có nhiều việc tìm kiếm hoặc gửi tệp cùng lúc. Hãy đợi các việc ấy xong rồi làm lại."""

    code = "kernel.share-taken"
    status = 429
    #: Seconds.
    retry_after = 5


class TookTooLong(DomainError):
    """Việc tìm này lâu quá nên đã dừng. Hãy dùng từ khóa cụ thể hơn rồi tìm lại."""

    code = "kernel.took-too-long"
    status = 503
    retry_after = 5


@contextmanager
def share_of(holder: str, *, seconds: float | None = None) -> Iterator[None]:
    """A place of `holder`'s; with `seconds`, no single question to the database may take longer.

    Raises ShareTaken when all his places stay taken, TookTooLong.
    """
    key = _take_soon(holder)
    try:
        with _limited(seconds):
            yield
    finally:
        _give_back(key)


def _take_soon(holder: str) -> str:
    key = _take(holder)
    if key is not None:
        return key
    with _waiting_lock:
        # Who waits holds a thread: one of each holder may.
        if _waiting[holder]:
            raise ShareTaken
        _waiting[holder] += 1
    try:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            time.sleep(_LOOK_AGAIN)
            key = _take(holder)
            if key is not None:
                return key
        raise ShareTaken
    finally:
        with _waiting_lock:
            # Not set to nothing: the counter would keep everybody who ever waited.
            del _waiting[holder]


def _take(holder: str) -> str | None:
    with connection.cursor() as cursor:
        for place in range(PLACES):
            key = f"share:{holder}:{place}"
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
            if cursor.fetchone()[0]:
                return key
    return None


def _give_back(key: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])
    except Error:
        # With the session goes the lock.
        connection.close()


@contextmanager
def _limited(seconds: float | None) -> Iterator[None]:
    if seconds is None:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [str(int(seconds * 1000))])
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TookTooLong from error
        raise
    finally:
        _unlimit()


def _unlimit() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("RESET statement_timeout")
    except Error:
        connection.close()
