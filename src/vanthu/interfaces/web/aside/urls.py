"""Addresses of the screen «Để riêng»."""

from __future__ import annotations

from django.urls import path

from vanthu.interfaces.web.aside import views

app_name = "aside"
urlpatterns = [
    path("", views.aside_list, name="list"),
    path("goi-tin/<uuid:packet_id>/thu-lai/", views.reopen, name="reopen"),
    path("viec/<uuid:attempt_id>/thu-lai/", views.resume, name="resume"),
]
