"""Accounts: their passwords, their locks, and their end. An account is disabled, never deleted."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password

from vanthu.kernel import audit
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import Conflict, NotFound, require
from vanthu.kernel.use_cases import use_case
from vanthu.organizations import permissions, rules, tries
from vanthu.organizations.models import User


@use_case
def disable_user(*, actor: Actor, user_id: UUID, reason: str, now: datetime) -> None:
    """Ngừng tài khoản: nobody signs in with it again, and its sessions end at their next request.

    Raises NotFound, NotAllowed, Conflict (already disabled).
    """
    user = _lock(actor, user_id)
    require(permissions.may_manage_account(actor, user))
    if not user.is_active:
        raise Conflict("Tài khoản này đã ngừng sử dụng từ trước.")

    user.disabled_at = now
    user.save(update_fields=["disabled_at"])

    _record(actor, "organizations.user-disabled", user, now, data={"reason": reason})


@use_case
def enable_user(*, actor: Actor, user_id: UUID, reason: str, now: datetime) -> None:
    """Mở lại tài khoản that was disabled. Raises NotFound, NotAllowed, Conflict (in use)."""
    user = _lock(actor, user_id)
    require(permissions.may_manage_account(actor, user))
    if user.is_active:
        raise Conflict("Tài khoản này đang được sử dụng.")

    user.disabled_at = None
    user.save(update_fields=["disabled_at"])

    _record(actor, "organizations.user-enabled", user, now, data={"reason": reason})


@use_case
def unlock_user(*, actor: Actor, user_id: UUID, now: datetime) -> None:
    """Mở khóa before the time is up, after failed sign-ins. Raises NotFound, NotAllowed, Conflict."""
    user = _lock(actor, user_id)
    require(permissions.may_manage_account(actor, user))
    if not rules.is_locked(user.locked_until, now):
        raise Conflict("Tài khoản này không bị khóa.")

    user.locked_until = None
    user.save(update_fields=["locked_until"])
    tries.open_account(user.username)

    _record(actor, "organizations.user-unlocked", user, now)


@use_case
def reset_password(*, actor: Actor, user_id: UUID, temporary_password: str, now: datetime) -> None:
    """Đặt lại mật khẩu to a temporary one, to be changed at the next sign-in; opens a lock as well.

    Raises NotFound, NotAllowed, WeakPassword.
    """
    user = _find(actor, user_id)
    require(permissions.may_manage_account(actor, user))
    # Before the lock: hashing takes its time on purpose.
    password = make_password(rules.accepted_password(temporary_password, username=user.username))

    user = _lock(actor, user_id)
    user.password = password
    user.must_change_password = True
    user.locked_until = None
    user.save(update_fields=["password", "must_change_password", "locked_until"])
    tries.open_account(user.username)

    _record(actor, "organizations.password-reset", user, now)


def _find(actor: Actor, user_id: UUID) -> User:
    user = User.objects.filter(permissions.visible_people(actor), id=user_id).first()
    if user is None:
        raise NotFound
    return user


def _lock(actor: Actor, user_id: UUID) -> User:
    visible = User.objects.filter(permissions.visible_people(actor), id=user_id)
    user = visible.select_for_update(no_key=True).first()
    if user is None:
        raise NotFound
    return user


def _record(
    actor: Actor, action: str, user: User, now: datetime, *, data: dict[str, str] | None = None
) -> None:
    audit.record(
        action=action,
        actor=actor,
        at=now,
        subject_type="organizations.user",
        subject_id=user.id,
        data={"username": user.username, **(data or {})},
    )
