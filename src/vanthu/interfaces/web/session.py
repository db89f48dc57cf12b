"""Who sits at this browser: the session keeps the account and the post, and nothing about rights."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils import timezone

from vanthu.organizations import queries

SIGN_IN = "accounts:sign-in"
SIGN_OUT = "accounts:sign-out"
CHANGE_PASSWORD = "accounts:change-password"  # noqa: S105 - the name of an address

_USER, _POST, _MUST_CHANGE, _STAMP = "user_id", "post_id", "must_change_password", "stamp"
#: When the person was last seen at work, seconds since 1970.
_SEEN = "seen"
#: When the person signed in, likewise.
_BEGUN = "begun"
#: A session is saved for being used once in so many seconds, not at every page.
_SEEN_EVERY = 60
#: Sent with what a page asks by itself, again and again: nobody need be sitting there.
UNATTENDED = "X-Unattended"


def enter(request: HttpRequest, *, user_id: UUID, must_change_password: bool) -> None:
    """Begin a session for this account; keys from before signing in are worth nothing afterwards."""
    request.session.flush()
    request.session.cycle_key()
    request.session[_USER] = str(user_id)
    request.session[_MUST_CHANGE] = must_change_password
    request.session[_STAMP] = queries.session_stamp(user_id)
    request.session[_SEEN] = request.session[_BEGUN] = _seconds()
    rotate_token(request)


def keep(request: HttpRequest) -> None:
    """Put off the end of the session of a person at work: its idle hours begin again."""
    if UNATTENDED in request.headers:
        return
    if _seconds() - request.session.get(_SEEN, 0) > _SEEN_EVERY:
        request.session[_SEEN] = _seconds()


def _seconds() -> int:
    return int(timezone.now().timestamp())


def seconds_left(request: HttpRequest) -> tuple[int, int]:
    """How long the session lasts: if nobody does anything, and at most."""
    now = _seconds()
    idle = settings.SESSION_COOKIE_AGE - (now - request.session.get(_SEEN, now))
    whole = settings.SESSION_LONGEST - (now - request.session.get(_BEGUN, now))
    return min(idle, whole), whole


def leave(request: HttpRequest) -> None:
    """End the session."""
    request.session.flush()


def work_from(request: HttpRequest, post_id: UUID) -> None:
    """Work from another post of the same person (kiêm nhiệm), from the next request on.

    The session has another key from now on: a request that began before, and ends after, would write back
    the whole of what it read, the former post with it. Its session is not there any more.
    """
    request.session[_POST] = str(post_id)
    request.session.cycle_key()


def password_changed(request: HttpRequest) -> None:
    """The person has chosen a password of their own: this session goes on, every other one is void."""
    request.session[_MUST_CHANGE] = False
    request.session[_STAMP] = queries.session_stamp(UUID(request.session[_USER]))
    request.session.cycle_key()


def must_change_password(request: HttpRequest) -> bool:
    """Whether this person still uses the password somebody else gave them."""
    return bool(request.session.get(_MUST_CHANGE))


def had_session(request: HttpRequest) -> bool:
    """Whether this browser came with a session, whatever it is worth now."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def find_person(request: HttpRequest) -> queries.Person | None:
    """The person as they stand now; None for strangers, disabled accounts and ended posts."""
    user = request.session.get(_USER)
    if user is None or seconds_left(request)[1] <= 0:
        return None
    post = request.session.get(_POST)
    stamp = request.session.get(_STAMP, "")
    return queries.person_for_session(UUID(user), UUID(post) if post else None, stamp=stamp)
