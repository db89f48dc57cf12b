"""What can be wrong with a stored file."""

from __future__ import annotations

from django.db.models import TextChoices


class BlobDamage(TextChoices):
    """Hư hỏng của tệp lưu trữ, as the last reading found it."""

    MISSING = "missing", "Mất tệp"
    CHANGED = "changed", "Nội dung đã bị thay đổi"
    UNREADABLE = "unreadable", "Không đọc được từ nơi lưu trữ"
