"""Views that are dear to answer: each person has few of them at a time, so that others have theirs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpResponse

from vanthu.interfaces.web.http import WebRequest
from vanthu.kernel.shares import share_of

View = TypeVar("View", bound=Callable[..., HttpResponse])

#: Seconds one question of a search to the database may take.
_SEARCH_SECONDS = 10.0


def searching(view: View) -> View:
    """Mark a view that searches: with words in «q» it takes a share, and no question may take long."""
    return _shared(view, when=lambda request: bool(request.GET.get("q", "").strip()), seconds=_SEARCH_SECONDS)


def taking_in(view: View) -> View:
    """Mark a view that takes files in, reads or writes PDFs: what is posted takes a share."""
    return _shared(view, when=lambda request: request.method == "POST", seconds=None)


def _shared(view: View, *, when: Callable[[WebRequest], bool], seconds: float | None) -> View:
    @wraps(view)
    def shared(request: WebRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not when(request):
            return view(request, *args, **kwargs)
        with share_of(str(request.actor.user_id), seconds=seconds):
            return view(request, *args, **kwargs)

    shared.takes_a_share = True  # type: ignore[attr-defined]  # a mark the tests read
    return cast(View, shared)
