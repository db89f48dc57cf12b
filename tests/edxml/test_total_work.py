"""A packet has a total of work, whatever it spends it on."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.edxml import samples
from vanthu import edxml
from vanthu.edxml.errors import TooManyElements

_START = f'<edXML xmlns="{edxml.NAMESPACE}"><edXMLEnvelope>'


def test_attributes_count_as_elements_do(tmp_path: Path) -> None:
    flood = " ".join(f'a{number}="x"' for number in range(edxml.DEFAULT_LIMITS.elements))

    with pytest.raises(TooManyElements):
        edxml.read(io.BytesIO(f"{_START}<To {flood}/>".encode()), attachments_dir=tmp_path)


def test_an_attachment_in_crumbs_is_refused(tmp_path: Path) -> None:
    """A reference for each letter makes five bytes as much work as a line."""
    limits = edxml.Limits(events=1_000)
    crumbs = "&#65;" * 40_000
    body = f"{_START}</edXMLEnvelope><Attachment><ContentTransferEncoded>{crumbs}"

    with pytest.raises(TooManyElements, match="chia vụn"):
        edxml.read(io.BytesIO(body.encode()), attachments_dir=tmp_path, limits=limits)


def test_an_attachment_in_lines_of_base64_is_far_from_it(tmp_path: Path) -> None:
    limits = edxml.Limits(events=1_000)
    data = bytes(range(256)) * 4_000
    packet = samples.written(samples.PACKET, [samples.source(tmp_path, data=data)])

    read = edxml.read(io.BytesIO(packet), attachments_dir=tmp_path / "in", limits=limits)

    assert isinstance(read, edxml.Packet)
    assert read.attachments[0].size == len(data)
