"""Whether a file may enter: what it is by its content, and whether it is locked, a bomb or secret."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vanthu import pdfsign
from vanthu.documents import rules
from vanthu.documents.marks import refuse_secret
from vanthu.kernel.errors import DomainError
from vanthu.room import files
from vanthu.room.errors import FileUnread

PDF = "application/pdf"
_OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_ZIPPED = frozenset({"docx", "xlsx", "odt", "ods"})
#: What an office file may come to when unpacked, in bytes; more is a bomb.
_UNPACKED_LIMIT = 256 * 1024 * 1024
#: How many times its own size it may come to; texts and tables people write stay under fifty times.
_RATIO_LIMIT = 100
#: Below this many unpacked bytes the ratio says nothing: an empty picture packs very well.
_RATIO_MATTERS = 16 * 1024 * 1024


class FileRefused(DomainError):
    """Tệp không dùng được. Hãy chọn tệp khác."""

    code = "documents.file-refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file that may enter, not yet stored."""

    name: str
    media_type: str
    #: By its content, as `room.files.Survey` has it.
    format: str
    #: Of a PDF.
    facts: pdfsign.PdfFacts | None


def check(path: Path, name: str) -> Checked:
    """Look at a file once, in the room. Raises FileRefused, SecretRefused, RoomClosed."""
    extension = rules.extension_of(name)
    known = rules.ALLOWED_FORMATS.get(extension)
    if known is None:
        allowed = ", ".join(rules.ALLOWED_FORMATS)
        raise FileRefused(f"Không nhận tệp «.{extension[:20] or '?'}». Các định dạng được nhận: {allowed}.")
    surveyed = _surveyed(path, facts=extension == "pdf")
    _refuse_locked(surveyed, name)
    if surveyed.media_type not in known.media_types and _OFFICE_PARTS.get(extension) not in surveyed.parts:
        raise FileRefused(
            f"Tệp «{name}» có tên .{extension} nhưng nội dung không phải {known.name}. "
            "Hãy lưu lại đúng định dạng rồi chọn lại."
        )
    if extension in _ZIPPED:
        _refuse_bomb(surveyed.unpacked, path, name)
    refuse_secret(surveyed.lines)
    if surveyed.refused is not None:
        raise FileRefused(str(surveyed.refused)) from surveyed.refused
    return Checked(
        name=name,
        media_type=PDF if extension == "pdf" else surveyed.media_type,
        # A workbook may hold a Word text, or its name; what people open is the workbook, and no LibreOffice.
        format="xls" if extension == "xls" else surveyed.format,
        facts=surveyed.facts,
    )


def _surveyed(path: Path, *, facts: bool) -> files.Survey:
    """The file looked at in the room. Raises FileRefused, with what the person can do, and RoomClosed."""
    try:
        return files.survey(path, facts=facts)
    except FileUnread as unread:
        raise FileRefused(str(unread)) from unread


def _refuse_locked(surveyed: files.Survey, name: str) -> None:
    """Refuse what asks for a password, or what forbids what is to be done with it, whatever its name says."""
    if surveyed.locked and surveyed.refused is not None:
        raise FileRefused(str(surveyed.refused)) from surveyed.refused
    if surveyed.locked:
        raise FileRefused(
            f"Tệp «{name}» được đặt mật khẩu nên không đọc được. Hãy mở tệp, bỏ mật khẩu "
            "(Tệp › Thông tin › Bảo vệ › Mã hóa bằng mật khẩu, để trống), lưu lại rồi chọn lại."
        )


def _refuse_bomb(unpacked: int | None, path: Path, name: str) -> None:
    if unpacked is None:
        raise FileRefused(f"Tệp «{name}» bị hỏng. Hãy mở tệp, lưu lại rồi chọn lại.")
    packed_too_well = unpacked > _RATIO_MATTERS and unpacked > _RATIO_LIMIT * path.stat().st_size
    if unpacked > _UNPACKED_LIMIT or packed_too_well:
        raise FileRefused(f"Tệp «{name}» khi giải nén quá lớn nên không được nhận. Hãy chọn tệp khác.")
