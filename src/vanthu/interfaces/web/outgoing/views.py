"""Screens «Văn bản đi»: the lists and the document."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vanthu.documents.rules import DOCUMENT_TYPES, padded_number
from vanthu.exchange import queries as exchange
from vanthu.incoming import queries as incoming
from vanthu.interfaces.web.counting import open_work
from vanthu.interfaces.web.http import WebRequest, page
from vanthu.interfaces.web.navigation import default_tab, says_state
from vanthu.interfaces.web.outgoing.acts import acts_of, bar_title, ways_to_mend
from vanthu.interfaces.web.outgoing.forms import FilterForm
from vanthu.interfaces.web.outgoing.places import shown_places
from vanthu.interfaces.web.runs import place_of, run_for
from vanthu.interfaces.web.screens import Crumb, Tab
from vanthu.interfaces.web.share import searching
from vanthu.outgoing import queries

TABS = {
    "my_drafts": "Dự thảo của tôi",
    "my_submitted": "Tôi đang trình",
    "reviewing": "Chờ duyệt",
    "awaiting_signature": "Chờ ký",
    "to_number": "Chờ cấp số",
    "to_issue": "Chờ phát hành",
    "issued": "Đã phát hành",
    "returned": "Bị trả lại",
    "all": "Tất cả",
}


@require_safe
@searching
def document_list(request: WebRequest) -> HttpResponse:
    """The lists of outgoing documents, one address each."""
    asked = FilterForm(request.GET)
    asked.is_valid()
    wanted = asked.cleaned_data.get("tab", "")
    counts = open_work(request, request.actor)
    tab = wanted if wanted in TABS else default_tab("outgoing", request.actor, counts, otherwise="all")
    text, type_code = asked.cleaned_data.get("q", ""), asked.cleaned_data.get("type_code", "")
    number = asked.cleaned_data.get("page") or 1
    if tab == "returned":
        listing = exchange.list_returned(request.actor, text=text, type_code=type_code, page=number)
    else:
        listing = queries.list_outgoing(request.actor, tab=tab, text=text, type_code=type_code, page=number)
    context = {
        "tabs": [
            Tab(
                label=label,
                url=f"{reverse('outgoing:list')}?tab={key}",
                is_current=key == tab,
                count=counts["outgoing"].get(key),
            )
            for key, label in TABS.items()
        ],
        "tab": tab,
        "run": run_for("outgoing", tab, text=text, type_code=type_code),
        "listing": listing,
        "says_state": says_state("outgoing", tab),
        "can_draft": queries.can_draft(request.actor),
        "uploads": queries.list_uploads(request.actor) if tab == "my_drafts" else [],
        "text": text,
        "type_code": type_code,
        "types": DOCUMENT_TYPES.items(),
        "is_filtered": bool(text or type_code),
        "page_title": "Văn bản đi",
    }
    return page(request, "outgoing/list.html", context, partial="rows")


@require_safe
def peek(request: WebRequest, document_id: UUID) -> HttpResponse:
    """The document beside the list."""
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    context = {"document": document, "acts": acts_of(document), **letter_context(document)}
    return page(request, "outgoing/peek.html", context)


@require_safe
def document(request: WebRequest, document_id: UUID) -> HttpResponse:
    """One outgoing document: the paper, what to do now, its chain, versions, recipients, history."""
    found = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    known = [*found.files, *found.versions]
    shown = next((each for each in known if str(each.id) == request.GET.get("tep")), found.main_file)
    answered = [found.replies_to.id] if found.replies_to else []
    context = {
        "document": found,
        "shown": shown,
        "acts": acts_of(found),
        **letter_context(found, is_shown=shown == found.main_file),
        "place": place_of(request),
        "can_open": incoming.visible_ids(request.actor, document_ids=answered),
        "returns": exchange.open_returns(request.actor, document_id=document_id),
        "crumbs": crumbs(found),
        "page_title": found.row.subject,
    }
    return page(request, "outgoing/document.html", context)


def letter_context(found: queries.OutgoingPage, *, is_shown: bool = True) -> dict[str, Any]:
    """What is shown of the letter on its way: the places on its paper and what keeps it from going on."""
    number = padded_number(found.next_number) if found.next_number else ""
    if found.issued_on:
        number = found.row.code.partition("/")[0]
    marks = shown_places(found.places, today=found.issued_on or timezone.localdate(), number=number)
    return {
        "marks": marks if found.is_unsealed and is_shown else [],
        "bar_title": bar_title(found),
        "ways": ways_to_mend(found),
    }


def crumbs(found: queries.OutgoingPage, *more: str) -> list[Crumb]:
    """The way to this document, and to what is done with it."""
    way = [Crumb(label="Văn bản đi", url=reverse("outgoing:list"))]
    label = found.row.code if found.issued_on else "Dự thảo"
    if not more:
        return [*way, Crumb(label=label or "Dự thảo")]
    here = Crumb(label=label or "Dự thảo", url=reverse("outgoing:document", args=[found.row.id]))
    return [*way, here, *(Crumb(label=each) for each in more)]
