"""Whose name a document that arrived bears: our directory's, not what its packet calls itself."""

from __future__ import annotations

import pytest

from tests.world import World
from vanthu import edxml
from vanthu.exchange import packets

UNKNOWN = "H97.01"


@pytest.mark.parametrize(
    ("code", "stated", "shown"),
    [
        pytest.param("H98", "Bộ Công an", "Ủy ban nhân dân tỉnh Phú Vinh", id="known, whatever it says"),
        pytest.param(UNKNOWN, "Sở Y tế", "Sở Y tế (theo gói tin)", id="unknown"),
        pytest.param(UNKNOWN, "", UNKNOWN, id="unknown and nameless"),
        pytest.param(UNKNOWN, "x" * 300, "x" * 184 + "… (theo gói tin)", id="unknown, with a long name"),
    ],
)
def test_the_name_of_a_sender(world: World, code: str, stated: str, shown: str) -> None:
    packet = edxml.Packet(sender=edxml.Party(organ_id=code, name=stated))

    assert packets.sender_name(packet) == shown
    assert packets.record_of(packet, agency=world.department).issuer_name == shown
    assert len(shown) <= 200
