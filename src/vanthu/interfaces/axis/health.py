"""Whether the axis can work: for the supervisor and whoever watches it."""

from __future__ import annotations

import sys

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from vanthu.axis.rules import Refusal
from vanthu.interfaces.axis import answers
from vanthu.kernel import health as state
from vanthu.kernel.health import Verdict


def health(request: HttpRequest) -> HttpResponseBase:
    """200 while the axis can do its work, with one word of how well; 503 while it cannot."""
    word = state.verdict(state.examine())
    if word is Verdict.FAULT:
        return answers.fail(Refusal.AXIS_FAULT, status=503)
    return answers.ok(health=word)


def no_such_call(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Any address the axis does not have."""
    return answers.fail(Refusal.NO_SUCH_CALL, status=404)


def fault(request: HttpRequest) -> HttpResponseBase:
    """What went wrong outside every endpoint."""
    return answers.fault(sys.exc_info()[1])
