"""Hashing of passwords: few at a time in one process, behind everything else, and under no lock.

Argon2 takes its time and its memory on purpose. Whoever hashes must have opened no transaction.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from django.contrib.auth.hashers import check_password, make_password

from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import DomainError, NotFound
from vanthu.organizations import rules
from vanthu.organizations.models import User

Result = TypeVar("Result")

#: Passwords hashed at once in one process, and seconds to wait for one's turn.
AT_ONCE = 2
PATIENCE = 5.0
#: Added to the niceness of the threads that hash: a page of a colleague goes before.
_NICENESS = 10

_places = threading.BoundedSemaphore(AT_ONCE)


class HashingBusy(DomainError):
    """Máy chủ đang bận, hãy thử lại sau ít giây."""

    code = "organizations.hashing-busy"
    status = 503
    #: Seconds.
    retry_after = 5


class WrongPassword(DomainError):
    """Mật khẩu hiện tại không đúng."""

    code = "organizations.wrong-password"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPassword:
    """What an account is opened with; shown nowhere."""

    username: str
    hashed: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChange:
    """A change of password that was proven: the hash it was proven against, and the new one."""

    old: str = field(repr=False)
    new: str = field(repr=False)


@contextmanager
def turn() -> Iterator[None]:
    """One's turn to hash. Raises HashingBusy when it does not come soon."""
    if not _places.acquire(timeout=PATIENCE):
        raise HashingBusy
    try:
        yield
    finally:
        _places.release()


def matches(password: str, hashed: str | None) -> bool:
    """Whether `password` is the one of `hashed`; the same work when there is none. Only in one's `turn`."""
    attempt = rules.password_form(password[: rules.PASSWORD_LENGTH_LIMIT + 1])
    if hashed is None:
        _aside(lambda: make_password(attempt))
        return False
    return _aside(lambda: check_password(attempt, hashed))


def own_password(actor: Actor) -> OwnPassword:
    """What a change of the actor's own password is proven against. Raises NotFound: the machine has none."""
    user = User.objects.filter(id=actor.user_id).first()
    if user is None:
        raise NotFound
    return OwnPassword(username=user.username, hashed=user.password)


def change(own: OwnPassword, *, current: str, new: str) -> PasswordChange:
    """The change of one's own password to `new` by who knows the current one.

    Raises WrongPassword, WeakPassword, HashingBusy.
    """
    with turn():
        if not matches(current, own.hashed):
            raise WrongPassword
        accepted = rules.accepted_password(new, username=own.username, previous=current)
        return PasswordChange(old=own.hashed, new=_aside(lambda: make_password(accepted)))


def _aside(work: Callable[[], Result]) -> Result:
    """`work` in a thread that stands behind all others."""
    return _threads().submit(work).result()


_pool: tuple[int, ThreadPoolExecutor] | None = None
_pool_lock = threading.Lock()


def _threads() -> ThreadPoolExecutor:
    global _pool
    with _pool_lock:
        # A forked process has its parent's pool, but none of its threads.
        if _pool is None or _pool[0] != os.getpid():
            _pool = os.getpid(), ThreadPoolExecutor(AT_ONCE, "hashing", initializer=_stand_behind)
        return _pool[1]


def _stand_behind() -> None:
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), os.nice(0) + _NICENESS)
