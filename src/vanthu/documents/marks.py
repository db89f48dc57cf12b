"""Dấu độ mật: the state-secret mark on the first page of a file, as far as text tells.

A scanned mark is for the records clerk to see; only text can be read here. Of doc and rtf, what LibreOffice
makes of them is looked at; of all else, the lines of `reading.first_page`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from vanthu.documents import rules
from vanthu.documents.conversion import ConversionFailed, convert_to_pdf
from vanthu.kernel import blobs
from vanthu.kernel.errors import DomainError
from vanthu.reading import first_page
from vanthu.reading.excel import SheetUnreadable

#: Formats only LibreOffice reads here.
_CONVERTED = frozenset({"doc", "rtf"})


class SecretRefused(DomainError):
    """Văn bản có dấu độ mật không được đưa vào hệ thống. Hãy xử lý theo quy định bảo vệ bí mật nhà nước."""

    code = "documents.secret-refused"


def refuse_secret(path: Path) -> None:
    """Refuse a PDF whose first page bears a state-secret mark (seed regulations; QĐ 28/2018 Điều 1).

    Raises SecretRefused, pdfsign.BrokenPdf, pdfsign.PasswordProtected.
    """
    _refuse(first_page.pdf_lines(path))


def refuse_secret_office(path: Path) -> None:
    """As `refuse_secret`, for office files and plain text, told by their content whatever they are called.

    What cannot be read shows no mark; neither do doc, rtf and xls here: see `refuse_secret_old_text`.
    Raises SecretRefused.
    """
    _refuse(first_page.office_lines(path))


def refuse_secret_old_text(path: Path, *, seconds: int) -> None:
    """As `refuse_secret`, for the formats of old Office, and says so when such a file cannot be read.

    Of doc and rtf LibreOffice, bounded, makes a PDF in at most `seconds`; xls is read as it is. Any other
    file is passed over. Raises SecretRefused, ConversionFailed, pdfsign.PdfSignError (of the PDF).
    """
    extension = first_page.format_of(path)
    if extension in _CONVERTED:
        with blobs.work_folder() as folder:
            refuse_secret(convert_to_pdf(path, extension, folder, seconds=seconds))
    elif extension == "xls":
        try:
            _refuse(first_page.old_sheet_lines(path))
        except SheetUnreadable as unreadable:
            raise ConversionFailed(str(unreadable)) from unreadable


def _refuse(lines: Iterable[str]) -> None:
    if rules.secrecy_mark(lines) is not None:
        raise SecretRefused
