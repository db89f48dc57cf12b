"""Finding the places from the PDF's own text, as the layout of NĐ 30/2020 PL I puts them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from vanthu.pdfsign.appearance import BASELINE, LINE_HEIGHT
from vanthu.pdfsign.glyphs import Glyph, Line, PageText, folded, read_pages
from vanthu.pdfsign.places import ROUND_SEAL_MM, Box, Places, seal_box

LEADERS = r"[.…‥·_‧∙．\-–]*"
_NUMBER = re.compile(rf"số:?({LEADERS})/")
_BOTH_BLANK = re.compile(rf"ngày({LEADERS})tháng({LEADERS})năm")
_DAY_ONLY = re.compile(rf"ngày({LEADERS})tháng\d{{1,2}}năm")

#: Narrower than one figure and a half: nothing can be written there, a person must choose.
_NARROWEST_BLANK = 10.0
#: Less than a hair: the number stands right at the stroke before its symbol.
_CLEARANCE = 0.25
#: The widest handwriting that still looks like one, and the lowest gap one can be put in.
_SIGNATURE_WIDTH, _SIGNATURE_HEIGHT, _LOWEST_GAP = 120.0, 72.0, 18.0
#: Half the width of the column that title, signature and name are centred in.
_COLUMN = 135.0


def find_places(
    file: Path, *, signer_name: str, signer_title: str, seal_diameter_mm: float = ROUND_SEAL_MM
) -> Places:
    """Find where number, date, signature and seal belong.

    Number and date: the blanks after «Số:» and in «ngày … tháng … năm» of page 1; a blank may be spaces,
    dots or underscores. Signature: between the signer's title and the last mention of the name, on whatever
    page that is. Seal: at its true size over the left third of the signature. Unicode form, case, spacing
    between letters and line breaks in the title do not matter. What is not found is None (see
    `Places.missing`): a scan has no text, and then a person points at the places.

    Raises NotAPdf, BrokenPdf, PasswordProtected, EmptyPdf, RotatedPage (the page of a place is turned).
    """
    pages = read_pages(file)
    first = pages[0]
    number = _find_number(first)
    day, month = _find_date(first)
    signature = _find_signature(pages, name=signer_name, title=signer_title)
    stamp = None
    if signature is not None:
        page = pages[signature.page - 1]
        stamp = seal_box(
            signature,
            diameter_mm=seal_diameter_mm,
            page_width=page.width,
            page_corner=(page.x0, page.y0),
        )
    return Places(number=number, day=day, month=month, signature=signature, seal=stamp)


def _find_number(page: PageText) -> Box | None:
    for line, match in _search(page, _NUMBER):
        return _blank(page, line, before=match.start(1), after=match.end(1))
    return None


def _find_date(page: PageText) -> tuple[Box | None, Box | None]:
    for line, match in _search(page, _BOTH_BLANK):
        day = _blank(page, line, before=match.start(1), after=match.end(1))
        return day, _blank(page, line, before=match.start(2), after=match.end(2))
    for line, match in _search(page, _DAY_ONLY):
        return _blank(page, line, before=match.start(1), after=match.end(1)), None
    return None, None


def _search(page: PageText, pattern: re.Pattern[str]) -> Iterator[tuple[Line, re.Match[str]]]:
    for line in page.lines:
        match = pattern.search(line.text)
        if match:
            page.require_upright()
            yield line, match


def _blank(page: PageText, line: Line, *, before: int, after: int) -> Box | None:
    """The box between the characters around a blank; `before` and `after` delimit its leaders, if any."""
    left, right = line.glyph(before - 1), line.glyph(after)
    x0, x1 = left.x1 + _CLEARANCE, right.x0 - _CLEARANCE
    if x1 - x0 < _NARROWEST_BLANK:
        return None
    bottom = left.baseline - left.size * BASELINE
    return Box(
        page=page.number,
        x0=x0,
        y0=bottom,
        x1=x1,
        y1=bottom + left.size * LINE_HEIGHT,
        opaque=after > before,
    )


def _find_signature(pages: Sequence[PageText], *, name: str, title: str) -> Box | None:
    wanted = folded(name)
    if not wanted:
        return None
    for page in reversed(pages):
        for line in reversed(page.lines):
            start = line.text.rfind(wanted)
            if start >= 0:
                page.require_upright()
                return _above_name(page, line, start, start + len(wanted), title)
    return None


def _above_name(page: PageText, line: Line, start: int, end: int, title: str) -> Box | None:
    first, last = line.glyph(start), line.glyph(end - 1)
    middle = (first.x0 + last.x1) / 2
    top_of_name = max(line.glyph(index).y1 for index in range(start, end))
    above = _column_above(page, line, middle)
    floor = _bottom_of_title(above, title)
    if floor is None or floor - top_of_name < _LOWEST_GAP:
        return None
    height = min(floor - top_of_name - 4, _SIGNATURE_HEIGHT)
    centre = (floor + top_of_name) / 2
    width = min(_SIGNATURE_WIDTH, 2 * height)
    x0 = min(max(middle - width / 2, page.x0), page.x1 - width)
    return Box(page=page.number, x0=x0, y0=centre - height / 2, x1=x0 + width, y1=centre + height / 2)


def _column_above(page: PageText, below: Line, middle: float) -> list[list[Glyph]]:
    """The lines above the name, each cut to the column around it, from the top of the page."""
    column = []
    for line in page.lines:
        if line.baseline <= below.baseline:
            break
        inside = [glyph for glyph in line.glyphs if abs((glyph.x0 + glyph.x1) / 2 - middle) < _COLUMN]
        if inside:
            column.append(inside)
    return column


def _bottom_of_title(column: Sequence[Sequence[Glyph]], title: str) -> float | None:
    """Where the space for handwriting begins: under the title, or under the last line when it is not there.

    The title may run over several lines («KT. GIÁM ĐỐC» / «PHÓ GIÁM ĐỐC»), so the column is read as one text.
    """
    if not column:
        return None
    glyphs = [glyph for line in column for glyph in line]
    text = "".join(glyph.character for glyph in glyphs)
    for part in (title, *reversed(re.split(r"[\n/]", title))):
        wanted = folded(part)
        found = text.rfind(wanted) if wanted else -1
        if found >= 0:
            end = found + len(wanted)
            return min(glyph.baseline - glyph.size * BASELINE for glyph in glyphs[found:end])
    return min(glyph.baseline - glyph.size * BASELINE for glyph in column[-1])
