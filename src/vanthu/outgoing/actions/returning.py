"""Ways back: returning a draft or a signed document, withdrawing, discarding (NĐ 30/2020 Điều 10–13, 15)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from vanthu.documents import operations as documents
from vanthu.kernel import audit
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import require
from vanthu.kernel.seen import Seen
from vanthu.kernel.use_cases import use_case
from vanthu.outgoing import operations, permissions
from vanthu.outgoing.states import State, Step, next_state
from vanthu.registers import operations as registers
from vanthu.signing import operations as signing
from vanthu.workflow import operations as workflow


@use_case
def return_draft(*, actor: Actor, document_id: UUID, seen: Seen, reason: str, now: datetime) -> None:
    """Trả lại: whoever's turn it is sends the draft back to its author, saying why.

    Raises NotFound, Stale, NotAllowed, IllegalStep, ReasonMissing, CommentRefused.
    """
    document = operations.lock(actor, document_id, seen)

    state = next_state(State(document.state), Step.RETURN)
    require(permissions.may_return(actor, workflow.current_step(document.pk)))

    operations.require_reason(reason)

    workflow.return_current(document_id=document.pk, reason=reason, now=now)
    document.returned_reason = reason
    operations.move(document, state, now, also=("returned_reason",))

    audit.record(
        action="outgoing.returned",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={"reason": reason},
    )


@use_case
def return_signed(*, actor: Actor, document_id: UUID, seen: Seen, reason: str, now: datetime) -> None:
    """Trả lại để sửa: the records clerk found a fault in a document that is signed and not yet issued.

    It is a draft again, with the version that was signed as its PDF without the signature; the signed and
    sealed versions are kept. A number already given stays in the register, cancelled with the reason, and is
    never used again (NĐ 30/2020 Điều 15). Raises NotFound, Stale, NotAllowed, IllegalStep, ReasonMissing,
    CommentRefused.
    """
    document = operations.lock(actor, document_id, seen)

    require(permissions.may_return_signed(actor, document))

    state = next_state(State(document.state), Step.RETURN_SIGNED)
    operations.require_reason(reason)

    record, cancelled = document.document, ""
    if document.number is not None:
        cancelled = record.code
        # The clerk no longer sees the draft: the struck line itself says what the number was given to.
        struck = f"{record.code}, {record.subject}. Trả lại để sửa: {reason}"
        registers.cancel_number(document_id=document.pk, reason=struck, now=now)
        record.number, record.issued_on, record.document_code = "", None, ""
        record.save(update_fields=["number", "issued_on", "document_code"])
        operations.index(document)
    documents.restore_version(
        record, signing.signed_base(document_id=document.pk), note="Bản trước khi ký", now=now
    )
    document.number = document.number_year = document.given_code = None
    document.signed_at = document.numbered_at = document.sealed_at = None
    document.returned_reason = reason
    operations.move(
        document,
        state,
        now,
        also=(
            "number",
            "number_year",
            "given_code",
            "signed_at",
            "numbered_at",
            "sealed_at",
            "returned_reason",
        ),
    )

    audit.record(
        action="outgoing.number-returned" if cancelled else "outgoing.signed-returned",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={"reason": reason, "cancelled": cancelled},
    )


@use_case
def withdraw_draft(*, actor: Actor, document_id: UUID, seen: Seen, now: datetime) -> None:
    """Rút lại: the author takes a submitted draft back before anybody has signed it.

    Raises NotFound, Stale, NotAllowed, IllegalStep.
    """
    document = operations.lock(actor, document_id, seen)

    require(permissions.may_withdraw(actor, document))

    state = next_state(State(document.state), Step.WITHDRAW)

    workflow.drop_chain(document_id=document.pk, now=now)
    operations.move(document, state, now)

    audit.record(
        action="outgoing.withdrawn",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={"round": document.round},
    )


@use_case
def discard_draft(*, actor: Actor, document_id: UUID, seen: Seen, now: datetime) -> None:
    """Hủy dự thảo: the author gives the draft up; it is kept with its history and never goes on.

    Raises NotFound, Stale, NotAllowed, IllegalStep.
    """
    document = operations.lock(actor, document_id, seen)

    require(permissions.may_discard(actor, document))

    state = next_state(State(document.state), Step.DISCARD)

    operations.move(document, state, now)

    audit.record(
        action="outgoing.discarded",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={"subject": document.document.subject},
    )
