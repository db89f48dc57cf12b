"""The domain as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class OutgoingConfig(AppConfig):
    """Văn bản đi."""

    name = "vanthu.outgoing"

    def ready(self) -> None:
        """Files of drafts that are not drafts yet are spoken of by their uploads."""
        from vanthu.kernel import blobs
        from vanthu.outgoing.operations import is_waited_for

        blobs.SPEAKERS.append(is_waited_for)
