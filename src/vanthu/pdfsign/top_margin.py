"""Room in the top margin of page 1 for the text signatures of copies (NĐ 30/2020 PL I ô 14, II.8.b)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vanthu.pdfsign.appearance import LINE_HEIGHT
from vanthu.pdfsign.budget import AREAS
from vanthu.pdfsign.fonts import stamp_font
from vanthu.pdfsign.opening import at_most, open_pdfium
from vanthu.pdfsign.places import MILLIMETRE, Box

Area = Sequence[float]

#: The law's type size (NĐ 30/2020 PL I II.8.b), and what is tried, in turn, when the margin has no more room.
SIZES = (10.0, 9.0, 8.0, 7.0, 6.0)
#: Nearer to the edge a printer leaves the paper white; further down the text of the document begins
#: (NĐ 30/2020 PL I I.2: 20 to 25 mm).
_EDGE, _SIDE, _WIDEST, _NARROWEST = 5 * MILLIMETRE, 15 * MILLIMETRE, 25 * MILLIMETRE, 20 * MILLIMETRE
#: Between two stamps side by side; one below the other they need none, a line is higher than its letters.
_GAP = 8.0
_PADDING = 2.0
_SEPARATOR = "; "


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """Text that has found its place."""

    lines: tuple[str, ...]
    #: Points.
    size: float
    box: Box


def printed_areas(file: Path) -> list[Area]:
    """Where page 1 has text of its own: left, bottom, right, top. Nothing for a scan.

    Raises BrokenPdf, PasswordProtected.
    """
    with open_pdfium(file, [0]) as document:
        page = document[0]
        text = page.get_textpage()
        try:
            return [text.get_rect(index) for index in at_most(text.count_rects(), AREAS)]
        finally:
            text.close()
            page.close()


def find_room(
    lines: Sequence[str], *, page: Area, printed: Sequence[Area], fields: Sequence[Area]
) -> Stamp | None:
    """The place for `lines` nearest to the top right corner that covers nothing; None when there is none.

    `page` is the visible area, `printed` its text, `fields` those it has. Stamps stand one below the other,
    then to the left. When there is no room for them as given, the lines are broken elsewhere («; »), then
    the type gets smaller. Text so near to the edge that it leaves no margin at all is no hindrance: the law
    wants the signature there.
    """
    left, bottom, right, top = page
    lowest = top - (_WIDEST if printed else _NARROWEST)
    margin = (left + _SIDE, max(bottom, lowest), right - _SIDE, top - _EDGE)
    least = (margin[0], max(bottom, top - _NARROWEST), *margin[2:])
    return _fit(lines, margin, [*fields, *printed]) or _fit(lines, least, fields)


def _fit(lines: Sequence[str], margin: Area, taken: Sequence[Area]) -> Stamp | None:
    near = [area for area in taken if overlap(area, margin)]
    for size, arranged in itertools.product(SIZES, _arrangements(lines)):
        width = max(stamp_font().width(line, size) for line in arranged) + _PADDING
        height = len(arranged) * size * LINE_HEIGHT + _PADDING
        for x1, y1 in _corners(margin, near):
            area = (x1 - width, y1 - height, x1, y1)
            inside = area[0] >= margin[0] and area[1] >= margin[1]
            if inside and not any(overlap(area, other) for other in near):
                return Stamp(lines=arranged, size=size, box=Box(page=1, x0=area[0], y0=area[1], x1=x1, y1=y1))
    return None


def _corners(margin: Area, taken: Sequence[Area]) -> Iterator[tuple[float, float]]:
    """Upper right corners worth trying: the rightmost first, and there the topmost."""
    columns = {margin[2], *(area[0] - _GAP for area in taken)}
    rows = {margin[3], *(area[1] for area in taken)}
    yield from itertools.product(sorted(columns, reverse=True), sorted(rows, reverse=True))


def _arrangements(lines: Sequence[str]) -> list[tuple[str, ...]]:
    """The lines as given, then the same items in one line, two, …: the narrowest of each kind."""
    items = _SEPARATOR.join(lines).split(_SEPARATOR)
    found = [tuple(lines)]
    for count in range(1, min(len(items), 4) + 1):
        breaks = itertools.combinations(range(1, len(items)), count - 1)
        kinds = [_broken(items, places) for places in breaks]
        found.append(min(kinds, key=lambda kind: max(stamp_font().width(line, 1) for line in kind)))
    return list(dict.fromkeys(found))


def _broken(items: Sequence[str], places: Sequence[int]) -> tuple[str, ...]:
    edges = itertools.pairwise((0, *places, len(items)))
    return tuple(_SEPARATOR.join(items[start:end]) for start, end in edges)


def overlap(one: Area, other: Area) -> bool:
    """Whether two areas have more than an edge in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
