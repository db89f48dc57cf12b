"""The domain as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class IncomingConfig(AppConfig):
    """Văn bản đến."""

    name = "vanthu.incoming"
