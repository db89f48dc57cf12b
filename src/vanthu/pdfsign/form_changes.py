"""What one revision did to the form: fields signed, filled, added, redrawn, moved, taken away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic

from vanthu.pdfsign.altering import Kind
from vanthu.pdfsign.likeness import Likeness, Place
from vanthu.pdfsign.prepare import ISSUE_FIELDS
from vanthu.pdfsign.sides import Side

_DEEPEST = 40
#: Entries of a field that its being signed or filled may write (ISO 32000-2 12.5.2, 12.5.5, 12.7.4).
_WRITTEN_WITH_VALUE = frozenset({"/V", "/AP", "/AS", "/M", "/MK", "/DA", "/NM", "/StructParent", "/Type"})
#: Of a signature field, besides: flags, borders, and what was asked of the signature.
_WRITTEN_WITH_SIGNATURE = _WRITTEN_WITH_VALUE | {"/F", "/BS", "/Border", "/SV", "/Lock", "/Ff"}
_OF_NO_MATTER = frozenset({"/StructParent", "/M", "/NM", "/Type"})
_PLACED = frozenset({"/Rect", "/F", "/Ff", "/Lock", "/T", "/FT", "/Kids", "/P", "/Parent", "/OC", "/MaxLen"})
_DRAWN = frozenset({"/AP", "/AS", "/MK", "/DA", "/Rect", "/F", "/BS", "/Border", "/OC"})


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field or widget of one revision."""

    number: int
    name: str
    type: str
    value: Any
    dictionary: generic.DictionaryObject


def fields_of(side: Side, form: Any) -> Iterator[Field]:
    """Every field and widget of a form (None: of none), each once. Raises TooComplex."""
    seen: set[int] = set()
    waiting = [(raw, "", "", None, 0) for raw in side.listed(side.raw(form, "/Fields"))]
    while waiting:
        raw, above, kind, inherited, depth = waiting.pop()
        side.reader.budget.spend()
        if not isinstance(raw, generic.IndirectObject):
            # A field that is no object of its own is a part of the form, compared with it.
            continue
        if raw.idnum in seen or depth > _DEEPEST:
            continue
        seen.add(raw.idnum)
        field = side.follow(raw)
        if not isinstance(field, generic.DictionaryObject):
            continue
        title = side.get(field, "/T")
        name = ".".join(part for part in (above, "" if title is None else str(title)) if part)
        kind = str(side.get(field, "/FT") or kind)
        value = side.get(field, "/V")
        value = inherited if value is None else value
        yield Field(number=raw.idnum, name=name, type=kind, value=value, dictionary=field)
        waiting += [(kid, name, kind, value, depth + 1) for kid in side.listed(side.raw(field, "/Kids"))]


class FormChanges:
    """Compares the forms of two revisions."""

    def __init__(self, old: Side, new: Side, touched: set[int], likeness: Likeness, end: int) -> None:
        """`end`: where the later revision ends in the file."""
        self._old, self._new, self._touched, self._likeness, self._end = old, new, touched, likeness, end
        self.found: list[Place] = []
        #: Widgets that belong to fields, old and new: what was done to them is told here.
        self.widgets: set[int] = set()
        #: Of these, those that may be put on a page: of a field that was added or signed.
        self.may_appear: set[int] = set()

    def compare(self, old_form: Any, new_form: Any) -> None:
        """Find the changes between two forms, either of which may be None."""
        before = {field.number: field for field in fields_of(self._old, old_form)}
        after = {field.number: field for field in fields_of(self._new, new_form)}
        self.widgets = set(before) | set(after)
        self._likeness.judged_apart |= set(before) & set(after)
        for number, field in before.items():
            if number not in after:
                self._tell(Kind.FIELD_GONE, field)
            elif number in self._touched:
                self._compare_field(field, after[number])
        areas = list(self._filled_areas(before))
        for number, field in after.items():
            if number not in before:
                self._judge_new(field)
            if field.value is not None and (number not in before or before[number].value is None):
                self._look_over(field, areas)

    def _compare_field(self, old: Field, new: Field) -> None:
        signed_now = new.type == "/Sig" and old.value is None and new.value is not None
        if signed_now:
            self.may_appear.add(new.number)
            self._tell(self._signed(new), new)
        for key in old.dictionary.keys() | new.dictionary.keys():
            kind = self._kind_of_entry(key, old, new, signed_now=signed_now)
            if kind is not None:
                place = Place(kind, self._page(new), new.name)
                self._likeness.compare(dict.get(old.dictionary, key), dict.get(new.dictionary, key), place)

    def _kind_of_entry(self, key: str, old: Field, new: Field, *, signed_now: bool) -> Kind | None:
        """What a difference in this entry is; None when it does not matter there."""
        if key in _OF_NO_MATTER:
            return None
        if signed_now:
            return None if key in _WRITTEN_WITH_SIGNATURE else self._else(key)
        if new.type == "/Sig" and old.value is not None:
            return _of_signed(key)
        if new.type == "/Sig":
            return self._of_unsigned(key, new)
        if new.name not in ISSUE_FIELDS:
            return Kind.FIELD_FILLED
        if key in _WRITTEN_WITH_VALUE:
            return Kind.FILLED
        return None if key == "/Ff" and self._is_closed(old, new) else self._else(key)

    def _is_closed(self, old: Field, new: Field) -> bool:
        """Whether of all flags only «read only» may have changed."""
        before, after = self._old.get(old.dictionary, "/Ff") or 0, self._new.get(new.dictionary, "/Ff") or 0
        return isinstance(before, int) and isinstance(after, int) and before | 1 == after | 1

    def _of_unsigned(self, key: str, new: Field) -> Kind | None:
        if key == "/AP":
            return Kind.UNSIGNED_DRAWING if self._shows_something(new) else None
        return self._else(key)

    def _else(self, key: str) -> Kind:
        return Kind.FIELD_CHANGED if key in _PLACED else Kind.FIELD_ENTRY

    def _judge_new(self, field: Field) -> None:
        self.may_appear.add(field.number)
        if field.type != "/Sig":
            self._tell(Kind.FIELD_NEW, field)
        elif field.value is not None:
            self._tell(self._signed(field), field)
        elif self._shows_something(field):
            self._tell(Kind.UNSIGNED_DRAWING, field)
        else:
            self._tell(Kind.ROOM_FOR_SIGNATURE, field)

    def _signed(self, field: Field) -> Kind:
        """A signature answers for the revision that brings it only when it covers it."""
        ranges = [
            self._new.follow(each) for each in self._new.listed(self._new.raw(field.value, "/ByteRange"))
        ]
        if len(ranges) != 4 or not all(isinstance(each, int) for each in ranges):
            return Kind.SIGNATURE_REUSED
        if ranges[2] + ranges[3] < self._end:
            return Kind.SIGNATURE_REUSED
        is_stamp = str(self._new.get(field.value, "/SubFilter")) == "/ETSI.RFC3161"
        return Kind.TIMESTAMPED if is_stamp and not self._shows_something(field) else Kind.SIGNED

    def _shows_something(self, field: Field) -> bool:
        states = self._new.get(field.dictionary, "/AP")
        shown = self._new.get(states, "/N")
        if isinstance(shown, generic.StreamObject):
            return bool(shown.data.strip())
        # States of a signature's look, chosen by /AS: nobody's signing needs them.
        return isinstance(shown, generic.DictionaryObject) and bool(len(shown))

    def _look_over(self, field: Field, areas: list[tuple[float, ...]]) -> None:
        """A signature's picture over a number or date that was filled replaces it to the eye."""
        own = _area(self._new, field)
        if own is not None and any(_overlap(own, area) for area in areas):
            self._tell(Kind.OVER_NUMBER, field)

    def _filled_areas(self, fields: dict[int, Field]) -> Iterator[tuple[float, ...]]:
        for field in fields.values():
            if field.type == "/Tx" and field.value:
                area = _area(self._old, field)
                if area is not None:
                    yield area

    def _tell(self, kind: Kind, field: Field) -> None:
        self.found.append(Place(kind, self._page(field), field.name))

    def _page(self, field: Field) -> int:
        page = dict.get(field.dictionary, "/P")
        return page.idnum if isinstance(page, generic.IndirectObject) else 0


def _of_signed(key: str) -> Kind:
    if key == "/V":
        return Kind.SIGNATURE_TOUCHED
    return Kind.SIGNATURE_REDRAWN if key in _DRAWN else Kind.FIELD_ENTRY


def _area(side: Side, field: Field) -> tuple[float, ...] | None:
    """Page and rectangle of a field's widget; None when it has none."""
    corners = [side.follow(each) for each in side.listed(side.raw(field.dictionary, "/Rect"))]
    if len(corners) != 4:
        return None
    a, b, c, d = (float(number) for number in corners)
    page = dict.get(field.dictionary, "/P")
    number = page.idnum if isinstance(page, generic.IndirectObject) else 0
    return number, min(a, c), min(b, d), max(a, c), max(b, d)


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    page, left, bottom, right, top = one
    other_page, x0, y0, x1, y1 = other
    same_page = page == other_page or 0 in (page, other_page)
    return same_page and x0 < right and left < x1 and y0 < top and bottom < y1
