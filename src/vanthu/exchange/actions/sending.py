"""Gửi qua Trục liên thông: the packet is kept before it leaves, and what the axis said of it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from vanthu.exchange import operations, permissions
from vanthu.exchange.events import PacketPlanned
from vanthu.exchange.models import Delivery
from vanthu.exchange.states import Channel, DeliveryState
from vanthu.kernel import audit, blobs, outbox
from vanthu.kernel.actor import Actor
from vanthu.kernel.blobs import StoredBlob
from vanthu.kernel.errors import require
from vanthu.kernel.use_cases import use_case

_WAITING = [DeliveryState.QUEUED]


@use_case
def keep_packet(*, actor: Actor, document_id: UUID, packet: StoredBlob, now: datetime) -> str:
    """Lưu gói tin: what will be sent, kept before it is sent, so that every retry sends the same bytes.

    Returns the hash of the packet to send: the one kept by whoever came first. Raises NotAllowed.
    """
    waiting = operations.lock_deliveries(document_id, _WAITING, channel=Channel.AXIS)

    require(permissions.may_exchange(actor))

    kept = {delivery.packet_id for delivery in waiting if delivery.packet_id}
    if kept or not waiting:
        return next(iter(kept), packet.sha256)

    blobs.keep(packet, now=now)
    Delivery.objects.filter(id__in=[delivery.id for delivery in waiting]).update(packet_id=packet.sha256)

    audit.record(
        action="exchange.packet-made",
        actor=actor,
        at=now,
        agency_id=waiting[0].document.agency_id,
        subject_type="outgoing.document",
        subject_id=document_id,
        data={"packet": packet.sha256, "recipients": [delivery.recipient.code for delivery in waiting]},
    )
    return packet.sha256


@use_case
def record_sending(
    *,
    actor: Actor,
    document_id: UUID,
    sent: Mapping[UUID, str],
    refused: Mapping[UUID, str],
    now: datetime,
) -> None:
    """Ghi kết quả gửi: `sent` names the axis's id of the packet, `refused` its reason, by delivery.

    Recipients in neither are sent a packet of their own, without those the axis refused. A delivery some
    other try settled before stays as it is. Raises NotAllowed.
    """
    waiting = operations.lock_deliveries(document_id, DeliveryState, channel=Channel.AXIS)

    require(permissions.may_exchange(actor))

    left = []
    for delivery in waiting:
        if delivery.id in sent:
            _record_sent(actor, delivery, sent[delivery.id], now)
        elif delivery.id in refused and delivery.state == DeliveryState.QUEUED:
            _record_refused(actor, delivery, refused[delivery.id], now)
        elif delivery.state == DeliveryState.QUEUED:
            left.append(delivery)
    if left and (sent or refused):
        Delivery.objects.filter(id__in=[delivery.id for delivery in left]).update(packet=None)
        audit.record(
            action="exchange.packet-withdrawn",
            actor=actor,
            at=now,
            agency_id=left[0].document.agency_id,
            subject_type="outgoing.document",
            subject_id=document_id,
            data={"recipients": [delivery.recipient.code for delivery in left]},
        )
        outbox.publish(PacketPlanned(document_id=document_id))


@use_case
def note_sending_trouble(*, actor: Actor, document_id: UUID, trouble: str, now: datetime) -> None:
    """Ghi sự cố gửi: the packet could not leave; it waits and is tried again. Raises NotAllowed."""
    waiting = operations.lock_deliveries(document_id, _WAITING, channel=Channel.AXIS)

    require(permissions.may_exchange(actor))

    is_news = [operations.note_trouble(delivery, trouble, now=now) for delivery in waiting]

    if any(is_news):
        audit.record(
            action="exchange.sending-troubled",
            actor=actor,
            at=now,
            agency_id=waiting[0].document.agency_id,
            subject_type="outgoing.document",
            subject_id=document_id,
            data={"trouble": waiting[0].last_error},
        )


def _record_sent(actor: Actor, delivery: Delivery, axis_doc_id: str, now: datetime) -> None:
    delivery.axis_doc_id, delivery.attempts = axis_doc_id[:64], delivery.attempts + 1
    delivery.save(update_fields=["axis_doc_id", "attempts"])
    operations.advance(
        actor=actor, delivery=delivery, state=DeliveryState.SENT, at=now, now=now, packet=delivery.packet_id
    )


def _record_refused(actor: Actor, delivery: Delivery, reason: str, now: datetime) -> None:
    delivery.attempts += 1
    delivery.save(update_fields=["attempts"])
    operations.advance(
        actor=actor, delivery=delivery, state=DeliveryState.REFUSED, at=now, now=now, note=reason
    )
