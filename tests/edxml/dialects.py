"""Packets as other systems write them, built here from small trees so that one thing can differ at a time."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.sax.saxutils import escape

from vanthu import edxml

#: An element: its name, and its text or its children.
Element = tuple[str, "str | Tree"]
Tree = Sequence[Element]

PDF = b"%PDF-1.7\n\xff\xfe binary"
UUID = "32da2890-1a55-4ccd-9ac9-cd0d98559e67"


def party(code: str, name: str) -> Tree:
    return [("OrganId", code), ("OrganName", name)]


MESSAGE: Tree = [
    ("From", party("000.00.00.H29", "UBND tỉnh Bình An")),
    ("To", party("H37.02", "Sở Nội vụ")),
    ("DocumentId", "000.00.00.H29,2026/11/20,125/UBND-NC"),
    ("Code", [("CodeNumber", "125"), ("CodeNotation", "UBND-NC")]),
    ("PromulgationInfo", [("Place", "Bình An"), ("PromulgationDate", "2026/11/20")]),
    ("DocumentType", [("Type", "2"), ("TypeName", "Công văn")]),
    ("Subject", "V/v rà soát vị trí việc làm"),
    ("OtherInfo", [("Priority", "1")]),
]
BUSINESS: Tree = [("BussinessDocType", "0"), ("Paper", "0")]
TRACE: Tree = [
    ("TraceHeader", [("OrganId", "000.00.00.H29"), ("Timestamp", "2026/11/20 08:15:00")]),
    ("Bussiness", BUSINESS),
]
STATUS: Tree = [
    ("From", party("H37.02", "Sở Nội vụ")),
    (
        "ResponseFor",
        [
            ("OrganId", "000.00.00.H29"),
            ("Code", "125/UBND-NC"),
            ("PromulgationDate", "2026/11/20"),
            ("DocumentId", "000.00.00.H29,2026/11/20,125/UBND-NC"),
        ],
    ),
    ("StaffInfo", [("Department", "Văn thư"), ("Staff", "Trần Thị Bình")]),
    ("StatusCode", "03"),
    ("Description", "Đã vào sổ"),
    ("Timestamp", "2026/11/20 09:00:00"),
]


@dataclass(frozen=True)
class Enclosed:
    """One attachment as a dialect writes it."""

    name: str = "cong-van.pdf"
    data: bytes = PDF
    content_type: str = "application/pdf"
    content_id: str = UUID
    cid: bool = True
    encoded: str | None = None
    content_first: bool = False

    @property
    def text(self) -> str:
        return base64.b64encode(self.data).decode() if self.encoded is None else self.encoded


@dataclass(frozen=True)
class Dialect:
    """A whole packet; each field is one habit of some sender."""

    message: Tree = field(default_factory=lambda: MESSAGE)
    trace: Tree | None = field(default_factory=lambda: TRACE)
    enclosed: Sequence[Enclosed] = ()
    prefix: str = "edXML:"
    body_prefix: str = ""
    namespace: str = edxml.NAMESPACE
    root: str = "edXML"
    declaration: str = '<?xml version="1.0" encoding="UTF-8"?>\n'
    after_trace: str = ""
    attachments_first: bool = False
    manifest: bool = True

    def xml(self) -> str:
        header = self._tree([("MessageHeader", self.message)])
        if self.trace is not None:
            header += self._tree([("TraceHeaderList", self.trace)])
        head = f"<{self.prefix}edXMLHeader>{header}{self.after_trace}</{self.prefix}edXMLHeader>"
        envelope = f"{self._open_envelope()}{head}{self._body()}</{self.prefix}edXMLEnvelope>"
        inside = (self._enclosed(), envelope) if self.attachments_first else (envelope, self._enclosed())
        return f'{self.declaration}<{self.root} xmlns="{self.namespace}">{"".join(inside)}</{self.root}>'

    def bytes(self) -> bytes:
        return self.xml().encode()

    def _open_envelope(self) -> str:
        prefix = self.prefix.rstrip(":")
        declared = f' xmlns:{prefix}="{self.namespace}"' if prefix else ""
        return f"<{self.prefix}edXMLEnvelope{declared}>"

    def _tree(self, tree: Tree, prefix: str | None = None) -> str:
        mark = self.prefix if prefix is None else prefix
        contents = (
            (name, escape(value) if isinstance(value, str) else self._tree(value, mark))
            for name, value in tree
        )
        return "\n  ".join(f"<{mark}{name}>{content}</{mark}{name}>" for name, content in contents)

    def _body(self) -> str:
        if not self.enclosed or not self.manifest:
            return ""
        references = [
            (
                "Reference",
                [
                    ("ContentId", f"cid:{item.content_id}"),
                    ("ContentType", "application/zip"),
                    ("AttachmentName", item.name),
                ],
            )
            for item in self.enclosed
        ]
        return self._tree([("edXMLBody", [("edXMLManifest", references)])])

    def _enclosed(self) -> str:
        if not self.enclosed:
            return ""
        items: list[Element] = []
        for item in self.enclosed:
            children = [
                ("ContentId", f"cid:{item.content_id}" if item.cid else item.content_id),
                ("AttachmentName", item.name),
                ("ContentType", item.content_type),
                ("ContentTransferEncoded", item.text),
            ]
            items.append(("Attachment", children[::-1] if item.content_first else children))
        mark = self.body_prefix
        declared = f' xmlns:{mark.rstrip(":")}="{self.namespace}"' if mark else ""
        return f"<{mark}AttachmentEncoded{declared}>{self._tree(items, mark)}</{mark}AttachmentEncoded>"


def with_element(tree: Tree, name: str, value: str | Tree) -> Tree:
    """The tree with the element so named given another value."""
    return [(n, value if n == name else v) for n, v in tree]


def without(tree: Tree, name: str) -> Tree:
    return [(n, v) for n, v in tree if n != name]


def edoc(**habits: object) -> bytes:
    return replace(Dialect(), **habits).bytes()  # type: ignore[arg-type]  # each test names real fields


def status(**habits: object) -> bytes:
    return edoc(**({"message": STATUS, "trace": None} | habits))


def zip_of(*entries: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with these entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return buffer.getvalue()


def read_edoc(data: bytes, folder: Path, limits: edxml.Limits = edxml.DEFAULT_LIMITS) -> edxml.Packet:
    packet = edxml.read(io.BytesIO(data), attachments_dir=folder, limits=limits)
    assert isinstance(packet, edxml.Packet)
    return packet


def read_status(data: bytes, folder: Path) -> edxml.StatusPacket:
    packet = edxml.read(io.BytesIO(data), attachments_dir=folder)
    assert isinstance(packet, edxml.StatusPacket)
    return packet
