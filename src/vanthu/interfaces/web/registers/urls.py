"""Addresses of the registers."""

from __future__ import annotations

from django.urls import path

from vanthu.interfaces.web.registers import views

app_name = "registers"
urlpatterns = [
    path("", views.register_list, name="list"),
    path("<uuid:register_id>/", views.book, name="book"),
    path("<uuid:register_id>/xac-nhan-gio/", views.confirm_time, name="confirm-time"),
]
