"""What one revision of a file changed in the one before it, told thing by thing.

Both are walked in step from the trailer down, each part of the document by the rule for it: catalogue, page
tree, pages, annotations, form, validation data. What no rule knows is compared through all that hangs on it,
and at the end every change that the document can come to must have been looked at (`accounting`).
Nothing here asks how the change was written down, only what the document was and what it has become; so the
same answer comes for every program that wrote it.
"""

from __future__ import annotations

from typing import Any

from pyhanko.pdf_utils import generic, misc

from vanthu.pdfsign.accounting import Account
from vanthu.pdfsign.altering import Alteration, Kind, Weight
from vanthu.pdfsign.form_changes import FormChanges
from vanthu.pdfsign.likeness import Likeness, Place, is_leaf
from vanthu.pdfsign.objects import is_true, page_references
from vanthu.pdfsign.reader import MeasuredReader
from vanthu.pdfsign.sides import References, Side, changed_between, containers, redefined
from vanthu.pdfsign.tags import NewTags
from vanthu.pdfsign.twofold import differs_within
from vanthu.pdfsign.xrefs import named_in

#: How a file is stored, and by what number it is known (7.5.5, 14.4).
_STORED = frozenset(
    {"/Prev", "/XRefStm", "/Size", "/ID", "/W", "/Index", "/Length", "/Filter", "/DecodeParms", "/Type"}
    | {"/DocChecksum", "/Info", "/Root"}
)
_CATALOG = {
    "/AA": Kind.SCRIPT,
    "/OpenAction": Kind.SCRIPT,
    "/OCProperties": Kind.LAYERS,
    "/AF": Kind.ATTACHMENT,
    "/Collection": Kind.ATTACHMENT,
}
#: Judged by rules of their own, or of no matter: 7.12 of extensions.
_CATALOG_APART = frozenset(
    {
        "/Pages",
        "/AcroForm",
        "/DSS",
        "/Metadata",
        "/Names",
        "/StructTreeRoot",
        "/Extensions",
    }
)
_NAMES = {"/JavaScript": Kind.SCRIPT, "/EmbeddedFiles": Kind.ATTACHMENT}
_SHOWN = frozenset(
    {"/Contents", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Rotate"}
    | {"/UserUnit", "/Group", "/Type"}
)
_PAGE_APART = frozenset({"/Annots", "/Parent", "/Kids", "/Count", "/Metadata"})
#: Of no matter, as long as nothing hangs on them: dates, versions (7.2.2), the order of going through fields.
_PLAIN = frozenset({"/Version", "/LastModified", "/Tabs"})
_STORE = frozenset({"/Type", "/VRI", "/Certs", "/OCSPs", "/CRLs"})
_FORM_APART = frozenset({"/Fields", "/DR"})

_ARRAY = (generic.ArrayObject, generic.NullObject, type(None))


def compare(
    reader: MeasuredReader, references: References, revision: int, *, end: int
) -> tuple[Alteration, ...]:
    """What `revision` changed in the one before it. `end`: where it ends in the file.

    `references` goes from one comparison of the file to the next. Raises TooComplex.
    """
    return _Comparison(reader, references, revision, end).alterations()


class _Comparison:
    def __init__(self, reader: MeasuredReader, references: References, revision: int, end: int) -> None:
        self._reader = reader
        self._old, self._new = Side(reader, revision - 1), Side(reader, revision)
        references_changed = changed_between(self._old, self._new)
        references.learn(self._old, [self._old.trailer])
        references.learn(self._new, [self._new.trailer, *references_changed])
        changed = {reference.idnum for reference in references_changed}
        self._touched = references.leading_to(changed | references.unreadable)
        self._account = Account(changed, self._touched, reader.budget)
        self._likeness = Likeness(self._old, self._new, self._touched, self._account, reader.budget)
        self._form = FormChanges(self._old, self._new, self._touched, self._likeness, self._account, end)
        self._likeness.may_come = NewTags(self._old, self._new, self._account, self._form.new).may_come
        self._found: list[Place] = []
        section = reader.xrefs._xref_sections[revision].xref_data
        if changed & containers(self._old) or redefined(self._old, self._new):
            self._found.append(Place(Kind.REDEFINED))
        if differs_within(section) or reader.named_twice & {number for number, _ in named_in(section)}:
            self._found.append(Place(Kind.TWOFOLD))
        self._changed = changed
        self._seen_pages: set[tuple[int, int]] = set()
        self._annotations: list[tuple[Any, Any, int]] = []

    def alterations(self) -> tuple[Alteration, ...]:
        try:
            self._compare_all()
        except (misc.PdfReadError, misc.PdfStreamError, ValueError, TypeError, ArithmeticError):
            self._found.append(Place(Kind.UNREADABLE))
        if self._reader.packed_oddly & self._changed:
            self._found.append(Place(Kind.TWOFOLD))
        places = [*self._found, *self._form.found, *self._likeness.differences]
        places += self._unaccounted(places)
        pages = self._page_numbers() if any(place.page for place in places) else {}
        return tuple(
            dict.fromkeys(
                Alteration(kind=place.kind, page=pages.get(place.page, 0), name=place.name.strip("/"))
                for place in places
            )
        )

    def _unaccounted(self, found: list[Place]) -> list[Place]:
        """What is left to say when all that the rules found is harmless: did they look at all?"""
        if any(place.kind.weight is not Weight.HARMLESS for place in found):
            return []
        sides = (self._old, self._new)
        self._account.judged |= self._likeness.judged_apart
        if not self._account.is_complete(sides):
            return [Place(Kind.UNACCOUNTED)]
        if found or not self._changed:
            return []
        return [Place(Kind.REWRITTEN if self._account.is_reached(sides) else Kind.UNUSED)]

    def _compare_all(self) -> None:
        old, new = self._old.trailer, self._new.trailer
        for key in (old.keys() | new.keys()) - _STORED:
            self._differ(old, new, key, Place(Kind.CATALOG_ENTRY, name=key))
        self._describe(old, new, "/Info")
        if not self._is_same(old, new, "/Root"):
            self._compare_root(dict.get(old, "/Root"), dict.get(new, "/Root"))
        self._likeness.finish()

    def _describe(self, old: Any, new: Any, key: str) -> None:
        """Metadata, wherever they stand: by this way nothing is shown."""
        if not self._is_same(old, new, key):
            self._found.append(Place(Kind.METADATA))
            self._account.accept(dict.get(old, key), dict.get(new, key))

    def _compare_root(self, old: Any, new: Any) -> None:
        before, after = self._old.follow(old), self._new.follow(new)
        both = (before, after)
        if not all(isinstance(one, generic.DictionaryObject) for one in both):
            self._found.append(Place(Kind.PAGES))
            return
        self._refuse_streams(*both)
        self._likeness.judged_apart |= {
            one.idnum for one in (old, new) if isinstance(one, generic.IndirectObject)
        }
        self._compare_catalog(before, after)

    def _refuse_streams(self, *values: Any) -> None:
        """A page, the catalogue, the form have no content; what has is something else besides."""
        if any(isinstance(one, generic.StreamObject) for one in values):
            self._found.append(Place(Kind.REDEFINED))

    def _is_same(self, old: Any, new: Any, key: str) -> bool:
        """Whether nothing of an entry can have changed."""
        one, other = dict.get(old, key), dict.get(new, key)
        if one is None and other is None:
            return True
        if not (isinstance(one, generic.IndirectObject) and isinstance(other, generic.IndirectObject)):
            return False
        same = one.idnum == other.idnum and one.generation == other.generation
        return bool(same and one.idnum not in self._touched)

    def _differ(self, old: Any, new: Any, key: str, place: Place) -> None:
        self._likeness.compare(dict.get(old, key), dict.get(new, key), place, key)

    def _compare_catalog(self, old: Any, new: Any) -> None:
        for key in _to_compare(old, new, _CATALOG_APART):
            self._differ(old, new, key, Place(_CATALOG.get(key, Kind.CATALOG_ENTRY), name=key))
        self._compare_names(old, new)
        self._compare_form(old, new)
        self._compare_pages(old, new)
        self._compare_annotations()
        self._differ(old, new, "/StructTreeRoot", Place(Kind.STRUCTURE, may_grow=True))
        if not self._is_same(old, new, "/DSS"):
            self._compare_store(self._new.get(new, "/DSS"))
            self._account.accept(dict.get(old, "/DSS"), dict.get(new, "/DSS"))
        self._account.accept(dict.get(old, "/Extensions"), dict.get(new, "/Extensions"))
        self._describe(old, new, "/Metadata")

    def _compare_names(self, old: Any, new: Any) -> None:
        names, others = self._old.get(old, "/Names"), self._new.get(new, "/Names")
        if not (_is_plain(names) and _is_plain(others)):
            self._differ(old, new, "/Names", Place(Kind.CATALOG_ENTRY, name="/Names"))
            return
        self._account.judge(dict.get(old, "/Names"), dict.get(new, "/Names"))
        names, others = _dictionary(names), _dictionary(others)
        for key in names.keys() | others.keys():
            self._differ(names, others, key, Place(_NAMES.get(key, Kind.CATALOG_ENTRY), name=key))

    def _compare_store(self, store: Any) -> None:
        """Validation data may come, go, and take the place of others: they prove what they prove."""
        plain = _is_plain(store) and _dictionary(store).keys() <= _STORE
        self._found.append(Place(Kind.VALIDATION_DATA) if plain else Place(Kind.CATALOG_ENTRY, name="/DSS"))

    def _compare_form(self, old: Any, new: Any) -> None:
        if self._is_same(old, new, "/AcroForm"):
            # Its fields are no further than this: what was done to them would have touched it.
            return
        for form in (dict.get(old, "/AcroForm"), dict.get(new, "/AcroForm")):
            if isinstance(form, generic.IndirectObject):
                self._likeness.judged_apart.add(form.idnum)
        forms = self._old.get(old, "/AcroForm"), self._new.get(new, "/AcroForm")
        if not all(_is_plain(form) for form in forms):
            self._found.append(Place(Kind.REDEFINED))
        before, after = (_dictionary(form) for form in forms)
        self._listed(before, after, "/Fields")
        for key in (before.keys() | after.keys()) - _FORM_APART:
            if self._is_as_if_absent(before, after, key):
                continue
            kind = Kind.SCRIPT if key == "/XFA" else Kind.FORM_ENTRY
            self._differ(before, after, key, Place(kind, name=key))
        self._differ(before, after, "/DR", Place(Kind.FONTS, may_grow=True))
        self._compare_plain_fields(before, after)
        self._form.compare(before, after)

    def _is_as_if_absent(self, old: Any, new: Any, key: str) -> bool:
        """Flags of signing, a default look where there was none, that viewers need not draw: of no matter."""
        if key == "/DA":
            return self._old.get(old, key) is None and is_leaf(dict.get(new, key))
        if key == "/SigFlags":
            return isinstance(dict.get(new, key), generic.NumberObject)
        return (
            key == "/NeedAppearances" and is_leaf(dict.get(new, key)) and not is_true(self._new.get(new, key))
        )

    def _compare_plain_fields(self, old: Any, new: Any) -> None:
        """Fields that are no objects of their own."""
        sides = ((self._old, old), (self._new, new))
        before, after = (
            [
                one
                for one in side.listed(side.raw(form, "/Fields"))
                if not isinstance(one, generic.IndirectObject)
            ]
            for side, form in sides
        )
        if len(before) != len(after):
            self._found.append(Place(Kind.FIELD_NEW))
        for one, other in zip(before, after, strict=False):
            self._likeness.compare(one, other, Place(Kind.FIELD_FILLED))

    def _compare_pages(self, old: Any, new: Any) -> None:
        waiting = [(dict.get(old, "/Pages"), dict.get(new, "/Pages"))]
        while waiting:
            one, other = waiting.pop()
            if not (isinstance(one, generic.IndirectObject) and isinstance(other, generic.IndirectObject)):
                self._likeness.compare(one, other, Place(Kind.PAGES))
                continue
            pair = (one.idnum, other.idnum)
            if pair in self._seen_pages or (pair[0] == pair[1] and pair[0] not in self._touched):
                continue
            self._reader.budget.spend()
            self._seen_pages.add(pair)
            if one.idnum != other.idnum:
                self._found.append(Place(Kind.PAGES))
                continue
            self._likeness.judged_apart.add(one.idnum)
            waiting += self._compare_node(self._old.follow(one), self._new.follow(other), one.idnum)

    def _compare_node(self, old: Any, new: Any, number: int) -> list[tuple[Any, Any]]:
        """Compare a page or a node above pages; what is below it, and above."""
        if not (isinstance(old, generic.DictionaryObject) and isinstance(new, generic.DictionaryObject)):
            self._found.append(Place(Kind.PAGES))
            return []
        self._refuse_streams(old, new)
        self._compare_page(old, new, number)
        above = (
            [(dict.get(old, "/Parent"), dict.get(new, "/Parent"))]
            if "/Parent" in old or "/Parent" in new
            else []
        )
        if "/Kids" not in old and "/Kids" not in new:
            self._differ(old, new, "/Count", Place(Kind.PAGE_ENTRY, number, "/Count"))
            return above
        self._differ(old, new, "/Count", Place(Kind.PAGES))
        before, after = self._listed(old, new, "/Kids")
        self._reader.budget.spend(1 + len(before) // 8)
        if len(before) != len(after):
            self._found.append(Place(Kind.PAGES))
            return above
        return [*above, *zip(before, after, strict=True)]

    def _compare_page(self, old: Any, new: Any, number: int) -> None:
        for key in _to_compare(old, new, _PAGE_APART):
            kind = Kind.PAGE_CONTENT if key in _SHOWN else Kind.SCRIPT if key == "/AA" else Kind.PAGE_ENTRY
            self._differ(old, new, key, Place(kind, number, key))
        self._describe(old, new, "/Metadata")
        before, after = self._listed(old, new, "/Annots")
        self._reader.budget.spend(1 + (len(before) + len(after)) // 8)
        known = {_number(one): one for one in before if _number(one) is not None}
        order = [each for each in map(_number, after) if each is None or each in known]
        if not known.keys() <= set(order):
            self._found.append(Place(Kind.ANNOTATION_GONE, number))
        elif order != [_number(one) for one in before]:
            self._found.append(Place(Kind.PAGE_ENTRY, number, "/Annots"))
        self._annotations += [(known.get(_number(one)), one, number) for one in after]
        plain, others = ([one for one in side if _number(one) is None] for side in (before, after))
        if plain or others:
            place = Place(Kind.ANNOTATION, number)
            self._likeness.compare(generic.ArrayObject(plain), generic.ArrayObject(others), place, "/Annots")

    def _listed(self, old: Any, new: Any, key: str) -> tuple[list[Any], list[Any]]:
        """The elements of an array on both sides; whoever asks judges them. Anything else is unclear."""
        sides = ((self._old, dict.get(old, key)), (self._new, dict.get(new, key)))
        self._account.judge(*(raw for _, raw in sides))
        if not all(isinstance(side.follow(raw), _ARRAY) for side, raw in sides):
            self._found.append(Place(Kind.UNREADABLE))
        before, after = (side.listed(raw) for side, raw in sides)
        return before, after

    def _compare_annotations(self) -> None:
        """After the form: its widgets are judged with their fields."""
        for old, new, page in self._annotations:
            if not isinstance(new, generic.IndirectObject):
                continue
            if new.idnum in (self._form.may_appear if old is None else self._form.widgets):
                continue
            shown = self._new.follow(new)
            kind = self._new.get(shown, "/Subtype")
            place = Place(Kind.ANNOTATION, page, f" ({str(kind).strip('/')})" if kind else "")
            if old is None:
                self._found.append(place)
            elif new.idnum in self._touched:
                self._likeness.judged_apart.add(new.idnum)
                self._likeness.compare(self._old.follow(old), shown, place, "/Annots")

    def _page_numbers(self) -> dict[int, int]:
        view = self._reader.get_historical_resolver(self._old.revision)
        return {page.idnum: number for number, page in enumerate(page_references(view), start=1)}


def _number(value: Any) -> int | None:
    """The number of the object a reference names; None for a value that is no reference."""
    return value.idnum if isinstance(value, generic.IndirectObject) else None


def _to_compare(old: Any, new: Any, apart: frozenset[str]) -> set[str]:
    """The entries that no rule of their own judges, and that may matter."""
    keys = (old.keys() | new.keys()) - apart
    return {key for key in keys if key not in _PLAIN or not is_leaf(dict.get(new, key))}


def _is_plain(value: Any) -> bool:
    """Nothing, or a dictionary that is no stream."""
    if isinstance(value, generic.StreamObject):
        return False
    return value is None or isinstance(value, generic.DictionaryObject)


def _dictionary(value: Any) -> generic.DictionaryObject:
    return value if isinstance(value, generic.DictionaryObject) else generic.DictionaryObject()
