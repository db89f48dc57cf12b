"""What one revision did to the form: fields signed, filled, added, redrawn, moved, taken away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic

from vanthu.pdfsign.accounting import Account
from vanthu.pdfsign.altering import Kind, Weight
from vanthu.pdfsign.likeness import Likeness, Place, is_leaf
from vanthu.pdfsign.prepare import ISSUE_FIELDS, PERSON_FIELD, SEAL_FIELD
from vanthu.pdfsign.sides import Side

_DEEPEST = 40
#: Entries of a field that its being signed or filled may write (ISO 32000-2 12.5.2, 12.5.5, 12.7.4).
_WRITTEN_WITH_VALUE = frozenset({"/V", "/AP", "/AS", "/M", "/MK", "/DA", "/NM", "/StructParent", "/Type"})
#: Of a signature field, besides: flags, borders, what was asked of the signature, and what is for fields with
#: text alone (12.7.4.3) or for a pressed mouse: iText and with it the government's tool write such.
_WRITTEN_WITH_SIGNATURE = _WRITTEN_WITH_VALUE | {
    "/F",
    "/BS",
    "/Border",
    "/SV",
    "/Lock",
    "/Ff",
    "/DR",
    "/Q",
    "/H",
}
_OF_NO_MATTER = frozenset({"/M", "/NM"})
#: Of a new field, besides those: what it is. Of the rest nobody needs any for a signature still to come.
_OF_NEW = _WRITTEN_WITH_SIGNATURE | {"/FT", "/T", "/TU", "/Subtype", "/Rect", "/P", "/Parent", "/Kids"}
#: What a viewer draws a widget with that has no look of its own.
_BORDERS = ("/MK", "/BS", "/Border")
#: What runs by itself (12.6).
_RUN = frozenset({"/A", "/AA"})
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

    def __init__(
        self, old: Side, new: Side, touched: set[int], likeness: Likeness, account: Account, end: int
    ) -> None:
        """`end`: where the later revision ends in the file."""
        self._old, self._new, self._touched, self._likeness, self._end = old, new, touched, likeness, end
        self._account = account
        self._is_prepared = False
        self.found: list[Place] = []
        #: Widgets that belong to fields, old and new: what was done to them is told here.
        self.widgets: set[int] = set()
        #: Of these, those that may be put on a page: of a field that was added or signed.
        self.may_appear: set[int] = set()
        #: And of these, those that are new.
        self.new: set[int] = set()

    def compare(self, old_form: Any, new_form: Any) -> None:
        """Find the changes between two forms, either of which may be None."""
        before = {field.number: field for field in fields_of(self._old, old_form)}
        after = {field.number: field for field in fields_of(self._new, new_form)}
        # What other programs call «so» is a field like any other: nobody looks at what it shows.
        self._is_prepared = bool({field.name for field in before.values()} & {PERSON_FIELD, SEAL_FIELD})
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
        if _is_stream(old) or _is_stream(new):
            # A field has no content; what has is something else besides, whose content would go unseen.
            self._tell(Kind.FIELD_FILLED, new)
        signed_now = new.type == "/Sig" and old.value is None and new.value is not None
        if signed_now:
            self.may_appear.add(new.number)
            self._tell(self._signed(new), new)
        for key in old.dictionary.keys() | new.dictionary.keys():
            kind = self._kind_of_entry(key, old, new, signed_now=signed_now)
            values = dict.get(old.dictionary, key), dict.get(new.dictionary, key)
            if kind is not None:
                self._likeness.compare(*values, Place(kind, self._page(new), new.name), key)
            if (kind is None or kind.weight is Weight.HARMLESS) and key not in _OF_NO_MATTER:
                self._account.accept(*values)

    def _kind_of_entry(self, key: str, old: Field, new: Field, *, signed_now: bool) -> Kind | None:
        """What a difference in this entry is; None when it does not matter there."""
        if key in _OF_NO_MATTER and is_leaf(dict.get(new.dictionary, key)):
            return None
        if signed_now:
            return None if key in _WRITTEN_WITH_SIGNATURE else self._else(key)
        if new.type == "/Sig" and old.value is not None:
            return _of_signed(key)
        if new.type == "/Sig":
            return self._of_unsigned(key, new)
        if new.name not in ISSUE_FIELDS or not self._is_prepared:
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
        if key in _RUN:
            return Kind.SCRIPT
        return Kind.FIELD_CHANGED if key in _PLACED else Kind.FIELD_ENTRY

    def _judge_new(self, field: Field) -> None:
        self.may_appear.add(field.number)
        was_there = self._old.version(generic.Reference(field.number, 0, self._old.reader)) is not None
        if was_there or field.type != "/Sig" or _is_stream(field):
            self._tell(Kind.FIELD_NEW, field)
            return
        self.new.add(field.number)
        self._account.judged.add(field.number)
        self._tell(self._kind_of_new(field), field)
        # Where it is, and below and above what, is found by the ways those have themselves.
        apart = ("/P", "/Parent", "/Kids")
        self._account.accept(*(one for key, one in dict.items(field.dictionary) if key not in apart))

    def _kind_of_new(self, field: Field) -> Kind:
        """What a new field for a signature is: no more than that, or something that calls itself so."""
        keys = field.dictionary.keys()
        subtype = self._new.get(field.dictionary, "/Subtype")
        if keys & _RUN:
            return Kind.SCRIPT
        if subtype is not None and subtype != "/Widget":
            return Kind.UNSIGNED_DRAWING
        if not keys <= _OF_NEW or not self._is_plain(field):
            return Kind.FIELD_ENTRY
        if field.value is not None:
            return self._signed(field)
        if self._shows_something(field):
            return Kind.UNSIGNED_DRAWING
        return Kind.FIELD_ENTRY if self._has_borders(field) else Kind.ROOM_FOR_SIGNATURE

    def _is_plain(self, field: Field) -> bool:
        """Whether all below it are objects of their own, judged themselves, and it says what it is."""
        kids = self._new.raw(field.dictionary, "/Kids")
        are_own = all(isinstance(one, generic.IndirectObject) for one in self._new.listed(kids))
        kind = self._new.get(field.dictionary, "/Type")
        return are_own and (kids is None or isinstance(kids, list)) and kind in (None, "/Annot")

    def _has_borders(self, field: Field) -> bool:
        """Whether a viewer may draw something around or behind an empty field."""
        for key in _BORDERS:
            found = self._new.get(field.dictionary, key)
            is_list = isinstance(found, generic.ArrayObject)
            if any(self._new.follow(each) != 0 for each in list.__iter__(found)) if is_list else found:
                return True
        return False

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
        """Whether any look of the field, at rest or under the mouse, draws anything."""
        states = self._new.get(field.dictionary, "/AP")
        return any(self._draws(self._new.get(states, state)) for state in ("/N", "/R", "/D"))

    def _draws(self, shown: Any) -> bool:
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


def _is_stream(field: Field) -> bool:
    return isinstance(field.dictionary, generic.StreamObject)


def _of_signed(key: str) -> Kind:
    if key in _RUN:
        return Kind.SCRIPT
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
