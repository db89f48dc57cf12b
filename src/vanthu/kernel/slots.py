"""A few at a time: places that processes share, each held by a session of the database and gone with it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

#: First half of the locks' keys; a name that shares another's number only waits for it.
_SPACE = 0x76742D73


@contextmanager
def place_in(*queues: tuple[str, int]) -> Iterator[bool]:
    """A place in each of `queues` (name, how many places) at once; whether there was one. Never waits."""
    held: list[int] = []
    try:
        yield all(_take(name, places, held) for name, places in queues)
    finally:
        with connection.cursor() as cursor:
            for key in held:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_SPACE, key])


def _take(name: str, places: int, held: list[int]) -> bool:
    with connection.cursor() as cursor:
        for place in range(places):
            key = zlib.crc32(f"{name}:{place}".encode()) - 2**31
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_SPACE, key])
            if cursor.fetchone()[0]:
                held.append(key)
                return True
    return False
