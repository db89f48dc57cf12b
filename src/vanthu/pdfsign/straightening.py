"""A draft made ready for marks before anybody places one: its pages upright, and signing tried out on it.

Scanners and CAD programs turn pages by a number beside the page (/Rotate). A place, a signature's picture
and a number would have to be turned with it, by everybody who ever draws them; so the page is turned instead,
once, while nobody has signed: its drawing is put, as it is, into a form with a matrix (ISO 32000-1, 8.10).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from vanthu.pdfsign.errors import OddPage
from vanthu.pdfsign.objects import pick
from vanthu.pdfsign.opening import new_file, open_reader, open_writer, parsing
from vanthu.pdfsign.places import Box, Places
from vanthu.pdfsign.prepare import prepare
from vanthu.pdfsign.sheets import Area, require_even, sheets, turned_by, visible_area

_DRAWN = "/VTTrang"
#: What speaks of the page as it stood: other boxes, its tags, its thumbnail.
_OF_THE_OLD = ("/Rotate", "/TrimBox", "/BleedBox", "/ArtBox", "/StructParents", "/Thumb", "/PZ", "/VP")
#: Notes that draw nothing: their areas are turned with the page.
_UNDRAWN = frozenset({"/Link", "/Popup"})
#: Points: the smallest of the five places tried out.
_TRIED = 1.0


def make_ready(source: Path, target: Path) -> tuple[int, ...]:
    """Write `target`: `source` with its turned pages upright, looking as before; returns their numbers.

    When no page is turned `target` is not written. Either way signing has been tried out: raises what
    `prepare` would raise at the signature (AlreadySigned, AlreadyPrepared, BrokenPdf, PasswordProtected,
    NotAPdf, EmptyPdf, TooComplex), and OddPage, which names the page.
    """
    with open_reader(source) as reader, parsing():
        turned = tuple(require_even(reader))
    if turned:
        _straighten(source, target)
    _try_out(target if turned else source)
    return turned


def _straighten(source: Path, target: Path) -> None:
    with open_writer(source) as writer, parsing():
        for number, reference in sheets(writer):
            page = reference.get_object()
            if degrees := turned_by(page):
                _require_undrawn(page, number)
                _turn(writer, page, degrees)
                writer.mark_update(reference)
        with new_file(target) as stream:
            writer.write(stream)


def _try_out(draft: Path) -> None:
    """Reserve all five places in the corner of page 1, and throw the result away."""
    with open_reader(draft) as reader, parsing():
        _, first = next(sheets(reader))
        x, y = visible_area(first.get_object())[:2]
    box = Box(page=1, x0=x, y0=y, x1=x + _TRIED, y1=y + _TRIED)
    with tempfile.TemporaryDirectory() as folder:
        places = Places(number=box, day=box, month=box, signature=box, seal=box)
        prepare(draft, Path(folder) / "tried.pdf", places)


def _require_undrawn(page: generic.DictionaryObject, number: int) -> None:
    """Refuse to turn what draws itself (form fields, stamps, notes): viewers differ in how they would."""
    if any(pick(note, "/Subtype") not in _UNDRAWN for note in _notes(page)):
        raise OddPage(
            f"Trang {number} bị xoay và có ô điền hoặc ghi chú nên không dựng thẳng được; "
            "hãy mở tệp, in ra PDF (Print to PDF) rồi dùng tệp mới."
        )


def _turn(writer: IncrementalPdfFileWriter, page: generic.DictionaryObject, degrees: int) -> None:
    area = visible_area(page)
    matrix = _matrix(area, degrees)
    width, height = _turned((area[2], area[3]), (area[0], area[1]), degrees)
    drawn = writer.add_object(_form(page, area, matrix))
    content = generic.StreamObject(stream_data=f"{_DRAWN} Do".encode("ascii"))
    sheet = [0, 0, round(width, 4), round(height, 4)]
    for key in _OF_THE_OLD:
        page.pop(key, None)
    # Said anew by the page itself: what it inherited was of the page as it stood.
    page[pdf_name("/Rotate")] = generic.NumberObject(0)
    page[pdf_name("/MediaBox")] = page[pdf_name("/CropBox")] = _numbers(sheet)
    page[pdf_name("/Contents")] = writer.add_object(content)
    page[pdf_name("/Resources")] = generic.DictionaryObject(
        {pdf_name("/XObject"): generic.DictionaryObject({pdf_name(_DRAWN): drawn})}
    )
    for note in _notes(page):
        _turn_note(note, matrix)
        writer.update_container(note)


def _form(page: generic.DictionaryObject, area: Area, matrix: list[float]) -> generic.StreamObject:
    """The page's whole drawing, seen through what was seen of it."""
    drawing = b"\n".join(stream.data for stream in _streams(pick(page, "/Contents")))
    resources = _resources(page)
    entries = {
        pdf_name("/Type"): pdf_name("/XObject"),
        pdf_name("/Subtype"): pdf_name("/Form"),
        pdf_name("/BBox"): _numbers(list(area)),
        pdf_name("/Matrix"): _numbers(matrix),
        pdf_name("/Resources"): resources,
    }
    if "/Group" in page:
        entries[pdf_name("/Group")] = page.raw_get("/Group")
    form = generic.StreamObject(dict_data=entries, stream_data=drawing)
    form.compress()
    return form


def _resources(page: generic.DictionaryObject) -> Any:
    node: Any = page
    while isinstance(node, generic.DictionaryObject):
        if "/Resources" in node:
            return node.raw_get("/Resources")
        node = pick(node, "/Parent")
    return generic.DictionaryObject()


def _matrix(area: Area, degrees: int) -> list[float]:
    """What takes a point of the page as it stood to where viewers showed it."""
    x0, y0, x1, y1 = area
    return {
        90: [0, -1, 1, 0, -y0, x1],
        180: [-1, 0, 0, -1, x1, y1],
        270: [0, 1, -1, 0, y1, -x0],
    }[degrees]


def _turned(upper: tuple[float, float], lower: tuple[float, float], degrees: int) -> tuple[float, float]:
    width, height = upper[0] - lower[0], upper[1] - lower[1]
    return (width, height) if degrees == 180 else (height, width)


def _turn_note(note: generic.DictionaryObject, matrix: list[float]) -> None:
    if "/Rect" in note:
        (ax, ay), (bx, by) = _moved(note["/Rect"], matrix)
        note[pdf_name("/Rect")] = _numbers([min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)])
    if "/QuadPoints" in note:
        points = [each for point in _moved(note["/QuadPoints"], matrix) for each in point]
        note[pdf_name("/QuadPoints")] = _numbers(points)


def _moved(numbers: Any, matrix: list[float]) -> list[tuple[float, float]]:
    a, b, c, d, e, f = matrix
    flat = [float(number) for number in numbers]
    pairs = zip(flat[::2], flat[1::2], strict=True)
    return [(a * x + c * y + e, b * x + d * y + f) for x, y in pairs]


def _notes(page: generic.DictionaryObject) -> Iterator[generic.DictionaryObject]:
    for reference in pick(page, "/Annots", ()):
        note = reference.get_object()
        if isinstance(note, generic.DictionaryObject):
            yield note


def _streams(contents: Any) -> list[generic.StreamObject]:
    listed = (
        [each.get_object() for each in contents] if isinstance(contents, generic.ArrayObject) else [contents]
    )
    return [part for part in listed if isinstance(part, generic.StreamObject)]


def _numbers(values: list[float]) -> generic.ArrayObject:
    return generic.ArrayObject(generic.FloatObject(round(value, 4)) for value in values)
