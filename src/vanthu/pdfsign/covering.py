"""What white paper painted over a page would hide of the page's own text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vanthu.pdfsign.budget import LETTERS
from vanthu.pdfsign.opening import at_most, open_pdfium


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
