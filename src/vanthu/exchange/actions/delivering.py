"""Gửi văn bản đã phát hành: who gets it by which way, and the way inside this installation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from vanthu.documents import operations as documents
from vanthu.documents.models import Document, DocumentFile
from vanthu.documents.operations import NewFile
from vanthu.documents.states import FileKind
from vanthu.exchange import operations, packets, permissions, rules
from vanthu.exchange.events import LocalDeliveryPlanned, PacketPlanned
from vanthu.exchange.models import Delivery, DeliveryStatus
from vanthu.exchange.states import Channel, DeliveryState
from vanthu.incoming import operations as incoming
from vanthu.incoming.operations import Arrival
from vanthu.kernel import audit, outbox
from vanthu.kernel.actor import Actor
from vanthu.kernel.blobs import StoredBlob
from vanthu.kernel.errors import require
from vanthu.kernel.use_cases import use_case
from vanthu.outgoing.models import OutgoingDocument, Recipient
from vanthu.signing.operations import Examination


@use_case
def plan_deliveries(*, actor: Actor, document_id: UUID, now: datetime) -> list[UUID]:
    """Lập danh sách gửi: one delivery for each recipient of an issued document, once, whatever is retried.

    Recipients of this installation get a job each, those beyond the axis one packet together (QĐ 28/2018
    Điều 9). Returns the deliveries that are new. Raises NotAllowed.
    """
    document = OutgoingDocument.objects.select_for_update(of=("self",), no_key=True).get(pk=document_id)

    require(permissions.may_exchange(actor))

    planned = set(Delivery.objects.filter(document=document).values_list("recipient_id", flat=True))
    missing = [
        row
        for row in Recipient.objects.select_related("agency").filter(document=document).order_by("position")
        if row.agency_id not in planned
    ]
    if not missing:
        return []

    deliveries = Delivery.objects.bulk_create([_delivery(row, now) for row in missing])
    DeliveryStatus.objects.bulk_create(
        [
            DeliveryStatus(delivery=delivery, state=DeliveryState.QUEUED, at=now, recorded_at=now)
            for delivery in deliveries
        ]
    )

    audit.record(
        action="exchange.deliveries-planned",
        actor=actor,
        at=now,
        agency_id=document.agency_id,
        subject_type="outgoing.document",
        subject_id=document.pk,
        data={row.agency.code: delivery.channel for row, delivery in zip(missing, deliveries, strict=True)},
    )
    for delivery in deliveries:
        if delivery.channel == Channel.SAME_INSTALLATION:
            outbox.publish(LocalDeliveryPlanned(delivery_id=delivery.id))
    if any(delivery.channel == Channel.AXIS for delivery in deliveries):
        outbox.publish(PacketPlanned(document_id=document.pk))
    return [delivery.id for delivery in deliveries]


@use_case
def deliver_here(
    *, actor: Actor, delivery_id: UUID, examinations: Mapping[str, Examination], now: datetime
) -> UUID:
    """Giao trong cùng hệ thống: the recipient's copy comes to stand among its incoming documents, once.

    `examinations` are the checks made on the recipient's behalf, by the hashes of the PDFs. Only the
    recipient's audit chain is written here; the sender hears of the arrival as of any other, by event.
    Returns the recipient's document. Raises NotAllowed.
    """
    delivery = operations.delivery(delivery_id)
    record, agency = delivery.document.document, delivery.recipient
    answered = operations.lock_answered(
        agency, sender_code=record.issuer_code, references=_references(delivery.document)
    )

    require(permissions.may_exchange(actor))

    received = incoming.receive(actor=actor, arrival=_arrival(delivery, record, dict(examinations)), now=now)
    if not received.is_new:
        return received.document_id
    linked = operations.link_reply(received.document_id, answered)

    audit.record(
        action="exchange.delivered-here",
        actor=actor,
        at=now,
        agency_id=agency.id,
        subject_type="incoming.document",
        subject_id=received.document_id,
        data={"delivery": str(delivery.id), "answers": linked},
    )
    return received.document_id


@use_case
def note_delivery_trouble(*, actor: Actor, delivery_id: UUID, trouble: str, now: datetime) -> None:
    """Ghi sự cố giao: a delivery inside failed and will be tried again. Raises NotAllowed."""
    delivery = operations.lock_delivery(delivery_id)

    require(permissions.may_exchange(actor))

    is_news = operations.note_trouble(delivery, trouble, now=now)

    if is_news:
        audit.record(
            action="exchange.delivery-troubled",
            actor=actor,
            at=now,
            agency_id=delivery.document.agency_id,
            subject_type=operations.SUBJECT_TYPE,
            subject_id=delivery.id,
            data={"trouble": delivery.last_error},
        )


def _delivery(row: Recipient, now: datetime) -> Delivery:
    return Delivery(
        document_id=row.document_id,
        recipient=row.agency,
        recipient_name=row.agency.name,
        channel=Channel.SAME_INSTALLATION if row.agency.is_hosted else Channel.AXIS,
        state=DeliveryState.QUEUED,
        state_at=now,
        created_at=now,
    )


def _arrival(delivery: Delivery, record: Document, examinations: dict[str, Examination]) -> Arrival:
    return Arrival(
        source_key=rules.local_key(delivery.id),
        channel_label=Channel.SAME_INSTALLATION.label,
        sender_code=record.issuer_code,
        sender_name=record.issuer_name,
        record=packets.copy_of(record, agency=delivery.recipient),
        files=_files(documents.current_files(record.id), record.page_count),
        examinations=examinations,
    )


def _files(rows: Sequence[DocumentFile], page_count: int | None) -> list[NewFile]:
    """The same stored bytes as the recipient's own files; nothing is copied."""
    return [
        NewFile(
            kind=FileKind(row.kind),
            name=row.name,
            media_type=row.media_type,
            blob=StoredBlob(sha256=row.blob_id, size=row.blob.size),
            position=row.position,
            note="Nhận cùng hệ thống",
            page_count=page_count if row.kind == FileKind.MAIN else None,
        )
        for row in rows
    ]


def _references(document: OutgoingDocument) -> list[packets.Reference]:
    answered = document.replies_to
    if answered is None:
        return []
    return [
        packets.Reference(
            document_code=answered.document_code, code=answered.code, issued_on=answered.issued_on
        )
    ]
