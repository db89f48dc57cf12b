"""Between our records and the packets of QCVN 102: what leaves is strict, what arrives is fitted in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from vanthu import edxml
from vanthu.documents import rules as document_rules
from vanthu.documents.models import Document
from vanthu.documents.operations import NewRecord
from vanthu.documents.states import Urgency
from vanthu.exchange import rules
from vanthu.exchange.models import StatusReport
from vanthu.kernel.errors import DomainError
from vanthu.kernel.folding import fold
from vanthu.organizations import operations as organizations
from vanthu.organizations.models import Agency
from vanthu.outgoing.models import OutgoingDocument

#: Hành chính; peers disagree about the numbers, so the name of the type says what it is.
_ADMINISTRATIVE = 2
_NAME_LIMIT = 200
#: After a name no directory of ours vouches for.
_BY_PACKET = " (theo gói tin)"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")

_CANNOT_YET = {
    edxml.BusinessType.RECALL: (
        "Hệ thống nhận chưa xử lý được gói tin thu hồi văn bản. Hãy thông báo thu hồi bằng văn bản."
    ),
    edxml.BusinessType.UPDATE: (
        "Hệ thống nhận chưa xử lý được gói tin cập nhật văn bản. "
        "Hãy phát hành văn bản thay thế hoặc đính chính."
    ),
    None: "Gói tin nêu một loại nghiệp vụ (BussinessDocType) không có trong quy định.",
}


class PacketUnusable(DomainError):
    """Gói tin đọc được nhưng không dùng được."""

    code = "exchange.packet-unusable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """How a packet names a document of ours: by its identifier, else by number, notation and date."""

    document_code: str
    code: str
    issued_on: date | None


def document_packet(document: OutgoingDocument, recipients: Sequence[Agency]) -> edxml.Packet:
    """The packet of an issued document for all its recipients beyond the axis; made again, it is the same."""
    record, agency = document.document, document.agency
    assert document.issued_at is not None, "only issued documents are sent"
    capacity, position = rules.split_title(record.signer_title)
    return edxml.Packet(
        sender=_sender(agency),
        recipients=tuple(edxml.Party(organ_id=each.code, name=each.name) for each in recipients),
        document_id=record.document_code,
        code=edxml.DocumentCode(number=record.number, notation=record.notation),
        promulgation=edxml.Promulgation(place=record.place, promulgation_date=record.issued_on),
        document_type=edxml.DocumentType(type=_ADMINISTRATIVE, detail=0, name=record.type_name),
        subject=record.subject,
        signer=edxml.Signer(competence=capacity, position=position, full_name=record.signer_name),
        due_date=record.due_on,
        places=tuple(rules.shortened(place, 150) for place in record.to_places),
        other=edxml.OtherInfo(
            priority=edxml.Priority(record.urgency),
            sphere=record.sphere,
            promulgation_amount=len(recipients),
            page_amount=record.page_count,
        ),
        responses=_responses(document),
        trace=(edxml.TraceHeader(organ_id=agency.code, timestamp=document.issued_at),),
        business=edxml.Business(
            document_id=record.document_code, type=edxml.BusinessType.NEW, paper=0, staff=_staff(document)
        ),
    )


def status_packet(report: StatusReport) -> edxml.StatusPacket:
    """The packet that tells a document's sender a state it came to; the same each time it is made."""
    incoming = report.document
    record = incoming.document
    return edxml.StatusPacket(
        sender=_sender(incoming.agency),
        response_for=edxml.ResponseFor(
            organ_id=incoming.sender_code,
            code=record.code or record.document_code,
            promulgation_date=record.issued_on,
            document_id=record.document_code,
        ),
        staff=edxml.StaffInfo(staff=rules.shortened(report.staff, 100)),
        status_code=report.code,
        description=report.note,
        timestamp=report.at,
    )


def refusal_packet(
    packet: edxml.Packet, recipient: Agency, reason: str, *, now: datetime
) -> edxml.StatusPacket:
    """Status 02 for a document that may not even be kept here."""
    return edxml.StatusPacket(
        sender=_sender(recipient),
        response_for=edxml.ResponseFor(
            organ_id=packet.sender.organ_id,
            code=packet.code.text,
            promulgation_date=packet.promulgation.promulgation_date,
            document_id=packet.document_id or packet.code.text,
        ),
        status_code=edxml.StatusCode.REFUSED,
        description=reason,
        timestamp=now,
    )


def require_usable(packet: edxml.Packet) -> None:
    """Refuse what is no document for us, in a sentence for the sender's operator. Raises PacketUnusable."""
    if not edxml.is_acceptable_organ_id(packet.sender.organ_id):
        raise PacketUnusable("Gói tin không nêu mã định danh hợp lệ của cơ quan gửi.")
    if packet.business.type in _CANNOT_YET:
        raise PacketUnusable(_CANNOT_YET[packet.business.type])
    if not packet.attachments:
        raise PacketUnusable("Gói tin không kèm tệp văn bản nào.")
    for what, text, limit in (
        ("Mã định danh văn bản", packet.document_id, 200),
        ("Số văn bản", packet.code.number, 50),
        ("Ký hiệu văn bản", packet.code.notation, 50),
    ):
        if len(text) > limit:
            raise PacketUnusable(f"{what} dài quá {limit} ký tự.")


def record_of(packet: edxml.Packet, *, agency: Agency) -> NewRecord:
    """The record of an arrived document, as `agency` keeps it; texts too long for it are shortened."""
    signer, other = packet.signer or edxml.Signer(), packet.other or edxml.OtherInfo()
    type_name = rules.shortened(packet.document_type.name, 100) or "Văn bản"
    return NewRecord(
        agency_id=agency.id,
        issuer_code=packet.sender.organ_id,
        issuer_name=sender_name(packet),
        document_code=packet.document_id,
        number=packet.code.number,
        notation=packet.code.notation,
        issued_on=packet.promulgation.promulgation_date,
        place=rules.shortened(packet.promulgation.place, 50),
        type_code=_type_code(type_name),
        type_name=type_name,
        subject=rules.shortened(packet.subject, 500) or "(Không có trích yếu)",
        signer_name=rules.shortened(signer.full_name, 50),
        signer_title=rules.join_title(
            rules.shortened(signer.competence, 99), rules.shortened(signer.position, 100)
        ),
        urgency=min(int(other.priority or 0), int(Urgency.EXPRESS)),
        due_on=packet.due_date,
        to_places=[rules.shortened(place, 200) for place in packet.places],
        sphere=rules.shortened(other.sphere, 100),
    )


def copy_of(record: Document, *, agency: Agency) -> NewRecord:
    """The record of a document delivered within the installation, as the recipient `agency` keeps it."""
    return NewRecord(
        agency_id=agency.id,
        issuer_code=record.issuer_code,
        issuer_name=record.issuer_name,
        document_code=record.document_code,
        number=record.number,
        notation=record.notation,
        issued_on=record.issued_on,
        place=record.place,
        type_code=record.type_code,
        type_name=record.type_name,
        subject=record.subject,
        signer_name=record.signer_name,
        signer_title=record.signer_title,
        urgency=record.urgency,
        due_on=record.due_on,
        to_places=record.to_places,
        sphere=record.sphere,
    )


def sender_name(packet: edxml.Packet) -> str:
    """Who our directory says the sender is; of a code it does not know, what the packet says, marked so.

    A packet may call its sender anything; the axis answers for the code only.
    """
    known = organizations.agency_by_code(packet.sender.organ_id)
    if known is not None:
        return known.name
    stated = rules.shortened(packet.sender.name, _NAME_LIMIT - len(_BY_PACKET))
    return stated + _BY_PACKET if stated else packet.sender.organ_id


def source_key_of(packet: edxml.Packet) -> str:
    """The key under which an agency keeps this document once, whatever packet brings it."""
    issued_on = packet.promulgation.promulgation_date
    return rules.axis_key(
        sender_code=packet.sender.organ_id,
        parts=[
            packet.document_id,
            packet.code.text,
            issued_on.isoformat() if issued_on else "",
            str(packet.business.type),
            *(attachment.sha256 for attachment in packet.attachments),
        ],
    )


def reference_of(response: edxml.ResponseFor) -> Reference:
    """The document of ours a packet answers, or reports on."""
    return Reference(
        document_code=response.document_id, code=response.code, issued_on=response.promulgation_date
    )


def _sender(agency: Agency) -> edxml.Party:
    return edxml.Party(
        organ_id=agency.code,
        in_charge=agency.parent.name if agency.parent else "",
        name=agency.name,
        email=agency.email if _EMAIL.fullmatch(agency.email) else "",
    )


def _staff(document: OutgoingDocument) -> edxml.StaffInfo:
    author = document.author
    return edxml.StaffInfo(
        department=document.unit.name if document.unit else "",
        staff=author.full_name,
        email=author.email if _EMAIL.fullmatch(author.email) else "",
        mobile=author.phone,
    )


def _responses(document: OutgoingDocument) -> tuple[edxml.ResponseFor, ...]:
    answered = document.replies_to
    if answered is None:
        return ()
    return (
        edxml.ResponseFor(
            organ_id=answered.issuer_code,
            code=answered.code or answered.document_code,
            promulgation_date=answered.issued_on,
            document_id=answered.document_code or answered.code,
        ),
    )


def _type_code(name: str) -> str:
    wanted = fold(name)
    return next((code for code, known in document_rules.DOCUMENT_TYPES.items() if fold(known) == wanted), "")
