"""Working days: Saturdays, Sundays and public holidays are nobody's deadline (Bộ luật Lao động Điều 112)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from vanthu.config import environment
from vanthu.config.environment import SettingRefused
from vanthu.kernel.working_days import Holidays

#: As an installation announces them: Tết of 2027 and the second day of Quốc khánh beside the fixed ones.
DAYS = Holidays(
    yearly=frozenset({(1, 1), (4, 30), (5, 1), (9, 2)}),
    once=frozenset({date(2027, 2, day) for day in range(5, 10)} | {date(2027, 9, 3)}),
)


class TestWorkingDays:
    @pytest.mark.parametrize(
        ("day", "following"),
        [
            pytest.param(date(2026, 11, 27), date(2026, 11, 30), id="over a week end"),
            pytest.param(date(2026, 12, 31), date(2027, 1, 4), id="over Tết Dương lịch and a week end"),
            pytest.param(date(2027, 2, 4), date(2027, 2, 10), id="over Tết"),
            pytest.param(date(2027, 4, 29), date(2027, 5, 3), id="over two holidays and a Sunday"),
            pytest.param(date(2026, 11, 25), date(2026, 11, 26), id="in the middle of a week"),
        ],
    )
    def test_the_next_one_leaves_out_what_nobody_works(self, day: date, following: date) -> None:
        assert DAYS.later(day, 1) == following
        assert DAYS.before(following) <= day

    @given(st.dates(date(2026, 1, 1), date(2030, 12, 31)), st.integers(0, 20))
    def test_are_counted_one_by_one(self, day: date, count: int) -> None:
        found = DAYS.later(day, count)
        between = [day + timedelta(days=each) for each in range(1, (found - day).days + 1)]

        assert sum(DAYS.is_working(each) for each in between) == count
        assert count == 0 or DAYS.is_working(found)

    @given(st.dates(date(2026, 1, 1), date(2030, 12, 31)))
    def test_before_and_after_a_day_are_the_nearest(self, day: date) -> None:
        assert DAYS.before(day) < day <= DAYS.on_or_after(day)
        assert DAYS.is_working(DAYS.before(day))
        assert DAYS.later(DAYS.before(day), 1) == DAYS.on_or_after(day)

    def test_end_where_the_data_say_that_nobody_ever_works(self) -> None:
        never = Holidays(yearly=frozenset((month, day) for month in range(1, 13) for day in range(1, 32)))

        assert never.on_or_after(date(2026, 11, 27)) == date(2026, 11, 27)


class TestHolidaysOfTheInstallation:
    def test_are_the_fixed_ones_unless_told_otherwise(self) -> None:
        assert Holidays(yearly=frozenset({(1, 1), (4, 30), (5, 1), (9, 2)})) == settings.HOLIDAYS

    def test_are_told_as_people_write_days(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VANTHU_HOLIDAYS", "01/05, 29/02, 6/2/2027")

        assert environment.holidays("VANTHU_HOLIDAYS", "01/01") == Holidays(
            yearly=frozenset({(5, 1), (2, 29)}), once=frozenset({date(2027, 2, 6)})
        )

    @pytest.mark.parametrize("wrong", ["Tết", "31/02", "2027-02-06", "1/2/3/4", "5", "30/02/2027", "/"])
    def test_that_are_no_days_are_refused_with_the_right_form(
        self, monkeypatch: pytest.MonkeyPatch, wrong: str
    ) -> None:
        monkeypatch.setenv("VANTHU_HOLIDAYS", f"01/05,{wrong}")

        with pytest.raises(SettingRefused, match="01/05 \\(mọi năm\\) hoặc 06/02/2027"):
            environment.holidays("VANTHU_HOLIDAYS", "")
