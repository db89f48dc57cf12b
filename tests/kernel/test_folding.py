"""Vietnamese text found however it was typed."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vanthu.kernel.folding import fold, spell, tidy

_BASES = "aăâbcdđeêghiklmnoôơpqrstuưvxyAĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXY0123456789/-.,"
_TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]

#: Letters with at most one tone mark, and spaces, as Vietnamese is written.
vietnamese = st.lists(
    st.one_of(st.builds(str.__add__, st.sampled_from(_BASES), st.sampled_from(_TONES)), st.just(" "))
).map("".join)
forms: st.SearchStrategy[Literal["NFC", "NFD"]] = st.sampled_from(["NFC", "NFD"])


class TestFold:
    @pytest.mark.parametrize(
        ("written", "typed"),
        [
            ("Hòa Bình", "hoà bình"),
            ("Thủy lợi", "THUỶ LỢI"),
            ("Đắk Lắk", "dak lak"),
            ("Quyết định", "quyet dinh"),
            ("Công  văn\t số 05", "công văn số 05"),
            ("ỦY BAN NHÂN DÂN", "Uỷ ban nhân dân"),
            ("khuya", "khuyâ"),
        ],
        ids=["tone placement", "capitals", "đ and ă", "no diacritics", "spaces", "old tone", "wrong vowel"],
    )
    def test_finds_one_written_by_the_other(self, written: str, typed: str) -> None:
        assert fold(written) == fold(typed)

    @given(vietnamese, forms, st.booleans())
    def test_is_one_form_for_every_way_of_typing(
        self, text: str, form: Literal["NFC", "NFD"], shout: bool
    ) -> None:
        typed = unicodedata.normalize(form, text)

        assert fold(typed.upper() if shout else typed) == fold(text)

    @given(vietnamese)
    def test_leaves_plain_small_letters(self, text: str) -> None:
        folded = fold(text)

        assert folded.isascii()
        assert folded == folded.lower() == folded.strip()

    @given(st.text())
    def test_takes_any_text_and_is_stable(self, text: str) -> None:
        assert "\0" not in fold(text)
        assert "  " not in fold(text)
        assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))

    @given(vietnamese, vietnamese)
    def test_keeps_the_order_of_words(self, first: str, second: str) -> None:
        assert fold(f"{first} {second}") == f"{fold(first)} {fold(second)}".strip()


class TestTidy:
    @given(vietnamese, forms)
    def test_writes_composed_letters(self, text: str, form: Literal["NFC", "NFD"]) -> None:
        """TCVN 6909:2001."""
        tidied = tidy(unicodedata.normalize(form, text))

        assert tidied == tidy(text)
        assert unicodedata.is_normalized("NFC", tidied)

    def test_makes_runs_of_space_one(self) -> None:
        assert tidy("  V/v\n kiểm  tra ") == "V/v kiểm tra"


class TestSpell:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Hòa Bình", "hoà  bình"),
            ("Ủy ban", "UỶ BAN"),
            ("Thuỷ lợi", unicodedata.normalize("NFD", "Thủy lợi")),
            ("Quý Lộc", "QUÝ LỘC"),
        ],
        ids=["tone placement", "capitals", "NFD", "y after qu"],
    )
    def test_is_one_form_for_every_way_of_typing(self, one: str, other: str) -> None:
        assert spell(one) == spell(other)

    @pytest.mark.parametrize(("one", "other"), [("Hòa", "Hoa"), ("Tân", "Tan"), ("Đô", "Do"), ("An", "Ân")])
    def test_keeps_the_marks_that_tell_names_apart(self, one: str, other: str) -> None:
        assert spell(one) != spell(other)

    @given(vietnamese, forms, st.booleans())
    def test_folds_like_the_text_it_came_from(
        self, text: str, form: Literal["NFC", "NFD"], shout: bool
    ) -> None:
        typed = unicodedata.normalize(form, text)

        assert fold(spell(typed.upper() if shout else typed)) == fold(text)
