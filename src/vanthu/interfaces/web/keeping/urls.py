"""Addresses of what pages ask for by themselves."""

from __future__ import annotations

from django.urls import path

from vanthu.interfaces.web.keeping import views

app_name = "keeping"
urlpatterns = [
    path("dien-lai/", views.again, name="again"),
    path("phien/", views.session_left, name="session"),
]
