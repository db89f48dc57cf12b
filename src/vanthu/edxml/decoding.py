"""From the elements of a received packet to values: never refuses, remarks on what is odd."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from vanthu.edxml.leaves import Leaf, Remarks, tidy
from vanthu.edxml.schema import Many, Slot, slots_of

Value = TypeVar("Value")


class Node:
    """An element of the packet's head: local name, text pieces, children. Not for attachments' content."""

    __slots__ = ("children", "name", "pieces")

    def __init__(self, name: str) -> None:
        self.name = name
        self.pieces: list[str] = []
        self.children: list[Node] = []

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def child(self, name: str) -> Node | None:
        return next((node for node in self.children if node.name == name), None)

    def text_of(self, name: str) -> str:
        """Return the trimmed text of the first child so named, "" when there is none."""
        node = self.child(name)
        return "" if node is None else tidy(node.text)

    def is_blank(self) -> bool:
        return not tidy(self.text) and all(child.is_blank() for child in self.children)


def decode(value_class: type[Value], node: Node, remarks: Remarks, path: str = "") -> Value:
    """Build a value from the children of `node`, whatever their order."""
    slots = slots_of(value_class)
    _remark_on_strangers(slots, node, remarks, path)
    found: dict[str, Any] = {}
    for slot in slots:
        holder = node if slot.inside is None else node.child(slot.inside)
        value = _decode_slot(slot, _named(holder, slot.name), remarks, path)
        if value is not _DEFAULT:
            found[slot.attribute] = value
    return value_class(**found)


# None is a value here: something was said, and nobody knows what it means.
_DEFAULT = object()


def join(path: str, name: str) -> str:
    """The place of `name` within `path`, as errors name it."""
    return f"{path}/{name}" if path else name


def _named(holder: Node | None, name: str) -> list[Node]:
    if holder is None:
        return []
    return [child for child in holder.children if child.name == name and not child.is_blank()]


def _decode_slot(slot: Slot, nodes: Sequence[Node], remarks: Remarks, path: str) -> Any:
    here = join(path, slot.name)
    if isinstance(slot.spec, Many):
        if not nodes and slot.spec.required:
            remarks.add(here, "thiếu")
        return tuple(_decode_each(slot.spec, slot.group, nodes, remarks, here))
    if not nodes:
        return _missing(slot, remarks, here)
    if len(nodes) > 1:
        remarks.add(here, f"có {len(nodes)} lần, chỉ dùng lần đầu")
    leaf = slot.spec if isinstance(slot.spec, Leaf) else None
    return _decode_one(leaf, slot.group, nodes[0], remarks, here)


def _decode_each(
    spec: Many, group: type[Any] | None, nodes: Sequence[Node], remarks: Remarks, path: str
) -> Iterator[Any]:
    for number, node in enumerate(nodes, start=1):
        yield _decode_one(spec.leaf, group, node, remarks, f"{path}[{number}]")


def _decode_one(leaf: Leaf | None, group: type[Any] | None, node: Node, remarks: Remarks, path: str) -> Any:
    if leaf is not None:
        return leaf.parse(node.text, path, remarks)
    assert group is not None, "a slot is a leaf or has a value class"
    return decode(group, node, remarks, path)


def _missing(slot: Slot, remarks: Remarks, path: str) -> Any:
    if isinstance(slot.spec, Leaf):
        slot.spec.missing(path, remarks)
    elif slot.spec.required:
        remarks.add(path, "thiếu")
    return _DEFAULT


def _remark_on_strangers(slots: Sequence[Slot], node: Node, remarks: Remarks, path: str) -> None:
    known = {slot.inside or slot.name for slot in slots}
    for name in dict.fromkeys(child.name for child in node.children if child.name not in known):
        remarks.add(join(path, name), "phần tử lạ, bỏ qua")
