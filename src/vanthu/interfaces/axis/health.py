"""Whether the axis can work: for the supervisor and whoever watches it."""

from __future__ import annotations

import logging
import sys

from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from vanthu.axis.rules import Refusal
from vanthu.interfaces.axis import answers

log = logging.getLogger(__name__)


def health(request: HttpRequest) -> HttpResponseBase:
    """200 when the axis answers and its database does; 503 when the database does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM axis_system LIMIT 1")
    except DatabaseError:
        log.exception("Cơ sở dữ liệu của trục không trả lời")
        return answers.fail(Refusal.AXIS_FAULT, status=503)
    return answers.ok()


def no_such_call(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Any address the axis does not have."""
    return answers.fail(Refusal.NO_SUCH_CALL, status=404)


def fault(request: HttpRequest) -> HttpResponseBase:
    """What went wrong outside every endpoint."""
    return answers.fault(sys.exc_info()[1])
