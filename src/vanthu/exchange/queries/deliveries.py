"""What people may know of the exchange, and what its jobs ask before they carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Min, QuerySet

from vanthu.documents import operations as documents
from vanthu.documents import rules as document_rules
from vanthu.documents.states import FileKind
from vanthu.exchange import permissions, rules
from vanthu.exchange.models import Delivery, DeliveryStatus
from vanthu.exchange.states import COME_BACK, PROGRESS, Channel, DeliveryState
from vanthu.incoming import queries as incoming
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound
from vanthu.kernel.pages import PAGE_SIZE, Page, page_of
from vanthu.kernel.seen import Seen
from vanthu.outgoing import permissions as outgoing_permissions
from vanthu.outgoing import queries as outgoing
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
class Noted:
    """Who of the sender noted that it came back, and what was done about it."""

    who: str
    at: datetime
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRow:
    """A recipient from whom the document came back, which nobody of the sender has noted yet."""

    #: What happened, as a sentence without its full stop: «Ủy ban nhân dân xã Hòa Bình trả lại».
    what: str
    reason: str
    at: datetime


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
    #: Why it could not leave when it was last tried, and since when it has not; empty once it has left.
    trouble: str
    troubled_since: datetime | None
    #: Nobody has fetched it for rules.STUCK_AFTER: somebody should call.
    is_stuck: bool
    #: The recipient returned it, or the axis refused it.
    is_returned: bool
    #: `ReturnRow.what`; empty when it did not come back.
    came_back: str
    noted: Noted | None
    #: What is shown of it, for whoever notes that it came back.
    seen: Seen
    #: Whether this actor may note now that it came back.
    may_note: bool
    reply: Link | None
    statuses: tuple[StatusRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveriesPage:
    """An issued document's recipients, in the order of «Nơi nhận», and how many stand where."""

    rows: tuple[DeliveryRow, ...]
    recipients: int
    #: It is there, and nobody has taken it in or returned it yet.
    arrived: int
    accepted: int
    replied: int
    returned: int
    not_fetched: int

    @property
    def held_up(self) -> tuple[DeliveryRow, ...]:
        """Those that have not left because every try to send them failed, the longest first."""
        held = [(row.troubled_since, row) for row in self.rows if row.troubled_since]
        return tuple(row for _, row in sorted(held, key=lambda each: each[0]))


def deliveries(actor: Actor, *, document_id: UUID, now: datetime) -> DeliveriesPage:
    """Gửi, nhận của một văn bản đi: every recipient with every state and its time. Raises NotFound."""
    document = OutgoingDocument.objects.filter(outgoing_permissions.visible(actor), pk=document_id).first()
    if document is None:
        raise NotFound
    places = dict(document.recipients.values_list("agency_id", "position"))
    found = (
        Delivery.objects.select_related("reply", "noted_by")
        .prefetch_related("statuses")
        .filter(document_id=document_id)
        .order_by("recipient_name", "id")
    )
    replies = [delivery.reply_id for delivery in found if delivery.reply_id]
    openable = incoming.visible_ids(actor, document_ids=replies)
    issued = documents.current_file(document_id, FileKind.MAIN)
    sha256 = issued.blob_id if issued else ""
    is_own = permissions.may_note_return(actor, document)
    rows = [
        (delivery, _row(delivery, now, openable, is_own=is_own, seen=delivery.as_seen(sha256)))
        for delivery in sorted(found, key=lambda each: places.get(each.recipient_id, 0))
    ]
    return DeliveriesPage(
        rows=tuple(row for _, row in rows),
        recipients=len(rows),
        arrived=sum(delivery.state == DeliveryState.ARRIVED for delivery, _ in rows),
        accepted=sum(_is_accepted(delivery) for delivery, _ in rows),
        replied=sum(row.reply is not None for _, row in rows),
        returned=sum(row.is_returned for _, row in rows),
        not_fetched=sum(delivery.state in _NOT_FETCHED for delivery, _ in rows),
    )


def open_returns(actor: Actor, *, document_id: UUID) -> list[ReturnRow]:
    """From whom a document the actor may see came back and waits for a person, the longest wait first."""
    statuses = (
        DeliveryStatus.objects.filter(
            delivery__document_id=document_id,
            delivery__document__in=OutgoingDocument.objects.filter(outgoing_permissions.visible(actor)),
            delivery__noted_at__isnull=True,
            delivery__state__in=COME_BACK,
            state=F("delivery__state"),
        )
        .select_related("delivery")
        .order_by("at", "pk")
    )
    return [
        ReturnRow(
            what=_came_back(status.delivery),
            reason=status.note,
            at=status.at,
        )
        for status in statuses
    ]


def count_returned(actor: Actor) -> dict[UUID, int]:
    """From how many places each document came back that waits for this actor; COUNT_LIMIT documents at most.

    The records clerk's are all of the agency, anybody else's are his own.
    """
    by_document = _waiting_returns(actor).values_list("document_id").annotate(Count("pk"))
    return dict(by_document[: outgoing.COUNT_LIMIT])


def list_returned(
    actor: Actor, *, text: str = "", type_code: str = "", page: int = 1, size: int = PAGE_SIZE
) -> Page[outgoing.OutgoingRow]:
    """What `count_returned` counts: the most urgent first, then what came back first.

    Filtered by type and by text with or without diacritics, as the other lists of outgoing documents are.
    """
    documents = OutgoingDocument.objects.filter(deliveries__in=_waiting_returns(actor))
    if type_code:
        documents = documents.filter(document__type_code=type_code)
    for word in document_rules.search_words(text):
        documents = documents.filter(document__search_text__contains=word)
    by_wait = documents.annotate(since=Min("deliveries__state_at")).order_by("-urgency", "since", "pk")
    found = page_of(by_wait.only("pk"), page, size=size, is_counted=bool(text.strip() or type_code))
    rows = outgoing.rows_of(actor, document_ids=[document.pk for document in found.items])
    return found.map(lambda document: rows[document.pk])


def _waiting_returns(actor: Actor) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        permissions.notable(actor), state__in=COME_BACK, noted_at__isnull=True
    ).order_by()


def _row(
    delivery: Delivery, now: datetime, openable: frozenset[UUID], *, is_own: bool, seen: Seen
) -> DeliveryRow:
    state = DeliveryState(delivery.state)
    statuses = tuple(_status(status) for status in sorted(delivery.statuses.all(), key=_order))
    note = next((status.note for status in statuses if status.state == state), "")
    waits = state is DeliveryState.QUEUED
    reply = _reply(delivery, openable)
    return DeliveryRow(
        id=delivery.id,
        recipient_name=delivery.recipient_name,
        channel=delivery.channel,
        channel_label=str(Channel(delivery.channel).label),
        state=state.value,
        state_label=str(state.label),
        state_at=delivery.state_at,
        progress=PROGRESS[state],
        note="" if reply and rules.repeats_reply(note, reply_code=reply.label) else note,
        trouble=delivery.last_error if waits else "",
        troubled_since=delivery.troubled_since if waits else None,
        is_stuck=rules.is_stuck(is_fetched=state not in _NOT_FETCHED, since=delivery.created_at, now=now),
        is_returned=state in COME_BACK,
        came_back=_came_back(delivery) if state in COME_BACK else "",
        noted=_noted(delivery),
        seen=seen,
        may_note=is_own and state in COME_BACK and delivery.noted_at is None,
        reply=reply,
        statuses=statuses,
    )


def _reply(delivery: Delivery, openable: frozenset[UUID]) -> Link | None:
    record = delivery.reply
    return Link(id=record.id, label=record.code, can_open=record.id in openable) if record else None


def _came_back(delivery: Delivery) -> str:
    return rules.came_back(delivery.recipient_name, is_refused=delivery.state == DeliveryState.REFUSED)


def _noted(delivery: Delivery) -> Noted | None:
    if delivery.noted_at is None or delivery.noted_by is None:
        return None
    return Noted(who=delivery.noted_by.full_name, at=delivery.noted_at, word=delivery.noted_word)


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
