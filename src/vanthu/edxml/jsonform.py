"""The JSON form of a packet: element names as keys, lists where the standard repeats.

MessageHeader's children and TraceHeaderList stand at the top, beside `kind`, `attachments` and
`warnings`. Dates are the standard's `yyyy/MM/dd`, moments `yyyy/MM/dd HH:mm:ss` in Vietnam time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, TypeVar

from vanthu.edxml.checking import is_absent, raise_problems
from vanthu.edxml.decoding import join
from vanthu.edxml.errors import Rule
from vanthu.edxml.leaves import Checking, Leaf, shorten
from vanthu.edxml.schema import Many, Slot, slots_of
from vanthu.edxml.status import StatusPacket
from vanthu.edxml.values import Attachment, Packet

Value = TypeVar("Value")

_BESIDE = ("kind", "attachments", "warnings")


def to_json(packet: Packet | StatusPacket) -> dict[str, Any]:
    """Return the packet as JSON-ready dicts, lists, strings and numbers; absent values have no key.

    `To`, `ResponseFor` (of a document packet), `attachments` and `warnings` are always there.
    """
    attachments = packet.attachments if isinstance(packet, Packet) else ()
    return {
        "kind": packet.kind,
        **_group_to_json(packet),
        "attachments": [attachment_to_json(attachment) for attachment in attachments],
        "warnings": list(packet.warnings),
    }


def attachment_to_json(attachment: Attachment) -> dict[str, Any]:
    """Return what a reader needs to know of an attachment, without where it was put."""
    described = {"description": attachment.description} if attachment.description else {}
    return {
        "name": attachment.name,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        **described,
    }


def from_json(data: Mapping[str, Any]) -> Packet | StatusPacket:
    """Build a packet from its JSON form; `attachments` and `warnings` are left to the caller.

    Raises InvalidPacket for unknown keys and for values that are not of the element's kind. The rules
    for sending (lengths, lists of values, what is required) are checked by the writer.
    """
    checking = Checking()
    packet: Packet | StatusPacket | None = None
    if data.get("kind", Packet.kind) == Packet.kind:
        packet = _group_from_json(Packet, data, "", checking, beside=_BESIDE)
    elif data["kind"] == StatusPacket.kind:
        packet = _group_from_json(StatusPacket, data, "", checking, beside=_BESIDE)
    else:
        checking.report("kind", Rule.OUT_OF_RANGE, "phải là «edoc» hoặc «status»")
    raise_problems(checking)
    assert packet is not None, "no packet without a reported problem"
    return packet


def _group_to_json(group: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for inside, together in groupby(slots_of(type(group)), key=lambda slot: slot.inside):
        values = [(slot, _slot_to_json(slot, getattr(group, slot.attribute))) for slot in together]
        present = {slot.name: value for slot, value in values if value is not None or slot.none_is_unknown}
        if inside is None:
            found |= present
        elif present:
            found[inside] = present
    return found


def _slot_to_json(slot: Slot, value: Any) -> Any:
    if is_absent(value):
        always = isinstance(slot.spec, Many) and slot.inside is None
        return [] if always else None
    if isinstance(slot.spec, Many):
        return [_one_to_json(slot.spec.leaf, item) for item in value]
    return _one_to_json(slot.spec if isinstance(slot.spec, Leaf) else None, value)


def _one_to_json(leaf: Leaf | None, value: Any) -> Any:
    return _group_to_json(value) if leaf is None else leaf.to_json(value)


def _group_from_json(
    value_class: type[Value], data: Any, path: str, checking: Checking, beside: Sequence[str] = ()
) -> Value | None:
    if not isinstance(data, Mapping):
        checking.report(path, Rule.WRONG_FORMAT, "phải là một đối tượng JSON")
        return None
    slots = slots_of(value_class)
    _report_strangers(data, {slot.inside or slot.name for slot in slots} | set(beside), path, checking)
    found: dict[str, Any] = {}
    for inside, together in groupby(slots, key=lambda slot: slot.inside):
        members = list(together)
        holder = data if inside is None else _enclosing(data, inside, members, path, checking)
        for slot in members:
            value = _slot_from_json(slot, holder.get(slot.name), join(path, slot.name), checking)
            if value is not None or (slot.none_is_unknown and slot.name in holder):
                found[slot.attribute] = value
    return value_class(**found)


def _enclosing(
    data: Mapping[str, Any], name: str, members: Sequence[Slot], path: str, checking: Checking
) -> Mapping[str, Any]:
    holder = data.get(name)
    if holder is None:
        return {}
    if not isinstance(holder, Mapping):
        checking.report(join(path, name), Rule.WRONG_FORMAT, "phải là một đối tượng JSON")
        return {}
    _report_strangers(holder, {slot.name for slot in members}, join(path, name), checking)
    return holder


def _report_strangers(data: Mapping[str, Any], known: set[str], path: str, checking: Checking) -> None:
    for name in data:
        if name not in known:
            checking.report(join(path, shorten(str(name))), Rule.UNKNOWN, "không có phần tử này")


def _slot_from_json(slot: Slot, value: Any, path: str, checking: Checking) -> Any:
    if value is None:
        return None
    leaf = slot.spec if isinstance(slot.spec, Leaf) else None
    if not isinstance(slot.spec, Many):
        return _one_from_json(leaf, slot.group, value, path, checking)
    if not isinstance(value, list):
        checking.report(path, Rule.WRONG_FORMAT, "phải là một danh sách")
        return None
    items = (
        _one_from_json(slot.spec.leaf, slot.group, item, f"{path}[{number}]", checking)
        for number, item in enumerate(value, start=1)
    )
    return tuple(item for item in items if item is not None)


def _one_from_json(
    leaf: Leaf | None, group: type[Any] | None, value: Any, path: str, checking: Checking
) -> Any:
    if leaf is not None:
        return leaf.from_json(value, path, checking)
    assert group is not None, "a slot is a leaf or has a value class"
    return _group_from_json(group, value, path, checking)
