"""Roles of people in an agency."""

from __future__ import annotations

from django.db.models import TextChoices


class Role(TextChoices):
    """Vai trò: what a post lets its holder do."""

    RECORDS_CLERK = "records_clerk", "Văn thư"
    LEADER = "leader", "Lãnh đạo"
    UNIT_HEAD = "unit_head", "Trưởng đơn vị"
    OFFICER = "officer", "Chuyên viên"
    ARCHIVIST = "archivist", "Lưu trữ"
    ADMINISTRATOR = "administrator", "Quản trị"
    MONITOR = "monitor", "Theo dõi"
