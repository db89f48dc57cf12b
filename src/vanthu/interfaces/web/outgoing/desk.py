"""Screens at the signing desk: places on the page, the person's signature, number and seal."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from vanthu.interfaces.web.acting import require_act
from vanthu.interfaces.web.forms import refusals_into
from vanthu.interfaces.web.http import WebRequest, go, page, posted
from vanthu.interfaces.web.outgoing.forms import PinForm
from vanthu.interfaces.web.outgoing.places import PlacesForm
from vanthu.interfaces.web.outgoing.signing import number_here, seal_here, sign_here
from vanthu.interfaces.web.outgoing.views import crumbs
from vanthu.interfaces.web.seeing import seen_by
from vanthu.interfaces.web.share import taking_in
from vanthu.outgoing import actions, queries
from vanthu.outgoing.states import Step


@require_http_methods(["GET", "POST"])
@taking_in
def places(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Chỉnh vị trí of number, date, signature and seal, before anything is signed."""
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    view = queries.signing_view(request.actor, document_id=document_id)
    form = PlacesForm(posted(request), places=view.places, areas=view.page_areas)
    seen = seen_by(request, document.seen, form)
    require_act(document, "place")
    if form.is_valid():
        with refusals_into(form):
            actions.place_marks(
                actor=request.actor,
                document_id=document_id,
                seen=seen,
                places=form.places,
                now=timezone.now(),
            )
        if not form.errors:
            back = reverse("outgoing:document", args=[document_id])
            return go(request, back, said="Đã lưu vị trí số, ngày tháng, chữ ký và dấu.")
    context = {
        "document": document,
        "seen": seen,
        "places_form": form,
        "crumbs": crumbs(document, "Vị trí"),
        "page_title": "Vị trí số, chữ ký, dấu",
    }
    return page(request, "outgoing/places.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("pin")
@require_http_methods(["GET", "POST"])
@taking_in
def sign(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Ký số: the paper, the places, the PIN."""
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    form = PinForm(posted(request))
    seen = seen_by(request, document.seen, form)
    require_act(document, Step.SIGN)
    view = queries.signing_view(request.actor, document_id=document_id)
    marks = PlacesForm(posted(request), places=view.places, areas=view.page_areas)
    if form.is_valid() and marks.is_valid():
        now = timezone.now()
        with refusals_into(marks):
            if marks.is_moved:
                actions.place_marks(
                    actor=request.actor, document_id=document_id, seen=seen, places=marks.places, now=now
                )
                seen = seen.after(seen.state)
            with refusals_into(form, field="pin"):
                sign_here(
                    actor=request.actor,
                    document_id=document_id,
                    seen=seen,
                    pin=form.cleaned_data["pin"],
                    now=now,
                )
        if not form.errors and not marks.errors:
            back = reverse("outgoing:document", args=[document_id])
            return go(request, back, said="Đã ký số. Văn bản được chuyển tới văn thư để cấp số, đóng dấu.")
    context = {
        "document": document,
        # A form shown again stands over what it stood over, and what this person himself has moved.
        "seen": seen,
        "form": form,
        "places_form": marks,
        "crumbs": crumbs(document, "Ký số"),
        "page_title": "Ký số",
    }
    return page(request, "outgoing/sign.html", context, status=422 if form.errors or marks.errors else 200)


@sensitive_post_parameters("pin")
@require_http_methods(["GET", "POST"])
@taking_in
def seal(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Cấp số, ngày rồi đóng dấu cơ quan, under one PIN."""
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    form = PinForm(posted(request))
    seen = seen_by(request, document.seen, form)
    require_act(document, Step.NUMBER, Step.SEAL)
    if form.is_valid():
        with refusals_into(form, field="pin"):
            pin, now = form.cleaned_data["pin"], timezone.now()
            seen = number_here(actor=request.actor, document_id=document_id, seen=seen, pin=pin, now=now)
            seal_here(actor=request.actor, document_id=document_id, seen=seen, pin=pin, now=now)
        if not form.errors:
            back = reverse("outgoing:document", args=[document_id])
            return go(request, back, said="Đã cấp số và đóng dấu. Kiểm tra lại rồi phát hành.")
        # The number may have been given before the key refused: the page says so.
        document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    context = {
        "document": document,
        "seen": seen,
        "form": form,
        "crumbs": crumbs(document, "Cấp số, đóng dấu"),
        "page_title": "Cấp số, đóng dấu",
    }
    return page(request, "outgoing/seal.html", context, status=422 if form.errors else 200)
