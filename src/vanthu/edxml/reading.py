"""Reading a packet: one call, whatever dialect its sender speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from vanthu.edxml.attachments import Content, Intake
from vanthu.edxml.decoding import Node, decode
from vanthu.edxml.errors import NotAPacket
from vanthu.edxml.leaves import Remarks
from vanthu.edxml.limits import DEFAULT_LIMITS, Limits
from vanthu.edxml.names import media_type_of, safe_name
from vanthu.edxml.parsing import PacketTarget, ReceivedContent, parse
from vanthu.edxml.status import StatusPacket
from vanthu.edxml.values import Attachment, Packet, Party

# What a client says when it does not know, or speaks of the zip and not of the file inside.
_VAGUE_TYPES = frozenset({"application/zip", "application/x-zip-compressed", "application/octet-stream"})


def read(
    source: Path | BinaryIO, *, attachments_dir: Path, limits: Limits = DEFAULT_LIMITS
) -> Packet | StatusPacket:
    """Read an edXML file of either kind (QCVN 102:2016/BTTTT) from a path or an open binary file.

    Odd but readable things become `warnings`, Vietnamese sentences that begin with the element's path.
    Attachments are unwrapped into files of `attachments_dir` (made if need be) named by their SHA-256;
    memory stays small whatever their size. When the packet is refused no file is left behind.

    Raises one PacketRefused subclass for what is not a packet, is damaged, dangerous or too large, and
    OSError when the source cannot be opened or the disk is full.
    """
    if isinstance(source, Path):
        with source.open("rb") as file:
            return read(file, attachments_dir=attachments_dir, limits=limits)
    with Intake(attachments_dir, limits) as intake:
        target = PacketTarget(intake, limits)
        root = parse(source, target, limits)
        header = _header_of(root)
        message = header.child("MessageHeader")
        if message is None:
            raise NotAPacket("Gói tin không có phần MessageHeader.")
        if message.child("StatusCode") is not None:
            return _status(message)
        return _packet(root, header, message, target.received, intake)


def _header_of(root: Node) -> Node:
    envelope = root.child("edXMLEnvelope")
    header = None if envelope is None else envelope.child("edXMLHeader")
    if header is None:
        raise NotAPacket("Gói tin không có phần edXMLEnvelope/edXMLHeader.")
    return header


def _status(message: Node) -> StatusPacket:
    remarks = Remarks()
    status = decode(StatusPacket, message, remarks)
    if status.status_code and status.status is None:
        remarks.add("StatusCode", f"mã trạng thái «{status.status_code}» không có trong danh mục")
    return replace(status, warnings=remarks.lines())


def _packet(
    root: Node, header: Node, message: Node, received: Sequence[ReceivedContent], intake: Intake
) -> Packet:
    remarks = Remarks()
    everything = Node("")
    everything.children = [*message.children, *(n for n in header.children if n.name == "TraceHeaderList")]
    packet = decode(Packet, everything, remarks)
    traces = header.child("TraceHeaderList") or Node("")
    business = traces.child("Bussiness")
    if business is None or business.is_blank():
        remarks.add("Bussiness", "thiếu, coi như văn bản mới (0)")
    attachments = _attachments(root, received, intake, remarks)
    return replace(
        packet,
        recipients=_without_repeats(packet.recipients, remarks),
        attachments=attachments,
        warnings=remarks.lines(),
    )


def _without_repeats(parties: Sequence[Party], remarks: Remarks) -> tuple[Party, ...]:
    kept: dict[str, Party] = {}
    for number, party in enumerate(parties, start=1):
        key = party.organ_id or f"#{number}"
        if key in kept:
            remarks.add(f"To[{number}]", f"nơi nhận {party.organ_id} lặp lại, bỏ qua")
        kept.setdefault(key, party)
    return tuple(kept.values())


def _attachments(
    root: Node, received: Sequence[ReceivedContent], intake: Intake, remarks: Remarks
) -> tuple[Attachment, ...]:
    references = _references(root)
    kept = []
    for number, item in enumerate(received, start=1):
        path = f"Attachment[{number}]"
        content_id = _content_id(item.node)
        reference = references.pop(content_id, None)
        if reference is None:
            remarks.add(path, "không có trong edXMLManifest")
        if item.content is None:
            remarks.add(path, "không có nội dung, bỏ qua")
            continue
        kept.append(_attachment(item.node, reference or Node(""), item.content, number, intake, remarks))
    for content_id, reference in references.items():
        name = reference.text_of("AttachmentName") or content_id
        remarks.add("edXMLManifest/Reference", f"khai tệp «{name}» nhưng gói tin không kèm nội dung")
    # Only now, when nothing can be refused any more, do files go to their place.
    return tuple(replace(attachment, path=intake.keep(content)) for attachment, content in kept)


def _attachment(
    node: Node, reference: Node, content: Content, number: int, intake: Intake, remarks: Remarks
) -> tuple[Attachment, Content]:
    declared_name = node.text_of("AttachmentName") or reference.text_of("AttachmentName")
    name = safe_name(declared_name, otherwise=f"tep-dinh-kem-{number}")
    if name != declared_name:
        remarks.add(f"Attachment[{number}]/AttachmentName", f"tên tệp được đổi thành «{name}»")
    unwrapped = intake.unwrap(content, name)
    wrapped = unwrapped is not content
    declared_type = node.text_of("ContentType") or reference.text_of("ContentType")
    attachment = Attachment(
        name=name,
        content_type=_type_of(name, declared_type, wrapped),
        size=unwrapped.size,
        sha256=unwrapped.sha256,
        path=unwrapped.path,
        content_id=_content_id(node),
        declared_name=declared_name,
        declared_type=declared_type,
        description=node.text_of("Description") or reference.text_of("Description"),
        wrapped=wrapped,
    )
    return attachment, unwrapped


def _type_of(name: str, declared: str, wrapped: bool) -> str:
    if not declared or (wrapped and declared.lower() in _VAGUE_TYPES):
        return media_type_of(name)
    return declared


def _references(root: Node) -> dict[str, Node]:
    found: dict[str, Node] = {}
    envelope = root.child("edXMLEnvelope") or root
    body = envelope.child("edXMLBody")
    manifest = None if body is None else body.child("edXMLManifest")
    for node in manifest.children if manifest is not None else ():
        if node.name == "Reference":
            found[_content_id(node)] = node
    return found


def _content_id(node: Node) -> str:
    return node.text_of("ContentId").removeprefix("cid:")
