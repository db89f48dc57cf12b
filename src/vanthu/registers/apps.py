"""The domain as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """Sổ đăng ký và số."""

    name = "vanthu.registers"
