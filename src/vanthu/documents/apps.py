"""The domain as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Văn bản: phần chung của văn bản đi và văn bản đến."""

    name = "vanthu.documents"

    def ready(self) -> None:
        """Have the health of the system speak of the room too."""
        from vanthu.documents.protection import look_at_room
        from vanthu.kernel import health

        health.look_too(look_at_room)
