"""Devices that signed in before: a signed cookie of their own, so that strangers close no door to them.

It opens nothing: it only says by which count a wrong password is counted (OWASP, «device cookies»).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from vanthu.organizations import rules, tries

_SALT = "vanthu.device"
#: Seconds a device is remembered after its last sign-in, and the accounts of one device.
_REMEMBERED, _ACCOUNTS = 400 * 24 * 3600, 10
_MARK = 16


def known(request: HttpRequest, username: str) -> UUID | None:
    """The device, when that name signed in from it before."""
    device, marks = _read(request)
    return device if device is not None and _mark(username) in marks else None


def remember(request: HttpRequest, response: HttpResponse, username: str) -> HttpResponse:
    """`response`, by which the browser keeps that this name signed in here."""
    device, marks = _read(request)
    mark = _mark(username)
    marks = [mark, *(each for each in marks if each != mark)][:_ACCOUNTS]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps([str(device or uuid4()), marks], salt=_SALT),
        max_age=_REMEMBERED,
        path=settings.LOGIN_URL,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _read(request: HttpRequest) -> tuple[UUID | None, list[str]]:
    try:
        said: Any = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=_SALT, max_age=_REMEMBERED
        )
        return UUID(said[0]), list(said[1])
    except signing.BadSignature:
        return None, []


def _mark(username: str) -> str:
    """An account, so that the cookie names nobody."""
    return tries.account_key(rules.username_form(username) or "")[:_MARK]
