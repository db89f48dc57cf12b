"""What may leave: every rule of the standard on a packet about to be written, all violations at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import is_dataclass
from typing import Any

from vanthu.edxml.decoding import join
from vanthu.edxml.errors import InvalidPacket, Rule
from vanthu.edxml.leaves import Checking, Leaf, Text
from vanthu.edxml.names import name_faults
from vanthu.edxml.schema import Many, Slot, slots_of
from vanthu.edxml.status import REASON_REQUIRED, StatusCode, StatusPacket
from vanthu.edxml.values import AttachmentSource, BusinessType, Packet


def check_packet(
    packet: Packet, attachments: Sequence[AttachmentSource], known_codes: Collection[str] = ()
) -> None:
    """Raise `InvalidPacket` with every rule the packet or its files break."""
    checking = Checking(known_codes)
    _check_group(packet, "", checking)
    _check_recipients(packet, checking)
    _check_business(packet, checking)
    _check_attachments(attachments, checking)
    raise_problems(checking)


def check_status(status: StatusPacket, known_codes: Collection[str] = ()) -> None:
    """Raise `InvalidPacket` with every rule the status packet breaks."""
    checking = Checking(known_codes)
    _check_group(status, "", checking)
    if status.status_code and status.status is None:
        known = ", ".join(StatusCode)
        checking.report("StatusCode", Rule.OUT_OF_RANGE, f"«{status.status_code}» không thuộc {known}")
    if status.status in REASON_REQUIRED and not status.description.strip():
        checking.report("Description", Rule.MISSING, f"trạng thái {status.status_code} phải kèm lý do")
    raise_problems(checking)


def raise_problems(checking: Checking) -> None:
    """Raise `InvalidPacket` if anything was reported."""
    if checking.problems:
        raise InvalidPacket(checking.problems)


def is_absent(value: Any) -> bool:
    """Tell whether a field holds nothing to write; so does a group in which nothing is said."""
    if is_dataclass(value):
        # A field whose None means something has always something to say.
        slots = slots_of(type(value))
        return all(is_absent(getattr(value, s.attribute)) and not s.none_is_unknown for s in slots)
    return value is None or value in ("", ())


def _check_group(group: Any, path: str, checking: Checking) -> None:
    for slot in slots_of(type(group)):
        _check_slot(slot, getattr(group, slot.attribute), join(path, slot.name), checking)


def _check_slot(slot: Slot, value: Any, path: str, checking: Checking) -> None:
    if is_absent(value) or (isinstance(value, str) and not value.strip()):
        if slot.spec.required:
            checking.report(path, Rule.MISSING, "chưa có")
        return
    if isinstance(slot.spec, Leaf):
        slot.spec.check(value, path, checking)
    elif isinstance(slot.spec, Many):
        for number, item in enumerate(value, start=1):
            _check_item(slot.spec.leaf, item, f"{path}[{number}]", checking)
    else:
        _check_group(value, path, checking)


def _check_item(leaf: Leaf | None, item: Any, path: str, checking: Checking) -> None:
    if leaf is None:
        _check_group(item, path, checking)
    elif not str(item).strip():
        checking.report(path, Rule.MISSING, "chưa có")
    else:
        leaf.check(item, path, checking)


def _check_recipients(packet: Packet, checking: Checking) -> None:
    seen: set[str] = set()
    for number, party in enumerate(packet.recipients, start=1):
        if party.organ_id and party.organ_id in seen:
            checking.report(
                f"To[{number}]/OrganId", Rule.DUPLICATE, f"nơi nhận {party.organ_id} có nhiều lần"
            )
        seen.add(party.organ_id)


def _check_business(packet: Packet, checking: Checking) -> None:
    business = packet.business
    names_document = bool(business.document_id) or bool(packet.responses)
    if business.type in (BusinessType.RECALL, BusinessType.UPDATE) and not names_document:
        checking.report(
            "Bussiness/DocumentId", Rule.MISSING, "chưa nêu mã định danh văn bản bị thu hồi hoặc cập nhật"
        )
    for kind, present, path in (
        (BusinessType.UPDATE, business.update is not None, "Bussiness/BussinessDocumentInfo"),
        (BusinessType.REPLACE, bool(business.replacements), "Bussiness/ReplacementInfoList"),
    ):
        if business.type == kind and not present:
            checking.report(path, Rule.MISSING, f"chưa có, trong khi BussinessDocType là {int(kind)}")
        if business.type != kind and present:
            checking.report(path, Rule.CONFLICT, f"chỉ dùng khi BussinessDocType là {int(kind)}")


_ATTACHMENT_TYPE = Text(
    name="ContentType", max_length=100, pattern=r"[\w.+-]+/[\w.+-]+", expected="kiểu tệp như application/pdf"
)
_ATTACHMENT_DESCRIPTION = Text(name="Description", max_length=500)


def _check_attachments(attachments: Sequence[AttachmentSource], checking: Checking) -> None:
    for number, source in enumerate(attachments, start=1):
        path = f"Attachment[{number}]"
        for fault in name_faults(source.name):
            checking.report(f"{path}/AttachmentName", Rule.WRONG_FORMAT, fault)
        if source.content_type:
            _ATTACHMENT_TYPE.check(source.content_type, f"{path}/ContentType", checking)
        _ATTACHMENT_DESCRIPTION.check(source.description, f"{path}/Description", checking)
        if not source.path.is_file():
            checking.report(path, Rule.MISSING, f"không tìm thấy tệp {source.path}")
