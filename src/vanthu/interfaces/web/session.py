"""Who sits at this browser: the session keeps the account and the post, and nothing about rights."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from vanthu.kernel.actor import Actor
from vanthu.organizations import queries

SIGN_IN = "accounts:sign-in"
SIGN_OUT = "accounts:sign-out"
CHANGE_PASSWORD = "accounts:change-password"  # noqa: S105 - the name of an address

_USER, _POST, _MUST_CHANGE, _STAMP = "user_id", "post_id", "must_change_password", "stamp"


def enter(request: HttpRequest, *, user_id: UUID, must_change_password: bool) -> None:
    """Begin a session for this account; the key from before signing in is worth nothing afterwards."""
    request.session.flush()
    request.session.cycle_key()
    request.session[_USER] = str(user_id)
    request.session[_MUST_CHANGE] = must_change_password
    request.session[_STAMP] = queries.session_stamp(user_id)


def leave(request: HttpRequest) -> None:
    """End the session."""
    request.session.flush()


def work_from(request: HttpRequest, post_id: UUID) -> None:
    """Work from another post of the same person (kiêm nhiệm), from the next request on."""
    request.session[_POST] = str(post_id)


def password_changed(request: HttpRequest) -> None:
    """The person has chosen a password of their own: this session goes on, every other one is void."""
    request.session[_MUST_CHANGE] = False
    request.session[_STAMP] = queries.session_stamp(UUID(request.session[_USER]))
    request.session.cycle_key()


def must_change_password(request: HttpRequest) -> bool:
    """Whether this person still uses the password somebody else gave them."""
    return bool(request.session.get(_MUST_CHANGE))


def find_actor(request: HttpRequest) -> Actor | None:
    """The person as they stand now; None for strangers, disabled accounts and ended posts."""
    user = request.session.get(_USER)
    if user is None:
        return None
    post = request.session.get(_POST)
    stamp = request.session.get(_STAMP, "")
    return queries.actor_for_session(UUID(user), UUID(post) if post else None, stamp=stamp)
