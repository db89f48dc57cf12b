"""What the server asks the pages: how to refuse before a view is reached, and who may send much."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from vanthu.interfaces.server.refusals import Refusal
from vanthu.interfaces.web.errors import refusal_without_request
from vanthu.interfaces.web.session import find_person

_LOST = "Phiên làm việc đã hết. Hãy đăng nhập lại; nội dung bạn vừa gửi chưa được lưu."


def say(status: int, sentence: str) -> Refusal:
    """A page of one sentence."""
    context = {"refusal": refusal_without_request(status, sentence), "layout": "plain.html"}
    return Refusal(
        status=status,
        content_type="text/html; charset=utf-8",
        body=render_to_string("errors/error.html", context).encode(),
        headers=(("Cache-Control", "no-store"), ("Content-Security-Policy", "default-src 'self'")),
    )


def admit(environ: dict[str, Any]) -> Refusal | None:
    """Only people who are signed in send files."""
    request = WSGIRequest(environ)
    close_old_connections()
    try:
        SessionMiddleware(_answer_nothing).process_request(request)
        return None if find_person(request) else say(403, _LOST)
    finally:
        close_old_connections()


def _answer_nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()
