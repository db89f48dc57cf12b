"""Finding the places from the PDF's own text, as the layout of NĐ 30/2020 PL I puts them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vanthu.pdfsign.appearance import BASELINE, LINE_HEIGHT
from vanthu.pdfsign.glyphs import COLUMN_GAP, Line, PageText, read_first_page, read_pages
from vanthu.pdfsign.opening import open_reader
from vanthu.pdfsign.places import ROUND_SEAL_MM, Box, Places, seal_box
from vanthu.pdfsign.sights import Found, Sight
from vanthu.pdfsign.signature_block import find_block

_LEADING = r".…‥·_‧∙．\-–"
LEADERS = f"[{_LEADING}]*"
#: Ô 3 and ô 4 stand in this upper share of the page, however many lines the agency's name takes; in the body
#: below other documents and dates are named, and blanks left for them.
_TOP = 0.33
_NUMBER = re.compile(rf"số:?({LEADERS})/")
_TYPED_NUMBER = re.compile(rf"số:?{LEADERS}(\d{{1,6}}[a-z]{{0,3}}){LEADERS}/")
_OPEN_NUMBER = re.compile(rf"số:{LEADERS}")
_BLANK_OR_TYPED = rf"({LEADERS}|{LEADERS}\d{{1,2}}{LEADERS})"
_DATE = re.compile(rf"ngày{_BLANK_OR_TYPED}tháng{_BLANK_OR_TYPED}năm[\d{_LEADING}]*$", re.ASCII)

#: Ô 4 names the place first; behind «Kính gửi» the text begins.
_PLACE = re.compile(r"[^\d,;:]{2,40},")
_ADDRESS = "kínhgửi"

#: Narrower than one figure and a half: nothing can be written there, a person must choose.
_NARROWEST_BLANK = 10.0
#: Less than a hair: the number stands right at the stroke before its symbol.
_CLEARANCE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The places, and what was seen where each was looked for."""

    places: Places
    number: Found
    day: Found
    month: Found
    name: Found
    title: Found


def find_places(
    file: Path, *, signer_name: str, signer_title: str, seal_diameter_mm: float = ROUND_SEAL_MM
) -> Places:
    """Find where number, date, signature and seal belong.

    Number and date: the blanks after «Số:» and in «ngày … tháng … năm» of page 1; a blank may be spaces,
    dots or underscores, and a month that is written already is in print and has no place. Signature: between
    the signer's title and the last mention of the name that has room above it, on whatever page that is.
    Seal: at its true size over the left third of the signature. Unicode form, case, tone placement, spacing
    between letters and line breaks in the title do not matter. What is not found is None (see
    `Places.missing`): a scan has no text, and then a person points at the places.

    Raises NotAPdf, BrokenPdf, PasswordProtected, EmptyPdf, RotatedPage (the page of a place is turned).
    """
    with open_reader(file):
        # A lock that no viewer asks a password for is seen by this reader alone.
        pages = read_pages(file)
    marks = find_marks(pages, name=signer_name, title=signer_title, seal_diameter_mm=seal_diameter_mm)
    return marks.places


def find_marks(
    pages: Sequence[PageText], *, name: str, title: str, seal_diameter_mm: float = ROUND_SEAL_MM
) -> Marks:
    """As `find_places`, of pages that are read already, with what was seen. Raises RotatedPage."""
    first = pages[0]
    number, of_number = _find_number(first)
    (day, of_day), (month, of_month) = _find_date(first)
    block = find_block(pages, name=name, title=title)
    signature, stamp = block.signature, None
    if signature is not None:
        page = pages[signature.page - 1]
        stamp = seal_box(
            signature,
            diameter_mm=seal_diameter_mm,
            page_width=page.width,
            page_corner=(page.x0, page.y0),
        )
    return Marks(
        places=Places(
            number=number,
            day=day,
            month=month,
            signature=signature,
            seal=stamp,
            month_in_print=of_month.sight is Sight.TYPED,
        ),
        number=of_number,
        day=of_day,
        month=of_month,
        name=block.name,
        title=block.title,
    )


def month_in_print(file: Path) -> str:
    """The month as it stands in the date of page 1, "01"; empty where a blank is left, or no date is found.

    Raises NotAPdf, BrokenPdf, PasswordProtected, EmptyPdf, RotatedPage.
    """
    _, (_, month) = _find_date(read_first_page(file))
    return month.written if month.sight is Sight.TYPED else ""


def _find_number(page: PageText) -> tuple[Box | None, Found]:
    for pattern in (_NUMBER, _TYPED_NUMBER, _OPEN_NUMBER):
        for line in page.above(_TOP):
            match = pattern.search(line.text)
            if match is None or not _begins_column(line, match.start()):
                continue
            page.require_upright()
            if pattern is _TYPED_NUMBER:
                return None, Found(sight=Sight.TYPED, written=match[1])
            if pattern is _OPEN_NUMBER:
                return None, Found(sight=Sight.OPEN)
            return _blank(page, line, before=match.start(1), after=match.end(1))
    return None, Found(sight=Sight.ABSENT)


def _begins_column(line: Line, index: int) -> bool:
    """Whether nothing is written right before this letter: «Kế hoạch số …» is another document's number."""
    if index == 0:
        return True
    before, here = line.glyph(index - 1), line.glyph(index)
    return here.x0 - before.x1 > COLUMN_GAP * here.size


def _find_date(page: PageText) -> tuple[tuple[Box | None, Found], tuple[Box | None, Found]]:
    for line in page.above(_TOP):
        if _ADDRESS in line.text:
            break
        match = _DATE.search(line.text)
        if match and _follows_a_place(line, match.start()):
            page.require_upright()
            return _in_date(page, line, match, 1), _in_date(page, line, match, 2)
    absent = (None, Found(sight=Sight.ABSENT))
    return absent, absent


def _follows_a_place(line: Line, index: int) -> bool:
    """Whether nothing or a địa danh and a comma stand before «ngày»: «trước ngày …» is a date of the text."""
    start = next((at for at in range(index, 0, -1) if _begins_column(line, at)), 0)
    return start == index or _PLACE.fullmatch(line.text[start:index]) is not None


def _in_date(page: PageText, line: Line, match: re.Match[str], part: int) -> tuple[Box | None, Found]:
    typed = re.search(r"\d+", match[part])
    if typed:
        return None, Found(sight=Sight.TYPED, written=typed.group())
    return _blank(page, line, before=match.start(part), after=match.end(part))


def _blank(page: PageText, line: Line, *, before: int, after: int) -> tuple[Box | None, Found]:
    """The box between the characters around a blank; `before` and `after` delimit its leaders, if any."""
    left, right = line.glyph(before - 1), line.glyph(after)
    x0, x1 = left.x1 + _CLEARANCE, right.x0 - _CLEARANCE
    if x1 - x0 < _NARROWEST_BLANK:
        return None, Found(sight=Sight.NARROW)
    bottom = left.baseline - left.size * BASELINE
    box = Box(
        page=page.number,
        x0=x0,
        y0=bottom,
        x1=x1,
        y1=bottom + left.size * LINE_HEIGHT,
        opaque=after > before,
    )
    return box, Found(sight=Sight.BLANK)
