"""The domain as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Liên thông: gửi, nhận và trạng thái."""

    name = "vanthu.exchange"
