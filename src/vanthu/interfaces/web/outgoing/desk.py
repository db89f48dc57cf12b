"""Screens at the signing desk: places on the page, the person's signature, number and seal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from vanthu.interfaces.web.acting import require_act
from vanthu.interfaces.web.forms import refusals_into
from vanthu.interfaces.web.http import WebRequest, go, page, posted
from vanthu.interfaces.web.outgoing.again import show_again, take_again
from vanthu.interfaces.web.outgoing.forms import PinForm
from vanthu.interfaces.web.outgoing.places import PlacesForm
from vanthu.interfaces.web.outgoing.signing import number_here, seal_here, sign_here
from vanthu.interfaces.web.outgoing.views import crumbs, letter_context
from vanthu.interfaces.web.runs import Course, course_of, go_on, place_of
from vanthu.interfaces.web.seeing import seen_by
from vanthu.interfaces.web.share import taking_in
from vanthu.kernel.errors import DomainError
from vanthu.kernel.seen import Seen
from vanthu.outgoing import actions, queries
from vanthu.outgoing.states import Step


@require_http_methods(["GET", "POST"])
@taking_in
def places(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Chỉnh vị trí of number, date, signature and seal, before anything is signed."""
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    view = queries.signing_view(request.actor, document_id=document_id)
    form = _places_form(view, posted(request))
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
        **letter_context(document),
        "crumbs": crumbs(document, "Vị trí"),
        "page_title": "Vị trí số, chữ ký, dấu",
    }
    return page(request, "outgoing/places.html", context, status=422 if form.errors else 200)


def _places_form(view: queries.SigningView, moved: Mapping[str, Any] | None) -> PlacesForm:
    return PlacesForm(
        moved,
        places=view.places,
        areas=view.page_areas,
        today=timezone.localdate(),
        typed=view.typed,
    )


@sensitive_post_parameters("pin")
@require_http_methods(["GET", "POST"])
@taking_in
def sign(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Ký số: the paper, the places, the PIN; then the next document that waits for this signature."""
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    again = take_again(request)
    form = PinForm(again.filled if again else posted(request), doubts=document.unanswered)
    seen = seen_by(request, document.seen, form)
    require_act(document, Step.SIGN)
    view = queries.signing_view(request.actor, document_id=document_id)
    moved = again.filled if again and again.filled else posted(request)
    marks = _places_form(view, moved)
    if again:
        again.say_in(form, marks)
    elif form.is_valid() and marks.is_valid():
        now, course = timezone.now(), course_of(request, own="awaiting_signature")
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
                    confirmed=form.confirmed,
                    now=now,
                )
        if not form.errors and not marks.errors:
            said = f"Đã ký «{_short(document)}», chuyển văn thư cấp số, đóng dấu."
            return go_on(request, course, back=_back(document_id), said=said, page="sign")
    if request.method == "POST":
        return show_again(request, form, marks)
    context = {
        "document": document,
        "seen": seen,
        "form": form,
        "places_form": marks,
        **letter_context(document),
        "place": place_of(request, page="sign"),
        "crumbs": crumbs(document, "Ký số"),
        "page_title": "Ký số",
    }
    return page(request, "outgoing/sign.html", context)


@sensitive_post_parameters("pin")
@require_http_methods(["GET", "POST"])
@taking_in
def seal(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Cấp số, ngày, đóng dấu cơ quan, and when asked for phát hành: under one PIN, on one page.

    What was done stays done when a later step is refused, and the page says so.
    """
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    again = take_again(request)
    form = PinForm({} if again else posted(request))
    seen = seen_by(request, document.seen, form)
    require_act(document, Step.NUMBER, Step.SEAL)
    if again:
        again.say_in(form)
    elif form.is_valid():
        course = course_of(request, own="to_number")
        with refusals_into(form, field="pin"):
            pin, now = form.cleaned_data["pin"], timezone.now()
            seen = number_here(actor=request.actor, document_id=document_id, seen=seen, pin=pin, now=now)
            seen = seal_here(actor=request.actor, document_id=document_id, seen=seen, pin=pin, now=now)
        if not form.errors:
            return _leave_desk(request, document_id, seen, course)
    if request.method == "POST":
        return show_again(request, form)
    context = {
        "document": document,
        "seen": seen,
        "form": form,
        **letter_context(document),
        "place": place_of(request, page="seal"),
        "crumbs": crumbs(document, "Cấp số, đóng dấu"),
        "page_title": "Cấp số, đóng dấu",
    }
    return page(request, "outgoing/seal.html", context)


def _leave_desk(request: WebRequest, document_id: UUID, seen: Seen, course: Course | None) -> HttpResponse:
    """Issue what was just sealed, when that was asked for, and go on to the next letter."""
    back, now = _back(document_id), timezone.now()
    code = queries.get_outgoing(request.actor, document_id=document_id, now=now).row.code
    if request.POST.get("then") != "issue":
        said = f"Đã cấp số {code}, đóng dấu; chờ phát hành."
        return go_on(request, course, back=back, said=said, page="seal")
    try:
        actions.issue_document(actor=request.actor, document_id=document_id, seen=seen, now=now)
    except DomainError as refusal:
        # Sealed it is; why it is not issued is said where it can be mended.
        return go(
            request, back, said=f"Đã cấp số {code}, đóng dấu nhưng chưa phát hành. {refusal}", tone="wait"
        )
    return go_on(
        request,
        course,
        back=back,
        said=f"Đã cấp số {code}, đóng dấu, phát hành.",
        done=reverse("outgoing:deliveries", args=[document_id]),
        page="seal",
    )


def _back(document_id: UUID) -> str:
    return reverse("outgoing:document", args=[document_id])


def _short(document: queries.OutgoingPage) -> str:
    """The subject, short enough for one line."""
    return Truncator(document.row.subject).chars(60)
