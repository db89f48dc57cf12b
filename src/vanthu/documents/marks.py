"""Dấu độ mật: the state-secret mark on the first page of a file, as far as text tells.

A scanned mark is for the records clerk to see; only text can be read here. Of doc and rtf, what LibreOffice
makes of them is looked at; of all else, the lines of `reading.first_page`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from vanthu.documents import rules
from vanthu.documents.conversion import ConversionFailed, always_wanted, convert_to_pdf
from vanthu.kernel import blobs
from vanthu.kernel.errors import DomainError
from vanthu.room import files

#: Formats only LibreOffice reads here.
_CONVERTED = frozenset({"doc", "rtf"})


class SecretRefused(DomainError):
    """Văn bản có dấu độ mật không được đưa vào hệ thống. Hãy xử lý theo quy định bảo vệ bí mật nhà nước."""

    code = "documents.secret-refused"


def refuse_secret(lines: Iterable[str]) -> None:
    """Refuse a file whose first page, line by line, bears a state-secret mark (QĐ 28/2018 Điều 1).

    Raises SecretRefused.
    """
    if rules.secrecy_mark(lines) is not None:
        raise SecretRefused


def refuse_secret_old_text(
    path: Path, kind: str, *, seconds: int, require_wanted: Callable[[], None] = always_wanted
) -> None:
    """As `refuse_secret`, for the formats of old Office, and says so when such a file cannot be read.

    `kind` is what the file is by its content. Of doc and rtf LibreOffice, bounded, makes a PDF in at most
    `seconds`, while it is wanted (as `convert_to_pdf`); xls is read as it is. Any other file is passed over.
    Raises SecretRefused, ConversionFailed, pdfsign.PdfSignError (of the PDF, or of a file that was too much
    for its reader).
    """
    if kind in _CONVERTED:
        with blobs.work_folder() as folder:
            pdf = convert_to_pdf(path, kind, folder, seconds=seconds, require_wanted=require_wanted)
            made = files.survey(pdf)
            refuse_secret(made.lines)
            if made.refused is not None:
                raise made.refused
    elif kind == "xls":
        lines, unreadable = files.old_sheet_lines(path)
        refuse_secret(lines)
        if unreadable:
            raise ConversionFailed(unreadable)
