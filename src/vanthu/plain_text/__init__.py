"""Text from outside, made safe to work with: length first, then runs of marks, then its Unicode form.

Normalising sorts every run of combining marks, which takes the square of the run's length while nothing
else runs. So text is taken only as Stream-Safe Text (UAX #15, section 13), where no run has more than 30
marks: then the time grows with the length, and the length is bounded by whoever asks. Nothing is cut or
mended in silence; what does not fit is refused with one Vietnamese sentence.

This is the only place that calls `unicodedata.normalize`; `tests/architecture/test_text.py` sees to it. It
stands below everything else, the libraries that read packets and PDFs included.
"""

from __future__ import annotations

import functools
import re
import sys
import unicodedata
from typing import Literal

#: UAX #15, section 13: more non-starters in a row stand in no text that anybody wrote.
MARKS_IN_A_ROW = 30
#: Composing makes a text at most this many times shorter: «ế» is three characters decomposed, none is five.
#: Text that is counted composed may be this many times as long as it comes.
DECOMPOSED_RATIO = 4

_Form = Literal["NFC", "NFD", "NFKC"]


@functools.cache
def _long_run() -> re.Pattern[str]:
    """A run too long, of the characters that have a combining class. Made when it is first needed."""
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if not unicodedata.combining(chr(code)):
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    marks = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
    return re.compile(f"[{marks}]{{{MARKS_IN_A_ROW + 1}}}")


#: What no text of a person holds, no database keeps or no reader sees as it is: control characters but for
#: tabs and line ends, halves of UTF-16 pairs, and what turns the direction of writing, so that «gpj.exe»
#: reads «exe.jpg».
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_LINE_ENDS = re.compile("[\n\r\u2028\u2029]")


class UnfitText(ValueError):
    """Nội dung có ký tự không dùng được. Hãy gõ lại."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class TooLong(UnfitText):
    """Nội dung dài quá. Hãy viết gọn lại."""


class TooManyMarks(UnfitText):
    """Nội dung có một chữ mang quá nhiều dấu chồng lên nhau. Hãy gõ lại chữ ấy."""


class Unwritable(UnfitText):
    """Nội dung có ký tự điều khiển không nhìn thấy được. Hãy xóa đi rồi gõ lại."""


class SeveralLines(UnfitText):
    """Nội dung phải viết trên một dòng. Hãy bỏ chỗ xuống dòng."""


def require_fit(text: str, *, longest: int) -> None:
    """Refuse what may not be normalised. Time grows with `longest` at most. Raises TooLong, TooManyMarks."""
    if len(text) > longest:
        raise TooLong(f"Nội dung dài quá: nhiều nhất {longest} ký tự, đang có {len(text)}. Hãy viết gọn lại.")
    if has_too_many_marks(text):
        raise TooManyMarks


def has_too_many_marks(text: str) -> bool:
    """Whether a run of marks is longer than in Stream-Safe Text, so that sorting it may take for ever."""
    return not text.isascii() and _long_run().search(text) is not None


def is_writable(text: str) -> bool:
    """Whether the text has no control character but tabs and line ends, no lone surrogate, and nothing that
    turns the direction of writing."""
    return _UNWRITABLE.search(text) is None


def without_unwritable(text: str) -> str:
    """The text without what is not writable, for a reader that says so."""
    return _UNWRITABLE.sub("", text)


def compose(text: str, *, longest: int) -> str:
    """NFC of `text`. Raises TooLong, TooManyMarks."""
    return _in_form("NFC", text, longest)


def decompose(text: str, *, longest: int) -> str:
    """NFD of `text`. Raises TooLong, TooManyMarks."""
    return _in_form("NFD", text, longest)


def compose_compatible(text: str, *, longest: int) -> str:
    """NFKC of `text`, ligatures as their letters. Raises TooLong, TooManyMarks."""
    return _in_form("NFKC", text, longest)


def compose_or(text: str, *, longest: int, otherwise: str) -> str:
    """NFC of `text`, or `otherwise` where one unfit name must not stop the reading of all the rest."""
    try:
        return compose(text, longest=longest)
    except UnfitText:
        return otherwise


def take_line(text: str, *, longest: int) -> str:
    """One line of a person's text, in NFC; tabs stay.

    Raises TooLong, TooManyMarks, Unwritable, SeveralLines.
    """
    require_fit(text, longest=longest)
    if _LINE_ENDS.search(text):
        raise SeveralLines
    return take_passage(text, longest=longest)


def take_passage(text: str, *, longest: int) -> str:
    """Lines of a person's text, in NFC. Raises TooLong, TooManyMarks, Unwritable."""
    require_fit(text, longest=longest)
    if not is_writable(text):
        raise Unwritable
    return compose(text, longest=longest)


def is_mark(character: str) -> bool:
    """Whether the character stands on the one before it."""
    return unicodedata.combining(character) != 0


def without_marks(text: str) -> str:
    """Decomposed text without its combining marks."""
    return "".join(character for character in text if not unicodedata.combining(character))


def _in_form(form: _Form, text: str, longest: int) -> str:
    require_fit(text, longest=longest)
    return unicodedata.normalize(form, text)
