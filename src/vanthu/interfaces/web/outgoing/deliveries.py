"""Screens «Gửi nhận» of an issued document: how far it has come at every recipient, and what came back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from vanthu.exchange import actions
from vanthu.exchange import queries as exchange
from vanthu.interfaces.web.acting import ActPage, act_page
from vanthu.interfaces.web.http import WebRequest, page, posted
from vanthu.interfaces.web.outgoing.forms import NoteReturnForm
from vanthu.interfaces.web.outgoing.views import crumbs
from vanthu.interfaces.web.seeing import seen_by
from vanthu.kernel.errors import NotFound
from vanthu.outgoing import queries


@require_safe
def deliveries(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Gửi nhận: every recipient with every state and its time."""
    found = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    context = {
        "document": found,
        "sent": exchange.deliveries(request.actor, document_id=document_id, now=timezone.now()),
        "crumbs": crumbs(found, "Gửi nhận"),
        "page_title": f"Gửi nhận {found.row.code}",
    }
    return page(request, "outgoing/deliveries.html", context, partial="rows")


@require_http_methods(["GET", "POST"])
def note_return(request: WebRequest, document_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Đã biết, đã xử lý what came back from one recipient."""
    found = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    row = _row(request, document_id, delivery_id)
    reason = f": “{row.note}”" if row.note else ""
    what = row.came_back or f"{row.recipient_name} không trả lại văn bản này"
    form = NoteReturnForm(posted(request))
    seen = seen_by(request, row.seen, form)
    screen = ActPage(
        title=f"Đã xử lý việc {found.row.code} bị trả lại",
        text=f"{what}{reason}{'' if reason.endswith('.”') else '.'} Ghi nhận xong, văn bản rời hàng việc "
        "«Bị trả lại» của văn thư và người soạn; lý do vẫn còn ở trang gửi nhận.",
        submit="Đã biết, đã xử lý",
        icon="check",
        back=reverse("outgoing:deliveries", args=[document_id]),
        crumbs=crumbs(found, "Ghi nhận bị trả lại"),
        progress="Đang ghi nhận…",
        said=f"Đã ghi nhận: {what}.",
    )
    return act_page(
        request,
        screen,
        form,
        seen,
        lambda words: actions.note_return(
            actor=request.actor, delivery_id=delivery_id, seen=seen, word=words["word"], now=timezone.now()
        ),
    )


def _row(request: WebRequest, document_id: UUID, delivery_id: UUID) -> exchange.DeliveryRow:
    """The delivery, if it is one of this document's. Raises NotFound."""
    sent = exchange.deliveries(request.actor, document_id=document_id, now=timezone.now())
    row = next((row for row in sent.rows if row.id == delivery_id), None)
    if row is None:
        raise NotFound
    return row
