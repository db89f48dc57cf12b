"""What systems do with packets. One function, one transaction, one audit entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from vanthu import edxml
from vanthu.axis import operations, permissions, statements
from vanthu.axis.envelopes import Envelope
from vanthu.axis.models import MailboxItem, UsedSignature
from vanthu.axis.rules import DESCRIPTION_LIMIT, Refusal, Refused, closed_recipient
from vanthu.axis.statements import LockedItem, NewPacket, Party
from vanthu.axis.states import MailState, MailStep, PacketKind, next_state
from vanthu.kernel import audit, blobs
from vanthu.kernel.actor import Actor
from vanthu.kernel.blobs import StoredBlob
from vanthu.kernel.errors import require
from vanthu.kernel.use_cases import use_case


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


@use_case
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
    sender = statements.lock_party(envelope.sender_code)
    if sender is None or not permissions.may_send_as(actor, sender):
        raise Refused(Refusal.UNKNOWN_SENDER)
    recipients = _recipients(envelope, claim, sender)
    packet = _as_new(sender, envelope, content)
    known = _known_packet(packet)
    missing = _not_yet_given(known, recipients)
    if known is not None and not missing:
        return known
    packet_id = known or packet.id

    if known is None:
        blobs.keep(content, now=now)
        statements.insert_packet(packet, [recipient.id for recipient in missing], now=now)
    else:
        MailboxItem.objects.bulk_create(
            MailboxItem(packet_id=known, recipient_id=recipient.id, created_at=now, updated_at=now)
            for recipient in missing
        )

    audit.record(
        action="axis.packet-accepted",
        actor=actor,
        agency_id=sender.id,
        at=now,
        subject_type="axis.packet",
        subject_id=packet_id,
        data={
            "kind": packet.kind.value,
            "document_id": packet.document_id,
            "sha256": content.sha256,
            "sender": sender.code,
            "recipients": [recipient.code for recipient in missing],
        },
    )
    return packet_id


@use_case
def fetch_packet(*, actor: Actor, item_id: UUID, now: datetime) -> FetchedPacket:
    """Lấy gói tin: note that the recipient's system takes the bytes, and say which they are.

    Raises Refused (NO_SUCH_PACKET), also for another system's packets.
    """
    item = _lock_item(actor, item_id)

    if item.fetched_at is None:
        statements.note_fetched(item.id, now=now)

    audit.record(
        action="axis.packet-fetched",
        actor=actor,
        agency_id=item.recipient_id,
        at=now,
        subject_type="axis.mailbox-item",
        subject_id=item.id,
        data={"packet": str(item.packet_id)},
    )
    return FetchedPacket(sha256=item.sha256, size=item.size)


@use_case
def report_packet(
    *, actor: Actor, item_id: UUID, step: MailStep, description: str, signature: str, now: datetime
) -> None:
    """Báo nhận: what the recipient's system made of a packet. Only `done` ends the axis's duty.

    Saying again what is already so changes nothing and is no error. `signature` is the request's own:
    a request that once changed this item cannot change it a second time.
    Raises Refused (NO_SUCH_PACKET, REPEATED_SIGNATURE), IllegalStep.
    """
    item = _lock_item(actor, item_id)
    state = next_state(item.state, step)
    words = description.strip()[:DESCRIPTION_LIMIT]
    if state == item.state and (state is MailState.DONE or words == item.description):
        return
    operations.spend_signature(actor, signature, subject=str(item.id), now=now)

    statements.move_item(item.id, state, words, now=now)

    audit.record(
        action="axis.packet-reported",
        actor=actor,
        agency_id=item.recipient_id,
        at=now,
        subject_type="axis.mailbox-item",
        subject_id=item.id,
        data={
            "packet": str(item.packet_id),
            "from": item.state.value,
            "to": state.value,
            "description": words,
        },
    )


@use_case
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


def _lock_item(actor: Actor, item_id: UUID) -> LockedItem:
    item = statements.lock_item(item_id, system_id=actor.agency_id)
    if item is None:
        raise Refused(Refusal.NO_SUCH_PACKET)
    return item


def _recipients(envelope: Envelope, claim: Claim, sender: Party) -> list[Party]:
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


def _resolve(codes: Sequence[str]) -> list[Party]:
    """The agencies of current or old codes, each once, in order of code. Raises Refused."""
    found = statements.parties_named(codes)
    known = {code for agency in found for code in (agency.code, agency.old_code)}
    if unknown := [code for code in codes if code not in known]:
        raise Refused(
            Refusal.UNKNOWN_RECIPIENT,
            f"Nơi nhận không có trong danh bạ của Trục liên thông: {', '.join(unknown[:20])}.",
        )
    return found


def _not_yet_given(packet_id: UUID | None, recipients: Sequence[Party]) -> list[Party]:
    given: set[UUID] = set()
    if packet_id is not None:
        given.update(MailboxItem.objects.filter(packet_id=packet_id).values_list("recipient_id", flat=True))
    missing = [recipient for recipient in recipients if recipient.id not in given]
    for recipient in missing:
        if recipient.closed_at is not None:
            successor = recipient.successor_code or None
            raise closed_recipient(recipient.code, name=recipient.name, successor=successor)
    return missing


def _known_packet(packet: NewPacket) -> UUID | None:
    """The packet of the same bytes, if it was sent before. Raises Refused (DUPLICATE_DOCUMENT)."""
    # Only a new document owns its DocumentId; recalls, updates and replacements speak of it again.
    owns = packet.kind is PacketKind.EDOC and packet.business_type == edxml.BusinessType.NEW
    known = statements.packets_like(packet, owns_document_id=owns)
    same = next((packet_id for packet_id, sha256 in known if sha256 == packet.sha256), None)
    if known and same is None:
        raise Refused(Refusal.DUPLICATE_DOCUMENT)
    return same


def _as_new(sender: Party, envelope: Envelope, content: StoredBlob) -> NewPacket:
    return NewPacket(
        id=uuid4(),
        kind=envelope.kind,
        sender_id=sender.id,
        sha256=content.sha256,
        document_id=envelope.document_id,
        business_type=envelope.business_type,
        symbol=envelope.symbol,
        subject=envelope.subject,
    )
