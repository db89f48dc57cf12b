"""Addresses of the directory of agencies."""

from __future__ import annotations

from django.urls import path

from vanthu.interfaces.web.agencies import views

app_name = "agencies"
urlpatterns = [path("tim/", views.search, name="search")]
