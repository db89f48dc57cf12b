"""«Để riêng»: packets and work the machine could not finish, and «Thử lại»."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from vanthu.exchange import actions, queries
from vanthu.interfaces.web.forms import Form
from vanthu.interfaces.web.http import WebRequest, go, page
from vanthu.kernel.errors import require
from vanthu.organizations.states import Role


class PageForm(Form):
    """Which page of the list; nonsense is the first."""

    page = forms.IntegerField(required=False, min_value=1)


@require_safe
def aside_list(request: WebRequest) -> HttpResponse:
    """What was put aside, the latest first: from whom, when, why, and what the sender was told."""
    require(Role.ADMINISTRATOR in request.actor.roles)
    asked = PageForm(request.GET)
    asked.is_valid()
    number = asked.cleaned_data.get("page") or 1
    context = {
        "listing": queries.list_aside_packets(request.actor, page=number),
        "works": queries.list_aside_work(request.actor),
        "page_title": "Để riêng",
    }
    return page(request, "aside/list.html", context, partial="rows")


@require_POST
def reopen(request: WebRequest, packet_id: UUID) -> HttpResponse:
    """Thử lại a packet."""
    actions.reopen_packet(actor=request.actor, packet_id=packet_id, now=timezone.now())
    said = "Hệ thống đang mở lại gói tin. Nếu được, văn bản vào hàng chờ tiếp nhận của văn thư."
    return go(request, "aside:list", said=said)


@require_POST
def resume(request: WebRequest, attempt_id: UUID) -> HttpResponse:
    """Thử lại work of the machine."""
    actions.resume_attempt(actor=request.actor, attempt_id=attempt_id, now=timezone.now())
    return go(request, "aside:list", said="Hệ thống đang làm lại việc này.")
