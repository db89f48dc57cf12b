"""The domain as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class AxisConfig(AppConfig):
    """Trục liên thông văn bản."""

    name = "vanthu.axis"
