"""Text from outside: what is refused, what is composed, and that it never takes longer than it is long."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vanthu import plain_text
from vanthu.kernel.folding import TextRefused, fold, spell, tidy

#: Letters, marks of several classes, ligatures, Hangul, and whatever else there is.
LETTERS = st.one_of(
    st.sampled_from("aeđơưẾ \u0301\u0323\u0302\u0327\u0345\u0344ﬁ각\u1100\u1161"), st.characters()
)
TEXTS = st.text(LETTERS, max_size=200)
ENDLESS = "a" + "\u0301\u0323" * 500_000


def has_long_run(text: str) -> bool:
    """The rule of UAX #15 said slowly."""
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run > plain_text.MARKS_IN_A_ROW:
            return True
    return False


class TestCompose:
    @given(TEXTS)
    def test_is_the_normal_form_of_the_library_or_a_refusal_of_a_long_run(self, text: str) -> None:
        if has_long_run(text):
            with pytest.raises(plain_text.TooManyMarks):
                plain_text.compose(text, longest=200)
        else:
            assert plain_text.compose(text, longest=200) == unicodedata.normalize("NFC", text)

    @given(TEXTS)
    def test_composes_once_for_all(self, text: str) -> None:
        once = plain_text.compose_or(text, longest=200, otherwise="")

        assert plain_text.compose(once, longest=800) == once

    @given(st.integers(0, 60))
    def test_takes_thirty_marks_and_no_more(self, marks: int) -> None:
        text = "e" + "\u0301" * marks + "x"

        assert plain_text.has_too_many_marks(text) is (marks > 30)

    def test_looks_at_the_length_before_anything_else(self) -> None:
        with pytest.raises(plain_text.TooLong, match="nhiều nhất 100 ký tự"):
            plain_text.compose(ENDLESS, longest=100)

    def test_knows_every_mark_there_is(self) -> None:
        marks = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.combining(chr(code))]

        assert len(marks) > 800
        assert all(plain_text.has_too_many_marks(mark * 31) for mark in marks)


class TestWritable:
    @pytest.mark.parametrize(
        "character",
        ["\0", "\x08", "\x0b", "\x1b", "\x7f", "\x85", "\x9b", "\ud800", "\u202e", "\u2066"],
    )
    def test_controls_half_pairs_and_turned_writing_are_refused(self, character: str) -> None:
        with pytest.raises(plain_text.Unwritable):
            plain_text.take_passage(f"Kế{character}hoạch", longest=100)

    @pytest.mark.parametrize("text", ["V/v rà soát", "tab\tgiữa", "“ngoặc”…", "e\u0301", "👩‍⚖️", "مرحبا"])
    def test_what_people_write_is_taken(self, text: str) -> None:
        assert plain_text.take_line(text, longest=100) == unicodedata.normalize("NFC", text)

    @pytest.mark.parametrize("end", ["\n", "\r", "\u2028", "\u2029"])
    def test_lines_end_in_passages_only(self, end: str) -> None:
        text = f"một{end}hai"

        assert plain_text.take_passage(text, longest=100) == text
        with pytest.raises(plain_text.SeveralLines):
            plain_text.take_line(text, longest=100)


class TestFolding:
    @pytest.mark.parametrize("act", [fold, spell, tidy])
    def test_refuses_a_long_run_in_words(self, act: object) -> None:
        assert callable(act)
        with pytest.raises(TextRefused, match="quá nhiều dấu"):
            act("Sở " + "\u0301" * 31)

    @given(TEXTS)
    def test_folds_and_spells_what_was_folded_and_spelt_to_itself(self, text: str) -> None:
        if has_long_run(unicodedata.normalize("NFD", text.casefold())):
            return

        assert fold(fold(text)) == fold(text)
        assert fold(spell(text)) == fold(text)


#: Every way a text may take, each with the text that is worst for it. None of them is refused for its length.
_WORST = """
import sys
from vanthu import plain_text
from vanthu.kernel import folding
from vanthu.organizations.rules import password_form
from vanthu.documents.rules import secrecy_mark
from vanthu.edxml.leaves import length_of

endless = "a" + "\\u0301\\u0323" * 500_000
allowed = ("a" + "\\u0301\\u0323" * 15) * 32_000
for text in (endless, allowed, "a" * 30 + "\\u0301" * 999_970):
    for form in (plain_text.compose, plain_text.decompose, plain_text.compose_compatible):
        try:
            form(text, longest=10**7)
        except plain_text.UnfitText:
            pass
    password_form(text)
    length_of(text)
    secrecy_mark([text])
# Each of these is one word of nothing but letters with a mark.
for act in (folding.fold, folding.spell, folding.tidy):
    act("á" * folding.LONGEST)
    act(("a" + "\\u0301\\u0323" * 15) * (folding.LONGEST // 31))
"""


class TestTime:
    def test_a_megabyte_of_marks_holds_up_nothing(self) -> None:
        # Some 2 s here, against 75 s and more for one of them when it is sorted.
        subprocess.run([sys.executable, "-c", _WORST], check=True, timeout=40)
