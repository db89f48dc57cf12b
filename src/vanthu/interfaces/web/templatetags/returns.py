"""What the rows of every list say of documents that came back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import template

from vanthu.interfaces.web.counting import returned_places

register = template.Library()


@register.simple_tag(takes_context=True)
def places_returned(context: dict[str, Any], document_id: UUID) -> int:
    """From how many places the document came back and waits for this person.

    The frame has counted it for all documents at once, so a row asks nothing more of the database.
    """
    request = context["request"]
    return returned_places(request, request.actor).get(document_id, 0)
