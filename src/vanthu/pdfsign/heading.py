"""What the head of page 1 says of symbol and year, beside the blanks left for number and date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from vanthu.pdfsign.finding import DATE, NUMBER, search
from vanthu.pdfsign.glyphs import Line, read_first_page

#: Wider than this part of the type size between two letters, a gap parts words.
_WORD_GAP = 0.2
#: And wider than this it parts columns, also beside a hyphen somebody typed spaces around.
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
    """Read symbol and year from the lines that `find_places` finds the blanks in.

    Spaces around a hyphen and the kind of hyphen do not matter. A page without text (a scan) says nothing.
    Raises NotAPdf, BrokenPdf, PasswordProtected, EmptyPdf.
    """
    page = read_first_page(file)
    number = next(search(page, NUMBER), None)
    date = next(search(page, DATE), None)
    return Heading(
        notation=_symbol(number[0], number[1].end()) if number else "",
        year=_year(date[0].text, date[1].end()) if date else None,
    )


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
    return gap > (_COLUMN_GAP if is_joined else _WORD_GAP)


def _year(text: str, start: int) -> int | None:
    found = _YEAR.match(text, start)
    return int(found.group()) if found else None
