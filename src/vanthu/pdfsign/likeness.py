"""Whether two values are the same through all that hangs on them, and which kinds of change they are if not.

Each pair of objects is looked at once for each kind, however many ways lead to it: a dozen layers of two
references each are a dozen pairs, not four thousand paths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from pyhanko.pdf_utils import generic, misc

from vanthu.pdfsign.accounting import Account
from vanthu.pdfsign.altering import Kind
from vanthu.pdfsign.budget import Budget
from vanthu.pdfsign.sides import Side, inside
from vanthu.pdfsign.twofold import is_further

#: Of a stream, how its bytes are kept; those are compared themselves.
_STORAGE = frozenset({"/Length", "/Filter", "/DecodeParms", "/DL"})
_BYTES_PER_STEP = 1024
#: Entries by which one part of a document names another that has rules of its own. Under any other it would
#: not be named but used, of which those rules know nothing: a field that is a page's resources.
_NAMING = frozenset(
    {"/P", "/Pg", "/Parent", "/Obj", "/Kids", "/Fields", "/Annots", "/Popup", "/IRT", "/D", "/Dest", "/Dests"}
    | {"/Names", "/Data", "/OpenAction", "/SE"}
)
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


def none_may_come(_key: str, _one: Any) -> bool:
    """Of nothing new in an array, that it may be there."""
    return False


class Likeness:
    """Compares values of two revisions, and keeps where they differ."""

    def __init__(self, old: Side, new: Side, touched: set[int], account: Account, budget: Budget) -> None:
        #: `touched`: the objects from which a changed one can be reached.
        self._old, self._new, self._touched, self._budget = old, new, touched, budget
        #: Pages, fields, annotations: compared by rules of their own, and met here only by name.
        self.judged_apart: set[int] = set()
        #: Whether an element may have come to the end of an array under a key, where more may come.
        self.may_come: Callable[[str, Any], bool] = none_may_come
        self._account = account
        self.differences: list[Place] = []
        self._waiting: list[tuple[Any, Any, Place, str]] = []
        self._seen: set[tuple[int, int, Kind, bool]] = set()

    def compare(self, old: Any, new: Any, place: Place, key: str = "") -> None:
        """Put down two values, possibly None or references, to be compared by `finish`.

        `key`: the entry they were found under.
        """
        if is_further(key):
            place = replace(place, kind=Kind.TWOFOLD)
        self._waiting.append((old, new, place, key))

    def finish(self) -> None:
        """Compare all that was put down. Raises TooComplex."""
        while self._waiting:
            old, new, place, key = self._waiting.pop()
            self._budget.spend()
            try:
                same = self._same(old, new, place, key)
            except (misc.PdfReadError, misc.PdfStreamError):
                same, place = False, Place(Kind.UNREADABLE)
            if not same:
                self.differences.append(place)

    def _same(self, old: Any, new: Any, place: Place, key: str) -> bool:
        if isinstance(old, generic.IndirectObject) and isinstance(new, generic.IndirectObject):
            same = old.idnum == new.idnum and old.generation == new.generation
            if same and old.idnum not in self._touched:
                return True
            if {old.idnum, new.idnum} & self.judged_apart:
                return same and self._names_it(place, key)
            seen = (old.idnum, new.idnum, place.kind, place.may_grow)
            if seen in self._seen:
                return True
            self._seen.add(seen)
        before, after = _present(self._old.follow(old)), _present(self._new.follow(new))
        if before is None and place.kind is Kind.FONTS and place.may_grow:
            self._account.accept(new)
            return True
        self._account.judge(old, new)
        return self._same_values(before, after, place, key)

    def _names_it(self, place: Place, key: str) -> bool:
        """A thing with rules of its own is the same where it is only named; else nobody knows its use."""
        if key not in _NAMING or place.kind in (Kind.PAGE_CONTENT, Kind.FONTS, Kind.LAYERS):
            self.differences.append(Place(Kind.UNACCOUNTED))
        return True

    def _same_values(self, old: Any, new: Any, place: Place, key: str) -> bool:
        if isinstance(old, generic.DictionaryObject) and isinstance(new, generic.DictionaryObject):
            return self._same_dictionaries(old, new, place)
        if isinstance(new, generic.ArrayObject) and place.may_grow:
            return self._has_grown(old, new, place, key)
        if isinstance(old, generic.ArrayObject) and isinstance(new, generic.ArrayObject):
            return self._same_arrays(list(list.__iter__(old)), list(list.__iter__(new)), place, key)
        return is_same_leaf(old, new) or (place.may_grow and _counts_on(old, new, key))

    def _same_dictionaries(
        self, old: generic.DictionaryObject, new: generic.DictionaryObject, place: Place
    ) -> bool:
        skipped: Iterable[str] = ()
        if isinstance(old, generic.StreamObject) or isinstance(new, generic.StreamObject):
            if self._is_measured_anew(old, new) or not self._same_bytes(old, new):
                return False
            skipped = _STORAGE
        keys = old.keys() | new.keys()
        self._budget.spend(1 + len(keys) // 8)
        for key in keys:
            if key not in skipped:
                self.compare(dict.get(old, key), dict.get(new, key), place, key)
        return True

    def _is_measured_anew(self, old: Any, new: Any) -> bool:
        """Whether what tells how a stream is kept, its length say, is another object than it was."""
        kept = [dict.get(one, key) for one in (old, new) for key in _STORAGE if isinstance(one, dict)]
        return any(
            reference.idnum in self._touched and self._old.version(reference) is not None
            for value in kept
            for reference in inside(value)
        )

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

    def _same_arrays(self, old: list[Any], new: list[Any], place: Place, key: str) -> bool:
        self._budget.spend(1 + len(old) // 8)
        if len(old) != len(new):
            return False
        for one, other in zip(old, new, strict=True):
            self.compare(one, other, place, key)
        return True

    def _has_grown(self, old: Any, new: generic.ArrayObject, place: Place, key: str) -> bool:
        """Whether all that was there comes again, then the rest; a single value may have become a list."""
        before = list(list.__iter__(old)) if isinstance(old, generic.ArrayObject) else []
        if old is not None and not isinstance(old, generic.ArrayObject):
            before = [old]
        after = list(list.__iter__(new))
        self._budget.spend(1 + len(after) // 8)
        if len(after) < len(before):
            return False
        for one, other in zip(before, after, strict=False):
            self.compare(one, other, place, key)
        return all(self.may_come(key, one) for one in after[len(before) :])


def _counts_on(old: Any, new: Any, key: str) -> bool:
    """The next free number of a tree that has grown (ISO 32000-2 14.7.2)."""
    return key == "/ParentTreeNextKey" and isinstance(old, int) and isinstance(new, int) and old <= new


def _present(value: Any) -> Any:
    """An entry of null is none (ISO 32000-2 7.3.9)."""
    return None if isinstance(value, generic.NullObject) else value


def is_leaf(value: Any) -> bool:
    """Whether nothing hangs on a value."""
    return not isinstance(value, generic.IndirectObject | generic.DictionaryObject | generic.ArrayObject)


def is_same_leaf(old: Any, new: Any) -> bool:
    """Whether two values without parts are the same: numbers by what they count, names and texts by kind."""
    if isinstance(old, _NUMBER) and isinstance(new, _NUMBER):
        return float(old) == float(new)
    if isinstance(old, generic.NameObject) is not isinstance(new, generic.NameObject):
        return False
    return bool(old == new)
