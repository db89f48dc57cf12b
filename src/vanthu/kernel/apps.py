"""The kernel as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """Audit trail and blobs."""

    name = "vanthu.kernel"
