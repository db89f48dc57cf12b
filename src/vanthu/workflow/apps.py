"""The domain as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    """Phân công và trình ký."""

    name = "vanthu.workflow"
