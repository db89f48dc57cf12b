"""Deadlines and phrases a leader gives with one press."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests import arrivals
from tests.web.conftest import SignIn
from tests.web.outgoing_desk import text_of
from tests.world import World
from vanthu.interfaces.web.incoming.quick import quick_deadlines
from vanthu.kernel.working_days import Holidays

DAYS = Holidays(yearly=frozenset({(1, 1)}), once=frozenset({date(2026, 12, 4)}))


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 in Vietnam."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def _offered(now: datetime, asked_by: date | None = None) -> dict[str, tuple[str, str]]:
    found = quick_deadlines(now, DAYS, asked_by=asked_by, written=lambda end: f"{end:%d/%m/%Y %H:%M}")
    return {each.label: (each.day, each.value) for each in found}


class TestQuickDeadlines:
    def test_of_a_working_day_are_working_days_and_say_which(self) -> None:
        """Wednesday; the Friday after is announced as a holiday."""
        assert _offered(_at(25, 14, 42)) == {
            "Hôm nay": ("T4 25/11", "25/11/2026 17:00"),
            "Ngày mai": ("T5 26/11", "26/11/2026 17:00"),
            "3 ngày làm việc": ("T2 30/11", "30/11/2026 17:00"),
            "1 tuần": ("T4 02/12", "02/12/2026 17:00"),
        }

    def test_of_a_friday_are_none_of_the_week_end(self) -> None:
        """A week later is a holiday: the Monday after it. Nobody calls Monday «tomorrow»."""
        assert _offered(_at(27, 9, 0)) == {
            "Hôm nay": ("T6 27/11", "27/11/2026 17:00"),
            "Ngày làm việc tới": ("T2 30/11", "30/11/2026 17:00"),
            "3 ngày làm việc": ("T4 02/12", "02/12/2026 17:00"),
            "1 tuần": ("T2 07/12", "07/12/2026 17:00"),
        }

    def test_of_a_saturday_and_of_an_evening_leave_out_today(self) -> None:
        assert "Hôm nay" not in _offered(_at(28, 9, 0))
        assert "Hôm nay" not in _offered(_at(25, 17, 0))

    @pytest.mark.parametrize(
        ("asked_by", "day"),
        [
            pytest.param(date(2026, 12, 6), "T5 03/12", id="a Sunday, after a holiday on Friday"),
            pytest.param(date(2026, 11, 27), None, id="Thursday is «tomorrow» already"),
            pytest.param(date(2026, 11, 20), None, id="it has passed"),
        ],
    )
    def test_stand_before_the_day_the_sender_asks_for(self, asked_by: date, day: str | None) -> None:
        offered = _offered(_at(25, 14, 42), asked_by)

        assert offered.get("Trước hạn trả lời", (None,))[0] == day


class TestThePageOfADirection:
    def test_offers_phrases_and_days_in_the_form_the_field_takes(self, world: World, sign_in: SignIn) -> None:
        document = arrivals.registered(world)
        leader, address = sign_in("leader"), f"/van-ban-den/{document}/chi-dao/"

        page = text_of(leader, address)

        assert re.findall(r'data-phrase="id_instruction">([^<]+)<', page)[:2] == [
            "Tham mưu trả lời",
            "Nghiên cứu, đề xuất",
        ]
        offered = re.findall(r'data-fill="id_due_at" data-value="([^"]+)"', page)
        assert len(offered) >= 3
        direction = {"instruction": "Tham mưu trả lời", "assignees": f"lead:user-{world.officer.user_id}"}
        assert leader.post(address, direction | {"due_at": offered[-1]}).status_code == 303
