"""«Việc của tôi»: what waits for this person, in the order in which it is done; and search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vanthu.exchange import queries as exchange
from vanthu.incoming import queries as incoming
from vanthu.interfaces.web.counting import open_work
from vanthu.interfaces.web.http import WebRequest, page
from vanthu.interfaces.web.navigation import Queue, queues_for, says_state
from vanthu.interfaces.web.runs import Area, Run, run_for
from vanthu.interfaces.web.share import searching
from vanthu.kernel import health
from vanthu.kernel.actor import Actor
from vanthu.organizations import queries as organizations
from vanthu.organizations.states import Role
from vanthu.outgoing import queries as outgoing

#: How many documents of a queue the home page shows; the rest is in its list.
_FIRST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQueue:
    """A queue with the first of its documents."""

    queue: Queue
    count: int
    rows: Sequence[incoming.IncomingRow | outgoing.OutgoingRow]

    @property
    def run(self) -> Run | None:
        """The queue as its documents' addresses name it."""
        return run_for(cast(Area, self.queue.area), self.queue.tab)

    @property
    def says_state(self) -> bool:
        """Whether the heading says in what state its documents are."""
        return says_state(self.queue.area, self.queue.tab)

    @property
    def has_more(self) -> bool:
        """Whether the list holds more than is shown here."""
        return self.count > len(self.rows)


@require_safe
def home(request: WebRequest) -> HttpResponse:
    """The queues of this person's post."""
    now = timezone.now()
    counts = open_work(request, request.actor)
    queues = [
        OpenQueue(
            queue=queue,
            count=counts[queue.area].get(queue.tab, 0),
            rows=_first(request.actor, queue, now) if counts[queue.area].get(queue.tab) else [],
        )
        for queue in queues_for(request.actor, counts)
    ]
    is_administrator = Role.ADMINISTRATOR in request.actor.roles
    context = {
        "queues": queues,
        "waiting": sum(queue.count for queue in queues),
        "is_administrator": is_administrator,
        "ailments": health.examine() if is_administrator else (),
        "tried": organizations.list_tried_accounts(request.actor) if is_administrator else [],
        "now": now,
        "uploads": outgoing.list_uploads(request.actor),
        "aside": exchange.count_aside(request.actor),
        "page_title": "Việc của tôi",
    }
    return page(request, "home/home.html", context)


def _first(
    actor: Actor, queue: Queue, now: datetime
) -> Sequence[incoming.IncomingRow | outgoing.OutgoingRow]:
    if queue.area == "incoming":
        return incoming.list_incoming(actor, tab=queue.tab, size=_FIRST, now=now).items
    if queue.tab == "returned":
        return exchange.list_returned(actor, size=_FIRST).items
    return outgoing.list_outgoing(actor, tab=queue.tab, size=_FIRST).items


@require_safe
@searching
def search(request: WebRequest) -> HttpResponse:
    """Everything this person may see whose number, notation, subject or other party matches «q»."""
    text = request.GET.get("q", "")[:200].strip()
    context: dict[str, object] = {"text": text, "page_title": "Tìm văn bản"}
    if text:
        context["arrived"] = incoming.list_incoming(request.actor, text=text, now=timezone.now())
        context["sent"] = outgoing.list_outgoing(request.actor, tab="all", text=text)
    return page(request, "home/search.html", context)
