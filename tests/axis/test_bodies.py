"""The line end the national client appends is not part of the packet."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from vanthu.interfaces.axis.bodies import PacketBody


def read_all(body: bytes, size: int) -> bytes:
    reader = PacketBody(io.BytesIO(body))
    pieces = []
    while piece := reader.read(size):
        pieces.append(piece)
    return b"".join(pieces)


@given(st.binary(max_size=40) | st.text("\r\nx", max_size=12).map(str.encode), st.integers(1, 9))
def test_takes_off_exactly_one_line_end_however_the_body_comes_in(packet: bytes, size: int) -> None:
    assert read_all(packet + b"\r\n", size) == packet


@given(st.text("\r\nx", max_size=12).map(str.encode), st.integers(1, 9))
def test_leaves_everything_else(body: bytes, size: int) -> None:
    assert read_all(body, size) == body.removesuffix(b"\r\n")
