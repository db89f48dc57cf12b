"""What stands between the server and the views: headers, who acts, and errors made into pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, resolve_url
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from vanthu.interfaces.web import conflicts, errors, kept
from vanthu.interfaces.web.door import ask_to_sign_in
from vanthu.interfaces.web.http import wants_partial
from vanthu.interfaces.web.session import (
    CHANGE_PASSWORD,
    SIGN_OUT,
    find_person,
    keep,
    must_change_password,
)
from vanthu.kernel.errors import Busy, DomainError
from vanthu.kernel.use_cases import is_busy, times_done
from vanthu.room.turns import reading_for

Handler = Callable[[HttpRequest], HttpResponse]

#: What Django raises while a view reads a form that cannot be read. Not UnreadablePostError: a request is
#: whole before it is asked here (ADR 0025), so it was our own disk that lost a part of it.
_UNREADABLE = (SuspiciousOperation, BadRequest, MultiPartParserError)

#: Scripts and styles only from our own files. PDF.js decodes some images with WebAssembly in its worker.
_POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
_HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in _POLICY.items()),
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class SecurityHeadersMiddleware:
    """Every page says what the browser may run, and is kept in no cache."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers:
            add_never_cache_headers(response)
        return response


class SessionKeepingMiddleware(SessionMiddleware):
    """As Django's, which answers 400 whenever a session cannot be kept, whatever the reason.

    The request was whole, and what it asked for may be done. A database that went away, or let it wait too
    long, is told as such. A session that ended meanwhile, at another tab, leaves the answer as it is, and
    the cookie to whoever changed it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Keep the session. Raises what the database raised."""
        try:
            return super().process_response(request, response)
        except SessionInterrupted as interrupted:
            failure = _failure_of_database(interrupted)
            if failure is not None:
                raise failure from failure.__cause__
        patch_vary_headers(response, ("Cookie",))
        return response


def _failure_of_database(interrupted: SessionInterrupted) -> DatabaseError | None:
    """What the database raised; None when it only says that no such session is there."""
    failure: BaseException | None = interrupted
    while failure is not None and not isinstance(failure, DatabaseError):
        failure = failure.__context__
    # That no row was changed is a word of Django's own, and has no cause.
    return failure if failure is not None and failure.__cause__ is not None else None


class ActorMiddleware:
    """Sets `request.actor` and `request.account`, and lets strangers only where they may be."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = find_person(request)
        actor, account = (person.actor, person.account) if person else (None, None)
        request.actor = actor  # type: ignore[attr-defined]  # declared on WebRequest
        request.account = account  # type: ignore[attr-defined]  # declared on WebRequest
        if person is not None:
            keep(request)
        with reading_for(str(actor.user_id) if actor else ""), kept.filled_in_again(request):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Send strangers to the sign-in page, and first-time users to change their password."""
        if getattr(view, "open_to_strangers", False):
            return None
        if request.actor is None:  # type: ignore[attr-defined]  # set above
            return ask_to_sign_in(request)
        match = request.resolver_match
        here = match.view_name if match else ""
        if must_change_password(request) and here not in {CHANGE_PASSWORD, SIGN_OUT}:
            return _leave(request, resolve_url(CHANGE_PASSWORD))
        return None


class DomainErrorMiddleware:
    """Makes every error a calm page: anticipated ones with their own status, others with a number."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Should the database go away half-way, the person is told whether anything was kept.
        request.done_before = times_done()  # type: ignore[attr-defined]  # read by errors.unavailable
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse:
        """Answer what a view raised."""
        if isinstance(error, conflicts.OVERTAKEN):
            return conflicts.answer(request, error)
        if isinstance(error, DomainError):
            return errors.refuse_domain(request, error)
        if is_busy(error):
            # A page, or a session, that the database let wait too long; acts see to it themselves.
            return errors.refuse_domain(request, Busy())
        if isinstance(error, Http404):
            return errors.not_found(request)
        if isinstance(error, PermissionDenied):
            return errors.forbidden(request)
        if isinstance(error, _UNREADABLE):
            return errors.bad_request(request, error)
        return errors.fail(request, error)


def _leave(request: HttpRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if wants_partial(request) else redirect(address)
