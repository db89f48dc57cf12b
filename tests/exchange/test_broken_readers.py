"""A packet whose PDF breaks its reader stands with its verdict, and holds nobody behind it up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exchange import desk, jobs
from tests.exchange.axis_process import AxisProcess
from tests.exchange.far_system import FarSystem
from tests.room import hostile
from tests.room.conftest import ROGUE
from tests.world import World
from vanthu.incoming.models import IncomingDocument
from vanthu.room import pool
from vanthu.room.limits import Limits
from vanthu.room.pool import Room

_SHORT = Limits(seconds=1.5, processor=1, memory=600 * 1024 * 1024)


@pytest.fixture(scope="module", autouse=True)
def _room() -> Iterator[Room]:
    with pool.using(Room(ceiling=_SHORT, further_jobs=[ROGUE])) as room:
        yield room


@pytest.fixture
def far(axis: AxisProcess, tmp_path: Path) -> Iterator[FarSystem]:
    system = FarSystem(axis, tmp_path)
    system.statuses()
    system.documents()
    yield system
    system.client.close()


class TestAPacketThatBreaksItsReader:
    @pytest.mark.parametrize(
        ("bad", "said"),
        [
            pytest.param(hostile.plain() + b"%GO:raises\n", "làm hỏng trình đọc", id="an unknown error"),
            pytest.param(hostile.plain() + b"%GO:hangs\n", "lâu quá mức cho phép", id="a hang"),
            pytest.param(hostile.plain() + b"%GO:dies\n", "làm hỏng trình đọc", id="a death"),
            pytest.param(hostile.plain() + b"%GO:swells\n", "quá lớn nên đã dừng đọc", id="a memory bomb"),
            pytest.param(hostile.nested_forms(), "", id="forms nested tenfold"),
            pytest.param(hostile.previous_at_zero(), "", id="an earlier table at 0"),
        ],
    )
    def test_holds_nobody_up(self, committed: World, far: FarSystem, bad: bytes, said: str) -> None:
        far.send(far.packet("H99.02", subject="V/v tệp lạ"), ("1.pdf", bad))
        for _ in range(5):
            far.send(far.packet("H99.02", subject="V/v phòng, chống thiên tai"), ("2.pdf", desk.pdf()))

        jobs.run_until_still()

        arrived = IncomingDocument.objects.filter(document__subject="V/v phòng, chống thiên tai")
        assert arrived.count() == 5
        strange = IncomingDocument.objects.get(document__subject="V/v tệp lạ")
        assert strange.verdict != "valid"
        assert said in strange.verdict_message
