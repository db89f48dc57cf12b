"""Addresses of the document system."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("vanthu.interfaces.web.urls")),
]

handler400 = "vanthu.interfaces.web.errors.bad_request"
handler403 = "vanthu.interfaces.web.errors.forbidden"
handler404 = "vanthu.interfaces.web.errors.not_found"
handler500 = "vanthu.interfaces.web.errors.server_error"
