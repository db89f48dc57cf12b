"""Trình ký: submitting, approving the content (NĐ 30/2020 Điều 11–12)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from vanthu.kernel import audit
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import require
from vanthu.kernel.seen import Seen
from vanthu.kernel.use_cases import use_case
from vanthu.organizations import operations as organizations
from vanthu.outgoing import letters, operations, permissions, rules
from vanthu.outgoing.letter_rules import Weight
from vanthu.outgoing.operations import NotReady
from vanthu.outgoing.states import State, Step, next_state
from vanthu.workflow import operations as workflow
from vanthu.workflow.states import ApprovalKind


@use_case
def submit_draft(
    *, actor: Actor, document_id: UUID, seen: Seen, confirmed: Collection[str] = (), now: datetime
) -> None:
    """Trình ký: the head of the unit reviews the content, then the leader signs.

    A draft of a unit head, or of somebody outside units, goes straight to the signer; that of a unit without
    a head goes nowhere. `confirmed` are the matters of the letter its author answers for by name. Raises
    NotFound, Stale, NotAllowed, IllegalStep, NotReady (all that is still missing), NotConfirmed.
    """
    document = operations.lock(actor, document_id, seen)

    require(permissions.may_edit(actor, document))

    head = organizations.unit_head(document.unit_id) if document.unit_id else None
    # Nobody reviews what is his own, or what he signs himself.
    reviewer = None if head in {document.author_id, document.signer_id} else head
    step = Step.SUBMIT if reviewer else Step.SUBMIT_TO_SIGN
    state = next_state(State(document.state), step)
    told = document.told_of_letter(timezone.localdate(now))
    faults = rules.submission_faults(
        recipients=document.recipients.count(),
        letter=[each.words for each in letters.weighing(told, Weight.STOPS)],
        headless_unit=document.unit.name if document.unit and head is None else "",
    )
    if faults:
        raise NotReady(" ".join(faults))
    document.confirmed = operations.require_sound(document, now, confirmed=confirmed, anew=True)

    document.round += 1
    document.submitted_at, document.returned_reason = now, ""
    operations.move(document, state, now, also=("confirmed", "round", "submitted_at", "returned_reason"))
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
        acted_on=document.acted_on,
        data={"round": document.round, "confirmed": document.confirmed},
    )


@use_case
def approve_content(
    *,
    actor: Actor,
    document_id: UUID,
    seen: Seen,
    comment: str = "",
    confirmed: Collection[str] = (),
    now: datetime,
) -> None:
    """Duyệt nội dung: the unit head answers for the content; the leader's turn to sign begins.

    `confirmed` are matters of the letter its author has not answered for, as they came up since. Raises
    NotFound, Stale, NotAllowed, IllegalStep, NotReady (the letter may not be signed as it is), NotConfirmed,
    CommentRefused.
    """
    document = operations.lock(actor, document_id, seen)

    state = next_state(State(document.state), Step.APPROVE)
    require(permissions.may_approve(actor, workflow.current_step(document.pk)))
    answered = operations.require_sound(document, now, confirmed=confirmed)
    operations.refuse_long(comment, "Ý kiến")

    workflow.approve_current(document_id=document.pk, comment=comment, now=now)
    document.confirmed = {**document.confirmed, **answered}
    operations.move(document, state, now, also=("confirmed",))

    audit.record(
        action="outgoing.content-approved",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={"comment": comment, "confirmed": answered},
    )
