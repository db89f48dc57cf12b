"""The tag by which a form of an act has what is typed into it kept."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.template import RequestContext

from vanthu.interfaces.web import kept

register = template.Library()


@register.inclusion_tag("components/kept.html", takes_context=True)
def keep_words(context: RequestContext) -> dict[str, Any]:
    """What `components/kept.html` says; an `include … only` has the request all the same."""
    request: HttpRequest | None = context.request
    actor = getattr(request, "actor", None)
    if request is None or actor is None:
        return {}
    again = kept.words_again() is not None
    return {
        "keeper": kept.keeper_of(actor.user_id),
        "is_filled": again or request.method == "POST",
        "is_again": again,
        "fresh": request.get_full_path(),
    }
