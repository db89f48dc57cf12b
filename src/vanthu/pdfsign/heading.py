"""What the head of page 1 says of symbol and year, beside the blanks left for number and date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vanthu.pdfsign.finding import LEADERS
from vanthu.pdfsign.glyphs import WORD_GAP, Line, PageText, read_first_page

#: Ô 3 and ô 4 end in this upper share of the page (NĐ 30/2020 PL I, the diagram: 48 of 297 mm); in the body
#: below it other documents and dates are named.
_HEAD = 0.18
_NUMBER = re.compile(rf"số:?(?:{LEADERS}|\d*)/")
_BLANK = rf"(?:{LEADERS}|\d{{1,2}})"
_DATE = re.compile(rf"ngày{_BLANK}tháng{_BLANK}năm")
#: A head set loosely (a motto in two lines) pushes the letter's own date further down. No document that is
#: named there has a date like it: after the place, with its day left blank.
_LOOSE_HEAD = 0.3
_OWN_DATE = re.compile(rf",ngày{LEADERS}tháng{_BLANK}năm")
#: Wider than this part of the type size a gap ends the symbol, also beside a hyphen typed with spaces.
_COLUMN_GAP = 0.7
_JOINERS = "-–‐‑/."
_SYMBOL = re.compile(r"[^\W_]+(?:[-/.&][^\W_]+)*")
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Ô 3 and ô 4 of NĐ 30/2020 PL I as they stand on page 1."""

    #: Ký hiệu after «Số: …/», e.g. `SNV-CCVC`, in the letters it is written in; empty when it cannot be read.
    notation: str = ""
    #: The year in «ngày … tháng … năm 2026»; None when it is left blank or cannot be read.
    year: int | None = None


def read_heading(file: Path) -> Heading:
    """Read symbol and year, whether or not number and date are left blank beside them.

    The first line of the head that can be meant counts: the body below cites other documents and dates.
    Spaces around a hyphen and the kind of hyphen do not matter. A page without text (a scan) says nothing.
    Raises NotAPdf, BrokenPdf, PasswordProtected, EmptyPdf.
    """
    return heading_of(read_first_page(file))


def heading_of(page: PageText) -> Heading:
    """The same of a first page that is read already."""
    head = page.above(_HEAD)
    number = _first(head, _NUMBER)
    date = _first(head, _DATE) or _first(page.above(_LOOSE_HEAD), _OWN_DATE)
    return Heading(
        notation=_symbol(number[0], number[1].end()) if number else "",
        year=_year(date[0].text, date[1].end()) if date else None,
    )


def _first(lines: Sequence[Line], pattern: re.Pattern[str]) -> tuple[Line, re.Match[str]] | None:
    for line in lines:
        if match := pattern.search(line.text):
            return line, match
    return None


def _symbol(line: Line, start: int) -> str:
    letters = ""
    for index in range(start, len(line.glyphs)):
        glyph = line.glyph(index)
        if _parts(line, index):
            break
        letters += "-" if glyph.character in "–‐‑" else glyph.written
    found = _SYMBOL.match(letters)
    return found.group() if found else ""


def _parts(line: Line, index: int) -> bool:
    """Whether the gap before this letter ends the symbol."""
    before, after = line.glyph(index - 1), line.glyph(index)
    gap = (after.x0 - before.x1) / before.size
    is_joined = before.character in _JOINERS or after.character in _JOINERS
    return gap > (_COLUMN_GAP if is_joined else WORD_GAP)


def _year(text: str, start: int) -> int | None:
    found = _YEAR.match(text, start)
    return int(found.group()) if found else None
