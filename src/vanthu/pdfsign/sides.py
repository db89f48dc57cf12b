"""The two sides of a comparison: a file as of one revision and as of the next, and what lies between them.

An object that the later revision does not name is the same on both sides. What can reach one that changed is
found once, upwards, from references that are read once per version of an object; all the rest need not be
looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Hashable, Iterable, Iterator
from typing import Any

from pyhanko.pdf_utils import generic, misc

from vanthu.pdfsign.reader import MeasuredReader
from vanthu.pdfsign.xrefs import named_in

#: References that lead to references.
_MOST_STEPS = 32


class Side:
    """One revision, object by object; references in what it gives are the file's, to be followed here."""

    def __init__(self, reader: MeasuredReader, revision: int) -> None:
        self.reader, self.revision = reader, revision
        self.trailer = reader.trailer.flatten(revision)

    def object(self, reference: Any) -> Any:
        """What the reference leads to in this revision."""
        plain = generic.Reference(reference.idnum, reference.generation, self.reader)
        if self.version(plain) is None:
            return generic.NullObject()
        if self.reader.xrefs.get_last_change(plain) <= self.revision:
            return self.reader.get_object(plain, transparent_decrypt=False)
        return self.reader.get_object(plain, self.revision, transparent_decrypt=False)

    def version(self, reference: Any) -> Hashable:
        """Where the object stands in this revision; None when it is nowhere.

        One that a table frees is gone, whatever generation the table says: so most readers take it.
        """
        for number, data in self.reader.xrefs.tables_naming(reference, up_to=self.revision):
            try:
                found: Hashable = data.try_resolve(reference)
            except KeyError:
                if number and reference.idnum in data.freed and not _is_hidden(data, reference.idnum):
                    return None
                continue
            return found
        return None

    def follow(self, value: Any) -> Any:
        """The value itself, whatever references lead to it. Raises PdfReadError when they never end."""
        for _ in range(_MOST_STEPS):
            if not isinstance(value, generic.IndirectObject):
                return value
            value = self.object(value)
        raise misc.PdfReadError("references without an end")

    def raw(self, dictionary: Any, key: str) -> Any:
        """An entry, not followed; None when there is none."""
        return dict.get(dictionary, key) if isinstance(dictionary, generic.DictionaryObject) else None

    def get(self, dictionary: Any, key: str) -> Any:
        """An entry, followed; None when there is none."""
        found = self.follow(self.raw(dictionary, key))
        return None if isinstance(found, generic.NullObject) else found

    def listed(self, value: Any) -> list[Any]:
        """The elements of an array, not followed; [] for anything else."""
        found = self.follow(value)
        return list(list.__iter__(found)) if isinstance(found, generic.ArrayObject) else []


def _is_hidden(data: Any, number: int) -> bool:
    """Whether a table frees an object for old readers alone: the one beside it has it (7.5.8.4)."""
    if data.hybrid is None:
        return False
    other = data.hybrid.xref_data
    return number in other.standard_xrefs or number in other.xrefs_in_objstm


class References:
    """Who refers to whom, over all versions of all objects met so far: what is not here cannot be reached."""

    def __init__(self, reader: MeasuredReader) -> None:
        self._reader = reader
        #: Objects (by number) of which nobody knows what they lead to: it may be what has changed.
        self.unreadable: set[int] = set()
        self._read: set[tuple[int, int, Hashable]] = set()
        self._upwards: dict[int, set[int]] = defaultdict(set)

    def learn(self, side: Side, starts: Iterable[Any]) -> None:
        """Read on from these references and values as far as there is anything new."""
        waiting = [reference for start in starts for reference in inside(start)]
        while waiting:
            reference = waiting.pop()
            version = (reference.idnum, reference.generation, side.version(reference))
            if version in self._read:
                continue
            self._read.add(version)
            try:
                found = side.object(reference)
            except (misc.PdfReadError, misc.PdfStreamError):
                # Whoever comes to it in a comparison will say that it cannot be read.
                self.unreadable.add(reference.idnum)
                continue
            below = list(inside(found))
            self._reader.budget.spend(1 + len(below) // 8)
            for each in below:
                self._upwards[each.idnum].add(reference.idnum)
            waiting += below

    def leading_to(self, targets: Iterable[int]) -> set[int]:
        """The objects (by number) from which one of the targets can be reached, themselves included."""
        known = set(targets)
        waiting = list(known)
        while waiting:
            for above in self._upwards.get(waiting.pop(), ()):
                if above not in known:
                    self._reader.budget.spend()
                    known.add(above)
                    waiting.append(above)
        return known


def changed_between(old: Side, new: Side) -> list[Any]:
    """References to the objects that the later revision puts elsewhere, frees, or adds."""
    section = old.reader.xrefs._xref_sections[new.revision].xref_data
    numbers = named_in(section) | {each for number in section.freed for each in _in_use(old, number)}
    named = (generic.IndirectObject(*each, old.reader) for each in sorted(numbers))
    return [reference for reference in named if old.version(reference) != new.version(reference)]


def _in_use(side: Side, number: int) -> set[tuple[int, int]]:
    """Under which generations earlier tables have an object, whatever the one says that frees it."""
    tables = side.reader.xrefs.tables_naming(generic.Reference(number, 0, side.reader), up_to=side.revision)
    return {(number, 0)} | {
        (number, data.standard_xrefs[number][0]) for _, data in tables if number in data.standard_xrefs
    }


def containers(side: Side) -> set[int]:
    """The numbers of the object streams that this revision's objects lie in."""
    sections = side.reader.xrefs._xref_sections[: side.revision + 1]
    return {
        number
        for section in sections
        for data in (section.xref_data, section.xref_data.hybrid and section.xref_data.hybrid.xref_data)
        if data
        for number in data.obj_streams_used
    }


def inside(value: Any, but: Container[int] = ()) -> Iterator[Any]:
    """Every reference in a value, those behind references not; `but`: values (by id) passed by."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if id(found) in but:
            continue
        if isinstance(found, generic.IndirectObject):
            yield found
        elif isinstance(found, generic.DictionaryObject):
            waiting += dict.values(found)
        elif isinstance(found, generic.ArrayObject):
            waiting += list.__iter__(found)


def redefined(old: Side, new: Side) -> bool:
    """Whether the later revision names an object that is in use under another generation.

    Many readers take no notice of generations and would show the new one.
    """
    section = old.reader.xrefs._xref_sections[new.revision].xref_data
    return any(
        old.version(generic.Reference(number, before, old.reader)) is not None
        for number, (generation, _) in section.standard_xrefs.items()
        for before in {0, generation - 1, generation + 1}
        if before >= 0 and before != generation
    )
