"""The sheets of a PDF: what of each page is seen, which way up, and whether a place can be on it.

One judgement, asked when a draft comes in, when a place is chosen and when it is signed: what signing would
refuse never gets so far.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.rw_common import PdfHandler

from vanthu.pdfsign.errors import EmptyPdf, OddPage, PlaceOutside, RotatedPage
from vanthu.pdfsign.objects import page_references, pick
from vanthu.pdfsign.opening import open_reader, parsing
from vanthu.pdfsign.places import Box

#: Left, bottom, right, top, in points of the page's own user space.
Area: TypeAlias = tuple[float, float, float, float]

#: What a number in a page may be; viewers know no larger sheet than 200 inches (ISO 32000-1 annex C).
_FARTHEST = 1_000_000.0
_SMALLEST, _LARGEST = 3.0, 14_400.0
#: Nodes of a page tree above one another.
_HIGHEST = 100
_WHAT_TO_DO = "hãy mở tệp, in ra PDF (Print to PDF) rồi dùng tệp mới."


class Tree:
    """What pages hang on, each node of it looked at once: one of thousands of pages is a large one."""

    def __init__(self) -> None:
        self._nodes: dict[int, Any] = {}

    def above(self, node: Any) -> Any:
        """What a node hangs on; None at the top."""
        if "/Parent" not in node:
            return None
        held = node.raw_get("/Parent")
        if not isinstance(held, generic.IndirectObject):
            return held
        if held.idnum not in self._nodes:
            self._nodes[held.idnum] = held.get_object()
        return self._nodes[held.idnum]


def visible_area(page: generic.DictionaryObject, tree: Tree | None = None) -> Area:
    """What is seen of a page: its crop box inside its media box (ISO 32000-1, 14.11.2).

    `tree`: what was looked at for other pages of the file.
    Raises OddPage where viewers would differ or guess: no box, an empty one, one that is no four numbers, a
    unit of its own.
    """
    tree = tree or Tree()
    media = _box(page, "/MediaBox", tree)
    if media is None:
        raise OddPage(f"Trang không ghi khổ giấy; {_WHAT_TO_DO}")
    crop = _box(page, "/CropBox", tree) or media
    seen = (
        max(media[0], crop[0]),
        max(media[1], crop[1]),
        min(media[2], crop[2]),
        min(media[3], crop[3]),
    )
    if not all(_SMALLEST <= side <= _LARGEST for side in (seen[2] - seen[0], seen[3] - seen[1])):
        raise OddPage(f"Trang có khổ giấy trống hoặc quá lớn; {_WHAT_TO_DO}")
    if pick(page, "/UserUnit") not in (None, 1):
        raise OddPage(f"Trang dùng đơn vị đo khác thường; {_WHAT_TO_DO}")
    return seen


def turned_by(page: generic.DictionaryObject, tree: Tree | None = None) -> int:
    """How far viewers turn the page clockwise: 0, 90, 180 or 270 degrees. Raises OddPage for any other."""
    value = _inherited(page, "/Rotate", tree or Tree())
    if value is None:
        return 0
    if not _is_number(value) or value % 90:
        raise OddPage(f"Trang bị xoay một góc không phải góc vuông; {_WHAT_TO_DO}")
    return int(value) % 360


def sheets(handler: PdfHandler) -> Iterator[tuple[int, generic.IndirectObject]]:
    """Number (from 1) and reference of each page. Raises EmptyPdf, TooComplex."""
    number = 0
    for number, reference in enumerate(page_references(handler), start=1):
        yield number, reference
    if not number:
        raise EmptyPdf


def require_even(handler: PdfHandler) -> list[int]:
    """The numbers of the pages that are shown turned. Raises OddPage, naming a page no place can be on."""
    turned, tree = [], Tree()
    for number, reference in sheets(handler):
        page = reference.get_object()
        try:
            visible_area(page, tree)
            turned += [number] if turned_by(page, tree) else []
        except OddPage as odd:
            raise OddPage(str(odd).replace("Trang", f"Trang {number}", 1)) from odd
    return turned


def require_upright_inside(handler: PdfHandler, box: Box) -> None:
    """Refuse a box that is not on its page, or whose page is shown turned.

    Raises PlaceOutside, RotatedPage, OddPage.
    """
    with parsing():
        if not box.page <= int(handler.root["/Pages"]["/Count"]):
            raise PlaceOutside
        page = handler.find_page_for_modification(box.page - 1)[0].get_object()
        x0, y0, x1, y1 = visible_area(page)
        if turned_by(page):
            raise RotatedPage
    if not (x0 <= box.x0 and y0 <= box.y0 and box.x1 <= x1 and box.y1 <= y1):
        raise PlaceOutside


def page_areas(file: Path) -> tuple[Area | None, ...]:
    """What is seen of each page, where a place may be; None for a page that can have none.

    Raises NotAPdf, BrokenPdf, PasswordProtected, EmptyPdf, TooComplex.
    """
    with open_reader(file) as reader, parsing():
        tree = Tree()
        return tuple(_area_or_none(reference.get_object(), tree) for _, reference in sheets(reader))


def _area_or_none(page: generic.DictionaryObject, tree: Tree) -> Area | None:
    try:
        return None if turned_by(page, tree) else visible_area(page, tree)
    except OddPage:
        return None


def _box(page: generic.DictionaryObject, name: str, tree: Tree) -> Area | None:
    value = _inherited(page, name, tree)
    if value is None:
        return None
    numbers = [value[index] for index in range(min(len(value), 5))] if _is_array(value) else []
    if len(numbers) != 4 or not all(map(_is_number, numbers)):
        raise OddPage(f"Trang có khổ giấy không đọc được; {_WHAT_TO_DO}")
    x0, y0, x1, y1 = (float(number) for number in numbers)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _inherited(page: Any, name: str, tree: Tree) -> Any:
    """The page's own value, or that of what it hangs on."""
    node = page
    for _ in range(_HIGHEST):
        value = pick(node, name)
        if value is not None and not isinstance(value, generic.NullObject):
            return value
        node = tree.above(node)
        if not isinstance(node, generic.DictionaryObject):
            return None
    raise OddPage


def _is_array(value: Any) -> bool:
    return isinstance(value, generic.ArrayObject)


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, generic.NumberObject | generic.FloatObject | int | float)
    return is_number and math.isfinite(value) and abs(value) <= _FARTHEST
