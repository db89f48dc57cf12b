"""Bị trả lại: the sender notes that a document came back, and what was done about it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from vanthu.exchange import operations, permissions
from vanthu.exchange.states import COME_BACK
from vanthu.kernel import audit
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import require
from vanthu.kernel.seen import Seen
from vanthu.kernel.use_cases import use_case
from vanthu.outgoing import operations as outgoing


@use_case
def note_return(*, actor: Actor, delivery_id: UUID, seen: Seen, word: str, now: datetime) -> None:
    """Ghi nhận văn bản bị trả lại: the records clerk, or the author, has seen the reason and acted on it.

    What was returned (QĐ 28/2018 Điều 9) or refused by the axis leaves the queue of both; `word` says what
    was done and may be empty. Raises NotFound, Stale, NotAllowed, NotReturned, AlreadyNoted, CommentRefused.
    """
    delivery = operations.lock_visible(actor, delivery_id, seen)

    require(permissions.may_note_return(actor, delivery.document))

    if delivery.state not in COME_BACK:
        raise operations.NotReturned
    if delivery.noted_at is not None:
        raise operations.AlreadyNoted
    outgoing.refuse_long(word, "Ghi chú")

    delivery.noted_at, delivery.noted_by_id, delivery.noted_word = now, actor.user_id, word.strip()
    operations.change(delivery, "noted_at", "noted_by", "noted_word")

    audit.record(
        action="exchange.return-noted",
        actor=actor,
        at=now,
        agency_id=delivery.document.agency_id,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=delivery.id,
        acted_on=delivery.acted_on,
        data={
            "document": str(delivery.document_id),
            "recipient": delivery.recipient.code,
            "state": delivery.state,
            "word": delivery.noted_word,
        },
    )
