"""What a file is, and what its first page says: any format, looked at once."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import magic

from vanthu import pdfsign
from vanthu.pdfsign import PdfSignError
from vanthu.pdfsign.images import load_picture
from vanthu.reading import first_page
from vanthu.reading.excel import SheetUnreadable
from vanthu.reading.locks import is_locked
from vanthu.reading.parts import names_of, unpacked_size
from vanthu.room import refusals
from vanthu.room.jobs import Work, job

_PDF = "application/pdf"
_TYPES = magic.Magic(mime=True)
#: Lines of a first page that are answered, and letters of each: a mark stands alone on its line.
_LINES, _LETTERS = 50_000, 2_000


def warm_up() -> None:
    """Nothing more than importing this."""


@job
def survey(work: Work, parameters: dict[str, Any]) -> dict[str, Any]:
    """Media type, format, first page and sizes of a file; `facts`: those of a PDF too."""
    (path,) = work.inputs
    media_type = str(_TYPES.from_file(str(path)))
    found: dict[str, Any] = {
        "media_type": media_type,
        "format": first_page.format_of(path),
        "parts": [name for name in first_page.TELLING if name in names_of(path)],
        "unpacked": unpacked_size(path),
        "locked": is_locked(path),
        "refused": None,
        "facts": None,
        "lines": [],
    }
    if media_type != _PDF and not parameters["facts"]:
        return found | {"lines": _cut(first_page.office_lines(path))}
    try:
        found["locked"] = pdfsign.is_locked(path)
        if parameters["facts"]:
            facts = pdfsign.inspect(path)
            found["facts"] = [facts.pages, facts.has_text, facts.signatures, facts.twofold]
        found["lines"] = _cut(first_page.pdf_lines(path))
    except PdfSignError as refused:
        found["refused"] = refusals.plain(refused)
    return found


@job
def write_afresh(work: Work, parameters: dict[str, Any]) -> None:
    """Write a PDF again with one cross-reference. Raises as pdfsign.write_afresh."""
    written = work.folder / "written.pdf"
    pdfsign.write_afresh(work.inputs[0], written)
    work.deliver(written)


@job
def old_sheet_lines(work: Work, parameters: dict[str, Any]) -> dict[str, Any]:
    """The lines of an xls file, and what is wrong with it behind them."""
    lines: list[str] = []
    try:
        for line in first_page.old_sheet_lines(work.inputs[0]):
            lines.append(line)
    except SheetUnreadable as unreadable:
        return {"lines": _cut(lines), "unreadable": str(unreadable)}
    return {"lines": _cut(lines), "unreadable": ""}


@job
def check_picture(work: Work, parameters: dict[str, Any]) -> None:
    """Whether a picture can be drawn. Raises BadImage."""
    load_picture(work.inputs[0])


@job
def check_certificates(work: Work, parameters: dict[str, Any]) -> int:
    """How many certificates a file holds. Raises BadCertificate."""
    return len(pdfsign.load_certificates(work.inputs[0].read_bytes()))


def _cut(lines: Iterable[str]) -> list[str]:
    return [line[:_LETTERS] for line in islice(lines, _LINES)]
