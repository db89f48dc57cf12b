"""Closed lists of signing."""

from __future__ import annotations

from django.db.models import TextChoices


class SignatureKind(TextChoices):
    """Whose signature is being made."""

    PERSON = "person", "Chữ ký số cá nhân"
    AGENCY = "agency", "Chữ ký số cơ quan"


class Provider(TextChoices):
    """Where the key lives. Keys never enter the database."""

    PKCS11 = "pkcs11", "Thiết bị ký của cơ quan (PKCS#11)"


class Verdict(TextChoices):
    """What checking a document's signatures came to."""

    PENDING = "pending", "Đang kiểm tra chữ ký"
    VALID = "valid", "Chữ ký hợp lệ"
    INVALID = "invalid", "Chữ ký không hợp lệ"
    INDETERMINATE = "indeterminate", "Chưa đủ căn cứ kết luận"
    UNSIGNED = "unsigned", "Không có chữ ký số"
