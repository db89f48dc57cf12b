"""Kinds of registers."""

from __future__ import annotations

from django.db.models import TextChoices


class RegisterKind(TextChoices):
    """Loại sổ."""

    INCOMING = "incoming", "Văn bản đến"
    OUTGOING = "outgoing", "Văn bản đi"
