"""The pages as a Django app: templates, static files, template tags."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages of the document system."""

    name = "vanthu.interfaces.web"
    label = "web"
    verbose_name = "Trang web"
