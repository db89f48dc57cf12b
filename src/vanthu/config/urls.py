"""Addresses of the document system."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("vanthu.interfaces.web.urls")),
]
