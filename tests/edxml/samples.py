"""Packets that may be sent, and files to go with them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from vanthu import edxml

NOW = datetime(2026, 11, 20, 8, 15, tzinfo=edxml.VIETNAM_TIME)

SENDER = edxml.Party(
    organ_id="000.00.00.H29", name="UBND tỉnh Bình An", email="vanthu@binhan.example", telephone="0200 000000"
)

PACKET = edxml.Packet(
    sender=SENDER,
    recipients=(
        edxml.Party(organ_id="H37.02", name="Sở Nội vụ"),
        edxml.Party(organ_id="0100109106", name="Công ty Cấp nước"),
    ),
    document_id="000.00.00.H29,2026/11/20,125/UBND-NC",
    code=edxml.DocumentCode(number="125", notation="UBND-NC"),
    promulgation=edxml.Promulgation(place="Bình An", promulgation_date=date(2026, 11, 20)),
    document_type=edxml.DocumentType(type=2, name="Công văn"),
    subject="V/v rà soát vị trí việc làm",
    trace=(edxml.TraceHeader(organ_id="000.00.00.H29", timestamp=NOW),),
)

STATUS = edxml.StatusPacket(
    sender=edxml.Party(organ_id="H37.02", name="Sở Nội vụ"),
    response_for=edxml.ResponseFor(
        organ_id="000.00.00.H29",
        code="125/UBND-NC",
        promulgation_date=date(2026, 11, 20),
        document_id="000.00.00.H29,2026/11/20,125/UBND-NC",
    ),
    staff=edxml.StaffInfo(department="Văn thư", staff="Trần Thị Bình"),
    status_code=edxml.StatusCode.REFUSED,
    description="Gửi nhầm nơi nhận",
    timestamp=NOW,
)


def source(folder: Path, name: str = "cong-van.pdf", data: bytes = b"%PDF-1.7 x") -> edxml.AttachmentSource:
    """A file in `folder`, to be sent under `name`."""
    path = folder / f"nguon-{len(list(folder.iterdir()))}"
    path.write_bytes(data)
    return edxml.AttachmentSource(path=path, name=name)


def written(packet: edxml.Packet, attachments: Sequence[edxml.AttachmentSource] = ()) -> bytes:
    target = io.BytesIO()
    edxml.write(packet, attachments, target)
    return target.getvalue()


def written_status(status: edxml.StatusPacket) -> bytes:
    target = io.BytesIO()
    edxml.write_status(status, target)
    return target.getvalue()
