"""The lines on the first page of a file, of any format that is read here, told by its content.

Of a PDF the first page; of texts (docx, odt) the first page and the headers; of sheets (xlsx, ods, xls) the
first rows of the first sheet, headers and footers; of plain text the first lines.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from vanthu.pdfsign.opening import open_pdfium
from vanthu.reading import excel, open_document, word
from vanthu.reading.parts import names_of

#: Paragraphs of a text looked at when nothing says where its first page ends; rows of a sheet.
_PARAGRAPHS, _ROWS = 200, 60
#: Bytes of plain text looked at.
_PLAIN = 64 * 1024

#: The part that tells what a zipped office file is.
TELLING = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
#: What the first part of an OpenDocument file says.
_OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
#: Names of streams in the compound files of old Office; in them, letters take two bytes.
_OLD_OFFICE = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls"}
_COMPOUND, _RTF, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf", b"PK"

_READERS: Mapping[str, Callable[[Path], Iterable[str]]] = MappingProxyType(
    {
        "docx": lambda path: word.lines_of(path, paragraphs=_PARAGRAPHS),
        "odt": lambda path: open_document.text_lines(path, paragraphs=_PARAGRAPHS),
        "ods": lambda path: open_document.sheet_lines(path, rows=_ROWS),
        "xlsx": lambda path: excel.lines_of(path, rows=_ROWS),
    }
)


def pdf_lines(path: Path) -> list[str]:
    """The lines of text on a PDF's first page; none for a scan.

    Raises pdfsign.BrokenPdf, pdfsign.PasswordProtected.
    """
    with open_pdfium(path, [0]) as document:
        if len(document) == 0:
            return []
        page = document[0]
        text = page.get_textpage()
        try:
            return str(text.get_text_bounded()).splitlines()
        finally:
            text.close()
            page.close()


def office_lines(path: Path) -> Iterable[str]:
    """The lines of docx, odt, ods, xlsx or plain text; what cannot be read (doc, rtf, xls too) has none."""
    return _READERS.get(format_of(path), _plain_lines)(path)


def old_sheet_lines(path: Path) -> Iterable[str]:
    """The lines of an xls file. Raises excel.SheetUnreadable, after the lines before the damage."""
    return excel.old_lines_of(path, rows=_ROWS)


def format_of(path: Path) -> str:
    """What an office file is by its content: docx, xlsx, odt, ods, doc, xls, rtf; "" for anything else."""
    with path.open("rb") as stream:
        head = stream.read(256)
    if head.startswith(_ZIP):
        # The kind stands unpacked at the beginning of an OpenDocument file, for everybody to see.
        kinds = (kind for sign, kind in _OPEN_DOCUMENT.items() if sign in head)
        names = names_of(path)
        parts = (kind for part, kind in TELLING.items() if part in names)
        return next(parts, next(kinds, ""))
    if head.startswith(_COMPOUND):
        return _old_format_of(path)
    return "rtf" if head.startswith(_RTF) else ""


def _old_format_of(path: Path) -> str:
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for name, kind in _OLD_OFFICE.items():
            if data.find(name.encode("utf-16-le") + b"\0\0") >= 0:
                return kind
    return ""


def _plain_lines(path: Path) -> list[str]:
    with path.open("rb") as stream:
        head = stream.read(_PLAIN)
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return head.decode("utf-16" if wide else "utf-8-sig", errors="replace").splitlines()
