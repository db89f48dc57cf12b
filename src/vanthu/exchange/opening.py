"""What arrives: a fetched packet is read, its files judged and stored, before any transaction begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.conf import settings

from vanthu import edxml
from vanthu.documents import intake
from vanthu.documents import rules as document_rules
from vanthu.documents.intake import Looked, SecretRefused, TooMuchWork, Work
from vanthu.documents.operations import NewFile
from vanthu.documents.states import FileKind
from vanthu.exchange import packets
from vanthu.exchange.axis_client import WaitingPacket
from vanthu.exchange.operations import FetchedPacket, ReportedState
from vanthu.exchange.packets import PacketUnusable, Reference
from vanthu.exchange.states import Channel, PacketKind
from vanthu.incoming.operations import Arrival
from vanthu.kernel import blobs
from vanthu.kernel.blobs import StoredBlob
from vanthu.organizations import operations as organizations
from vanthu.organizations.models import Agency
from vanthu.signing import operations as signing
from vanthu.signing.operations import Examination


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedDocument:
    """A document packet, its files stored and checked."""

    packet: FetchedPacket
    arrival: Arrival
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedStatus:
    """A status packet."""

    packet: FetchedPacket
    report: ReportedState


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """A packet nothing can be made of, with the sentence that says why."""

    packet: FetchedPacket
    reason: str
    #: The status its sender must be told at once, when the document may not be kept here.
    answer: edxml.StatusPacket | None = None
    #: Whether opening it again may come to something else.
    may_reopen: bool = True


Opened = OpenedDocument | OpenedStatus | Unusable


def open_packet(path: Path, waiting: WaitingPacket, *, now: datetime) -> Opened:
    """Make of the fetched file at `path` what can be recorded. Its bytes are stored, except a secret's.

    Never raises for what is wrong with the packet: that is its result.
    """
    fetched = _fetched(waiting)
    try:
        content = edxml.read(path, attachments_dir=path.parent / "tep")
    except edxml.PacketRefused as refused:
        return _set_aside(path, fetched, str(refused))
    if isinstance(content, edxml.StatusPacket):
        stored = replace(fetched, kind=PacketKind.STATUS, content=blobs.put_file(path))
        return OpenedStatus(
            packet=replace(stored, sender_code=content.sender.organ_id), report=_reported(content, now)
        )
    fetched = replace(
        fetched, kind=PacketKind.DOCUMENT, sender_code=content.sender.organ_id or waiting.sender_code
    )
    agency = _recipient(content, waiting)
    if agency is None:
        reason = f"Nơi nhận {waiting.recipient_code or '(không nêu mã)'} không thuộc hệ thống này."
        return _set_aside(path, fetched, reason)
    fetched = replace(fetched, agency_id=agency.id)
    work = Work(seconds=settings.PACKET_SECONDS)
    try:
        packets.require_usable(content)
        looked = {
            attachment.sha256: intake.look_at(attachment.path, work=work)
            for attachment in content.attachments
        }
        return _opened_document(path, content, fetched, looked, agency, now, work)
    except SecretRefused:
        return _send_back(content, fetched, agency, now)
    except (PacketUnusable, TooMuchWork) as fault:
        return _set_aside(path, fetched, str(fault))


def set_aside(path: Path | None, waiting: WaitingPacket, reason: str) -> Unusable:
    """A packet whose handling fails again and again for a reason nobody foresaw: keep its bytes, unread.

    `path` is None where the bytes cannot be had either.
    """
    agency = organizations.agency_by_code(waiting.recipient_code) if waiting.recipient_code else None
    is_ours = agency is not None and agency.is_hosted
    fetched = replace(_fetched(waiting), agency_id=agency.id if agency and is_ours else None)
    return Unusable(packet=fetched, reason=reason) if path is None else _set_aside(path, fetched, reason)


def set_aside_again(waiting: WaitingPacket, content: StoredBlob | None, reason: str) -> Unusable:
    """A packet whose opening again failed as well: its bytes stay as they were kept."""
    aside = set_aside(None, waiting, reason)
    return replace(aside, packet=replace(aside.packet, content=content))


def not_given(waiting: WaitingPacket, reason: str) -> Unusable:
    """A packet the axis offers and will never give: there are no bytes to keep."""
    return Unusable(packet=_fetched(waiting), reason=reason, may_reopen=False)


def _fetched(waiting: WaitingPacket) -> FetchedPacket:
    """The packet before anything was read in it."""
    return FetchedPacket(
        axis_doc_id=waiting.doc_id,
        kind=PacketKind(waiting.kind),
        sender_code=waiting.sender_code,
        agency_id=None,
        content=None,
        recipient_code=waiting.recipient_code,
    )


def _set_aside(path: Path, fetched: FetchedPacket, reason: str) -> Unusable:
    # An empty file holds nothing to keep, and no blob is empty.
    content = blobs.put_file(path) if path.stat().st_size else None
    return Unusable(packet=replace(fetched, content=content), reason=reason)


def _send_back(content: edxml.Packet, fetched: FetchedPacket, agency: Agency, now: datetime) -> Unusable:
    reason = (
        "Văn bản có dấu độ mật không được gửi qua mạng này. Hệ thống nhận không lưu văn bản; "
        "hãy gửi theo quy định bảo vệ bí mật nhà nước."
    )
    answer = packets.refusal_packet(content, agency, reason, now=now)
    return Unusable(packet=fetched, reason=reason, answer=answer, may_reopen=False)


def _opened_document(
    path: Path,
    content: edxml.Packet,
    fetched: FetchedPacket,
    looked: Mapping[str, Looked],
    agency: Agency,
    now: datetime,
    work: Work,
) -> OpenedDocument:
    files, examinations = _stored_files(content.attachments, looked, now, work)
    return OpenedDocument(
        packet=replace(fetched, content=blobs.put_file(path)),
        arrival=Arrival(
            source_key=packets.source_key_of(content),
            channel_label=Channel.AXIS.label,
            sender_code=content.sender.organ_id,
            sender_name=packets.sender_name(content),
            record=packets.record_of(content, agency=agency),
            files=files,
            examinations=examinations,
        ),
        references=tuple(packets.reference_of(response) for response in content.responses),
    )


def _recipient(content: edxml.Packet, waiting: WaitingPacket) -> Agency | None:
    """The agency of this installation the packet is for: whom the axis names, else the packet's only one."""
    if waiting.recipient_code:
        agency = organizations.agency_by_code(waiting.recipient_code)
        return agency if agency is not None and agency.is_hosted else None
    hosted = organizations.hosted_among([party.organ_id for party in content.recipients])
    return hosted[0] if len(hosted) == 1 else None


def _stored_files(
    attachments: Sequence[edxml.Attachment], looked: Mapping[str, Looked], now: datetime, work: Work
) -> tuple[list[NewFile], dict[str, Examination]]:
    """The files in their order, the first PDF (else the first file) being the document itself."""
    pdfs = [attachment for attachment in attachments if _is_pdf(attachment, looked)]
    main = pdfs[0] if pdfs else attachments[0]
    examinations = {}
    for each in pdfs:
        work.seconds_left()
        examinations[each.sha256] = signing.examine(each.path, now=now)
    others = [attachment for attachment in attachments if attachment is not main]
    files = [_file(main, looked, FileKind.MAIN, 0)]
    files += [
        _file(each, looked, FileKind.ATTACHMENT, position) for position, each in enumerate(others, start=1)
    ]
    return files, examinations


def _is_pdf(attachment: edxml.Attachment, looked: Mapping[str, Looked]) -> bool:
    """By content or by name: what only calls itself a PDF is judged as one, and found broken."""
    named = document_rules.extension_of(attachment.name) == "pdf"
    return named or looked[attachment.sha256].media_type == intake.PDF


def _file(
    attachment: edxml.Attachment, looked: Mapping[str, Looked], kind: FileKind, position: int
) -> NewFile:
    return NewFile(
        kind=kind,
        name=attachment.name,
        media_type=looked[attachment.sha256].media_type,
        is_locked=looked[attachment.sha256].is_locked,
        blob=blobs.put_file(attachment.path),
        position=position,
        note="Nhận qua Trục liên thông",
        page_count=intake.page_count_of(attachment.path) if kind is FileKind.MAIN else None,
    )


def _reported(content: edxml.StatusPacket, now: datetime) -> ReportedState:
    return ReportedState(
        about=packets.reference_of(content.response_for),
        issuer_code=content.response_for.organ_id,
        reporter_code=content.sender.organ_id,
        code=content.status_code,
        # A peer's clock may be wrong; a state from the future would stay on top for ever.
        at=min(content.timestamp or now, now),
        note=content.description,
        staff=content.staff.staff if content.staff else "",
    )
