"""Rules of accounts and codes, without a database."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vanthu.organizations import rules
from vanthu.organizations.rules import FAILURES_ALLOWED, LOCKED_FOR, WeakPassword

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


class TestAgencyCode:
    @pytest.mark.parametrize("code", ["H99", "H99.02", "H99.02.01", "A01.5A", "G09.99.100"])
    def test_is_right(self, code: str) -> None:
        """QĐ 20/2020/QĐ-TTg Điều 4."""
        assert rules.is_agency_code(code)

    @pytest.mark.parametrize(
        "code", ["", "99", "H9", "H99.", ".H99", "H99.a", "H99/02", "H99\n", "000.00.00.H99"]
    )
    def test_is_wrong(self, code: str) -> None:
        assert not rules.is_agency_code(code)


class TestPassword:
    def test_names_everything_it_lacks(self) -> None:
        assert rules.password_faults("", username="clerk") == [
            "ít nhất 8 ký tự",
            "chữ thường",
            "chữ hoa",
            "chữ số",
            "ký tự đặc biệt (ví dụ ! @ #)",
        ]

    def test_may_be_vietnamese(self) -> None:
        assert rules.password_faults("Đường số 5!", username="clerk") == []

    @given(st.text())
    def test_is_accepted_exactly_when_it_lacks_nothing(self, password: str) -> None:
        lacks = rules.password_faults(rules.password_form(password), username="clerk")
        expected = pytest.raises(WeakPassword, match="Mật khẩu mới cần: ") if lacks else nullcontext()

        with expected:
            rules.accepted_password(password, username="clerk")

    def test_of_endless_length_is_refused(self) -> None:
        with pytest.raises(WeakPassword, match="không quá 256 ký tự"):
            rules.accepted_password("Aa1!" * 100, username="clerk")


class TestLock:
    @given(st.integers(0, 20))
    def test_begins_with_the_last_failure_allowed(self, failures: int) -> None:
        until = rules.locked_until(failures, NOW)

        assert (until is not None) == (failures >= FAILURES_ALLOWED)
        assert rules.is_locked(until, NOW) == (failures >= FAILURES_ALLOWED)
        assert not rules.is_locked(until, NOW + LOCKED_FOR)

    @given(st.lists(st.integers(0, 40).map(lambda minutes: timedelta(minutes=minutes)), max_size=60))
    def test_lets_few_guesses_through_however_they_are_spaced(self, pauses: list[timedelta]) -> None:
        """Never more than five guesses are looked at in any quarter of an hour."""
        failures, until, now = 0, None, NOW
        looked_at: list[datetime] = []
        for pause in pauses:
            now += pause
            if rules.is_locked(until, now):
                continue
            looked_at.append(now)
            failures = rules.failures_after_refusal(failures, until)
            until = rules.locked_until(failures, now)

        for first, sixth in zip(looked_at, looked_at[FAILURES_ALLOWED:], strict=False):
            assert sixth - first >= LOCKED_FOR


class TestInitials:
    @pytest.mark.parametrize(
        ("name", "initials"),
        [("Nguyễn Văn An", "NA"), ("Đỗ Thị Mai", "ĐM"), ("An", "A"), ("", "?"), ("Phòng 1", "P")],
    )
    def test_are_of_family_and_given_name(self, name: str, initials: str) -> None:
        assert rules.initials(name) == initials
