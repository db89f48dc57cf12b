"""Everything that can go wrong with a packet, one class per cause.

The docstring of a class is its default message: one Vietnamese sentence for the person who must act.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class EdxmlError(Exception):
    """Gói tin edXML không dùng được."""

    def __init__(self, message: str | None = None) -> None:
        self.message = message or (inspect.getdoc(type(self)) or "").split("\n", maxsplit=1)[0]
        super().__init__(self.message)


class PacketRefused(EdxmlError):
    """Gói tin nhận được không đọc được."""


class NotXml(PacketRefused):
    """Tệp không phải là XML."""


class MalformedXml(PacketRefused):
    """Gói tin không phải XML đúng cú pháp."""


class TruncatedPacket(PacketRefused):
    """Gói tin bị cắt ngang, thiếu phần cuối; hãy lấy lại gói tin."""


class InvalidEncoding(PacketRefused):
    """Gói tin không phải văn bản UTF-8 hợp lệ."""


class DoctypeForbidden(PacketRefused):
    """Gói tin khai báo DOCTYPE hoặc thực thể XML; không nhận vì lý do an toàn."""


class NotAPacket(PacketRefused):
    """Tệp XML này không phải gói tin edXML."""


class WrongNamespace(PacketRefused):
    """Gói tin dùng không gian tên khác với QCVN 102:2016."""


class LimitExceeded(PacketRefused):
    """Gói tin vượt quá giới hạn cho phép."""


class PacketTooLarge(LimitExceeded):
    """Gói tin lớn quá mức cho phép."""


class TooManyElements(LimitExceeded):
    """Gói tin có quá nhiều phần tử."""


class TooDeep(LimitExceeded):
    """Gói tin có các phần tử lồng nhau quá sâu."""


class FieldTooLong(LimitExceeded):
    """Gói tin có một trường dữ liệu dài bất thường."""


class UnfitField(PacketRefused):
    """Gói tin có một chữ mang quá nhiều dấu chồng lên nhau; không nhận vì lý do an toàn."""


class TooManyAttachments(LimitExceeded):
    """Gói tin có quá nhiều tệp đính kèm."""


class AttachmentRefused(PacketRefused):
    """Tệp đính kèm trong gói tin không nhận được."""


class AttachmentTooLarge(AttachmentRefused, LimitExceeded):
    """Tệp đính kèm lớn quá mức cho phép."""


class MalformedBase64(AttachmentRefused):
    """Nội dung tệp đính kèm không phải base64 đúng."""


class DamagedAttachment(AttachmentRefused):
    """Tệp nén bọc tệp đính kèm bị hỏng; hãy yêu cầu bên gửi gửi lại."""


class ZipBomb(AttachmentRefused):
    """Tệp đính kèm nén bung ra lớn bất thường; không nhận vì lý do an toàn."""


class UnsafeName(AttachmentRefused):
    """Tên tệp đính kèm trỏ ra ngoài thư mục nhận; không nhận vì lý do an toàn."""


class Rule(StrEnum):
    """What kind of rule of the standard a value breaks."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    OUT_OF_RANGE = "out_of_range"
    WRONG_FORMAT = "wrong_format"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule: where (element path, `To[2]/OrganId`), which rule, and the Vietnamese sentence."""

    path: str
    rule: Rule
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class InvalidPacket(EdxmlError):
    """Gói tin gửi đi chưa đúng QCVN 102.

    `problems` holds every violation found, in document order; nothing has been written.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        more = f" (và {len(self.problems) - 1} lỗi khác)" if len(self.problems) > 1 else ""
        super().__init__(f"Gói tin chưa đúng QCVN 102: {self.problems[0]}{more}.")
