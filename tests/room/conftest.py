"""A room of the test's own, with jobs that go wrong and limits a test can wait for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from vanthu.room import pool
from vanthu.room.limits import Limits
from vanthu.room.pool import Room

ROGUE = Path(__file__).with_name("rogue.py")
SHORT = Limits(seconds=4.0, processor=2, memory=700 * 1024 * 1024, output=8 * 1024 * 1024)


@pytest.fixture(scope="module")
def rogue_room() -> Iterator[Room]:
    """The room of this process, while a module's tests run."""
    with pool.using(Room(ceiling=SHORT, further_jobs=[ROGUE])) as room:
        yield room
