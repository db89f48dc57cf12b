"""The domain as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class SigningConfig(AppConfig):
    """Ký số: chứng thư, phiên ký, kết quả kiểm tra."""

    name = "vanthu.signing"
