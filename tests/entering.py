"""A try to sign in, in its three steps, as the page makes it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from vanthu.kernel import actor as actors
from vanthu.organizations import actions, hashing

DOOR = actors.system("Cửa đăng nhập")


def attempt(
    *, username: str, password: str, now: datetime, address: str = "", device: UUID | None = None
) -> actions.SignIn:
    """What it comes to. Raises TooManyTries."""
    begun = actions.begin_sign_in(actor=DOOR, username=username, address=address, device=device, now=now)
    with hashing.turn():
        is_known = hashing.matches(password, begun.hashed)
    return actions.finish_sign_in(actor=DOOR, attempt=begun, is_known=is_known, now=now)
