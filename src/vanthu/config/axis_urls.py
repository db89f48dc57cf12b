"""Addresses of the axis."""

from __future__ import annotations

from django.urls import include, path

from vanthu.interfaces.axis import health

handler404 = health.no_such_call
handler500 = health.fault

urlpatterns = [
    path("", include("vanthu.interfaces.axis.urls")),
]
