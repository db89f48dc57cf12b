"""How a field of a Python value is an element of the packet.

A value class says it once, in its annotations: ``subject: Annotated[str, Text("Subject", max_length=500)]``.
Reading, writing, checking and the JSON form all follow from that; the order of the fields is the order
on the wire.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, get_args, get_origin, get_type_hints

from vanthu.edxml.leaves import Choice, Leaf


@dataclass(frozen=True, slots=True)
class Group:
    """An element with elements inside; the annotated type is their value class."""

    name: str
    required: bool = False
    inside: str | None = None


@dataclass(frozen=True, slots=True)
class Many:
    """A repeated element; with `inside`, its repetitions stand in one enclosing element."""

    name: str
    inside: str | None = None
    required: bool = False
    #: For repeated text; None when the repeated element is a group.
    leaf: Leaf | None = None


Spec = Leaf | Group | Many


@dataclass(frozen=True, slots=True)
class Slot:
    """One field of a value class: the Python attribute, its element, and the class of the group inside."""

    attribute: str
    spec: Spec
    group: type[Any] | None
    name: str
    #: The enclosing element, if the standard puts one around this one.
    inside: str | None
    #: Whether None means «said, but not understood», as against an element that is not there.
    none_is_unknown: bool


def slots_of(value_class: type[Any]) -> tuple[Slot, ...]:
    """Return the fields of `value_class` that are elements, in wire order."""
    if value_class not in _KNOWN:
        _KNOWN[value_class] = _find_slots(value_class)
    return _KNOWN[value_class]


_KNOWN: dict[type[Any], tuple[Slot, ...]] = {}


def _find_slots(value_class: type[Any]) -> tuple[Slot, ...]:
    hints = get_type_hints(value_class, include_extras=True)
    found = []
    for item in fields(value_class):
        annotation, *notes = _parts(hints[item.name])
        spec = next((note for note in notes if isinstance(note, Leaf | Group | Many)), None)
        if spec is not None:
            found.append(_slot(item.name, spec, _value_class(annotation)))
    return tuple(found)


def _slot(attribute: str, spec: Spec, group: type[Any] | None) -> Slot:
    return Slot(
        attribute=attribute,
        spec=spec,
        group=group,
        name=spec.name,
        inside=None if isinstance(spec, Leaf) else spec.inside,
        none_is_unknown=isinstance(spec, Choice) and spec.blank is not None,
    )


def _parts(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if hasattr(hint, "__metadata__") else (hint,)


def _value_class(annotation: Any) -> type[Any] | None:
    candidates = get_args(annotation) if get_origin(annotation) is not None else (annotation,)
    candidates = get_args(annotation) or candidates
    return next((c for c in candidates if isinstance(c, type) and hasattr(c, "__dataclass_fields__")), None)
