"""Screens «Văn bản đến»: the lists and the document. What is done to it is in `deeds`."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vanthu.incoming import queries
from vanthu.interfaces.web.counting import open_work
from vanthu.interfaces.web.http import WebRequest, page
from vanthu.interfaces.web.incoming.acts import acts_of, is_broken
from vanthu.interfaces.web.incoming.forms import FilterForm, RegisterForm
from vanthu.interfaces.web.navigation import default_tab, says_state
from vanthu.interfaces.web.runs import place_of, run_for
from vanthu.interfaces.web.screens import Crumb, Tab
from vanthu.interfaces.web.share import searching
from vanthu.kernel.pages import Page
from vanthu.organizations import queries as organizations
from vanthu.organizations.states import Role
from vanthu.outgoing import queries as outgoing

TABS = {
    "arrived": "Chờ tiếp nhận",
    "to_direct": "Chờ chỉ đạo",
    "with_others": "Chờ lãnh đạo khác",
    "in_progress": "Đang xử lý",
    "mine": "Việc được giao",
    "completed": "Đã hoàn thành",
    "returned": "Đã trả lại",
    "all": "Tất cả",
}


@require_safe
@searching
def document_list(request: WebRequest) -> HttpResponse:
    """The lists of incoming documents, one address each."""
    asked = FilterForm(request.GET)
    asked.is_valid()
    wanted = asked.cleaned_data.get("tab", "")
    counts = open_work(request, request.actor)
    tab = wanted if wanted in TABS else default_tab("incoming", request.actor, counts, otherwise="all")
    text = asked.cleaned_data.get("q", "")
    listing = _listing(request, tab=tab, text=text, number=asked.cleaned_data.get("page") or 1)
    context = {
        "tabs": [
            Tab(
                label=label,
                url=f"{reverse('incoming:list')}?tab={key}",
                is_current=key == tab,
                count=counts["incoming"].get(key),
            )
            for key, label in TABS.items()
            if key != "with_others" or Role.LEADER in request.actor.roles
        ],
        "tab": tab,
        "run": run_for("incoming", tab, text=text),
        "listing": listing,
        "says_state": says_state("incoming", tab),
        "is_by_urgency": tab in queries.QUEUES,
        "text": text,
        "is_filtered": bool(text),
        "page_title": "Văn bản đến",
    }
    return page(request, "incoming/list.html", context, partial="rows")


def _listing(request: WebRequest, *, tab: str, text: str, number: int) -> Page[queries.IncomingRow]:
    """The page asked for; the first one when the last document of a later page has just been dealt with."""
    listing = queries.list_incoming(request.actor, tab=tab, text=text, page=number, now=timezone.now())
    if listing.items or number == 1:
        return listing
    return queries.list_incoming(request.actor, tab=tab, text=text, now=timezone.now())


@require_safe
def peek(request: WebRequest, document_id: UUID) -> HttpResponse:
    """The document beside the list: verdict, paper, and what can be done at once."""
    document = queries.get_incoming(request.actor, document_id=document_id, now=timezone.now())
    context: dict[str, object] = {"document": document, "acts": acts_of(document)}
    if "register" in document.acts and not is_broken(document):
        leaders = organizations.list_people(request.actor, roles=frozenset({Role.LEADER}))
        context["register_form"] = RegisterForm(
            initial={"leader": str(leaders[0].user_id) if leaders else ""}, leaders=leaders
        )
        context["acts"] = [act for act in acts_of(document) if act.key != "Enter"]
    return page(request, "incoming/peek.html", context)


@require_safe
def document(request: WebRequest, document_id: UUID) -> HttpResponse:
    """One incoming document: the paper, its verdict, what to do now, who has it, its history."""
    found = queries.get_incoming(request.actor, document_id=document_id, now=timezone.now())
    shown = next((each for each in found.files if str(each.id) == request.GET.get("tep")), found.main_file)
    linked = [*found.replies, *([found.replied_to] if found.replied_to else [])]
    context = {
        "document": found,
        "shown": shown,
        "place": place_of(request),
        "acts": acts_of(found),
        "under_way": outgoing.replies_under_way(request.actor, document_id=document_id),
        "can_open": outgoing.visible_ids(request.actor, document_ids=[link.id for link in linked]),
        "crumbs": crumbs(found),
        "page_title": found.row.subject,
    }
    return page(request, "incoming/document.html", context)


def crumbs(found: queries.IncomingPage, *more: str) -> list[Crumb]:
    """The way to this document, and to what is done with it."""
    number = found.row.arrival_number
    label = f"Số đến {number}" if number else found.row.code or found.row.sender_name
    way = [Crumb(label="Văn bản đến", url=reverse("incoming:list"))]
    if not more:
        return [*way, Crumb(label=label)]
    here = Crumb(label=label, url=reverse("incoming:document", args=[found.row.id]))
    return [*way, here, *(Crumb(label=each) for each in more)]
