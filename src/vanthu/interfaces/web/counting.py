"""How much waits in each tab, counted once per request: the frame and the list both show it."""

from __future__ import annotations

from django.http import HttpRequest

from vanthu.incoming import queries as incoming
from vanthu.kernel.actor import Actor
from vanthu.outgoing import queries as outgoing

_KEPT = "_open_work"


def open_work(request: HttpRequest, actor: Actor) -> dict[str, dict[str, int]]:
    """Open work by area («incoming», «outgoing») and tab."""
    counts: dict[str, dict[str, int]] | None = getattr(request, _KEPT, None)
    if counts is None:
        counts = {"incoming": incoming.count_incoming(actor), "outgoing": outgoing.count_outgoing(actor)}
        setattr(request, _KEPT, counts)
    return counts
