"""What the server asks the axis: how to refuse before a call is reached, and who may send much."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.http import HttpResponse

from vanthu.axis.rules import Refusal as Reason
from vanthu.interfaces.axis import answers
from vanthu.interfaces.axis.gate import refusal_of_stranger
from vanthu.interfaces.server.refusals import Refusal

_REASONS = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Reason.TOO_LARGE,
    HTTPStatus.SERVICE_UNAVAILABLE: Reason.AXIS_FAULT,
    HTTPStatus.INTERNAL_SERVER_ERROR: Reason.AXIS_FAULT,
}


def say(status: int, sentence: str) -> Refusal:
    """JSON of the protocol; as ever, what sending again unchanged will not mend has status 200."""
    reason = _REASONS.get(HTTPStatus(status), Reason.BAD_PARAMETER)
    answer = answers.fail(reason, sentence, status=200 if reason is Reason.TOO_LARGE else status)
    return _ready(answer)


def admit(environ: dict[str, Any]) -> Refusal | None:
    """Only connected systems send packets: the signature over the headers is looked at before the body."""
    close_old_connections()
    try:
        answer = refusal_of_stranger(WSGIRequest(environ))
    finally:
        close_old_connections()
    return None if answer is None else _ready(answer)


def _ready(answer: HttpResponse) -> Refusal:
    return Refusal(
        status=answer.status_code, content_type=answer.headers["Content-Type"], body=answer.content
    )
