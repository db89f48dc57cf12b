"""Whether two values are the same through all that hangs on them, and which kinds of change they are if not.

Each pair of objects is looked at once for each kind, however many ways lead to it: a dozen layers of two
references each are a dozen pairs, not four thousand paths.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic, misc

from vanthu.pdfsign.altering import Kind
from vanthu.pdfsign.budget import Budget
from vanthu.pdfsign.sides import Side

#: Of a stream, how its bytes are kept; those are compared themselves.
_STORAGE = frozenset({"/Length", "/Filter", "/DecodeParms", "/DL"})
_BYTES_PER_STEP = 1024
_NUMBER = (generic.NumberObject, generic.FloatObject)


@dataclass(frozen=True, slots=True)
class Place:
    """What a difference found there would be, and where."""

    kind: Kind
    #: The page's object; 0: none.
    page: int = 0
    name: str = ""
    #: More may have come, as long as all that was there is there.
    may_grow: bool = False


class Likeness:
    """Compares values of two revisions, and keeps where they differ."""

    def __init__(self, old: Side, new: Side, touched: set[int], budget: Budget) -> None:
        #: `touched`: the objects from which a changed one can be reached.
        self._old, self._new, self._touched, self._budget = old, new, touched, budget
        #: Pages, fields, annotations: compared by rules of their own, and met here only by name.
        self.judged_apart: set[int] = set()
        self.differences: list[Place] = []
        self._waiting: list[tuple[Any, Any, Place]] = []
        self._seen: set[tuple[int, int, Kind, bool]] = set()

    def compare(self, old: Any, new: Any, place: Place) -> None:
        """Put down two values, possibly None or references, to be compared by `finish`."""
        self._waiting.append((old, new, place))

    def finish(self) -> None:
        """Compare all that was put down. Raises TooComplex."""
        while self._waiting:
            old, new, place = self._waiting.pop()
            self._budget.spend()
            try:
                same = self._same(old, new, place)
            except (misc.PdfReadError, misc.PdfStreamError):
                same, place = False, Place(Kind.UNREADABLE)
            if not same:
                self.differences.append(place)

    def _same(self, old: Any, new: Any, place: Place) -> bool:
        if isinstance(old, generic.IndirectObject) and isinstance(new, generic.IndirectObject):
            if old.idnum == new.idnum and old.generation == new.generation:
                if old.idnum not in self._touched or old.idnum in self.judged_apart:
                    return True
            elif old.idnum in self.judged_apart or new.idnum in self.judged_apart:
                return False
            seen = (old.idnum, new.idnum, place.kind, place.may_grow)
            if seen in self._seen:
                return True
            self._seen.add(seen)
        return self._same_values(_present(self._old.follow(old)), _present(self._new.follow(new)), place)

    def _same_values(self, old: Any, new: Any, place: Place) -> bool:
        if isinstance(old, generic.DictionaryObject) and isinstance(new, generic.DictionaryObject):
            return self._same_dictionaries(old, new, place)
        if isinstance(new, generic.ArrayObject) and place.may_grow:
            return self._has_grown(old, new, place)
        if isinstance(old, generic.ArrayObject) and isinstance(new, generic.ArrayObject):
            return self._same_arrays(list(list.__iter__(old)), list(list.__iter__(new)), place)
        return (old is None and place.may_grow) or is_same_leaf(old, new)

    def _same_dictionaries(
        self, old: generic.DictionaryObject, new: generic.DictionaryObject, place: Place
    ) -> bool:
        skipped: Iterable[str] = ()
        if isinstance(old, generic.StreamObject) or isinstance(new, generic.StreamObject):
            if not self._same_bytes(old, new):
                return False
            skipped = _STORAGE
        keys = old.keys() if place.may_grow else old.keys() | new.keys()
        self._budget.spend(1 + len(keys) // 8)
        for key in keys:
            if key not in skipped:
                self.compare(dict.get(old, key), dict.get(new, key), place)
        return True

    def _same_bytes(self, old: Any, new: Any) -> bool:
        if not (isinstance(old, generic.StreamObject) and isinstance(new, generic.StreamObject)):
            return False
        self._budget.spend(1 + len(old.encoded_data) // _BYTES_PER_STEP)
        packed = all(
            is_same_leaf(self._old.get(old, key), self._new.get(new, key))
            for key in ("/Filter", "/DecodeParms")
        )
        if packed and old.encoded_data == new.encoded_data:
            return True
        try:
            return bool(old.data == new.data)
        except MemoryError:
            raise
        except Exception:
            # What cannot be unpacked is what its bytes are, and those differ.
            return False

    def _same_arrays(self, old: list[Any], new: list[Any], place: Place) -> bool:
        self._budget.spend(1 + len(old) // 8)
        if len(old) != len(new):
            return False
        for one, other in zip(old, new, strict=True):
            self.compare(one, other, place)
        return True

    def _has_grown(self, old: Any, new: generic.ArrayObject, place: Place) -> bool:
        """Whether all that was there comes again in its order; a single value may have become a list."""
        before = list(list.__iter__(old)) if isinstance(old, generic.ArrayObject) else []
        if old is not None and not isinstance(old, generic.ArrayObject):
            before = [old]
        after = iter(list.__iter__(new))
        for one in before:
            self._budget.spend()
            found = next((other for other in after if _may_be_the_same(one, other)), None)
            if found is None:
                return False
            self.compare(one, found, place)
        return True


def _present(value: Any) -> Any:
    """An entry of null is none (ISO 32000-2 7.3.9)."""
    return None if isinstance(value, generic.NullObject) else value


def _may_be_the_same(old: Any, new: Any) -> bool:
    if isinstance(old, generic.IndirectObject) and isinstance(new, generic.IndirectObject):
        return bool(old.idnum == new.idnum)
    both = (old, new)
    if any(isinstance(one, generic.IndirectObject | generic.DictionaryObject | list) for one in both):
        return type(old) is type(new)
    return is_same_leaf(old, new)


def is_same_leaf(old: Any, new: Any) -> bool:
    """Whether two values without parts are the same: numbers by what they count, names and texts by kind."""
    if isinstance(old, _NUMBER) and isinstance(new, _NUMBER):
        return float(old) == float(new)
    if isinstance(old, generic.NameObject) is not isinstance(new, generic.NameObject):
        return False
    return bool(old == new)
