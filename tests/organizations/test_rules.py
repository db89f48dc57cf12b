"""Rules of accounts and codes, without a database."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vanthu.kernel.folding import TextRefused, fold
from vanthu.organizations import rules
from vanthu.organizations.rules import (
    FIRST_DELAY,
    FREE_TRIES,
    LONGEST_DELAY,
    AgencyGroup,
    TryKind,
    WeakPassword,
)

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
#: Names much alike, the same name twice and what is no name.
_NAMES = (
    "Nguyễn Văn An",
    "Nguyễn Văn Anh",
    "Ngô Vũ An",
    "Nguyễn Hữu An",
    "An",
    "NA",
    "An1",
    "Phòng 1",
    "1",
    "",
)


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


class TestAgencyGroup:
    @pytest.mark.parametrize(
        ("code", "name", "group"),
        [
            ("H99.02", "Sở Nội vụ tỉnh An Bình", AgencyGroup.DEPARTMENTS),
            ("H99.03", "Ban Quản lý các khu công nghiệp", AgencyGroup.DEPARTMENTS),
            ("H99.04", "Thanh tra tỉnh An Bình", AgencyGroup.DEPARTMENTS),
            ("H99.05", "Văn phòng Ủy ban nhân dân tỉnh", AgencyGroup.DEPARTMENTS),
            ("H99.31", "Ủy ban nhân dân xã Hòa Bình", AgencyGroup.COMMUNES),
            ("H99.31.02", "UỶ BAN NHÂN DÂN PHƯỜNG AN LẠC", AgencyGroup.COMMUNES),
            ("H99.33", "UBND đặc khu Phú Hải", AgencyGroup.COMMUNES),
            ("H99.40", "Ủy ban nhân dân huyện Bình Minh", AgencyGroup.DISTRICTS),
            ("H99.41", "Ủy ban nhân dân thành phố An Bình", AgencyGroup.DISTRICTS),
            ("H98", "Ủy ban nhân dân tỉnh Phú Vinh", AgencyGroup.PROVINCES),
            ("H99", "Ủy ban nhân dân tỉnh An Bình", AgencyGroup.PROVINCES),
            ("G09", "Bộ Nội vụ", AgencyGroup.CENTRAL),
            ("H98.02", "Sở Nội vụ tỉnh Phú Vinh", None),
            ("H98.31", "Ủy ban nhân dân xã Tân Phú", None),
            ("H99.02.01", "Ban Thi đua, Khen thưởng", None),
            ("H99.60", "Trường Đại học An Bình", None),
            ("H99.61", "Sông Hồng", None),
        ],
    )
    def test_is_by_the_code_and_the_name(self, code: str, name: str, group: AgencyGroup | None) -> None:
        """QĐ 20/2020/QĐ-TTg Điều 4; seen by Sở Nội vụ of the province H99."""
        assert rules.agency_group(code=code, name=name, own_code="H99.02") == group


class TestNearness:
    @pytest.mark.parametrize(
        ("typed", "near"),
        [("ccvc", 0), ("phong cong chuc", 1), ("vien cong", 1), ("hong", 2), ("ccv", 2), ("van phong", None)],
    )
    def test_is_of_words_in_any_order(self, typed: str, near: int | None) -> None:
        words = tuple(typed.split())

        assert rules.nearness(words, name="Phòng Công chức, viên chức", note="CCVC") == near

    @given(st.text(max_size=40), st.text(max_size=40), st.data())
    def test_finds_whoever_is_typed_in_full_or_in_part(
        self, name: str, note: str, data: st.DataObject
    ) -> None:
        try:
            words = fold(f"{name} {note}").split()
        except TextRefused:
            return
        some = data.draw(st.lists(st.sampled_from(words))) if words else []

        assert rules.nearness(words, name=name, note=note) is not None
        assert rules.nearness(some, name=name, note=note) is not None


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


class TestDelay:
    @pytest.mark.parametrize("kind", TryKind)
    @given(st.integers(0, 10_000))
    def test_grows_from_nothing_to_the_longest_and_never_shrinks(self, kind: TryKind, tries: int) -> None:
        delay, more = rules.delay_after(tries, kind), rules.delay_after(tries + 1, kind)

        assert timedelta(0) <= delay <= more <= LONGEST_DELAY
        assert (delay > timedelta(0)) == (tries >= FREE_TRIES[kind])
        assert more in {delay, 2 * delay, FIRST_DELAY, LONGEST_DELAY}

    @given(st.integers(0, 100), st.timedeltas(timedelta(0), timedelta(hours=3)))
    def test_is_over_before_tries_are_forgotten(self, tries: int, later: timedelta) -> None:
        """Whoever waits out every delay is still known to have tried."""
        until = rules.closed_until(tries, TryKind.ACCOUNT, NOW)
        now = NOW + later

        if rules.tries_so_far(tries, NOW, now) == 0 and tries:
            assert not rules.is_locked(until, now)

    @given(st.lists(st.timedeltas(timedelta(0), timedelta(hours=2)), max_size=60))
    def test_lets_few_guesses_through_however_they_are_spaced(self, pauses: list[timedelta]) -> None:
        """Never more than the free ones and a dozen are looked at in any hour."""
        tries, last, until, now = 0, None, None, NOW
        looked_at: list[datetime] = []
        for pause in pauses:
            now += pause
            if rules.is_locked(until, now):
                continue
            looked_at.append(now)
            tries, last = rules.tries_so_far(tries, last, now) + 1, now
            until = rules.closed_until(tries, TryKind.ACCOUNT, now)

        most = FREE_TRIES[TryKind.ACCOUNT] + 12
        for first, later in zip(looked_at, looked_at[most:], strict=False):
            assert later - first >= timedelta(hours=1)

    @pytest.mark.parametrize(
        ("wait", "words"),
        [
            (timedelta(0), "1 giây"),
            (timedelta(seconds=29.2), "30 giây"),
            (timedelta(seconds=60), "1 phút"),
            (timedelta(seconds=61), "2 phút"),
        ],
    )
    def test_is_said_no_shorter_than_it_is(self, wait: timedelta, words: str) -> None:
        assert rules.in_words(wait) == words


class TestInitials:
    @pytest.mark.parametrize(
        ("name", "initials"),
        [("Nguyễn Văn An", "NA"), ("Đỗ Thị Mai", "ĐM"), ("An", "A"), ("", "?"), ("Phòng 1", "P")],
    )
    def test_are_of_family_and_given_name(self, name: str, initials: str) -> None:
        assert rules.initials(name) == initials

    @pytest.mark.parametrize(
        ("names", "marks"),
        [
            (["Nguyễn Văn An", "Đỗ Thị Mai"], ["NA", "ĐM"]),
            (["Nguyễn Văn An", "Nguyễn Thị Ánh", "Đỗ Thị Mai"], ["NA", "NÁ", "ĐM"]),
            (["Nguyễn Văn An", "Ngô Thị An"], ["NVA", "NTA"]),
            (["Nguyễn Văn An", "Nguyễn Văn Anh", "Lê An"], ["An", "Anh", "LA"]),
            (["Nguyễn Văn An", "Nguyễn Văn An"], ["NA1", "NA2"]),
            (["Phòng Công chức, viên chức", "Phòng Cải cách hành chính"], ["PCCVC", "PCCHC"]),
        ],
    )
    def test_tell_those_on_one_page_apart(self, names: list[str], marks: list[str]) -> None:
        assert list(rules.initials_among(dict(enumerate(names))).values()) == marks

    @given(st.lists(st.sampled_from(_NAMES), max_size=12))
    def test_are_nobody_elses_on_the_page(self, names: list[str]) -> None:
        marks = rules.initials_among(dict(enumerate(names)))

        assert len(set(marks.values())) == len(marks) == len(names)
        assert all(marks.values())
