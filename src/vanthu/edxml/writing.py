"""Writing a packet in the strict form: every rule kept, one order, one prefix, one way to wrap files."""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from uuid import UUID, uuid4, uuid5

from lxml import etree

from vanthu.edxml.checking import check_packet, check_status, is_absent
from vanthu.edxml.leaves import Leaf
from vanthu.edxml.names import composed_name, extension_of, media_type_of
from vanthu.edxml.parsing import NAMESPACE, ROOT
from vanthu.edxml.schema import Many, Slot, slots_of
from vanthu.edxml.status import StatusPacket
from vanthu.edxml.values import AttachmentSource, Packet

_PIECE = 192 * 1024
# Names of wrapped files come from this, so that the same packet is the same bytes.
_ENTRY_NAMES = UUID("6f1d5b7a-6c0e-5f0b-9a6e-3d8c55a7b102")
_ENTRY_TIME = (1980, 1, 1, 0, 0, 0)
_TRACE = "TraceHeaderList"


class _Xml(Protocol):
    """lxml's incremental writer, as far as it is used here."""

    def element(self, tag: str, attrib: Any = ..., nsmap: Any = ...) -> Any: ...

    def write(self, *content: str) -> None: ...

    def write_declaration(self) -> None: ...

    def flush(self) -> None: ...


def write(
    packet: Packet,
    attachments: Sequence[AttachmentSource],
    target: Path | BinaryIO,
    *,
    known_codes: Collection[str] = (),
) -> None:
    """Write a document packet (QCVN 102:2016/BTTTT) with its files; the same input gives the same bytes.

    Each file is wrapped as the national SDK does (a zip with the one entry `<uuid>.<ext>`, in base64)
    and streamed: memory does not grow with it. `packet.attachments` and `.warnings` are not written.
    `known_codes` are bodies' codes that the axis's own directory gives, and may be sent to though the
    law has no such form. A path appears only once it is complete; nothing is written when a rule is
    broken.

    Raises InvalidPacket with all broken rules, and OSError.
    """
    check_packet(packet, attachments, known_codes)
    with _open(target) as file, etree.xmlfile(file, encoding="UTF-8") as xml:
        _write_packet(xml, packet, attachments)


def write_status(status: StatusPacket, target: Path | BinaryIO, *, known_codes: Collection[str] = ()) -> None:
    """Write a status packet; as `write` in all else."""
    check_status(status, known_codes)
    with _open(target) as file, etree.xmlfile(file, encoding="UTF-8") as xml:
        _write_status(xml, status)


@contextmanager
def _open(target: Path | BinaryIO) -> Iterator[BinaryIO]:
    if not isinstance(target, Path):
        yield target
        return
    unfinished = target.with_name(f".{target.name[:40]}-{uuid4().hex}")
    try:
        with unfinished.open("xb") as file:
            yield file
        unfinished.replace(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _root(xml: _Xml) -> Any:
    return xml.element(_tag(ROOT), nsmap={None: NAMESPACE})


def _envelope(xml: _Xml) -> Any:
    # One namespace twice: a .NET peer of the axis refuses children of the envelope without the prefix.
    return xml.element(_tag("edXMLEnvelope"), nsmap={"edXML": NAMESPACE})


def _write_status(xml: _Xml, status: StatusPacket) -> None:
    xml.write_declaration()
    with _root(xml), _envelope(xml), _element(xml, "edXMLHeader"), _element(xml, "MessageHeader"):
        _write_slots(xml, status, slots_of(StatusPacket))


def _write_packet(xml: _Xml, packet: Packet, attachments: Sequence[AttachmentSource]) -> None:
    names = [_entry_id(packet, number, source) for number, source in enumerate(attachments)]
    xml.write_declaration()
    with _root(xml):
        with _envelope(xml):
            _write_header(xml, packet)
            if attachments:
                _write_manifest(xml, names, attachments)
        if attachments:
            with _element(xml, "AttachmentEncoded"):
                for name, source in zip(names, attachments, strict=True):
                    _write_attachment(xml, name, source)


def _write_header(xml: _Xml, packet: Packet) -> None:
    slots = slots_of(Packet)
    with _element(xml, "edXMLHeader"):
        with _element(xml, "MessageHeader"):
            _write_slots(xml, packet, [slot for slot in slots if slot.inside != _TRACE])
        _write_slots(xml, packet, [slot for slot in slots if slot.inside == _TRACE])


def _write_slots(xml: _Xml, value: Any, slots: Sequence[Slot]) -> None:
    for inside, together in groupby(slots, key=lambda slot: slot.inside):
        present = [slot for slot in together if not is_absent(getattr(value, slot.attribute))]
        if inside is not None and present:
            with _element(xml, inside):
                for slot in present:
                    _write_slot(xml, slot, getattr(value, slot.attribute))
        else:
            for slot in present:
                _write_slot(xml, slot, getattr(value, slot.attribute))


def _write_slot(xml: _Xml, slot: Slot, value: Any) -> None:
    if isinstance(slot.spec, Many):
        for item in value:
            _write_one(xml, slot.name, slot.spec.leaf, item)
    else:
        _write_one(xml, slot.name, slot.spec if isinstance(slot.spec, Leaf) else None, value)


def _write_one(xml: _Xml, name: str, leaf: Leaf | None, value: Any) -> None:
    if leaf is not None:
        _write_text(xml, name, leaf.wire(value))
        return
    with _element(xml, name):
        _write_slots(xml, value, slots_of(type(value)))


def _write_manifest(xml: _Xml, names: Sequence[UUID], attachments: Sequence[AttachmentSource]) -> None:
    with _element(xml, "edXMLBody"), xml.element(_tag("edXMLManifest"), {"version": "1.0"}):
        for name, source in zip(names, attachments, strict=True):
            with _element(xml, "Reference"):
                _write_text(xml, "ContentId", f"cid:{name}")
                _write_text(xml, "ContentType", _type_of(source))
                _write_text(xml, "Description", source.description or _sent_name(source))
                _write_text(xml, "AttachmentName", _sent_name(source))


def _write_attachment(xml: _Xml, name: UUID, source: AttachmentSource) -> None:
    with _element(xml, "Attachment"):
        _write_text(xml, "ContentId", f"cid:{name}")
        _write_text(xml, "AttachmentName", _sent_name(source))
        _write_text(xml, "Description", source.description or _sent_name(source))
        _write_text(xml, "ContentType", _type_of(source))
        with _element(xml, "ContentTransferEncoded"):
            _write_wrapped(xml, name, source)


def _write_wrapped(xml: _Xml, name: UUID, source: AttachmentSource) -> None:
    extension = extension_of(_sent_name(source))
    entry = zipfile.ZipInfo(f"{name}.{extension}" if extension else str(name), date_time=_ENTRY_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    # «Made by» differs between systems by default, and with it the bytes.
    entry.create_system = 0
    stream = _Base64Stream(xml)
    with (
        zipfile.ZipFile(stream, "w") as archive,
        source.path.open("rb") as file,
        archive.open(entry, "w") as into,
    ):
        while piece := file.read(_PIECE):
            into.write(piece)
    stream.close()


class _Base64Stream:
    """A file that cannot be sought in, for zipfile: what is written to it appears in the XML as base64."""

    def __init__(self, xml: _Xml) -> None:
        self._xml = xml
        self._pending = b""

    def write(self, data: bytes) -> int:
        self._pending += data
        whole = len(self._pending) - len(self._pending) % 3
        # Few and large pieces: each one is a call into lxml.
        if whole >= _PIECE:
            self._emit(whole)
        return len(data)

    def flush(self) -> None:
        """Nothing can be written before a group of three is whole."""

    def close(self) -> None:
        self._emit(len(self._pending))

    def _emit(self, length: int) -> None:
        self._xml.write(base64.b64encode(self._pending[:length]).decode("ascii"))
        self._pending = self._pending[length:]
        # libxml2 keeps text for itself until it is told to let go.
        self._xml.flush()


def _entry_id(packet: Packet, number: int, source: AttachmentSource) -> UUID:
    return uuid5(_ENTRY_NAMES, f"{packet.document_id}\n{number}\n{_sent_name(source)}")


def _sent_name(source: AttachmentSource) -> str:
    return composed_name(source.name)


def _type_of(source: AttachmentSource) -> str:
    return source.content_type or media_type_of(source.name)


def _write_text(xml: _Xml, name: str, text: str) -> None:
    with _element(xml, name):
        xml.write(text)


def _element(xml: _Xml, name: str) -> Any:
    return xml.element(_tag(name))


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
