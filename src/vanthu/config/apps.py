"""Joins events with what follows them, once, when the system starts."""

from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The composition root."""

    name = "vanthu.config"

    def ready(self) -> None:
        """Hand the one list of subscriptions to the outbox."""
        from vanthu.config.subscriptions import SUBSCRIPTIONS
        from vanthu.kernel import outbox

        outbox.connect(SUBSCRIPTIONS)
