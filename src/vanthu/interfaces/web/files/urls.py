"""Addresses of stored files."""

from __future__ import annotations

from django.urls import path

from vanthu.interfaces.web.files import views

app_name = "files"
urlpatterns = [
    path("den/<uuid:document_id>/<uuid:file_id>/", views.incoming_file, name="incoming"),
    path("di/<uuid:document_id>/<uuid:file_id>/", views.outgoing_file, name="outgoing"),
]
