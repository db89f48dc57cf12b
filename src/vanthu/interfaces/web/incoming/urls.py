"""Addresses of the screens «Văn bản đến»."""

from __future__ import annotations

from django.urls import path

from vanthu.interfaces.web.incoming import deeds, directing, views

app_name = "incoming"
urlpatterns = [
    path("", views.document_list, name="list"),
    path("<uuid:document_id>/", views.document, name="document"),
    path("<uuid:document_id>/xem-nhanh/", views.peek, name="peek"),
    path("<uuid:document_id>/vao-so/", deeds.register, name="register"),
    path("<uuid:document_id>/tra-lai/", deeds.return_to_sender, name="return"),
    path("<uuid:document_id>/trinh/", deeds.present, name="present"),
    path("<uuid:document_id>/chi-dao/", deeds.direct, name="direct"),
    path("<uuid:document_id>/bo-sung-chi-dao/", deeds.direct_further, name="direct-further"),
    path("<uuid:document_id>/giao-cho/", directing.assignees, name="assignees"),
    path("<uuid:document_id>/phan-cong/", deeds.pass_on, name="pass-on"),
    path("<uuid:document_id>/bat-dau/", deeds.start, name="start"),
    path("<uuid:document_id>/bao-cao/", deeds.report, name="report"),
    path("<uuid:document_id>/hoan-thanh/", deeds.complete, name="complete"),
]
