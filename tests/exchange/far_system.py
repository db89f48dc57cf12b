"""Another installation, played by hand: it sends packets over the axis and reads what comes back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from tests.exchange.axis_process import OTHER_SECRET, OTHER_SYSTEM_ID, AxisProcess
from tests.world import NOW
from vanthu import edxml
from vanthu.exchange.axis_client import AxisClient, WaitingPacket

CODE, NAME = "H98", "Ủy ban nhân dân tỉnh Phú Vinh"


class FarSystem:
    """The system of UBND tỉnh Phú Vinh."""

    def __init__(self, axis: AxisProcess, folder: Path) -> None:
        self.folder = folder
        self.client = AxisClient(axis.url, OTHER_SYSTEM_ID, OTHER_SECRET)

    def packet(self, *recipients: str, **more: object) -> edxml.Packet:
        """A packet to `recipients`, with a number of its own."""
        number = str(uuid4().int % 10**8)
        packet = edxml.Packet(
            sender=edxml.Party(organ_id=CODE, name=NAME),
            recipients=tuple(edxml.Party(organ_id=code, name=code) for code in recipients),
            document_id=edxml.build_document_id(CODE, NOW.date(), number, "UBND-NC"),
            code=edxml.DocumentCode(number=number, notation="UBND-NC"),
            promulgation=edxml.Promulgation(place="Phú Vinh", promulgation_date=NOW.date()),
            document_type=edxml.DocumentType(type=2, name="Công văn"),
            subject="V/v phối hợp phòng, chống thiên tai",
            signer=edxml.Signer(
                competence="TM. ỦY BAN NHÂN DÂN", position="CHỦ TỊCH", full_name="Lý Văn Tám"
            ),
            trace=(edxml.TraceHeader(organ_id=CODE, timestamp=NOW),),
        )
        return replace(packet, **more)  # type: ignore[arg-type]  # a test may replace any field

    def written(self, packet: edxml.Packet, files: Sequence[tuple[str, bytes]]) -> bytes:
        """The packet as bytes."""
        sources = []
        for name, content in files:
            path = self.folder / f"{uuid4()}"
            path.write_bytes(content)
            sources.append(edxml.AttachmentSource(path=path, name=name))
        written = io.BytesIO()
        edxml.write(packet, sources, written)
        return written.getvalue()

    def send(self, packet: edxml.Packet, *files: tuple[str, bytes]) -> str:
        """Send it; the axis's id of it."""
        return self.send_bytes(self.written(packet, files))

    def send_bytes(self, content: bytes) -> str:
        path = self.folder / f"{uuid4()}.edxml"
        path.write_bytes(content)
        return self.client.send(path, "edoc", CODE)

    def send_status(self, status: edxml.StatusPacket) -> str:
        path = self.folder / f"{uuid4()}.edxml"
        edxml.write_status(status, path)
        return self.client.send(path, "status", CODE)

    def statuses(self) -> list[edxml.StatusPacket]:
        """Every status packet that came, oldest first; taken from the mailbox."""
        found = []
        for waiting in self.client.list_received("status"):
            content = self._take(waiting)
            assert isinstance(content, edxml.StatusPacket)
            found.append(content)
        return found

    def documents(self) -> list[edxml.Packet]:
        """Every document packet that came, oldest first; taken from the mailbox."""
        found = []
        for waiting in self.client.list_received("edoc"):
            content = self._take(waiting)
            assert isinstance(content, edxml.Packet)
            found.append(content)
        return found

    def _take(self, waiting: WaitingPacket) -> edxml.Packet | edxml.StatusPacket:
        path = self.folder / f"{uuid4()}.edxml"
        self.client.fetch(waiting.doc_id, path)
        self.client.update_status(waiting.doc_id, "done")
        return edxml.read(path, attachments_dir=self.folder / str(uuid4()))
