"""The XML of a received packet as a stream of events, with every bound checked as they come.

libxml2 runs without `huge_tree`, so its own protections stay on; long text is no problem, since a
parser target receives it in pieces.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import BinaryIO, cast

from lxml import etree

from vanthu import plain_text
from vanthu.edxml.attachments import Base64Decoder, Content, Intake
from vanthu.edxml.decoding import Node
from vanthu.edxml.errors import (
    DoctypeForbidden,
    FieldTooLong,
    InvalidEncoding,
    MalformedXml,
    NotAPacket,
    NotXml,
    PacketRefused,
    PacketTooLarge,
    TooDeep,
    TooManyAttachments,
    TooManyElements,
    TruncatedPacket,
    UnfitField,
    WrongNamespace,
)
from vanthu.edxml.leaves import shorten
from vanthu.edxml.limits import MEGABYTE, Limits

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
ROOT = "edXML"

_PIECE = 64 * 1024
# A single tag, comment or CDATA section reaches us only once it is complete; this much may pile up.
_LONGEST_TOKEN = 8 * MEGABYTE


class ReceivedContent:
    """An `Attachment` element read to its end: its small children and, if there was one, its content."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.content: Content | None = None


class PacketTarget:
    """Receives lxml's events: builds `root` from the small elements, sends the large ones to the intake."""

    def __init__(self, intake: Intake, limits: Limits) -> None:
        self.root: Node | None = None
        self.received: list[ReceivedContent] = []
        self.events = 0
        self._intake = intake
        self._limits = limits
        self._open: list[Node | None] = []
        self._elements = 0
        self._characters = 0
        self._field_characters = 0
        self._attachment: ReceivedContent | None = None
        self._decoder: Base64Decoder | None = None

    @property
    def depth(self) -> int:
        return len(self._open)

    # What lxml calls; the names are its own.

    def doctype(self, name: str, public_id: str | None, system_url: str | None) -> None:
        raise DoctypeForbidden

    def comment(self, text: str) -> None:
        self.events += 1

    def pi(self, target: str, data: str | None = None) -> None:
        self.events += 1

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.events += 1
        self._elements += 1 + len(attributes)
        if self._elements > self._limits.elements:
            raise TooManyElements
        if self.depth >= self._limits.depth:
            raise TooDeep
        if self._decoder is not None:
            raise NotAPacket("Nội dung tệp đính kèm có phần tử XML bên trong; gói tin không đúng cấu trúc.")
        self._field_characters = 0
        self._open.append(self._new_node(tag))

    def data(self, text: str) -> None:
        self.events += 1
        if self._decoder is not None:
            self._decoder.feed(text)
        elif self._open and (node := self._open[-1]) is not None:
            self._count(len(text))
            node.pieces.append(text)

    def end(self, tag: str) -> None:
        self.events += 1
        node = self._open.pop()
        if node is None:
            return
        self._require_fit(node)
        if self._decoder is not None:
            self._finish_content(self._decoder)
        elif self._attachment is not None and node is self._attachment.node:
            self.received.append(self._attachment)
            self._attachment = None

    def close(self) -> None:
        """Nothing to hand over: the caller reads `root` and `received`."""

    def _new_node(self, tag: str) -> Node | None:
        namespace, name = _split(tag)
        if not self._open:
            return self._new_root(namespace, name)
        parent = self._open[-1]
        if parent is None or namespace != NAMESPACE:
            # Foreign elements (a real XMLDSig signature) are passed over with all they hold.
            return None
        node = Node(name)
        self._place(parent, node)
        return node

    def _new_root(self, namespace: str, name: str) -> Node:
        if name != ROOT:
            raise NotAPacket(f"Tệp XML này không phải gói tin edXML (phần tử gốc là «{shorten(name)}»).")
        if namespace != NAMESPACE:
            raise WrongNamespace
        self.root = Node(name)
        return self.root

    def _place(self, parent: Node, node: Node) -> None:
        if node.name == "Attachment" and self._attachment is None:
            if len(self.received) >= self._limits.attachments:
                raise TooManyAttachments(f"Gói tin có quá {self._limits.attachments} tệp đính kèm.")
            self._attachment = ReceivedContent(node)
        elif node.name == "ContentTransferEncoded" and self._attachment is not None:
            if self._attachment.content is not None:
                raise NotAPacket("Một tệp đính kèm có hai nội dung; gói tin không đúng cấu trúc.")
            self._decoder = self._intake.begin()
        else:
            parent.children.append(node)

    def _count(self, characters: int) -> None:
        self._field_characters += characters
        self._characters += characters
        if self._field_characters > self._limits.field_characters:
            raise FieldTooLong
        if self._characters > self._limits.header_characters:
            raise FieldTooLong("Phần mô tả của gói tin dài bất thường.")

    def _require_fit(self, node: Node) -> None:
        """Nobody after the parser asks again whether a text may be normalised."""
        text = node.text
        if len(text) > self._limits.field_characters:
            raise FieldTooLong
        if plain_text.has_too_many_marks(text):
            raise UnfitField(f"Phần tử «{shorten(node.name)}»: {UnfitField.__doc__}")

    def _finish_content(self, decoder: Base64Decoder) -> None:
        assert self._attachment is not None, "a decoder works for an attachment"
        self._attachment.content = self._intake.finish(decoder)
        self._decoder = None


def parse(source: BinaryIO, target: PacketTarget, limits: Limits) -> Node:
    """Run the whole source through the target and return the root; raises PacketRefused subclasses."""
    # The encoding is given, not asked for: .NET writes «utf-16» over bytes that are UTF-8.
    parser = etree.XMLParser(
        # lxml's stubs still ask for the `str | bytes` of Python 2; what comes is str.
        target=cast("etree.ParserTarget", target),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    decoder = codecs.getincrementaldecoder("utf-8")()
    size = events = silent = 0
    head = tail = b""
    try:
        while piece := source.read(_PIECE):
            head = head or piece[:_EDGE]
            tail = piece[-_EDGE:]
            size += len(piece)
            if size > limits.packet_bytes:
                raise PacketTooLarge(f"Gói tin lớn hơn {limits.packet_bytes // MEGABYTE} MB.")
            decoder.decode(piece)
            parser.feed(piece)
            if target.events > limits.events + size // limits.bytes_per_event:
                raise TooManyElements("Gói tin bị chia vụn bất thường; không nhận.")
            silent = silent + len(piece) if target.events == events else 0
            events = target.events
            if silent > _LONGEST_TOKEN:
                raise FieldTooLong
    except UnicodeDecodeError:
        raise (InvalidEncoding if _may_be_xml(head) else NotXml) from None
    except etree.XMLSyntaxError as error:
        raise _syntax_fault(error, head) from None
    _finish(parser, target, head, tail)
    assert target.root is not None, "a well-formed document has a root"
    return target.root


def _finish(parser: etree.XMLParser, target: PacketTarget, head: bytes, tail: bytes) -> None:
    try:
        parser.close()
    except PacketRefused:
        # At the end libxml2 reports a tag cut in two as if it were whole: <edX is no packet's root.
        if target.root is None and not tail.rstrip().endswith(b">"):
            raise TruncatedPacket from None
        raise
    except etree.XMLSyntaxError as error:
        if _may_be_xml(head) and (target.root is None or target.depth > 0):
            raise TruncatedPacket from None
        raise _syntax_fault(error, head) from None


_EDGE = 512
_BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def _may_be_xml(head: bytes) -> bool:
    return head.startswith(_BYTE_ORDER_MARKS) or head.lstrip().startswith(b"<")


def _syntax_fault(error: etree.XMLSyntaxError, head: bytes) -> PacketRefused:
    if not _may_be_xml(head):
        return NotXml()
    line, column = error.position
    return MalformedXml(f"Gói tin không phải XML đúng cú pháp (dòng {line}, cột {column}).")


def _split(tag: str) -> tuple[str, str]:
    if not tag.startswith("{"):
        return "", tag
    namespace, _, name = tag[1:].partition("}")
    return namespace, name
