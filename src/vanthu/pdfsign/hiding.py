"""Whether the picture of a later signature hides what an earlier signer saw.

A signature may be put anywhere on a page, and its picture is drawn over what stands there; an opaque one
takes the text's place to the eye, as no rule about entries can tell. So each such page is drawn twice, as the
signer saw it and as it is now: ink that has vanished was hidden. Ink that came is the later signer's.
"""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import pypdfium2
from PIL import Image, ImageChops
from pyhanko.pdf_utils import generic

from vanthu.pdfsign.budget import LETTERS
from vanthu.pdfsign.objects import page_references, pick
from vanthu.pdfsign.opening import Head, at_most, open_pdfium, parsing
from vanthu.pdfsign.reader import MeasuredReader

#: Pixels for each point; a page is drawn no larger than this on its longest side.
_SCALE, _LARGEST = 2.0, 2400.0
#: What of 256 greys is ink, and what is paper.
_INK, _PAPER = 140, 200
#: Of a letter's ink, the share that must have vanished for it to be hidden.
_SHARE = 0.5
#: Points squared of vanished ink that are more than the dots of a blank, where no letters are told (a scan).
_MUCH = 100.0
#: Pages drawn for one file.
_MOST_PAGES = 8


@dataclass(frozen=True, kw_only=True)
class Laid:
    """A field that was signed, and since when."""

    revision: int
    field: str
    dictionary: generic.DictionaryObject


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """Something of a page that later pictures hide."""

    #: Counted from 1.
    page: int
    #: The newest of the pictures laid on it.
    revision: int
    fields: tuple[str, ...]


def hidden_by_pictures(file: Path, reader: MeasuredReader, seen: int, laid: Sequence[Laid]) -> list[Hidden]:
    """What the pictures of later signatures hide of what the first signer saw: the first `seen` bytes.

    Raises BrokenPdf, TooComplex.
    """
    with parsing():
        over = dict(_pages_under(reader, laid))
    if not over:
        return []
    at_most(len(over), _MOST_PAGES)
    with open_pdfium(file, over) as now, parsing(), file.open("rb") as stream:
        then = pypdfium2.PdfDocument(cast(IO[bytes], io.BufferedReader(Head(stream, seen))))
        try:
            now.init_forms()
            then.init_forms()
            return [
                Hidden(
                    page=index + 1,
                    revision=max(one.revision for one in pictures),
                    fields=tuple(dict.fromkeys(one.field for one in pictures)),
                )
                for index, pictures in over.items()
                if _hides(then, now, index, [box for one in pictures for box in _boxes(one.dictionary)])
            ]
        finally:
            then.close()


def _pages_under(reader: MeasuredReader, laid: Sequence[Laid]) -> Iterator[tuple[int, list[Laid]]]:
    """The pages, counted from 0, whose lists of annotations name visible widgets of these fields."""
    widgets = {widget: one for one in laid for widget in _visible(one.dictionary)}
    if not widgets:
        return
    for index, page in enumerate(page_references(reader)):
        listed = pick(page.get_object(), "/Annots")
        each_one = list.__iter__(listed) if isinstance(listed, generic.ArrayObject) else ()
        numbers = {each.idnum for each in each_one if isinstance(each, generic.IndirectObject)}
        found = [one for widget, one in widgets.items() if widget in numbers]
        if found:
            yield index, found


def _visible(field: generic.DictionaryObject) -> Iterator[int]:
    """The numbers of a field's widgets that show something, whatever they say of their page."""
    kids = pick(field, "/Kids", ())
    for widget in (field, *(kids[index] for index in range(len(kids)))):
        reference = getattr(widget, "container_ref", None)
        if isinstance(reference, generic.Reference) and "/AP" in widget and "/Rect" in widget:
            yield reference.idnum


def _boxes(field: generic.DictionaryObject) -> Iterator[tuple[float, ...]]:
    """The rectangles of a field's widgets."""
    kids = pick(field, "/Kids", ())
    for widget in (field, *(kids[index] for index in range(len(kids)))):
        corners = tuple(float(each) for each in pick(widget, "/Rect", ()))
        if len(corners) == 4:
            yield corners


def _hides(
    then: pypdfium2.PdfDocument, now: pypdfium2.PdfDocument, index: int, boxes: Sequence[Sequence[float]]
) -> bool:
    page, after = then[index], now[index]
    try:
        scale = min(_SCALE, _LARGEST / max(page.get_size()))
        before = _drawn(page, scale)
        lost = ImageChops.multiply(_dark(before), _light(_drawn(after, scale)))
        under = Image.new("L", lost.size, 0)
        for box in boxes:
            if (place := _on_image(page, lost, box)) is not None:
                under.paste(255, place)
        # What stands elsewhere (number and date, filled since) has rules of its own.
        lost = ImageChops.multiply(lost, under)
        if lost.getbbox() is None:
            return False
        return _ink(lost) > _MUCH * scale * scale or _lost_letter(page, before, lost)
    finally:
        page.close()
        after.close()


def _drawn(page: pypdfium2.PdfPage, scale: float) -> Image.Image:
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        return cast(Image.Image, bitmap.to_pil().convert("L"))
    finally:
        bitmap.close()


def _dark(image: Image.Image) -> Image.Image:
    return image.point([255 if value < _INK else 0 for value in range(256)])


def _light(image: Image.Image) -> Image.Image:
    return image.point([255 if value > _PAPER else 0 for value in range(256)])


def _ink(image: Image.Image) -> int:
    return image.histogram()[255]


def _lost_letter(page: pypdfium2.PdfPage, before: Image.Image, lost: Image.Image) -> bool:
    """Whether the better part of a letter or figure has vanished; dots of a blank are none."""
    text = page.get_textpage()
    try:
        dark = _dark(before)
        for index in at_most(text.count_chars(), LETTERS):
            box = _on_image(page, before, text.get_charbox(index))
            if box is None or lost.crop(box).getbbox() is None:
                continue
            if text.get_text_range(index, 1).isalnum() and _ink(lost.crop(box)) > _SHARE * _ink(
                dark.crop(box)
            ):
                return True
        return False
    finally:
        text.close()


def _on_image(page: Any, image: Image.Image, box: Sequence[float]) -> tuple[int, int, int, int] | None:
    """Pixels of a box of the page, however it is turned or cropped; None for what is not on it."""
    corners = [_pixel(page, image, x, y) for x, y in ((box[0], box[1]), (box[2], box[3]))]
    (a, b), (c, d) = corners
    left, top, right, bottom = min(a, c), min(b, d), max(a, c) + 1, max(b, d) + 1
    if right <= 0 or bottom <= 0 or left >= image.width or top >= image.height:
        return None
    return max(0, left), max(0, top), min(image.width, right), min(image.height, bottom)


def _pixel(page: Any, image: Image.Image, x: float, y: float) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    pypdfium2.raw.FPDF_PageToDevice(
        page, 0, 0, image.width, image.height, 0, x, y, ctypes.byref(across), ctypes.byref(down)
    )
    return across.value, down.value
