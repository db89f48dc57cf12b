"""The packet the benchmarks send: one official letter from one agency to another."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from vanthu import edxml

_MORNING = datetime(2026, 11, 20, 8, 15, tzinfo=edxml.VIETNAM_TIME)


def write_packet(target: Path, *, sender: str, recipient: str, number: str, attachment: Path) -> None:
    """Write the packet with its one attachment; codes as in the axis's directory."""
    packet = edxml.Packet(
        sender=edxml.Party(organ_id=sender, name="Sở Nội vụ tỉnh An Bình"),
        recipients=(edxml.Party(organ_id=recipient, name="Sở Nội vụ tỉnh Thuận Phước"),),
        document_id=edxml.build_document_id(sender, _MORNING.date(), number, "SNV-CCVC"),
        code=edxml.DocumentCode(number=number, notation="SNV-CCVC"),
        promulgation=edxml.Promulgation(place="An Bình", promulgation_date=_MORNING.date()),
        document_type=edxml.DocumentType(type=2, name="Công văn"),
        subject="V/v rà soát vị trí việc làm",
        trace=(edxml.TraceHeader(organ_id=sender, timestamp=_MORNING),),
    )
    source = edxml.AttachmentSource(path=attachment, name="cong-van.pdf")
    edxml.write(packet, [source], target, known_codes=(sender, recipient))
