"""What can be wrong with a stored file, and how far the machine's work on foreign data has come."""

from __future__ import annotations

from django.db.models import TextChoices


class BlobDamage(TextChoices):
    """Hư hỏng của tệp lưu trữ, as the last reading found it."""

    MISSING = "missing", "Mất tệp"
    CHANGED = "changed", "Nội dung đã bị thay đổi"
    UNREADABLE = "unreadable", "Không đọc được từ nơi lưu trữ"


class AttemptState(TextChoices):
    """Trạng thái lượt làm việc nền."""

    BEGUN = "begun", "Đang làm, hoặc đứt giữa chừng"
    PUT_ASIDE = "put_aside", "Để riêng"
