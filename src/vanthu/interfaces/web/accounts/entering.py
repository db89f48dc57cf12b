"""A try to sign in, in its three steps: counted, hashed, kept. Only the steps between hold the database."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from vanthu.interfaces.server.limits import neighbourhood
from vanthu.interfaces.web.accounts import devices
from vanthu.kernel import actor as actors
from vanthu.organizations import actions, hashing

#: Who asks while nobody is signed in yet.
DOOR = actors.system("Cửa đăng nhập")


def try_to_enter(request: HttpRequest, username: str, password: str) -> actions.SignIn:
    """What this browser's try comes to. Raises HashingBusy, and TooManyTries before anything is looked at."""
    address = request.META.get("REMOTE_ADDR", "")
    with hashing.turn():
        attempt = actions.begin_sign_in(
            actor=DOOR,
            username=username,
            address=address,
            near=neighbourhood(address),
            device=devices.known(request, username),
            now=timezone.now(),
        )
        is_known = hashing.matches(password, attempt.hashed)
    return actions.finish_sign_in(actor=DOOR, attempt=attempt, is_known=is_known, now=timezone.now())
