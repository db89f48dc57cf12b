"""What systems do with packets. One function, one transaction, one audit entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from vanthu import edxml
from vanthu.axis import operations, permissions
from vanthu.axis.envelopes import Envelope
from vanthu.axis.models import Agency, MailboxItem, Packet, UsedSignature
from vanthu.axis.rules import DESCRIPTION_LIMIT, Refusal, Refused, closed_recipient
from vanthu.axis.states import MailState, MailStep, PacketKind, next_state
from vanthu.kernel import audit, blobs
from vanthu.kernel.actor import Actor
from vanthu.kernel.blobs import StoredBlob
from vanthu.kernel.errors import require


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the signed request says of the packet it carries; the packet must say the same."""

    kind: PacketKind
    sender_code: str
    #: Recipients to deliver to; empty means every recipient the packet names.
    recipient_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPacket:
    """Which bytes the recipient is given."""

    sha256: str
    #: In bytes.
    size: int


@transaction.atomic(durable=True)
def accept_packet(
    *, actor: Actor, envelope: Envelope, claim: Claim, content: StoredBlob, now: datetime
) -> UUID:
    """Nhận gói tin: store it once and put it in every recipient's mailbox; return its id (`DocId`).

    Sending the same bytes again returns the same id and gives nobody the packet twice; recipients the
    first sending left out (`claim.recipient_codes`) are added. A new document (BussinessDocType 0) whose
    DocumentId its sender already used for other bytes is refused.

    Raises Refused (UNKNOWN_SENDER, SENDER_MISMATCH, RECIPIENT_MISMATCH, UNKNOWN_RECIPIENT,
    CLOSED_RECIPIENT, DUPLICATE_DOCUMENT, NOT_CONFORMANT); nothing is stored then, for anyone.
    """
    sender = _lock_sender(envelope.sender_code)
    if sender is None or not permissions.may_send_as(actor, sender):
        raise Refused(Refusal.UNKNOWN_SENDER)
    recipients = _recipients(envelope, claim, sender)
    packet = _known_packet(sender, envelope, content)
    missing = _not_yet_given(packet, recipients)
    if packet is not None and not missing:
        return packet.id

    if packet is None:
        blobs.keep(content, now=now)
        packet = _store(sender, envelope, content, now)
    MailboxItem.objects.bulk_create(
        MailboxItem(packet=packet, recipient=recipient, created_at=now, updated_at=now)
        for recipient in missing
    )

    audit.record(
        action="axis.packet-accepted",
        actor=actor,
        agency_id=sender.id,
        at=now,
        subject_type="axis.packet",
        subject_id=packet.id,
        data={
            "kind": packet.kind,
            "document_id": packet.document_id,
            "sha256": content.sha256,
            "sender": sender.code,
            "recipients": [recipient.code for recipient in missing],
        },
    )
    return packet.id


@transaction.atomic(durable=True)
def fetch_packet(*, actor: Actor, item_id: UUID, now: datetime) -> FetchedPacket:
    """Lấy gói tin: note that the recipient's system takes the bytes, and say which they are.

    Raises Refused (NO_SUCH_PACKET), also for another system's packets.
    """
    item = _lock_item(actor, item_id)

    if item.fetched_at is None:
        item.fetched_at = now
        item.save(update_fields=["fetched_at"])

    audit.record(
        action="axis.packet-fetched",
        actor=actor,
        agency_id=item.recipient_id,
        at=now,
        subject_type="axis.mailbox-item",
        subject_id=item.id,
        data={"packet": str(item.packet_id)},
    )
    return FetchedPacket(sha256=item.packet.content_id, size=item.packet.content.size)


@transaction.atomic(durable=True)
def report_packet(
    *, actor: Actor, item_id: UUID, step: MailStep, description: str, signature: str, now: datetime
) -> None:
    """Báo nhận: what the recipient's system made of a packet. Only `done` ends the axis's duty.

    Saying again what is already so changes nothing and is no error. `signature` is the request's own:
    a request that once changed this item cannot change it a second time.
    Raises Refused (NO_SUCH_PACKET, REPEATED_SIGNATURE), IllegalStep.
    """
    item = _lock_item(actor, item_id)
    state = next_state(MailState(item.state), step)
    words = description.strip()[:DESCRIPTION_LIMIT]
    if state == item.state and (state is MailState.DONE or words == item.description):
        return
    operations.spend_signature(actor, signature, subject=str(item.id), now=now)

    before = item.state
    item.state, item.description, item.updated_at = state, words, now
    item.save(update_fields=["state", "description", "updated_at"])

    audit.record(
        action="axis.packet-reported",
        actor=actor,
        agency_id=item.recipient_id,
        at=now,
        subject_type="axis.mailbox-item",
        subject_id=item.id,
        data={"packet": str(item.packet_id), "from": before, "to": state, "description": words},
    )


@transaction.atomic(durable=True)
def forget_signatures(*, actor: Actor, before: datetime, now: datetime) -> None:
    """Dọn chữ ký cũ: drop the signatures used before `before`; the replay window refuses them by now.

    Raises NotAllowed.
    """
    require(permissions.may_operate(actor))

    forgotten, _ = UsedSignature.objects.filter(used_at__lt=before).delete()

    if forgotten:
        audit.record(
            action="axis.signatures-forgotten",
            actor=actor,
            at=now,
            subject_type="axis",
            subject_id=actor.agency_id,
            data={"count": forgotten},
        )


def _lock_sender(code: str) -> Agency | None:
    # NO KEY: who sends to this agency meanwhile needs its key only, and need not wait.
    return Agency.objects.select_for_update(no_key=True).named([code]).first()


def _lock_item(actor: Actor, item_id: UUID) -> MailboxItem:
    item = (
        MailboxItem.objects.select_for_update(of=("self",))
        .select_related("packet__content")
        .filter(permissions.visible_mail(actor), id=item_id)
        .first()
    )
    if item is None:
        raise Refused(Refusal.NO_SUCH_PACKET)
    return item


def _recipients(envelope: Envelope, claim: Claim, sender: Agency) -> list[Agency]:
    if claim.kind is not envelope.kind:
        raise Refused(
            Refusal.NOT_CONFORMANT,
            f"Gói tin là «{envelope.kind.label}», không phải «{claim.kind.label}» như yêu cầu nêu.",
        )
    if claim.sender_code not in (sender.code, sender.old_code):
        raise Refused(Refusal.SENDER_MISMATCH)
    named = _resolve(envelope.recipient_codes)
    if not claim.recipient_codes:
        return named
    wanted = _resolve(claim.recipient_codes)
    if not {agency.id for agency in wanted} <= {agency.id for agency in named}:
        raise Refused(Refusal.RECIPIENT_MISMATCH)
    return wanted


def _resolve(codes: Sequence[str]) -> list[Agency]:
    """The agencies of current or old codes, each once, in order of code. Raises Refused."""
    found = list(Agency.objects.select_related("successor").named(codes))
    known = {code for agency in found for code in (agency.code, agency.old_code)}
    if unknown := [code for code in codes if code not in known]:
        raise Refused(
            Refusal.UNKNOWN_RECIPIENT, f"Nơi nhận không có trong danh bạ của trục: {', '.join(unknown[:20])}."
        )
    return found


def _not_yet_given(packet: Packet | None, recipients: Sequence[Agency]) -> list[Agency]:
    given = set(packet.items.values_list("recipient_id", flat=True)) if packet is not None else set()
    missing = [recipient for recipient in recipients if recipient.id not in given]
    for recipient in missing:
        if recipient.closed_at is not None:
            successor = recipient.successor.code if recipient.successor is not None else None
            raise closed_recipient(recipient.code, name=recipient.name, successor=successor)
    return missing


def _known_packet(sender: Agency, envelope: Envelope, content: StoredBlob) -> Packet | None:
    """The packet of the same bytes, if it was sent before. Raises Refused (DUPLICATE_DOCUMENT)."""
    alike = Q(content_id=content.sha256)
    # Only a new document owns its DocumentId; recalls, updates and replacements speak of it again.
    if envelope.kind is PacketKind.EDOC and envelope.business_type == edxml.BusinessType.NEW:
        alike |= Q(document_id=envelope.document_id, business_type=edxml.BusinessType.NEW)
    known = list(Packet.objects.filter(alike, sender=sender, kind=envelope.kind)[:2])
    same = next((packet for packet in known if packet.content_id == content.sha256), None)
    if known and same is None:
        raise Refused(Refusal.DUPLICATE_DOCUMENT)
    return same


def _store(sender: Agency, envelope: Envelope, content: StoredBlob, now: datetime) -> Packet:
    return Packet.objects.create(
        kind=envelope.kind,
        sender=sender,
        content_id=content.sha256,
        document_id=envelope.document_id,
        business_type=envelope.business_type,
        symbol=envelope.symbol,
        subject=envelope.subject,
        received_at=now,
    )
