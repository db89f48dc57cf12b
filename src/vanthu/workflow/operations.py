"""Approval chains and assignments, inside the transaction of the life cycle they serve."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound
from vanthu.workflow import permissions
from vanthu.workflow.models import ApprovalStep, Assignment
from vanthu.workflow.rules import Assignee
from vanthu.workflow.states import (
    WORKING,
    ApprovalKind,
    ApprovalState,
    AssignmentRole,
    AssignmentState,
    AssignmentStep,
    next_assignment_state,
    place_in_turn,
)


def start_chain(
    *,
    agency_id: UUID,
    document_id: UUID,
    round: int,
    steps: Sequence[tuple[ApprovalKind, UUID]],
    now: datetime,
) -> None:
    """Lay out the turns of one round of submission; the first person's turn begins."""
    assert transaction.get_connection().in_atomic_block, "start_chain needs a transaction"
    ApprovalStep.objects.bulk_create(
        ApprovalStep(
            agency_id=agency_id,
            document_id=document_id,
            round=round,
            position=position,
            kind=kind,
            user_id=user_id,
            state=ApprovalState.CURRENT if position == 1 else ApprovalState.WAITING,
            became_current_at=now if position == 1 else None,
        )
        for position, (kind, user_id) in enumerate(steps, start=1)
    )


def current_step(document_id: UUID) -> ApprovalStep | None:
    """Whose turn it is, or None when no chain is open."""
    return ApprovalStep.objects.filter(document_id=document_id, state=ApprovalState.CURRENT).first()


def approve_current(*, document_id: UUID, comment: str, now: datetime) -> None:
    """End the current turn with approval and begin the next one, if any. Raises NotFound."""
    step = _decide(document_id, ApprovalState.APPROVED, comment, now)
    following = ApprovalStep.objects.filter(
        document_id=document_id, round=step.round, position=step.position + 1, state=ApprovalState.WAITING
    )
    following.update(state=ApprovalState.CURRENT, became_current_at=now)


def return_current(*, document_id: UUID, reason: str, now: datetime) -> None:
    """End the current turn with a return; the turns after it are dropped. Raises NotFound."""
    step = _decide(document_id, ApprovalState.RETURNED, reason, now)
    waiting = ApprovalStep.objects.filter(
        document_id=document_id, round=step.round, state=ApprovalState.WAITING
    )
    waiting.update(state=ApprovalState.DROPPED)


def drop_chain(*, document_id: UUID, now: datetime) -> None:
    """End every open turn of a draft because it was taken back; nobody decided anything."""
    assert transaction.get_connection().in_atomic_block, "drop_chain needs a transaction"
    turns = ApprovalStep.objects.filter(
        document_id=document_id, state__in=[ApprovalState.CURRENT, ApprovalState.WAITING]
    )
    turns.update(state=ApprovalState.DROPPED, decided_at=now)


def have_parts(*, document_id: UUID, among: Sequence[Assignee]) -> bool:
    """Whether any of these people and units has a part of the document already."""
    parts = Assignment.objects.filter(document_id=document_id)
    users = [assignee.id for assignee in among if assignee.kind == "user"]
    units = [assignee.id for assignee in among if assignee.kind == "unit"]
    return parts.filter(Q(user_id__in=users) | Q(unit_id__in=units)).exists()


def give(
    *,
    agency_id: UUID,
    document_id: UUID,
    to: Sequence[tuple[AssignmentRole, Assignee]],
    instruction: str,
    due_at: datetime | None,
    given_by: UUID,
    now: datetime,
    parent: Assignment | None = None,
) -> list[Assignment]:
    """Give parts to people and units. The caller has made sure that nobody has one already."""
    assert transaction.get_connection().in_atomic_block, "give needs a transaction"
    if parent is not None:
        _change(parent)
    return Assignment.objects.bulk_create(
        Assignment(
            agency_id=agency_id,
            document_id=document_id,
            parent=parent,
            user_id=assignee.id if assignee.kind == "user" else None,
            unit_id=assignee.id if assignee.kind == "unit" else None,
            role=role,
            instruction=instruction,
            due_at=due_at,
            given_by_id=given_by,
            given_at=now,
        )
        for role, assignee in to
    )


def open_part(*, document_id: UUID, actor: Actor, step: AssignmentStep) -> Assignment | None:
    """The actor's own unfinished work on a document, locked; of several, the one `step` can be done with.

    A personal part comes before that of the unit the actor heads, leading before supporting. None when the
    actor has no unfinished part.
    """
    own = Assignment.objects.select_for_update(no_key=True).filter(
        permissions.own(actor), document_id=document_id, role__in=WORKING
    )
    unfinished = [part for part in own if part.state != AssignmentState.DONE]
    unfinished.sort(
        key=lambda part: place_in_turn(
            AssignmentState(part.state), step, is_unit=part.user_id is None, role=part.role, at=part.given_at
        )
    )
    return unfinished[0] if unfinished else None


def leads(*, document_id: UUID, actor: Actor) -> bool:
    """Whether the document was given to the actor, or the unit the actor heads, to lead, finished or not."""
    parts = Assignment.objects.filter(
        permissions.own(actor), document_id=document_id, role=AssignmentRole.LEAD
    )
    return parts.exists()


def start(part: Assignment, *, now: datetime) -> None:
    """Begin a part. Raises IllegalStep."""
    part.state = next_assignment_state(AssignmentState(part.state), AssignmentStep.START)
    part.started_at = now
    _change(part, "state", "started_at")


def finish(part: Assignment, *, result: str, now: datetime) -> None:
    """End a part with its result. Raises IllegalStep."""
    part.state = next_assignment_state(AssignmentState(part.state), AssignmentStep.FINISH)
    part.finished_at, part.result = now, result
    _change(part, "state", "finished_at", "result")


def _change(part: Assignment, *fields: str) -> None:
    part.version += 1
    part.save(update_fields=["version", *fields])


def finish_all(*, document_id: UUID, result: str, now: datetime) -> None:
    """End every part still open, because the document as a whole is done; who is to know has no part."""
    working = Assignment.objects.filter(document_id=document_id).exclude(role=AssignmentRole.INFORM)
    working.exclude(state=AssignmentState.DONE).update(
        state=AssignmentState.DONE, finished_at=now, result=result, version=F("version") + 1
    )


def _decide(document_id: UUID, state: ApprovalState, comment: str, now: datetime) -> ApprovalStep:
    step = (
        ApprovalStep.objects.select_for_update(no_key=True)
        .filter(document_id=document_id, state=ApprovalState.CURRENT)
        .first()
    )
    if step is None:
        raise NotFound("Văn bản không ở lượt duyệt của ai. Hãy tải lại trang.")
    step.state, step.comment, step.decided_at = state, comment, now
    step.save(update_fields=["state", "comment", "decided_at"])
    return step
