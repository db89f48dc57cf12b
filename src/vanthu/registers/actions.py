"""Opening registers, and answering for their time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from vanthu.kernel import audit, clock
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound, require
from vanthu.kernel.folding import tidy
from vanthu.kernel.seen import Seen
from vanthu.kernel.use_cases import use_case
from vanthu.organizations.models import Agency
from vanthu.registers import operations, permissions, rules
from vanthu.registers.models import Register
from vanthu.registers.states import RegisterKind


@use_case
def open_register(
    *,
    actor: Actor,
    kind: RegisterKind,
    name: str,
    document_types: Collection[str] = (),
    now: datetime,
) -> UUID:
    """Mở sổ: a series of numbers of the actor's agency, for some types of document or for all the others.

    A type is counted by one register of a kind, and one register of a kind counts the rest, so that a
    document's series never depends on chance (NĐ 30/2020 Điều 15). Raises NotFound, NotAllowed,
    RegisterNameTaken, TypeCountedElsewhere.
    """
    agency = Agency.objects.select_for_update(no_key=True).filter(id=actor.agency_id, is_hosted=True).first()
    require(permissions.may_open(actor))
    if agency is None:
        raise NotFound
    types = sorted(set(document_types))
    name = tidy(name)
    others = Register.objects.filter(agency=agency, kind=kind).order_by("name", "id")
    rules.require_free(name=name, document_types=types, beside=others.values_list("name", "document_types"))

    register = Register.objects.create(agency=agency, kind=kind, name=name, document_types=types)

    audit.record(
        action="registers.opened",
        actor=actor,
        at=now,
        subject_type="registers.register",
        subject_id=register.id,
        data={"kind": kind, "name": name, "document_types": types},
    )
    return register.id


@use_case
def confirm_time(*, actor: Actor, register_id: UUID, seen: Seen, reason: str, now: datetime) -> None:
    """Xác nhận giờ của sổ: the last number got a time that has not come yet; from here it counts on from now.

    The entry itself stays as it was written. Numbers after it have earlier times than it has, so who answers
    for the register says why, and the trail keeps it (NĐ 30/2020 Điều 15). Raises NotFound, Stale,
    NotAllowed, NotAhead, ReasonRefused.
    """
    register = operations.lock(actor, register_id, seen)

    require(permissions.may_confirm_time(actor))

    confirmed_at, former = clock.under_lock(now), register.last_taken_at
    if former is None or not rules.is_ahead(former, confirmed_at):
        raise rules.NotAhead
    said = rules.require_reason(reason)

    register.last_taken_at = confirmed_at
    register.save(update_fields=["last_taken_at"])

    audit.record(
        action="registers.time-confirmed",
        actor=actor,
        at=confirmed_at,
        subject_type="registers.register",
        subject_id=register.id,
        acted_on=register.acted_on,
        data={"name": register.name, "former": former.isoformat(), "reason": said},
    )
