"""Finding agencies for the picker of recipients: with or without diacritics, by name or code."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from vanthu.interfaces.web.http import WebRequest, page
from vanthu.interfaces.web.share import searching
from vanthu.organizations import queries

#: A longer question than any agency's name is no question.
_LONGEST = 100


@require_safe
@searching
def search(request: WebRequest) -> HttpResponse:
    """The agencies matching «q», as lines of the picker."""
    asked = request.GET.get("q", "")[:_LONGEST].strip()
    found = queries.search_agencies(request.actor, asked) if asked else []
    return page(request, "agencies/found.html", {"found": found, "asked": asked})
