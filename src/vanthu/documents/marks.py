"""Dấu độ mật: the state-secret mark on the first page of a file, as far as text tells.

A scanned mark is for the records clerk to see; only text can be read here. Looked at are the first page of a
PDF; of texts (docx, odt) the first page and the headers; of sheets (xlsx, ods, xls) the first rows of the
first sheet, headers and footers; the first lines of plain text; and what LibreOffice makes of the first page
of doc and rtf.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from vanthu.documents import excel, open_document, rules, word
from vanthu.documents.conversion import convert_to_pdf
from vanthu.documents.parts import names_of
from vanthu.kernel import blobs
from vanthu.kernel.errors import DomainError
from vanthu.pdfsign.opening import open_pdfium

#: Paragraphs of a text looked at when nothing says where its first page ends; rows of a sheet.
_PARAGRAPHS, _ROWS = 200, 60
#: Bytes of plain text looked at.
_PLAIN = 64 * 1024

#: The part that tells what a zipped office file is.
_TELLING = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
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
#: Formats only LibreOffice reads here.
_CONVERTED = frozenset({"doc", "rtf"})


class SecretRefused(DomainError):
    """Văn bản có dấu độ mật không được đưa vào hệ thống. Hãy xử lý theo quy định bảo vệ bí mật nhà nước."""

    code = "documents.secret-refused"


def refuse_secret(path: Path) -> None:
    """Refuse a PDF whose first page bears a state-secret mark (seed regulations; QĐ 28/2018 Điều 1).

    Raises SecretRefused, pdfsign.BrokenPdf, pdfsign.PasswordProtected.
    """
    _refuse(first_page_lines(path))


def refuse_secret_office(path: Path) -> None:
    """As `refuse_secret`, for office files and plain text, told by their content whatever they are called.

    What cannot be read shows no mark; neither do doc, rtf and xls here: see `refuse_secret_old_text`.
    Raises SecretRefused.
    """
    read = _READERS.get(_format_of(path), _plain_lines)
    _refuse(read(path))


def refuse_secret_old_text(path: Path, *, seconds: int) -> None:
    """As `refuse_secret`, for the formats of old Office, and says so when such a file cannot be read.

    Of doc and rtf LibreOffice, bounded, makes a PDF in at most `seconds`; xls is read as it is. Any other
    file is passed over. Raises SecretRefused, ConversionFailed (excel.SheetUnreadable for xls),
    pdfsign.PdfSignError (of the PDF).
    """
    extension = _format_of(path)
    if extension in _CONVERTED:
        with blobs.work_folder() as folder:
            refuse_secret(convert_to_pdf(path, extension, folder, seconds=seconds))
    elif extension == "xls":
        _refuse(excel.old_lines_of(path, rows=_ROWS))


def _refuse(lines: Iterable[str]) -> None:
    if rules.secrecy_mark(lines) is not None:
        raise SecretRefused


def first_page_lines(path: Path) -> list[str]:
    """The lines of text on a PDF's first page; none for a scan.

    Raises pdfsign.BrokenPdf, pdfsign.PasswordProtected.
    """
    with open_pdfium(path) as document:
        if len(document) == 0:
            return []
        page = document[0]
        text = page.get_textpage()
        try:
            return str(text.get_text_bounded()).splitlines()
        finally:
            text.close()
            page.close()


def _format_of(path: Path) -> str:
    """What an office file is by its content; "" for anything else."""
    with path.open("rb") as stream:
        head = stream.read(256)
    if head.startswith(_ZIP):
        # The kind stands unpacked at the beginning of an OpenDocument file, for everybody to see.
        kinds = (kind for sign, kind in _OPEN_DOCUMENT.items() if sign in head)
        names = names_of(path)
        parts = (kind for part, kind in _TELLING.items() if part in names)
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
