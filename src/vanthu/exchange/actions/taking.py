"""Nhận từ Trục liên thông: a fetched packet becomes a document, or a state of ours, or is put aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from vanthu.exchange import operations, permissions, rules
from vanthu.exchange.models import ReceivedPacket
from vanthu.exchange.operations import FetchedPacket, Outcome, ReportedState
from vanthu.exchange.packets import Reference
from vanthu.exchange.states import RECIPIENT_STATES, DeliveryState, PacketState
from vanthu.incoming import operations as incoming
from vanthu.incoming.operations import Arrival
from vanthu.kernel import audit, blobs
from vanthu.kernel.actor import SYSTEM_ID, Actor
from vanthu.kernel.errors import require
from vanthu.kernel.use_cases import use_case
from vanthu.organizations import operations as organizations
from vanthu.organizations.models import Agency


@use_case
def take_document(
    *,
    actor: Actor,
    packet: FetchedPacket,
    arrival: Arrival,
    references: Sequence[Reference],
    now: datetime,
) -> Outcome:
    """Nhận văn bản: packet, document, its place in «Chờ tiếp nhận» and its links appear together, once.

    The same packet, or the same document in another packet, changes nothing more. Raises NotAllowed.
    """
    known = _known(packet)

    require(permissions.may_exchange(actor))

    if known is not None:
        return known
    answered = operations.lock_answered(
        organizations.agency(arrival.record.agency_id),
        sender_code=arrival.sender_code,
        references=references,
    )

    _keep(packet, PacketState.TAKEN, "", now)
    received = incoming.receive(actor=actor, arrival=arrival, now=now)
    linked = operations.link_reply(received.document_id, answered) if received.is_new else []

    _audit(
        actor,
        packet,
        "exchange.document-taken",
        now,
        {"document": str(received.document_id), "answers": linked},
    )
    return Outcome(is_taken=True)


@use_case
def take_status(*, actor: Actor, packet: FetchedPacket, report: ReportedState, now: datetime) -> Outcome:
    """Nhận trạng thái: the delivery the packet speaks of comes to the state it tells, never backwards.

    A packet that speaks of nothing we sent, or of no state we know, is kept with the reason. Raises
    NotAllowed.
    """
    known = _known(packet)

    require(permissions.may_exchange(actor))

    if known is not None:
        return known
    agency = organizations.agency_by_code(report.issuer_code)
    reason = _fault(agency, report)
    if reason or agency is None:
        return _put_aside(actor, packet, reason, now)
    document = operations.issued_by(agency, report.about)
    delivery = operations.delivery_to(document, report.reporter_code) if document else None
    if delivery is None:
        return _put_aside(actor, packet, _unknown(report), now)

    _keep(packet, PacketState.TAKEN, "", now)
    operations.advance(
        actor=actor,
        delivery=delivery,
        state=DeliveryState(report.code),
        at=report.at,
        note=report.note,
        staff=report.staff,
        now=now,
        packet=packet.content.sha256 if packet.content else None,
    )

    audit.record(
        action="exchange.status-taken",
        actor=actor,
        at=now,
        agency_id=agency.id,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=delivery.id,
        data={"axis_doc_id": packet.axis_doc_id, "code": report.code, "reporter": report.reporter_code},
    )
    return Outcome(is_taken=True)


@use_case
def put_aside(
    *,
    actor: Actor,
    packet: FetchedPacket,
    reason: str,
    told: str = "",
    may_reopen: bool = True,
    now: datetime,
) -> Outcome:
    """Để riêng gói tin: keep a packet nothing can be made of, with its bytes and the reason, once.

    `told` is what its sender hears besides the axis's own «nhận không thành công»; `may_reopen`: the
    administrator may have it opened again. Raises NotAllowed.
    """
    known = _known(packet)

    require(permissions.may_exchange(actor))

    return known or _put_aside(actor, packet, reason, now, told=told, may_reopen=may_reopen)


def _known(packet: FetchedPacket) -> Outcome | None:
    """What became of this packet before; two takers at once wait for each other here."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"packet:{packet.axis_doc_id}"]
        )
    return operations.outcome_of(packet.axis_doc_id)


def _put_aside(
    actor: Actor,
    packet: FetchedPacket,
    reason: str,
    now: datetime,
    *,
    told: str = "",
    may_reopen: bool = True,
) -> Outcome:
    _keep(packet, PacketState.FAILED, reason, now, told=told or rules.TOLD_FAILED, may_reopen=may_reopen)
    _audit(actor, packet, "exchange.packet-put-aside", now, {"reason": reason})
    return Outcome(is_taken=False, reason=reason)


def _keep(
    packet: FetchedPacket,
    state: PacketState,
    reason: str,
    now: datetime,
    *,
    told: str = "",
    may_reopen: bool = False,
) -> None:
    if packet.content is not None:
        blobs.keep(packet.content, now=now)
    # Whoever is here holds the packet (`_known`); one that was put aside and opened again has its row.
    written: dict[str, Any] = {
        "kind": packet.kind,
        "state": state,
        "packet_id": packet.content.sha256 if packet.content else None,
        "sender_code": packet.sender_code[:100],
        "recipient_code": packet.recipient_code[:100],
        "agency_id": packet.agency_id,
        "reason": rules.shortened(reason, 500),
        "told": told,
        "may_reopen": may_reopen,
        "taken_at": now,
    }
    row, is_new = ReceivedPacket.objects.get_or_create(axis_doc_id=packet.axis_doc_id, defaults=written)
    if is_new:
        return
    for name, value in written.items():
        setattr(row, name, value)
    row.save(update_fields=[*written])


def _fault(agency: Agency | None, report: ReportedState) -> str:
    if agency is None or not agency.is_hosted:
        return f"Cơ quan {report.issuer_code or '(không nêu mã)'} không thuộc hệ thống này."
    if report.code not in RECIPIENT_STATES:
        return f"Hệ thống nhận chưa xử lý được trạng thái «{report.code}»."
    return ""


def _unknown(report: ReportedState) -> str:
    named = report.about.document_code or report.about.code or "(không nêu mã)"
    return f"Không có văn bản «{named}» đã gửi tới cơ quan {report.reporter_code or '(không nêu mã)'}."


def _audit(actor: Actor, packet: FetchedPacket, action: str, now: datetime, data: dict[str, object]) -> None:
    row = ReceivedPacket.objects.get(axis_doc_id=packet.axis_doc_id)
    audit.record(
        action=action,
        actor=actor,
        at=now,
        agency_id=packet.agency_id or SYSTEM_ID,
        subject_type="exchange.packet",
        subject_id=row.id,
        data={"axis_doc_id": packet.axis_doc_id, "sender": packet.sender_code, **data},
    )
