"""Steps shared by the use cases of the exchange, inside their transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from vanthu.documents import operations as documents
from vanthu.documents.states import FileKind, RelationKind
from vanthu.exchange import rules
from vanthu.exchange.models import Delivery, DeliveryStatus, ReceivedPacket
from vanthu.exchange.packets import Reference
from vanthu.exchange.states import DeliveryState, PacketKind, PacketState, is_forward
from vanthu.kernel import audit
from vanthu.kernel.actor import Actor
from vanthu.kernel.blobs import StoredBlob
from vanthu.kernel.errors import Conflict, NotFound
from vanthu.kernel.seen import Seen, require_seen
from vanthu.organizations.models import Agency
from vanthu.outgoing import permissions as outgoing_permissions
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.states import State as OutgoingState

SUBJECT_TYPE = "exchange.delivery"


class NotReturned(Conflict):
    """Nơi nhận này không trả lại văn bản, nên không có gì để ghi nhận."""

    code = "exchange.not-returned"


class NotAside(Conflict):
    """Việc này không còn để riêng: đã có người cho thử lại, hoặc đã xong. Hãy tải lại trang."""

    code = "exchange.not-aside"


class AlreadyNoted(Conflict):
    """Việc trả lại này đã có người ghi nhận. Hãy xem ở trang gửi nhận của văn bản."""

    code = "exchange.already-noted"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPacket:
    """A packet as the axis gave it."""

    axis_doc_id: str
    kind: PacketKind
    sender_code: str
    #: The agency of this installation it was addressed to; None when there is none.
    agency_id: UUID | None
    #: Its bytes; None when they must not be kept.
    content: StoredBlob | None
    #: The recipient as the axis names it; may be empty.
    recipient_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a packet, as the axis is told: `reason` is empty when it was taken."""

    is_taken: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedState:
    """What a status packet says: of which document of ours, by whom, and which state."""

    about: Reference
    #: The agency the packet answers, by its code: the document's sender.
    issuer_code: str
    reporter_code: str
    code: str
    at: datetime
    note: str
    staff: str


def outcome_of(axis_doc_id: str) -> Outcome | None:
    """What became of this packet when it was taken before; None when it never was, or is to be reopened."""
    rows = ReceivedPacket.objects.filter(axis_doc_id=axis_doc_id)
    row = rows.exclude(state=PacketState.REOPENING).first()
    return Outcome(is_taken=row.state == PacketState.TAKEN, reason=row.reason) if row else None


def lock_deliveries(document_id: UUID, states: Iterable[DeliveryState], **among: object) -> list[Delivery]:
    """The document's deliveries in one of `states`, locked, always in the same order."""
    rows = (
        Delivery.objects.select_for_update(of=("self",), no_key=True)
        .select_related("document", "recipient")
        .filter(document_id=document_id, state__in=list(states), **among)
    )
    return list(rows.order_by("id"))


def delivery(delivery_id: UUID) -> Delivery:
    """One delivery with its document and recipient."""
    return Delivery.objects.select_related("document__document", "document__replies_to", "recipient").get(
        id=delivery_id
    )


def lock_delivery(delivery_id: UUID) -> Delivery:
    """One delivery, locked until the caller commits."""
    return (
        Delivery.objects.select_for_update(of=("self",), no_key=True)
        .select_related("document__document", "recipient")
        .get(id=delivery_id)
    )


def lock_visible(actor: Actor, delivery_id: UUID, seen: Seen) -> Delivery:
    """One delivery of a document the actor may know of, locked until the caller commits.

    Raises NotFound, then Stale when it is not what he saw.
    """
    found = (
        Delivery.objects.select_for_update(of=("self",), no_key=True)
        .select_related("document", "recipient")
        .filter(
            document__in=OutgoingDocument.objects.filter(outgoing_permissions.visible(actor)), pk=delivery_id
        )
        .first()
    )
    if found is None:
        raise NotFound
    issued = documents.current_file(found.document_id, FileKind.MAIN)
    found.acted_on = found.as_seen(issued.blob_id if issued else "")
    require_seen(seen, found.acted_on)
    return found


def advance(
    *,
    actor: Actor,
    delivery: Delivery,
    state: DeliveryState,
    at: datetime,
    now: datetime,
    note: str = "",
    staff: str = "",
    packet: str | None = None,
) -> bool:
    """Write once that the (locked) delivery came to `state`, and audit it with its sender.

    The delivery itself only ever moves forward: a late word about an earlier state joins the history and
    turns nothing back. False when that state was written before.
    """
    assert transaction.get_connection().in_atomic_block, "advance needs a transaction"
    _, is_new = DeliveryStatus.objects.get_or_create(
        delivery=delivery,
        state=state,
        defaults={
            "at": at,
            "note": note[:1000],
            "staff": staff[:200],
            "recorded_at": now,
            "packet_id": packet,
        },
    )
    if not is_new:
        return False
    if is_forward(DeliveryState(delivery.state), state):
        delivery.state, delivery.state_at = state, at
        delivery.last_error, delivery.troubled_since = "", None
        # What was noted was noted of the state before: a document that comes back anew waits anew.
        delivery.noted_at, delivery.noted_by_id, delivery.noted_word = None, None, ""
        change(
            delivery,
            *("state", "state_at", "last_error", "troubled_since"),
            *("noted_at", "noted_by", "noted_word"),
        )
    audit.record(
        action=f"exchange.delivery-{state.name.lower()}",
        actor=actor,
        at=now,
        agency_id=delivery.document.agency_id,
        subject_type=SUBJECT_TYPE,
        subject_id=delivery.id,
        data={
            "document": str(delivery.document_id),
            "recipient": delivery.recipient.code,
            "at": at.isoformat(),
            "note": note[:1000],
        },
    )
    return True


def change(delivery: Delivery, *fields: str) -> None:
    """Write what changed of the (locked) delivery: whoever was shown it before was shown another one."""
    delivery.version += 1
    delivery.save(update_fields=["version", *fields])


def issued_by(agency: Agency, reference: Reference) -> OutgoingDocument | None:
    """The issued document of `agency` that a packet speaks of: by its identifier, else by number and date."""
    issued = OutgoingDocument.objects.filter(agency=agency, state=OutgoingState.ISSUED).order_by("issued_at")
    if reference.document_code:
        found = issued.filter(document__document_code=reference.document_code).first()
        if found is not None:
            return found
    number, _, notation = reference.code.partition("/")
    if not notation or reference.issued_on is None:
        return None
    return issued.filter(
        document__number=number, document__notation=notation, document__issued_on=reference.issued_on
    ).first()


def delivery_to(document: OutgoingDocument, recipient_code: str) -> Delivery | None:
    """The document's delivery to the agency of this code, present or old; locked."""
    rows = Delivery.objects.select_for_update(of=("self",), no_key=True).select_related(
        "document", "recipient"
    )
    codes = Q(recipient__code=recipient_code) | Q(recipient__old_code=recipient_code)
    return rows.filter(codes, document=document).first() if recipient_code else None


def lock_answered(
    agency: Agency, *, sender_code: str, references: Sequence[Reference]
) -> list[tuple[OutgoingDocument, Delivery | None]]:
    """The documents of `agency` that one from `sender_code` answers, each with its delivery to that sender.

    The deliveries are locked: take them before the audit chain, as whoever records a state of one does.
    Always in one order, whatever order the answer names them in.
    """
    found = [issued_by(agency, reference) for reference in references]
    documents_answered = sorted(filter(None, found), key=lambda document: document.pk)
    return [(document, delivery_to(document, sender_code)) for document in documents_answered]


def link_reply(arrived_id: UUID, answered: Sequence[tuple[OutgoingDocument, Delivery | None]]) -> list[str]:
    """Join a document that arrived with those it answers (`lock_answered`); returns their ids.

    The delivery it answers shows it from now on; of several answers the first one stays there.
    """
    for document, delivery in answered:
        documents.relate(source_id=arrived_id, target_id=document.pk, kind=RelationKind.REPLIES_TO)
        if delivery is not None and delivery.reply_id is None:
            delivery.reply_id = arrived_id
            delivery.save(update_fields=["reply"])
    return [str(document.pk) for document, _ in answered]


def note_trouble(delivery: Delivery, trouble: str, *, now: datetime) -> bool:
    """Count a failed try of the (locked) delivery, keep its reason, and since when it has failed.

    Returns whether the reason is a new one.
    """
    before, delivery.last_error = delivery.last_error, rules.shortened(trouble, 500)
    delivery.troubled_since = delivery.troubled_since or now
    delivery.attempts += 1
    delivery.save(update_fields=["last_error", "troubled_since", "attempts"])
    return delivery.last_error != before
