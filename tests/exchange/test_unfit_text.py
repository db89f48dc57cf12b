"""A packet whose text nobody can compare, from an axis that let it pass: put aside, with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.axis import packets
from tests.axis.world import DEPARTMENT, DISTRICT
from tests.world import NOW, World
from vanthu.exchange import opening
from vanthu.exchange.axis_client import WaitingPacket
from vanthu.kernel import blobs

pytestmark = pytest.mark.django_db


def test_is_put_aside_with_its_bytes_and_a_reason(world: World, tmp_path: Path) -> None:
    packet = packets.document(DISTRICT, [DEPARTMENT]).replace(b"V/v r", b"V/v e" + "\u0301".encode() * 30_000)
    (tmp_path / "goi.edxml").write_bytes(packet)
    waiting = WaitingPacket(
        doc_id="1",
        kind="edoc",
        sender_code=DISTRICT,
        recipient_code=world.department.code,
        received_at=NOW,
        status="initial",
    )

    opened = opening.open_packet(tmp_path / "goi.edxml", waiting, now=NOW)

    assert isinstance(opened, opening.Unusable)
    assert "một chữ mang quá nhiều dấu chồng lên nhau" in opened.reason
    assert opened.packet.content is not None
    assert blobs.is_whole(opened.packet.content.sha256)
