"""«Gửi nhận»: where an issued document stands at every recipient, and what has not left."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.exchange import desk, jobs
from tests.web.conftest import SignIn
from tests.web.outgoing_desk import text_of
from tests.world import World
from vanthu.exchange.axis_client import AxisUnreachable
from vanthu.exchange.models import Delivery
from vanthu.outgoing.models import OutgoingDocument


@pytest.fixture
def issued(world: World) -> OutgoingDocument:
    """A letter to the neighbour, who has it, and over an axis that is away."""
    document = desk.issue(world, [world.neighbour, world.remote])
    with pytest.raises(AxisUnreachable):
        jobs.run_all()
    jobs.run_all(but=lambda job: job.task == "exchange.send_packet")
    return document


class TestTheFigures:
    def test_count_what_has_arrived_and_waits_to_be_taken_in(
        self, sign_in: SignIn, world: World, issued: OutgoingDocument
    ) -> None:
        page = text_of(sign_in("clerk"), f"/van-ban-di/{issued.pk}/gui-nhan/")
        figures = dict(re.findall(r'<h2 class="panel-title">([^<]+)</h2><b[^>]*>(\d+)</b>', page))

        assert figures == {
            "Nơi nhận": "2",
            "Đã đến, chờ tiếp nhận": "1",
            "Đã tiếp nhận": "0",
            "Đã trả lời": "0",
            "Bị trả lại": "0",
            "Chưa nhận": "1",
        }


class TestWhatHasNotLeft:
    def test_says_to_whom_why_and_since_when(
        self, sign_in: SignIn, world: World, issued: OutgoingDocument
    ) -> None:
        since = timezone.now() - timedelta(hours=2, minutes=5, seconds=30)
        Delivery.objects.filter(document=issued, recipient=world.remote).update(troubled_since=since)

        page = text_of(sign_in("clerk"), f"/van-ban-di/{issued.pk}/gui-nhan/")

        held = page.partition("data-held-up")[2].partition("</div></div>")[0]
        assert f"Chưa gửi được tới {world.remote.name} từ " in held
        assert "(2 giờ 05 phút)" in held
        assert "chưa được nối với Trục liên thông" in held
        row = page.partition('data-delivery-state="queued"')[2].partition("</tr>")[0]
        assert "Chờ gửi, chưa gửi được từ" in row

    def test_is_not_said_of_what_has(self, sign_in: SignIn, world: World) -> None:
        document = desk.issue(world, [world.neighbour])
        jobs.run_all()

        assert "data-held-up" not in text_of(sign_in("clerk"), f"/van-ban-di/{document.pk}/gui-nhan/")
