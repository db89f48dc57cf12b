"""The kernel as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    """Audit trail and blobs."""

    name = "vanthu.kernel"

    def ready(self) -> None:
        """After every migration, see that its foreign keys are checked at once."""
        from vanthu.kernel import foreign_keys

        post_migrate.connect(foreign_keys.check_at_once, sender=self)
