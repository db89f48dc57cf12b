"""A letter whose page lies otherwise in its file: turned, moved, cut, or without a size that can be read."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from tests.pdfsign.documents import typeset
from vanthu.pdfsign import page_areas

A4 = (0.0, 0.0, 595.28, 841.89)


def laid(source: bytes, *, first: int = 0, **entries: object) -> bytes:
    """A letter with other entries (Rotate, MediaBox, CropBox…) in pages from `first` on; None: without."""
    writer = IncrementalPdfFileWriter(BytesIO(source))
    count = int(writer.root["/Pages"]["/Count"])
    for number in range(first, count):
        reference, _ = writer.find_page_for_modification(number)
        page = reference.get_object()
        for name, value in entries.items():
            _put(page, pdf_name(f"/{name}"), value)
        writer.mark_update(reference)
    pages = writer.root["/Pages"]
    if entries.get("MediaBox", ()) is None and "/MediaBox" in pages:
        del pages["/MediaBox"]
        writer.update_container(pages)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def moved(source: bytes, *, by: tuple[float, float]) -> bytes:
    """A letter that looks the same, its page beginning at another point than 0, 0."""
    writer = IncrementalPdfFileWriter(BytesIO(source))
    for number in range(int(writer.root["/Pages"]["/Count"])):
        reference, _ = writer.find_page_for_modification(number)
        page = reference.get_object()
        contents = page.raw_get("/Contents")
        before = f"q 1 0 0 1 {by[0]} {by[1]} cm\n".encode()
        parts = [generic.StreamObject(stream_data=each) for each in (before, b"\nQ")]
        head, foot = (writer.add_object(each) for each in parts)
        page[pdf_name("/Contents")] = generic.ArrayObject([head, contents, foot])
        _put(page, pdf_name("/MediaBox"), (by[0], by[1], by[0] + A4[2], by[1] + A4[3]))
        writer.mark_update(reference)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def turned(degrees: int, *, letter: bytes | None = None) -> bytes:
    """A letter as a scanner lays it: drawn on its side or head down, and turned upright by /Rotate."""
    width, height = A4[2], A4[3]
    matrix, box = {
        90: ((0, 1, -1, 0, height, 0), (0, 0, height, width)),
        180: ((-1, 0, 0, -1, width, height), (0, 0, width, height)),
        270: ((0, -1, 1, 0, 0, width), (0, 0, height, width)),
    }[degrees]
    writer = IncrementalPdfFileWriter(BytesIO(letter or typeset()))
    for number in range(int(writer.root["/Pages"]["/Count"])):
        reference, _ = writer.find_page_for_modification(number)
        page = reference.get_object()
        before = f"q {' '.join(str(each) for each in matrix)} cm\n".encode()
        parts = [generic.StreamObject(stream_data=each) for each in (before, b"\nQ")]
        head, foot = (writer.add_object(each) for each in parts)
        page[pdf_name("/Contents")] = generic.ArrayObject([head, page.raw_get("/Contents"), foot])
        _put(page, pdf_name("/MediaBox"), box)
        _put(page, pdf_name("/Rotate"), degrees)
        writer.mark_update(reference)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def picture(file: Path, page: int = 0, *, scale: float = 1.0) -> Image.Image:
    """A page as a viewer shows it, forms and signatures drawn."""
    document = pypdfium2.PdfDocument(file)
    try:
        document.init_forms()
        shown: Image.Image = document[page].render(scale=scale).to_pil()
        return shown.convert("RGB")
    finally:
        document.close()


def seen_of(file: Path) -> list[tuple[float, ...] | None]:
    """What is seen of each page, to a hundredth of a point."""
    return [None if area is None else tuple(round(each, 2) for each in area) for area in page_areas(file)]


def _put(page: Any, name: Any, value: object) -> None:
    if value is None:
        page.pop(name, None)
    elif isinstance(value, str):
        page[name] = generic.NameObject(value)
    elif isinstance(value, Sequence):
        numbers = [
            each if isinstance(each, generic.PdfObject) else generic.FloatObject(each) for each in value
        ]
        page[name] = generic.ArrayObject(numbers)
    else:
        page[name] = generic.NumberObject(value)
