"""A place for whoever watches the system to ask whether it can do its work."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from vanthu.interfaces.web.http import open_to_strangers
from vanthu.kernel import health as state
from vanthu.kernel.health import Verdict


@open_to_strangers
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """One word: 200 «ok» or «cảnh báo» while acts are done, 503 «lỗi» while they are not.

    What exactly is wrong is for administrators: on their first page, and at the console (`vanthu health`).
    """
    word = state.verdict(state.examine())
    status = 503 if word is Verdict.FAULT else 200
    return HttpResponse(word, content_type="text/plain; charset=utf-8", status=status)
