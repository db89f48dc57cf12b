"""Days and moments as Vietnamese offices write them, whatever the browser speaks."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests import arrivals
from tests.web.browser import DESK, PHONE, visiting
from tests.world import World
from vanthu.interfaces.web.dates import DateInput, DateTimeInput, day_in, moment_in


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("05/03/2026", date(2026, 3, 5)),
        ("5/3/2026", date(2026, 3, 5)),
        (" 5-3-2026 ", date(2026, 3, 5)),
        ("05.03.2026", date(2026, 3, 5)),
        ("2026-03-05", date(2026, 3, 5)),
        ("29/02/2028", date(2028, 2, 29)),
        ("29/02/2026", None),
        ("31/04/2026", None),
        ("5/3/26", None),
        ("3/25/2026", None),
        ("5/3-2026", None),
        ("05/03", None),
        ("", None),
        ("0/0/0000", None),
    ],
)
def test_a_day(text: str, day: date | None) -> None:
    assert day_in(text) == day


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("05/03/2026 17:00", "2026-03-05T17:00"),
        ("5/3/2026 8:05", "2026-03-05T08:05"),
        ("17h 5/3/2026", "2026-03-05T17:00"),
        ("17h30 5/3/2026", "2026-03-05T17:30"),
        ("5/3/2026 lúc 23:59", "2026-03-05T23:59"),
        ("2026-03-05T17:00", "2026-03-05T17:00"),
        ("5/3/2026", "2026-03-05T17:00"),
        ("5/3/2026 24:00", None),
        ("5/3/2026 5 PM", None),
        ("17:00", None),
        ("5/3/2026 6/3/2026", None),
        ("mai", None),
        ("", None),
    ],
)
def test_a_moment(text: str, moment: str | None) -> None:
    assert moment_in(text) == (datetime.fromisoformat(moment) if moment else None)


@given(st.datetimes(min_value=datetime.fromisoformat("1900-01-01")))
def test_what_a_field_shows_is_what_it_reads(at: datetime) -> None:
    at = at.replace(second=0, microsecond=0)

    assert day_in(str(DateInput().format_value(at.date()))) == at.date()
    assert moment_in(str(DateTimeInput().format_value(at))) == at


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_moment_or_stays_as_it_was(text: str) -> None:
    shown = DateTimeInput().format_value(text)

    assert moment_in(text) is not None or shown == text


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_an_english_browser_shows_a_vietnamese_day_and_a_calendar_for_the_keyboard(
    chromium: Browser, live_server: LiveServer, committed: World, size: dict[str, int]
) -> None:
    document = arrivals.registered(committed)
    with visiting(chromium, live_server.url, "leader", size=size, locale="en-US") as visit:
        page = visit.open(f"/van-ban-den/{document}/chi-dao/")
        due = page.get_by_label("Hạn xử lý")
        due.fill("5/3/2031")
        due.press("Tab")
        expect(due).to_have_value("05/03/2031 17:00")
        expect(page.locator(".said-date")).to_have_text("Thứ tư, 05/03/2031 lúc 17:00")

        page.keyboard.press("Enter")
        calendar = page.get_by_role("dialog", name="Chọn ngày")
        expect(calendar).to_contain_text("Tháng 3 năm 2031")
        expect(calendar.get_by_role("button", name="Thứ tư, ngày 5 tháng 3 năm 2031")).to_be_focused()
        assert visit.faults() == []
        assert visit.overflow() <= 0
        for key in ("PageDown", "ArrowDown", "ArrowRight", "Home"):
            page.keyboard.press(key)
        expect(calendar.get_by_role("button", name="Thứ hai, ngày 7 tháng 4 năm 2031")).to_be_focused()
        page.keyboard.press("Enter")
        expect(calendar).to_have_count(0)
        expect(due).to_have_value("07/04/2031 17:00")
        expect(due).to_be_focused()
        page.get_by_role("button", name="Mở lịch để chọn ngày").click()
        page.keyboard.press("Escape")
        expect(calendar).to_have_count(0)
        expect(due).to_be_focused()
