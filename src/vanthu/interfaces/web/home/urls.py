"""Addresses of the home page and of search."""

from __future__ import annotations

from django.urls import path

from vanthu.interfaces.web.home import views

app_name = "home"
urlpatterns = [
    path("", views.home, name="home"),
    path("tim/", views.search, name="search"),
]
