"""Tiếp nhận hoặc trả lại: the records clerk's acts (NĐ 30/2020 Điều 21–22)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from vanthu.incoming import operations, permissions, rules
from vanthu.incoming.states import State, Step, next_state
from vanthu.kernel import audit
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import DomainError, require
from vanthu.kernel.seen import Seen
from vanthu.kernel.use_cases import use_case
from vanthu.organizations import operations as organizations
from vanthu.registers import operations as registers
from vanthu.registers.states import RegisterKind


class ReturnRefused(DomainError):
    """Chưa trả lại được."""

    code = "incoming.return-refused"


class NotALeader(DomainError):
    """Người được trình không phải lãnh đạo của cơ quan. Hãy chọn lại."""

    code = "incoming.not-a-leader"


class AlreadyPresented(DomainError):
    """Văn bản đã trình người này. Hãy chọn lãnh đạo khác."""

    code = "incoming.already-presented"


@use_case
def register_document(
    *, actor: Actor, document_id: UUID, seen: Seen, leader_id: UUID | None = None, now: datetime
) -> int:
    """Tiếp nhận, vào sổ: take the next arrival number, submit to `leader_id`; returns số đến.

    A document whose signatures do not hold may still be taken in: the clerk has seen the verdict and answers
    for it, and the verdict stays with the document. Raises NotFound, Stale, NotAllowed, IllegalStep,
    NotALeader, NoRegister, RegisterAhead.
    """
    document = operations.lock(actor, document_id, seen)

    require(permissions.may_register(actor, document))

    state = next_state(State(document.state), Step.REGISTER)
    if leader_id and not organizations.is_leader(agency_id=document.agency_id, user_id=leader_id):
        raise NotALeader

    taken = registers.take_number(
        agency_id=document.agency_id,
        kind=RegisterKind.INCOMING,
        document_type=document.document.type_code,
        document_id=document.pk,
        now=now,
    )
    # The moment of the number is that of the act.
    now = taken.taken_at
    document.state = state
    document.arrival_number, document.arrival_year = taken.number, taken.year
    document.registered_at = now
    document.submitted_to_id = leader_id
    operations.change(document, "state", "arrival_number", "arrival_year", "registered_at", "submitted_to")

    audit.record(
        action="incoming.registered",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={
            "arrival_number": taken.number,
            "register": taken.register_name,
            "verdict": document.verdict,
            "submitted_to": str(leader_id) if leader_id else None,
        },
    )
    operations.tell_sender(document, state, at=now, staff=actor.told_as)
    return taken.number


@use_case
def present_document(*, actor: Actor, document_id: UUID, seen: Seen, leader_id: UUID, now: datetime) -> None:
    """Trình lãnh đạo: submit a registered document to a leader, or to another one (NĐ 30/2020 Điều 23).

    Raises NotFound, Stale, NotAllowed, IllegalStep, NotALeader, AlreadyPresented.
    """
    document = operations.lock(actor, document_id, seen)

    require(permissions.may_present(actor, document))

    next_state(State(document.state), Step.PRESENT)
    if not organizations.is_leader(agency_id=document.agency_id, user_id=leader_id):
        raise NotALeader
    if document.submitted_to_id == leader_id:
        raise AlreadyPresented

    document.submitted_to_id = leader_id
    operations.change(document, "submitted_to")
    leader = document.submitted_to
    assert leader is not None, "named a line above"

    audit.record(
        action="incoming.presented",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={"submitted_to": str(leader_id), "leader": leader.full_name},
    )


@use_case
def return_document(*, actor: Actor, document_id: UUID, seen: Seen, reason: str, now: datetime) -> None:
    """Trả lại: refuse the document before it is registered; its sender hears why by itself.

    Raises NotFound, Stale, NotAllowed, IllegalStep, ReturnRefused (no reason, or too long a one).
    """
    document = operations.lock(actor, document_id, seen)

    require(permissions.may_return(actor, document))

    state = next_state(State(document.state), Step.RETURN)
    fault = rules.reason_fault(reason)
    if fault:
        raise ReturnRefused(fault)

    document.state, document.returned_reason, document.returned_at = state, reason.strip(), now
    operations.change(document, "state", "returned_reason", "returned_at")

    audit.record(
        action="incoming.returned",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={"reason": document.returned_reason, "verdict": document.verdict},
    )
    operations.tell_sender(document, state, at=now, note=document.returned_reason, staff=actor.told_as)
