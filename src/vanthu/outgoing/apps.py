"""The domain as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class OutgoingConfig(AppConfig):
    """Văn bản đi."""

    name = "vanthu.outgoing"
