"""Xử lý: starting, reporting and completing (NĐ 30/2020 Điều 24)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from vanthu.incoming import operations, permissions
from vanthu.incoming.models import IncomingDocument
from vanthu.incoming.states import State, Step, next_state
from vanthu.kernel import audit
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import DomainError, NotAllowed, require
from vanthu.kernel.seen import Seen
from vanthu.kernel.use_cases import use_case
from vanthu.workflow import operations as workflow
from vanthu.workflow.models import Assignment
from vanthu.workflow.rules import text_fault
from vanthu.workflow.states import AssignmentStep


class ResultRefused(DomainError):
    """Hãy ghi kết quả xử lý."""

    code = "incoming.result-refused"


@use_case
def start_work(*, actor: Actor, document_id: UUID, seen: Seen, now: datetime) -> None:
    """Bắt đầu xử lý one's own part. Raises NotFound, Stale, NotAllowed, IllegalStep."""
    document, part = operations.lock_own_part(actor, document_id, seen, step=AssignmentStep.START)

    state = next_state(State(document.state), Step.START)
    part = _required(part)

    was = State(document.state)
    workflow.start(part, now=now)
    document.state = state
    operations.change(document, "state")

    audit.record(
        action="incoming.started",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={"assignment": str(part.id), "role": part.role},
    )
    if was is not state:
        operations.tell_sender(document, state, at=now, staff=actor.told_as)


@use_case
def report_work(*, actor: Actor, document_id: UUID, seen: Seen, result: str, now: datetime) -> None:
    """Báo cáo kết quả: end one's own part; the document goes on with the others.

    Raises NotFound, Stale, NotAllowed, IllegalStep, ResultRefused.
    """
    document, part = operations.lock_own_part(actor, document_id, seen, step=AssignmentStep.FINISH)

    state = next_state(State(document.state), Step.START)
    part = _required(part)

    result = _accepted(result)

    was = State(document.state)
    workflow.finish(part, result=result, now=now)
    document.state = state
    operations.change(document, "state")

    audit.record(
        action="incoming.reported",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={"assignment": str(part.id), "role": part.role, "result": result},
    )
    if was is not state:
        operations.tell_sender(document, state, at=now, staff=actor.told_as)


@use_case
def complete_document(*, actor: Actor, document_id: UUID, seen: Seen, result: str, now: datetime) -> None:
    """Hoàn thành: whoever leads (or a leader) says the document needs nothing more, and how it ended.

    Raises NotFound, Stale, NotAllowed, IllegalStep, ResultRefused.
    """
    document = operations.lock(actor, document_id, seen)

    is_lead = workflow.leads(document_id=document.pk, actor=actor)
    require(permissions.may_complete(actor, document, is_lead=is_lead))
    state = next_state(State(document.state), Step.COMPLETE)

    result = _accepted(result)

    _complete(document, state, result=result, now=now)

    audit.record(
        action="incoming.completed",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={"result": result},
    )
    operations.tell_sender(document, state, at=now, note=result, staff=actor.told_as)


@use_case
def complete_answered(
    *, actor: Actor, document_id: UUID, reply_id: UUID, reply_code: str, staff: str, now: datetime
) -> None:
    """Hoàn thành vì đã trả lời: the reply was issued, so what it answers is done (06).

    Told twice, it happens once. The actor is the machine. Raises NotFound, NotAllowed.
    """
    document = operations.lock_as_it_is(actor, document_id)

    require(permissions.may_complete(actor, document, is_lead=False))

    if State(document.state) in {State.COMPLETED, State.ARRIVED, State.RETURNED}:
        audit.record(
            action="incoming.answered-again",
            actor=actor,
            at=now,
            agency_id=document.agency_id,
            subject_type=operations.SUBJECT_TYPE,
            subject_id=document.pk,
            acted_on=document.acted_on,
            data={"reply": str(reply_id), "code": reply_code},
        )
        return
    state = next_state(State(document.state), Step.COMPLETE)

    result = f"Đã trả lời bằng văn bản {reply_code}"
    _complete(document, state, result=result, now=now)

    audit.record(
        action="incoming.answered",
        actor=actor,
        at=now,
        agency_id=document.agency_id,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={"reply": str(reply_id), "code": reply_code},
    )
    operations.tell_sender(document, state, at=now, note=result, staff=staff)


def _required(part: Assignment | None) -> Assignment:
    if part is None:
        raise NotAllowed("Bạn không có phần việc nào đang mở trong văn bản này.")
    return part


def _accepted(result: str) -> str:
    if not result.strip():
        raise ResultRefused
    fault = text_fault(result, what="Kết quả")
    if fault:
        raise ResultRefused(fault)
    return result.strip()


def _complete(document: IncomingDocument, state: State, *, result: str, now: datetime) -> None:
    workflow.finish_all(document_id=document.pk, result=result, now=now)
    document.state, document.completed_at = state, now
    operations.change(document, "state", "completed_at")
