"""The domain as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Văn bản: phần chung của văn bản đi và văn bản đến."""

    name = "vanthu.documents"
