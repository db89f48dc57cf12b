"""Addresses of the screens «Văn bản đi»."""

from __future__ import annotations

from django.urls import path

from vanthu.interfaces.web.outgoing import deeds, deliveries, desk, drafting, uploading, views

app_name = "outgoing"
urlpatterns = [
    path("", views.document_list, name="list"),
    path("soan/", drafting.draft, name="draft"),
    path("dang-chuyen/<uuid:upload_id>/", uploading.upload, name="upload"),
    path("dang-chuyen/<uuid:upload_id>/thay-doi/", uploading.choose_changes, name="choose-changes"),
    path("dang-chuyen/<uuid:upload_id>/thoi/", uploading.cancel_upload, name="cancel-upload"),
    path("<uuid:document_id>/", views.document, name="document"),
    path("<uuid:document_id>/xem-nhanh/", views.peek, name="peek"),
    path("<uuid:document_id>/sua/", drafting.revise, name="edit"),
    path("<uuid:document_id>/vi-tri/", desk.places, name="places"),
    path("<uuid:document_id>/trinh/", deeds.submit, name="submit"),
    path("<uuid:document_id>/duyet/", deeds.approve, name="approve"),
    path("<uuid:document_id>/tra-lai/", deeds.return_to_author, name="return"),
    path("<uuid:document_id>/tra-lai-de-sua/", deeds.return_signed, name="return-signed"),
    path("<uuid:document_id>/rut-lai/", deeds.withdraw, name="withdraw"),
    path("<uuid:document_id>/huy/", deeds.discard, name="discard"),
    path("<uuid:document_id>/ky/", desk.sign, name="sign"),
    path("<uuid:document_id>/cap-so-dong-dau/", desk.seal, name="seal"),
    path("<uuid:document_id>/phat-hanh/", deeds.issue, name="issue"),
    path("<uuid:document_id>/gui-nhan/", deliveries.deliveries, name="deliveries"),
    path(
        "<uuid:document_id>/gui-nhan/<uuid:delivery_id>/ghi-nhan/",
        deliveries.note_return,
        name="note-return",
    ),
]
