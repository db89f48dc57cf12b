"""What stands on a page beneath what is laid over it: white paper, number, date, signature, seal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from vanthu.pdfsign.budget import LETTERS
from vanthu.pdfsign.glyphs import PageText, read_page, written_in
from vanthu.pdfsign.opening import at_most, open_pdfium
from vanthu.pdfsign.places import Box

#: What of a text beneath a box is told.
_TOLD = 80
#: Pixels for each point, and what of 256 greys is ink.
_SCALE, _INK = 2.0, 140
#: Points of the longest side of what is drawn to be looked at.
_WIDEST = 400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Beneath:
    """What a box lies on."""

    #: Letters and figures as they read; dots and underscores of a blank are none.
    text: str = ""
    #: Share of the box that is dark when the page is drawn: on a scan there is ink and no text.
    ink: float = 0.0


def beneath(file: Path, boxes: Mapping[str, Box]) -> dict[str, Beneath]:
    """What each box lies on: by the page's text and, where it has none there, by drawing the page.

    Boxes of pages that are not there lie on nothing. Raises NotAPdf, BrokenPdf, PasswordProtected, EmptyPdf,
    TooComplex.
    """
    found = dict.fromkeys(boxes, Beneath())
    with open_pdfium(file, {box.page - 1 for box in boxes.values()}) as document:
        for number in {box.page for box in boxes.values() if box.page <= len(document)}:
            page = read_page(document, number - 1)
            for name, box in boxes.items():
                if box.page == number:
                    text = "" if page.recognised else _text_in(page, box)
                    found[name] = Beneath(text=text, ink=0.0 if text else _ink_in(document, page, box))
    return found


def _text_in(page: PageText, box: Box) -> str:
    lines = []
    for line in page.lines:
        inside = [
            glyph
            for glyph in line.glyphs
            if box.x0 < (glyph.x0 + glyph.x1) / 2 < box.x1
            and box.y0 < glyph.baseline + glyph.size / 3 < box.y1
        ]
        if any(glyph.character.isalnum() for glyph in inside):
            lines.append(written_in(inside))
    return " ".join(lines)[:_TOLD]


def _ink_in(document: pypdfium2.PdfDocument, page: PageText, box: Box) -> float:
    """Of a box no larger than a number or a date takes; a turned page is not drawn."""
    if page.rotated or max(box.width, box.height) > _WIDEST:
        return 0.0
    crop = (box.x0 - page.x0, box.y0 - page.y0, page.x1 - box.x1, page.y1 - box.y1)
    if min(crop) < 0:
        return 0.0
    shown = document[page.number - 1]
    try:
        bitmap = shown.render(scale=_SCALE, crop=crop, grayscale=True, may_draw_forms=False)
        try:
            rows = bytes(bitmap.buffer)
            pixels = [
                rows[at * bitmap.stride + column]
                for at in range(bitmap.height)
                for column in range(bitmap.width)
            ]
        finally:
            bitmap.close()
    finally:
        shown.close()
    return float(sum(pixel < _INK for pixel in pixels) / max(len(pixels), 1))


def hides_text(file: Path, page: int, area: Sequence[float]) -> bool:
    """Whether the text of a page (counted from 0) in `area` is more than the dots or underscores of a blank.

    `area`: left, bottom, right, top. A letter counts where its middle is. Raises BrokenPdf.
    """
    left, bottom, right, top = area
    with open_pdfium(file, [page]) as document:
        shown = document[page]
        text = shown.get_textpage()
        try:
            for index in at_most(text.count_chars(), LETTERS):
                x0, y0, x1, y1 = text.get_charbox(index)
                inside = left < (x0 + x1) / 2 < right and bottom < (y0 + y1) / 2 < top
                if inside and any(sign.isalnum() for sign in text.get_text_range(index, 1)):
                    return True
            return False
        finally:
            text.close()
            shown.close()
