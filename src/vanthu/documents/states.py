"""Closed lists of the record: urgency, kinds of files, kinds of relations."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices


class Urgency(IntegerChoices):
    """Độ khẩn (NĐ 30/2020 PL I; edXML Priority 0–3)."""

    NORMAL = 0, "Thường"
    URGENT = 1, "Khẩn"
    VERY_URGENT = 2, "Thượng khẩn"
    EXPRESS = 3, "Hỏa tốc"


class FileKind(TextChoices):
    """What a file is to its document."""

    MAIN = "main", "Văn bản"
    ATTACHMENT = "attachment", "Tài liệu kèm theo"
    SOURCE = "source", "Bản soạn thảo"


class RelationKind(TextChoices):
    """How one document speaks of another."""

    REPLIES_TO = "replies_to", "Trả lời"
    SUPERSEDES = "supersedes", "Thay thế"


class ChangesChoice(TextChoices):
    """What becomes of the tracked changes of a Word text."""

    ACCEPT = "accept", "Chấp nhận tất cả thay đổi"
    REJECT = "reject", "Bỏ tất cả thay đổi"


class FindingKind(TextChoices):
    """What a draft's file was found to hold that its page does not show, or not as it stood."""

    CHANGE = "change", "Thay đổi được theo dõi"
    COMMENT = "comment", "Ghi chú bên lề"
    HIDDEN = "hidden", "Chữ ẩn"
    FIELD = "field", "Trường tự động"
    BROKEN = "broken", "Tham chiếu hỏng"
    TURNED = "turned", "Trang bị xoay"
