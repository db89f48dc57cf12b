"""Addresses of the axis."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("vanthu.interfaces.axis.urls")),
]
