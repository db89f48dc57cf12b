"""Addresses of the pages, in Vietnamese without accents."""

from __future__ import annotations

from django.urls import include, path

from vanthu.interfaces.web.health import health

urlpatterns = [
    path("", include("vanthu.interfaces.web.home.urls")),
    path("", include("vanthu.interfaces.web.accounts.urls")),
    path("", include("vanthu.interfaces.web.keeping.urls")),
    path("van-ban-den/", include("vanthu.interfaces.web.incoming.urls")),
    path("van-ban-di/", include("vanthu.interfaces.web.outgoing.urls")),
    path("so-dang-ky/", include("vanthu.interfaces.web.registers.urls")),
    path("de-rieng/", include("vanthu.interfaces.web.aside.urls")),
    path("tep/", include("vanthu.interfaces.web.files.urls")),
    path("co-quan/", include("vanthu.interfaces.web.agencies.urls")),
    path("suc-khoe/", health, name="health"),
]
