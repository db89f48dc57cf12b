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
