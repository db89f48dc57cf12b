"""Trình duyệt: submitting, approving the content, returning (NĐ 30/2020 Điều 11–12)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from vanthu import pdfsign
from vanthu.kernel import audit
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import DomainError, require
from vanthu.organizations import operations as organizations
from vanthu.outgoing import operations, permissions, rules
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.operations import NotReady
from vanthu.outgoing.states import State, Step, next_state
from vanthu.workflow import operations as workflow
from vanthu.workflow.rules import text_fault
from vanthu.workflow.states import ApprovalKind


class ReasonMissing(DomainError):
    """Hãy ghi rõ lý do trả lại để người soạn biết cần sửa gì."""

    code = "outgoing.reason-missing"


class CommentRefused(DomainError):
    """Ý kiến không ghi được."""

    code = "outgoing.comment-refused"


@transaction.atomic(durable=True)
def submit_draft(*, actor: Actor, document_id: UUID, now: datetime) -> None:
    """Trình duyệt: the head of the unit reviews the content, then the leader signs.

    A draft of a unit head, or of somebody outside units, goes straight to the signer. Raises NotFound,
    NotAllowed, IllegalStep, NotReady (everything that is still missing).
    """
    document = operations.lock(actor, document_id)

    require(permissions.may_edit(actor, document))

    reviewer = _reviewer(document)
    step = Step.SUBMIT if reviewer else Step.SUBMIT_TO_SIGN
    state = next_state(State(document.state), step)
    faults = rules.submission_faults(
        recipients=document.recipients.count(),
        missing_places=[_PLACE_NAMES[name] for name in _missing(document)],
    )
    if faults:
        raise NotReady(" ".join(faults))

    document.round += 1
    document.submitted_at, document.returned_reason = now, ""
    operations.move(document, state, now, also=("round", "submitted_at", "returned_reason"))
    chain = [(ApprovalKind.REVIEW, reviewer)] if reviewer else []
    workflow.start_chain(
        agency_id=document.agency_id,
        document_id=document.pk,
        round=document.round,
        steps=[*chain, (ApprovalKind.SIGN, document.signer_id)],
        now=now,
    )

    audit.record(
        action="outgoing.submitted",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        data={"round": document.round, "pdf": operations.main_file(document).blob_id},
    )


@transaction.atomic(durable=True)
def approve_content(*, actor: Actor, document_id: UUID, comment: str = "", now: datetime) -> None:
    """Duyệt nội dung: the unit head answers for the content; the leader's turn to sign begins.

    Raises NotFound, NotAllowed, IllegalStep, CommentRefused.
    """
    document = operations.lock(actor, document_id)

    state = next_state(State(document.state), Step.APPROVE)
    require(permissions.may_approve(actor, workflow.current_step(document.pk)))
    _refuse_long(comment, "Ý kiến")

    workflow.approve_current(document_id=document.pk, comment=comment, now=now)
    operations.move(document, state, now)

    audit.record(
        action="outgoing.content-approved",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        data={"comment": comment, "pdf": operations.main_file(document).blob_id},
    )


@transaction.atomic(durable=True)
def return_draft(*, actor: Actor, document_id: UUID, reason: str, now: datetime) -> None:
    """Trả lại: whoever's turn it is sends the draft back to its author, saying why.

    Raises NotFound, NotAllowed, IllegalStep, ReasonMissing, CommentRefused.
    """
    document = operations.lock(actor, document_id)

    state = next_state(State(document.state), Step.RETURN)
    require(permissions.may_return(actor, workflow.current_step(document.pk)))

    if not reason.strip():
        raise ReasonMissing
    _refuse_long(reason, "Lý do")

    workflow.return_current(document_id=document.pk, reason=reason, now=now)
    document.returned_reason = reason
    operations.move(document, state, now, also=("returned_reason",))

    audit.record(
        action="outgoing.returned",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        data={"reason": reason},
    )


_PLACE_NAMES = {
    "number": "số",
    "day": "ngày",
    "month": "tháng",
    "signature": "chữ ký",
    "seal": "dấu cơ quan",
}


def _refuse_long(text: str, what: str) -> None:
    fault = text_fault(text, what=what)
    if fault:
        raise CommentRefused(fault)


def _reviewer(document: OutgoingDocument) -> UUID | None:
    """The head of the author's unit, unless that is the author or the signer."""
    head = organizations.unit_head(document.unit_id) if document.unit_id else None
    return None if head in {document.author_id, document.signer_id} else head


def _missing(document: OutgoingDocument) -> tuple[str, ...]:
    return pdfsign.Places.from_dict(document.places).missing
