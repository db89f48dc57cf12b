"""What the exchange does outside transactions: makes and opens packets, checks signatures, asks the axis."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from django.conf import settings

from vanthu import edxml
from vanthu.documents import intake
from vanthu.documents import operations as documents
from vanthu.exchange import packets, rules
from vanthu.exchange.axis_client import (
    AxisAgency,
    AxisAnswerMalformed,
    AxisClient,
    AxisRefused,
    AxisUnreachable,
    WaitingPacket,
)
from vanthu.exchange.models import Delivery, StatusReport
from vanthu.exchange.operations import Outcome
from vanthu.exchange.states import Channel, DeliveryState
from vanthu.kernel import blobs
from vanthu.kernel.blobs import StoredBlob
from vanthu.organizations.models import Agency
from vanthu.outgoing.models import OutgoingDocument
from vanthu.signing import operations as signing
from vanthu.signing.operations import Examination

logger = logging.getLogger(__name__)

#: Recipients named in the header of one call: it is signed, and repeated in the signature's own header.
_NAMED_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A document that waits to be sent over the axis, and who is still to get it."""

    document_id: UUID
    sender_code: str
    #: Agency codes by delivery.
    recipients: Mapping[UUID, str]
    #: The packet kept for it; None before it was made.
    packet: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingResult:
    """What the axis said, by delivery; a recipient in neither is to get a packet without the refused ones."""

    sent: dict[UUID, str] = field(default_factory=dict)
    refused: dict[UUID, str] = field(default_factory=dict)


def axis() -> AxisClient:
    """The axis this installation is joined to. Raises AxisUnreachable when it is joined to none."""
    if not settings.AXIS_URL:
        raise AxisUnreachable("Hệ thống chưa được nối với Trục liên thông. Hãy báo quản trị hệ thống.")
    return _client(settings.AXIS_URL, settings.AXIS_SYSTEM_ID, settings.AXIS_SECRET)


@cache
def _client(url: str, system_id: str, secret: str) -> AxisClient:
    """One client for the life of the process: making one reads every certificate authority anew (0.1 s)."""
    return AxisClient(url, system_id, secret)


def is_final(refusal: AxisRefused) -> bool:
    """Whether trying again cannot help: the axis refuses this packet or recipient, not our connection."""
    return not refusal.transient and refusal.error_code not in rules.CONNECTION_REFUSALS


def parcel(document_id: UUID) -> Parcel | None:
    """What of the document still waits to be sent over the axis; None when nothing does."""
    waiting = list(
        Delivery.objects.select_related("recipient", "document__agency")
        .filter(document_id=document_id, channel=Channel.AXIS, state=DeliveryState.QUEUED)
        .order_by("recipient__code")
    )
    if not waiting:
        return None
    return Parcel(
        document_id=document_id,
        sender_code=waiting[0].document.agency.code,
        recipients={delivery.id: delivery.recipient.code for delivery in waiting},
        packet=next((delivery.packet_id for delivery in waiting if delivery.packet_id), None),
    )


def wrap(waiting: Parcel) -> StoredBlob:
    """Make the packet: the document with its files, byte for byte, for all who wait. Raises InvalidPacket."""
    document = OutgoingDocument.objects.select_related(
        "document", "agency__parent", "author", "unit", "replies_to"
    ).get(pk=waiting.document_id)
    codes = list(waiting.recipients.values())
    recipients = list(Agency.objects.filter(code__in=codes).order_by("code"))
    with ExitStack() as opened:
        folder = opened.enter_context(blobs.work_folder())
        sources = [
            edxml.AttachmentSource(
                path=opened.enter_context(blobs.as_path(file.blob_id)),
                name=file.name,
                content_type=file.media_type,
            )
            for file in documents.current_files(document.pk)
        ]
        target = folder / "packet.edxml"
        edxml.write(
            packets.document_packet(document, recipients),
            sources,
            target,
            known_codes=[document.agency.code, *codes],
        )
        return blobs.put_file(target)


def send(waiting: Parcel, packet: str) -> SendingResult:
    """Hand the kept packet to the axis for all who wait; a recipient it refuses does not stop the others.

    Raises AxisUnreachable, AxisAnswerMalformed, and AxisRefused when the refusal is not final.
    """
    result, refusals = SendingResult(), dict[UUID, AxisRefused]()
    client = axis()
    with blobs.as_path(packet) as path:
        whole = _is_everybody(waiting, packet)
        together = [waiting.recipients] if whole else _groups(waiting, _NAMED_AT_ONCE)
        one_by_one = _groups(waiting, 1)
        for group in together + (one_by_one if len(one_by_one) > 1 else []):
            if result.sent.keys() >= group.keys():
                continue
            named = () if whole and group is waiting.recipients else tuple(group.values())
            try:
                doc_id = client.send(path, "edoc", waiting.sender_code, named)
            except AxisRefused as refusal:
                if not is_final(refusal):
                    raise
                refusals.update(dict.fromkeys(group, refusal))
            else:
                result.sent.update(dict.fromkeys(group, doc_id))
            if len(result.sent) == len(waiting.recipients):
                return result
        to_blame = _to_blame(client, waiting) if not result.sent else set(refusals)
    for delivery in to_blame - set(result.sent):
        result.refused[delivery] = str(refusals[delivery])
    return result


def _is_everybody(waiting: Parcel, packet: str) -> bool:
    """Whether all the packet is for still wait, so that nobody need be named beside it."""
    return Delivery.objects.filter(document_id=waiting.document_id, packet_id=packet).count() == len(
        waiting.recipients
    )


def _groups(waiting: Parcel, size: int) -> list[Mapping[UUID, str]]:
    everyone = list(waiting.recipients.items())
    return [dict(everyone[start : start + size]) for start in range(0, len(everyone), size)]


def send_status(packet: edxml.StatusPacket, *, sender_code: str, recipient_code: str) -> str:
    """Send a status packet and return the axis's id of it. Raises as AxisClient.send, and InvalidPacket."""
    with blobs.work_folder() as folder:
        target = folder / "status.edxml"
        edxml.write_status(packet, target, known_codes=[sender_code, recipient_code])
        return axis().send(target, "status", sender_code, [recipient_code])


def report_to_send(report_id: UUID) -> StatusReport | None:
    """The status to be told, or None when it was told already."""
    return (
        StatusReport.objects.select_related("document__document", "document__agency__parent")
        .filter(id=report_id, sent_at__isnull=True)
        .first()
    )


def send_report(report: StatusReport) -> str:
    """Send the status and return the axis's id of it. Raises as send_status."""
    incoming = report.document
    return send_status(
        packets.status_packet(report),
        sender_code=incoming.agency.code,
        recipient_code=incoming.sender_code,
    )


def list_agencies() -> list[AxisAgency]:
    """The directory of the axis, and the closed codes it tells of. Raises as AxisClient.list_agencies."""
    client = axis()
    listed = client.list_agencies()
    try:
        closed = client.list_closed_agencies()
    except (AxisUnreachable, AxisAnswerMalformed, AxisRefused) as trouble:
        # An axis need not have this call; whom one can write to is known without it.
        logger.warning("Không lấy được các mã đã đóng của Trục liên thông: %s", trouble)
        return listed
    still_open = {agency.code for agency in listed}
    return [*listed, *(agency for agency in closed if agency.code not in still_open)]


def list_waiting() -> list[WaitingPacket]:
    """What waits for this installation on the axis: documents, then states. Raises as AxisClient."""
    client = axis()
    return [*client.list_received("edoc"), *client.list_received("status")]


def fetch(doc_id: str, target: Path) -> None:
    """Write a waiting packet into the file `target`. Raises as AxisClient.fetch."""
    axis().fetch(doc_id, target)


def acknowledge(doc_id: str, outcome: Outcome) -> None:
    """Tell the axis what became of a packet. Raises as AxisClient.update_status, but not for a refusal:

    what is recorded here stays so, whatever the axis thinks of its own copy.
    """
    try:
        axis().update_status(doc_id, "done" if outcome.is_taken else "fail", outcome.reason)
    except AxisRefused as refusal:
        if not is_final(refusal):
            raise
        logger.warning("Trục liên thông không nhận báo nhận gói tin %s: %s", doc_id, refusal)


def examine_delivery(delivery_id: UUID, *, now: datetime) -> dict[str, Examination]:
    """Check the PDFs of a document delivered within the installation, on the recipient's behalf."""
    document_id = Delivery.objects.values_list("document_id", flat=True).get(id=delivery_id)
    examinations = {}
    for file in documents.current_files(document_id):
        if file.media_type == intake.PDF:
            with blobs.as_path(file.blob_id) as path:
                examinations[file.blob_id] = signing.examine(path, now=now)
    return examinations


def _to_blame(client: AxisClient, waiting: Parcel) -> set[UUID]:
    """Whose presence in the packet makes the axis refuse all of it: those its directory does not have.

    When it has everybody, or nobody, the packet itself is at fault and all of them are refused.
    """
    known = {code for agency in client.list_agencies() for code in (agency.code, agency.old_code)}
    unknown = {delivery for delivery, code in waiting.recipients.items() if code not in known}
    return unknown or set(waiting.recipients)
