"""How much waits in each tab, counted once per request: the frame and the list both show it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from vanthu.exchange import queries as exchange
from vanthu.incoming import queries as incoming
from vanthu.kernel.actor import Actor
from vanthu.outgoing import queries as outgoing

_KEPT, _RETURNED = "_open_work", "_returned"


def open_work(request: HttpRequest, actor: Actor) -> dict[str, dict[str, int]]:
    """Open work by area («incoming», «outgoing») and tab."""
    counts: dict[str, dict[str, int]] | None = getattr(request, _KEPT, None)
    if counts is None:
        returned = {"returned": len(returned_places(request, actor))}
        counts = {
            "incoming": incoming.count_incoming(actor),
            "outgoing": outgoing.count_outgoing(actor) | returned,
        }
        setattr(request, _KEPT, counts)
    return counts


def returned_places(request: HttpRequest, actor: Actor) -> dict[UUID, int]:
    """From how many places each document came back that waits for this person; rows of lists show it too."""
    places: dict[UUID, int] | None = getattr(request, _RETURNED, None)
    if places is None:
        places = exchange.count_returned(actor)
        setattr(request, _RETURNED, places)
    return places
