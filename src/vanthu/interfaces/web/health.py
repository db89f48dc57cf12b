"""A place for supervisors to ask whether this process answers and reaches its database."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from vanthu.interfaces.web.http import open_to_strangers


@open_to_strangers
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 «ok» after one round to the database; an unreachable database is a 500."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")
