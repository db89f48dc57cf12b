"""Packets as systems send them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from vanthu import edxml

MORNING = datetime(2026, 11, 20, 8, 15, tzinfo=edxml.VIETNAM_TIME)


def document(
    sender: str,
    recipients: Sequence[str],
    *,
    number: int = 1,
    subject: str = "V/v rà soát vị trí việc làm",
    sphere: str = "",
    attachments: Sequence[Path] = (),
) -> bytes:
    """A document packet; the same arguments give the same bytes."""
    packet = edxml.Packet(
        sender=edxml.Party(organ_id=sender, name=f"Cơ quan {sender}"),
        recipients=tuple(edxml.Party(organ_id=code, name=f"Cơ quan {code}") for code in recipients),
        document_id=document_id(sender, number),
        code=edxml.DocumentCode(number=str(number), notation="UBND-NC"),
        promulgation=edxml.Promulgation(place="Bình An", promulgation_date=MORNING.date()),
        document_type=edxml.DocumentType(type=2, name="Công văn"),
        subject=subject,
        other=edxml.OtherInfo(sphere=sphere) if sphere else None,
        trace=(edxml.TraceHeader(organ_id=sender, timestamp=MORNING),),
    )
    target = io.BytesIO()
    sources = [edxml.AttachmentSource(path=path, name=path.name) for path in attachments]
    edxml.write(packet, sources, target, known_codes=(sender, *recipients))
    return target.getvalue()


def status(
    sender: str,
    to: str,
    *,
    number: int = 1,
    code: edxml.StatusCode = edxml.StatusCode.ARRIVED,
    at: datetime = MORNING,
) -> bytes:
    """A status packet about `document(to, …, number=number)`."""
    packet = edxml.StatusPacket(
        sender=edxml.Party(organ_id=sender, name=f"Cơ quan {sender}"),
        response_for=edxml.ResponseFor(
            organ_id=to,
            code=f"{number}/UBND-NC",
            promulgation_date=date(2026, 11, 20),
            document_id=document_id(to, number),
        ),
        staff=edxml.StaffInfo(department="Văn thư", staff="Trần Thị Bình"),
        status_code=code,
        description="Gửi nhầm nơi nhận" if code is edxml.StatusCode.REFUSED else "",
        timestamp=at,
    )
    target = io.BytesIO()
    edxml.write_status(packet, target, known_codes=(sender, to))
    return target.getvalue()


def document_id(sender: str, number: int) -> str:
    """The DocumentId of `document(sender, …, number=number)`."""
    return edxml.build_document_id(sender, MORNING.date(), str(number), "UBND-NC")
