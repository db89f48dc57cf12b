"""Taking and cancelling numbers, inside the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from vanthu.kernel import clock
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import DomainError, NotFound
from vanthu.kernel.seen import Seen, require_seen
from vanthu.registers import permissions, rules
from vanthu.registers.models import Register, RegisterEntry, RegisterYear
from vanthu.registers.states import RegisterKind


class NoRegister(DomainError):
    """Cơ quan chưa mở sổ cho loại văn bản này. Hãy báo quản trị mở sổ đăng ký."""

    code = "registers.none"


class NumberNotHeld(DomainError):
    """Văn bản này không giữ số nào còn hiệu lực."""

    code = "registers.not-held"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenNumber:
    """A number, when it was taken, and the register it comes from."""

    number: int
    year: int
    taken_at: datetime
    register_name: str


def lock(actor: Actor, register_id: UUID, seen: Seen) -> Register:
    """The register, locked until the caller commits, if it is the actor's and as it was seen.

    Raises NotFound, Stale.
    """
    register = (
        Register.objects.select_for_update(no_key=True)
        .filter(permissions.visible(actor), id=register_id)
        .first()
    )
    if register is None:
        raise NotFound
    register.acted_on = register.as_seen()
    require_seen(seen, register.acted_on)
    return register


def take_number(
    *, agency_id: UUID, kind: RegisterKind, document_type: str, document_id: UUID, now: datetime
) -> TakenNumber:
    """Take the next number of the agency's register for this type, for the Vietnam calendar year it is.

    The register's row stays locked until the caller commits, so a number exists if and only if the act that
    took it does: no gap, no double (NĐ 30/2020 Điều 15, Điều 22). The time is taken under that lock
    (`taken_at`): who waited past midnight on 31 December has the first number of the new year, and a later
    number never has an earlier time. The first number of a year opens the year. Raises NoRegister,
    rules.RegisterAhead.
    """
    assert transaction.get_connection().in_atomic_block, "take_number needs a transaction"
    register = Register.objects.counting(agency_id=agency_id, kind=kind, document_type=document_type)
    if register is None:
        raise NoRegister
    register = Register.objects.select_for_update(no_key=True).get(pk=register.pk)
    taken_at = rules.time_of_next(
        timezone.localtime(register.last_taken_at) if register.last_taken_at else None,
        timezone.localtime(clock.under_lock(now)),
        register_name=register.name,
    )
    register.last_taken_at = taken_at
    register.save(update_fields=["last_taken_at"])
    # Whoever holds the register is alone with its years.
    counter, _ = RegisterYear.objects.get_or_create(register=register, year=taken_at.year)
    counter.last_number += 1
    counter.save(update_fields=["last_number"])
    RegisterEntry.objects.create(
        register_year=counter, number=counter.last_number, document_id=document_id, taken_at=taken_at
    )
    return TakenNumber(
        number=counter.last_number, year=counter.year, taken_at=taken_at, register_name=register.name
    )


def cancel_number(*, document_id: UUID, reason: str, now: datetime) -> None:
    """Cancel the number the document holds; it stays in the register, struck out, never used again.

    Raises NumberNotHeld.
    """
    assert transaction.get_connection().in_atomic_block, "cancel_number needs a transaction"
    entry = (
        RegisterEntry.objects.select_for_update(no_key=True)
        .filter(document_id=document_id, cancelled_at__isnull=True)
        .first()
    )
    if entry is None:
        raise NumberNotHeld
    entry.cancelled_at, entry.cancelled_reason = now, reason
    entry.save(update_fields=["cancelled_at", "cancelled_reason"])
