"""The domain as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """Cơ quan, đơn vị, chức danh, người dùng."""

    name = "vanthu.organizations"
