"""What the picker of recipients asks for."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from vanthu.interfaces.web.agencies.choosing import Recipients
from vanthu.interfaces.web.http import WebRequest
from vanthu.interfaces.web.picking import options
from vanthu.interfaces.web.share import searching


@require_safe
@searching
def search(request: WebRequest) -> HttpResponse:
    """Agencies to write to: those found, the groups, the members of one."""
    return options(request, Recipients(request.actor))
