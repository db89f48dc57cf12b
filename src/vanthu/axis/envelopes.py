"""What the axis reads in a packet before it takes it in: from whom, to whom, about which document."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from vanthu import edxml
from vanthu.axis.rules import Refusal, Refused, is_marked_secret
from vanthu.axis.states import PacketKind
from vanthu.edxml import transport
from vanthu.kernel import blobs
from vanthu.kernel.blobs import StoredBlob

#: As many characters of the subject as the axis shows; the packet keeps all of them.
_SUBJECT_SHOWN = 2000
_SYMBOL_SHOWN = 200
_DOCUMENT_ID_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The addresses of a packet, as they stand in it. Codes are not yet looked up."""

    kind: PacketKind
    sender_code: str
    #: At least one; without repetition, in the packet's order.
    recipient_codes: tuple[str, ...]
    document_id: str
    #: BussinessDocType; None for a kind nobody knows, and for a status packet.
    business_type: int | None = None
    symbol: str = ""
    subject: str = ""


def take_in(content: BinaryIO, *, stated_hash: str, limit: int) -> tuple[Envelope, StoredBlob]:
    """Read a packet as it arrives, and store its bytes only when they may be here.

    `stated_hash` is what the sender says they hash to (`hash-file`), `limit` the most bytes taken.
    Whatever is refused here leaves no byte behind, a state secret above all.
    Raises EmptyFile, FileTooLarge, Refused (HASH_MISMATCH, NOT_CONFORMANT, SECRET_DOCUMENT),
    BlobDamaged.
    """
    with blobs.arriving(content, limit=limit) as arrival:
        if not transport.hash_matches(stated_hash, arrival.sha256):
            raise Refused(Refusal.HASH_MISMATCH)
        return open_envelope(arrival.path), blobs.store(arrival)


def open_envelope(packet_file: Path) -> Envelope:
    """Read a packet whole, attachments included, and return its addresses.

    What is damaged, dangerous or not a packet is refused here, not at the receiver's desk.
    Raises Refused (NOT_CONFORMANT, SECRET_DOCUMENT).
    """
    with blobs.work_folder() as folder:
        try:
            packet = edxml.read(packet_file, attachments_dir=folder)
        except edxml.PacketRefused as refused:
            raise Refused(Refusal.NOT_CONFORMANT, str(refused)) from refused
    envelope = _of_status(packet) if isinstance(packet, edxml.StatusPacket) else _of_document(packet)
    _require("From/OrganId", envelope.sender_code)
    _require("DocumentId", envelope.document_id)
    if len(envelope.document_id) > _DOCUMENT_ID_LIMIT:
        raise Refused(Refusal.NOT_CONFORMANT, f"DocumentId dài quá {_DOCUMENT_ID_LIMIT} ký tự.")
    return envelope


def _of_document(packet: edxml.Packet) -> Envelope:
    other = packet.other or edxml.OtherInfo()
    labels = [other.sphere, other.typist, packet.document_type.name, packet.content, *other.appendixes]
    if is_marked_secret(subject=packet.subject, labels=labels):
        raise Refused(Refusal.SECRET_DOCUMENT)
    for number, party in enumerate(packet.recipients, start=1):
        _require(f"To[{number}]/OrganId", party.organ_id)
    codes = tuple(dict.fromkeys(party.organ_id for party in packet.recipients))
    _require("To", codes)
    return Envelope(
        kind=PacketKind.EDOC,
        sender_code=packet.sender.organ_id,
        recipient_codes=codes,
        document_id=packet.document_id,
        business_type=packet.business.type,
        symbol=packet.code.text[:_SYMBOL_SHOWN],
        subject=packet.subject[:_SUBJECT_SHOWN],
    )


def _of_status(packet: edxml.StatusPacket) -> Envelope:
    # The addressee of a status is whoever sent the document it speaks of (13: whoever received it).
    _require("ResponseFor/OrganId", packet.response_for.organ_id)
    return Envelope(
        kind=PacketKind.STATUS,
        sender_code=packet.sender.organ_id,
        recipient_codes=(packet.response_for.organ_id,),
        document_id=packet.response_for.document_id,
        symbol=packet.response_for.code[:_SYMBOL_SHOWN],
        subject=f"{packet.status_code} {packet.description}".strip()[:_SUBJECT_SHOWN],
    )


def _require(name: str, value: object) -> None:
    if not value:
        raise Refused(Refusal.NOT_CONFORMANT, f"Gói tin không đúng QCVN 102: thiếu {name}.")
