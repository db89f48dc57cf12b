"""Addresses of the account pages."""

from __future__ import annotations

from django.urls import path

from vanthu.interfaces.web.accounts import views

app_name = "accounts"
urlpatterns = [
    path("dang-nhap/", views.sign_in, name="sign-in"),
    path("dang-xuat/", views.sign_out, name="sign-out"),
    path("doi-mat-khau/", views.change_password, name="change-password"),
    path("doi-vi-tri/", views.choose_post, name="choose-post"),
]
