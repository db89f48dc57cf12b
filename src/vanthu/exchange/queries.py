"""What people may know of the exchange, and what its jobs ask before they carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from vanthu.exchange import rules
from vanthu.exchange.models import Delivery, DeliveryStatus
from vanthu.exchange.states import PROGRESS, Channel, DeliveryState
from vanthu.incoming import queries as incoming
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound
from vanthu.outgoing import permissions as outgoing_permissions
from vanthu.outgoing.models import OutgoingDocument

_NOT_FETCHED = frozenset({DeliveryState.QUEUED, DeliveryState.SENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A document of the actor's own agency."""

    id: UUID
    label: str
    #: Whether this actor may open it; if not, it is named and leads nowhere.
    can_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow:
    """One state a delivery came to."""

    state: str
    state_label: str
    #: The axis's code, «01»…«06»; empty for states before the recipient has it.
    code: str
    at: datetime
    note: str
    staff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """One recipient, and how far the document has come there."""

    id: UUID
    recipient_name: str
    channel: str
    channel_label: str
    state: str
    state_label: str
    state_at: datetime
    #: 0 (waiting to be sent) to 6 (done).
    progress: int
    note: str
    #: Nobody has fetched it for rules.STUCK_AFTER: somebody should call.
    is_stuck: bool
    is_returned: bool
    reply: Link | None
    statuses: tuple[StatusRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveriesPage:
    """An issued document's recipients, in the order of «Nơi nhận», and how many stand where."""

    rows: tuple[DeliveryRow, ...]
    recipients: int
    accepted: int
    replied: int
    returned: int
    not_fetched: int


def deliveries(actor: Actor, *, document_id: UUID, now: datetime) -> DeliveriesPage:
    """Gửi, nhận của một văn bản đi: every recipient with every state and its time. Raises NotFound."""
    document = OutgoingDocument.objects.filter(outgoing_permissions.visible(actor), pk=document_id).first()
    if document is None:
        raise NotFound
    places = dict(document.recipients.values_list("agency_id", "position"))
    found = (
        Delivery.objects.select_related("reply")
        .prefetch_related("statuses")
        .filter(document_id=document_id)
        .order_by("recipient_name", "id")
    )
    replies = [delivery.reply_id for delivery in found if delivery.reply_id]
    openable = incoming.visible_ids(actor, document_ids=replies)
    rows = [
        (delivery, _row(delivery, now, openable))
        for delivery in sorted(found, key=lambda each: places.get(each.recipient_id, 0))
    ]
    return DeliveriesPage(
        rows=tuple(row for _, row in rows),
        recipients=len(rows),
        accepted=sum(_is_accepted(delivery) for delivery, _ in rows),
        replied=sum(row.reply is not None for _, row in rows),
        returned=sum(row.is_returned for _, row in rows),
        not_fetched=sum(delivery.state in _NOT_FETCHED for delivery, _ in rows),
    )


def _row(delivery: Delivery, now: datetime, openable: frozenset[UUID]) -> DeliveryRow:
    state = DeliveryState(delivery.state)
    statuses = tuple(_status(status) for status in sorted(delivery.statuses.all(), key=_order))
    note = next((status.note for status in statuses if status.state == state), "")
    return DeliveryRow(
        id=delivery.id,
        recipient_name=delivery.recipient_name,
        channel=delivery.channel,
        channel_label=str(Channel(delivery.channel).label),
        state=state.value,
        state_label=str(state.label),
        state_at=delivery.state_at,
        progress=PROGRESS[state],
        note=note or delivery.last_error,
        is_stuck=rules.is_stuck(is_fetched=state not in _NOT_FETCHED, since=delivery.created_at, now=now),
        is_returned=state is DeliveryState.RETURNED,
        reply=_reply(delivery, openable),
        statuses=statuses,
    )


def _reply(delivery: Delivery, openable: frozenset[UUID]) -> Link | None:
    record = delivery.reply
    return Link(id=record.id, label=record.code, can_open=record.id in openable) if record else None


def _order(status: DeliveryStatus) -> tuple[datetime, int, int]:
    """By time; packets tell it to the second, and within one second the life cycle tells the order."""
    return status.at.replace(microsecond=0), PROGRESS[DeliveryState(status.state)], status.pk


def _status(status: DeliveryStatus) -> StatusRow:
    state = DeliveryState(status.state)
    return StatusRow(
        state=state.value,
        state_label=str(state.label),
        code=state.value if state.value.isdigit() else "",
        at=status.at,
        note=status.note,
        staff=status.staff,
    )


def _is_accepted(delivery: Delivery) -> bool:
    state = DeliveryState(delivery.state)
    return PROGRESS[state] >= PROGRESS[DeliveryState.ACCEPTED] and state is not DeliveryState.RETURNED
