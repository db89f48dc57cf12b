"""Thử lại: what was put aside is tried again, because the administrator says so."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from vanthu.exchange import operations, permissions
from vanthu.exchange.events import AttemptResumed, PacketReopened
from vanthu.exchange.models import ReceivedPacket
from vanthu.exchange.states import PacketState
from vanthu.kernel import attempts, audit, outbox
from vanthu.kernel.actor import SYSTEM_ID, Actor
from vanthu.kernel.errors import NotFound, require
from vanthu.kernel.models import Attempt
from vanthu.kernel.states import AttemptState
from vanthu.kernel.use_cases import use_case


@use_case
def reopen_packet(*, actor: Actor, packet_id: UUID, now: datetime) -> None:
    """Thử lại gói tin: have a packet that was put aside opened again, from its kept bytes or from the axis.

    Raises NotFound, NotAllowed, NotAside.
    """
    packets = ReceivedPacket.objects.select_for_update(of=("self",), no_key=True)
    packet = packets.filter(permissions.visible_packets(actor), pk=packet_id).first()
    if packet is None:
        raise NotFound

    require(permissions.may_reopen(actor))

    if packet.state != PacketState.FAILED or not packet.may_reopen:
        raise operations.NotAside

    packet.state = PacketState.REOPENING
    packet.save(update_fields=["state"])

    audit.record(
        action="exchange.packet-reopened",
        actor=actor,
        at=now,
        agency_id=packet.agency_id or SYSTEM_ID,
        subject_type="exchange.packet",
        subject_id=packet.id,
        data={"axis_doc_id": packet.axis_doc_id, "sender": packet.sender_code, "reason": packet.reason},
    )

    outbox.publish(PacketReopened(packet_id=packet.id))


@use_case
def resume_attempt(*, actor: Actor, attempt_id: UUID, now: datetime) -> None:
    """Thử lại việc nền: have work that was put aside begun again. Raises NotFound, NotAllowed, NotAside."""
    found = Attempt.objects.select_for_update(no_key=True).filter(pk=attempt_id)
    attempt = found.first() if permissions.may_reopen(actor) else None
    if attempt is None:
        raise NotFound

    require(permissions.may_reopen(actor))

    if attempt.state != AttemptState.PUT_ASIDE:
        raise operations.NotAside

    attempt.state, attempt.put_aside_at, attempt.unfinished = AttemptState.BEGUN, None, 0
    attempt.save(update_fields=["state", "put_aside_at", "unfinished"])

    audit.record(
        action="kernel.attempt-resumed",
        actor=actor,
        at=now,
        agency_id=SYSTEM_ID,
        subject_type=attempts.SUBJECT_TYPE,
        subject_id=attempt.pk,
        data={"task": attempt.task, "subject": attempt.subject, "reason": attempt.reason},
    )

    outbox.publish(AttemptResumed(attempt_id=attempt.pk))
