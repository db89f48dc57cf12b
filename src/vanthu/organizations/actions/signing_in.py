"""Signing in and out, and one's own password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F

from vanthu.kernel import audit
from vanthu.kernel.actor import SYSTEM_ID, Actor
from vanthu.kernel.errors import DomainError, NotAllowed, NotFound, require
from vanthu.kernel.use_cases import use_case
from vanthu.organizations import rules
from vanthu.organizations.models import Post, User
from vanthu.organizations.queries import actor_for_session

_REFUSED = (
    "Tên đăng nhập hoặc mật khẩu không đúng. "
    f"Sau {rules.FAILURES_ALLOWED} lần sai liên tiếp, tài khoản tạm khóa "
    f"{rules.LOCKED_FOR.seconds // 60} phút; nếu quên mật khẩu, hãy nhờ quản trị của cơ quan đặt lại."
)
_DISABLED = "Tài khoản này đã ngừng sử dụng. Hãy liên hệ quản trị của cơ quan."
_WITHOUT_POST = "Bạn chưa được giao vị trí công tác nào. Hãy liên hệ quản trị của cơ quan."


class WrongPassword(DomainError):
    """Mật khẩu hiện tại không đúng."""

    code = "organizations.wrong-password"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What an attempt to sign in came to: a user, or a sentence for the person who tried."""

    user_id: UUID | None
    message: str = ""
    must_change_password: bool = False


@use_case
def sign_in(*, actor: Actor, username: str, password: str, now: datetime, address: str = "") -> SignIn:
    """Đăng nhập: check a name and a password; count failures, lock the account after too many.

    `actor` is the machine: nobody is known yet. `address` is the client's, for the trail. Never raises for
    a wrong password: the attempt itself must be kept. A name nobody has, a wrong password and a locked
    account give the same answer after the same hashing, so nobody learns which names exist; what else is
    wrong with an account is told only to who knows its password.
    """
    user = _lock_by_name(username)
    require(actor.is_system)
    known = _matches(user, password)
    refusal = _refusal(user, known, now)

    if user is not None and not rules.is_locked(user.locked_until, now):
        _count(user, known, now, signed_in=refusal is None)

    _record_attempt(actor, user, refusal, now=now, address=address)
    if user is None or refusal is not None:
        return SignIn(user_id=None, message=refusal or _REFUSED)
    return SignIn(user_id=user.id, must_change_password=user.must_change_password)


@use_case
def sign_out(*, actor: Actor, now: datetime) -> None:
    """Đăng xuất: keep that the session was ended by its user."""
    audit.record(
        action="organizations.signed-out",
        actor=actor,
        at=now,
        subject_type="organizations.user",
        subject_id=actor.user_id,
    )


@use_case
def change_password(*, actor: Actor, current: str, new: str, now: datetime) -> None:
    """Đổi mật khẩu of one's own account.

    Raises NotFound (the machine has no password), WrongPassword, WeakPassword.
    """
    user = User.objects.select_for_update(no_key=True).filter(id=actor.user_id).first()
    if user is None:
        raise NotFound
    if not user.is_active:
        raise NotAllowed(_DISABLED)
    if not check_password(rules.password_form(current), user.password):
        raise WrongPassword

    accepted = rules.accepted_password(new, username=user.username, previous=current)
    user.password = make_password(accepted)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])

    audit.record(
        action="organizations.password-changed",
        actor=actor,
        at=now,
        subject_type="organizations.user",
        subject_id=user.id,
    )


def _lock_by_name(username: str) -> User | None:
    name = rules.username_form(username)
    if name is None:
        return None
    return User.objects.select_for_update(no_key=True).filter(username=name).first()


def _matches(user: User | None, password: str) -> bool:
    attempt = rules.password_form(password[: rules.PASSWORD_LENGTH_LIMIT + 1])
    if user is None:
        # The same work as for a name somebody has.
        make_password(attempt)
        return False
    return check_password(attempt, user.password)


def _refusal(user: User | None, known: bool, now: datetime) -> str | None:
    if user is None or not known or rules.is_locked(user.locked_until, now):
        return _REFUSED
    if not user.is_active:
        return _DISABLED
    if actor_for_session(user.id, None) is None:
        return _WITHOUT_POST
    return None


def _count(user: User, known: bool, now: datetime, *, signed_in: bool) -> None:
    if known:
        user.failed_sign_ins, user.locked_until = 0, None
    else:
        user.failed_sign_ins = rules.failures_after_refusal(user.failed_sign_ins, user.locked_until)
        user.locked_until = rules.locked_until(user.failed_sign_ins, now)
    if signed_in:
        user.last_login = now
    user.save(update_fields=["failed_sign_ins", "locked_until", "last_login"])


def _record_attempt(
    actor: Actor, user: User | None, refusal: str | None, *, now: datetime, address: str
) -> None:
    """Keep the attempt in the trail of the user's agency; of an unknown name nothing is kept but the attempt.

    People type their password into the field of the name, and the trail is for ever.
    """
    person = actor_for_session(user.id, None) if user and not refusal else None
    data: dict[str, object] = {"address": address}
    if user is not None and refusal is not None:
        data["failures"] = user.failed_sign_ins
        data["locked_until"] = user.locked_until.isoformat() if user.locked_until else None
    audit.record(
        action="organizations.sign-in-refused" if refusal else "organizations.signed-in",
        # Who fails has not shown to be the person; the act is the machine's.
        actor=person or actor,
        at=now,
        subject_type="organizations.user",
        subject_id=user.id if user else SYSTEM_ID,
        data=data,
        agency_id=_agency_of(user) if user else None,
    )


def _agency_of(user: User) -> UUID | None:
    """Whose trail speaks of the account: the agency of its latest post."""
    posts = Post.objects.filter(user=user).order_by(F("ended_at").desc(nulls_first=True), "started_at", "id")
    return posts.values_list("agency_id", flat=True).first()
