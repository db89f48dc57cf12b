"""What was added to a file before a key signs it: the reserved fields and the signature's picture, no more.

The one who prepares a file for signing reads a stranger's bytes with parsers of every kind, and so is not
believed. What he hands back is judged here, with nothing but the reader of PDF syntax: every page must be
drawn from the very objects it was drawn from before (a revision may redefine any of them, ISO 32000-1
§7.5.6), the page dictionaries may gain the reserved fields only, and each of these looks as it must.
That the file begins with the bytes of the one it grew from is for the caller to see: it takes no parsing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.pdf_utils.rw_common import PdfHandler
from pyhanko.pdf_utils.writer import PdfFileWriter

from vanthu.pdfsign.appearance import line_appearance, picture_appearance
from vanthu.pdfsign.errors import AddedOtherwise
from vanthu.pdfsign.fonts import date_font, number_font
from vanthu.pdfsign.images import Picture, load_picture
from vanthu.pdfsign.objects import form_fields, page_references, pick
from vanthu.pdfsign.opening import open_reader, parsing
from vanthu.pdfsign.places import Box, Places
from vanthu.pdfsign.prepare import (
    DAY_FIELD,
    FIELDS,
    ITALIC_RESOURCE,
    MONTH_FIELD,
    NUMBER_FIELD,
    PERSON_FIELD,
    SEAL_FIELD,
    UPRIGHT_RESOURCE,
    rectangle,
)
from vanthu.pdfsign.reader import MeasuredReader

_WIDGET_KEYS = frozenset(
    ("/Type", "/Subtype", "/T", "/TU", "/Rect", "/P", "/AP", "/FT", "/F", "/Ff", "/DA", "/MK", "/V", "/Lock")
)
#: Revisions a draft gains until its signature is begun: the reserved fields, the signature.
_PREPARED, _SEALED = 2, 1
#: What the catalogue of a file of an older version (LibreOffice's: 1.6) may say from now on.
_RAISED_VERSION = "/1.7"
_FORM_MAY_CHANGE = frozenset(("/Fields", "/DR", "/SigFlags", "/NeedAppearances"))


def require_only_reserved(draft: Path, pending: Path, *, places: Places, image: Path | bytes) -> None:
    """Refuse `pending` unless it is `draft`, the fields at `places`, and the picture in the person's.

    There are five, or four where `places` say that the month stands in print: no more, and no fewer.

    Raises AddedOtherwise, BrokenPdf, PasswordProtected, TooComplex, BadImage, PlacesMissing.
    """
    boxes = {FIELDS[name]: box for name, box in places.require_all().items()}
    picture = load_picture(image)
    with _grown(draft, pending, revisions=_PREPARED) as growth:
        fields = _added_fields(growth)
        _require(fields.keys() == boxes.keys())
        for name, field in fields.items():
            page = growth.pages[boxes[name].page - 1]
            _require_reserved(field, boxes[name], page=page, drawn=picture if name == PERSON_FIELD else None)
        growth.require_nothing_else(dict.fromkeys(growth.pages, _page_gained))


def require_only_issued(
    signed: Path, pending: Path, *, number: str, day: str, month: str, image: Path | bytes
) -> None:
    """Refuse `pending` unless it is `signed`, number and date as given, and the picture in the seal's field.

    What the person signed without a field for the month has it in print, and gains nothing there.

    Raises AddedOtherwise, BrokenPdf, PasswordProtected, TooComplex, BadImage.
    """
    picture = load_picture(image)
    given = {NUMBER_FIELD: number, DAY_FIELD: day, MONTH_FIELD: month}
    with _grown(signed, pending, revisions=_SEALED) as growth:
        _require(not _added_fields(growth))
        fields = form_fields(growth.after)
        values = {name: text for name, text in given.items() if name in fields or name != MONTH_FIELD}
        fonts = growth.after.root["/AcroForm"]["/DR"]["/Font"]
        for name, text in values.items():
            _require_filled(fields[name], text, name=name, fonts=fonts)
        _require_drawn(fields[SEAL_FIELD], picture)
        growth.require_nothing_else(
            {_number_of(fields[name]): _field_filled for name in (*values, SEAL_FIELD)}
        )


Gained = Callable[["_Growth", generic.PdfObject, generic.PdfObject], None]


@dataclass(frozen=True, kw_only=True)
class _Growth:
    """A file before and after revisions were added, both read from the file as it is now."""

    before: HistoricalResolver
    after: MeasuredReader
    #: Numbers of the objects that the added revisions define, and of those that were there before.
    defined: frozenset[int]
    known: frozenset[int]
    #: The generation of each of them.
    generations: Mapping[int, int]
    #: Numbers of the pages, in order.
    pages: tuple[int, ...]

    def require_nothing_else(self, gaining: Mapping[int, Gained]) -> None:
        """Of what was there, or was named, nothing is redefined but what may be, as it may be."""
        shown, form, lists = _reachable(self.before), _form_of(self.before), self._lists
        _require(form <= _form_of(self.after))
        described = _numbers([(self.before.trailer_view, "/Info"), (self.before.root, "/Metadata")])
        for number in self.defined & (self.known | shown):
            old, new = self.object(number, of=self.before), self.object(number, of=self.after)
            judge = gaining.get(number) or lists.get(number)
            if judge is not None:
                judge(self, old, new)
            elif number in described - shown:
                _require(_is_description(old, new))
            elif number not in form:
                _require(_plain(old) == _plain(new))

    def object(self, number: int, *, of: PdfHandler) -> Any:
        """The object of this number, before or after."""
        return of.get_object(generic.Reference(number, self.generations.get(number, 0), of))

    @property
    def _lists(self) -> dict[int, Gained]:
        """The pages' lists of annotations that are objects of their own."""
        pages = [(self.object(number, of=self.before), "/Annots") for number in self.pages]
        return dict.fromkeys(_numbers(pages), _list_gained)


def _form_of(handler: PdfHandler) -> set[int]:
    """Numbers of the objects that the form hangs on: they are judged by what it holds at last."""
    form = pick(handler.root, "/AcroForm", {})
    holders = [
        (handler.root, "/AcroForm"),
        (form, "/Fields"),
        (form, "/DR"),
        (pick(form, "/DR", {}), "/Font"),
    ]
    return _numbers(holders) | {handler.root_ref.idnum}


def _numbers(holders: list[tuple[Any, str]]) -> set[int]:
    """The numbers of those values that are references."""
    held = [holder.raw_get(key) for holder, key in holders if key in holder]
    return {each.idnum for each in held if isinstance(each, generic.IndirectObject)}


@contextlib.contextmanager
def _grown(source: Path, target: Path, *, revisions: int) -> Iterator[_Growth]:
    with open_reader(source) as was, open_reader(target) as now, parsing():
        count = was.xrefs.total_revisions
        _require(now.xrefs.total_revisions == count + revisions and not now.xrefs.hybrid_xrefs_present)
        for revision in range(count):
            starts = {each.xrefs.get_startxref_for_revision(revision) for each in (was, now)}
            _require(len(starts) == 1)
        added = range(count, count + revisions)
        _require(not any(now.xrefs.refs_freed_in_revision(revision) for revision in added))
        before = now.get_historical_resolver(count - 1)
        _require(before.root_ref.idnum == now.root_ref.idnum)
        known, defined = _defined(now, range(count)), _defined(now, added)
        growth = _Growth(
            before=before,
            after=now,
            defined=frozenset(defined),
            known=frozenset(known),
            generations=known | defined,
            pages=tuple(reference.idnum for reference in page_references(before)),
        )
        _require_root_and_form(growth)
        yield growth


def _require_root_and_form(growth: _Growth) -> None:
    old, new = growth.before.root, growth.after.root
    _require_same_but(old, new, {"/AcroForm", "/Version"})
    _require(pick(new, "/Version") in (pick(old, "/Version"), _RAISED_VERSION))
    was, now = pick(old, "/AcroForm", {}), new["/AcroForm"]
    _require_same_but(was, now, _FORM_MAY_CHANGE)
    resources, grown = pick(was, "/DR", {}), pick(now, "/DR", {})
    _require_same_but(resources, grown, {"/Font"})
    fonts, more = pick(resources, "/Font", {}), pick(grown, "/Font", {})
    _require_same_but(fonts, more, {UPRIGHT_RESOURCE, ITALIC_RESOURCE} - fonts.keys())


def _added_fields(growth: _Growth) -> dict[str, generic.DictionaryObject]:
    """The fields the form has gained, by name; those it had stand first and are the same."""
    old = pick(pick(growth.before.root, "/AcroForm", {}), "/Fields", ())
    numbers = _gained(old, growth.after.root["/AcroForm"]["/Fields"])
    added = [growth.object(number, of=growth.after) for number in numbers]
    fields = {str(field["/T"]): field for field in added}
    _require(len(fields) == len(added) and not growth.known & set(numbers))
    return fields


def _page_gained(growth: _Growth, old: Any, new: Any) -> None:
    """A page gains reserved fields behind the annotations it had, and nothing else."""
    _require_same_but(old, new, {"/Annots"})
    _list_gained(growth, pick(old, "/Annots", ()), pick(new, "/Annots", ()))


def _list_gained(growth: _Growth, old: Any, new: Any) -> None:
    """So does its list of them."""
    fields = {_number_of(field) for field in _added_fields(growth).values()}
    _require(set(_gained(old, new)) <= fields)


def _field_filled(growth: _Growth, old: Any, new: Any) -> None:
    """What a field shows and holds changes, and that it may be typed into; not where it is."""
    _require_same_but(old, new, {"/V", "/AP", "/Ff"})


def _require_reserved(field: generic.DictionaryObject, box: Box, *, page: int, drawn: Picture | None) -> None:
    _require(field.keys() <= _WIDGET_KEYS and "/Kids" not in field)
    _require([float(each) for each in field["/Rect"]] == [float(each) for each in rectangle(box)])
    _require(field.raw_get("/P").idnum == page)
    _require("/MK" not in field or (box.opaque and _plain(field["/MK"]) == _WHITE))
    if drawn is not None:
        _require_drawn(field, drawn)
        return
    _require("/V" not in field)
    appearance = _appearance(field)
    _require(not appearance.data.strip() and not pick(appearance, "/Resources", {}))


def _require_filled(field: Any, text: str, *, name: str, fonts: Any) -> None:
    upright = name == NUMBER_FIELD
    width, height = _size(field)
    expected = line_appearance(
        width=width,
        height=height,
        text=text,
        font=number_font() if upright else date_font(),
        font_object=fonts.raw_get(UPRIGHT_RESOURCE if upright else ITALIC_RESOURCE),
        opaque="/BG" in pick(field, "/MK", {}),
        flush_right=upright,
    )
    _require(str(field["/V"]) == text and _plain(_appearance(field)) == _plain(expected))


def _require_drawn(field: Any, picture: Picture) -> None:
    """The field shows this picture, as we draw it, and nothing else."""
    width, height = _size(field)
    expected = picture_appearance(PdfFileWriter(), picture, width=width, height=height)
    _require(_whole(_appearance(field)) == _whole(expected))


def _appearance(field: Any) -> generic.StreamObject:
    states = field["/AP"]
    _require(set(states.keys()) == {"/N"})
    appearance = states["/N"]
    if not isinstance(appearance, generic.StreamObject):
        raise AddedOtherwise
    return appearance


def _size(field: Any) -> tuple[float, float]:
    x0, y0, x1, y1 = (float(number) for number in field["/Rect"])
    return x1 - x0, y1 - y0


def _is_description(old: Any, new: Any) -> bool:
    """Whether what is said about the file (title, dates, the program) stays of its kind."""
    if isinstance(new, generic.StreamObject):
        return isinstance(old, generic.StreamObject) and all(
            pick(each, "/Type") == "/Metadata" for each in (old, new)
        )
    return isinstance(new, generic.DictionaryObject) and "/Type" not in new


def _reachable(handler: HistoricalResolver) -> set[int]:
    """Numbers of all objects the catalogue leads to, also of those that are named and not there.

    What describes the file is looked at where it hangs; what else leads there counts.
    """
    seen: set[int] = set()
    root = handler.root
    waiting: list[Any] = [root.raw_get(key) for key in root if key != "/Metadata"]
    while waiting:
        found = waiting.pop()
        if isinstance(found, generic.IndirectObject):
            if found.idnum not in seen:
                seen.add(found.idnum)
                waiting.append(found.get_object())
        elif isinstance(found, generic.DictionaryObject):
            waiting += (found.raw_get(key) for key in found)
        elif isinstance(found, generic.ArrayObject):
            waiting += list.__iter__(found)
    return seen


def _defined(reader: MeasuredReader, revisions: range) -> dict[int, int]:
    """Numbers of the objects that revisions define, with their generations."""
    return {
        reference.idnum: reference.generation
        for revision in revisions
        for reference in reader.xrefs.explicit_refs_in_revision(revision)
    }


def _number_of(field: generic.DictionaryObject) -> int:
    reference = field.container_ref
    assert isinstance(reference, generic.Reference), "a field of a form has its number"
    return reference.idnum


def _gained(old: Any, new: Any) -> list[int]:
    """Numbers of the objects that a list has behind those it had; only references may be added."""
    had, has = ([_plain(each) for each in list.__iter__(array)] if array else [] for array in (old, new))
    _require(has[: len(had)] == had)
    added = list(list.__iter__(new))[len(had) :] if new else []
    _require(all(isinstance(each, generic.IndirectObject) for each in added))
    return [each.idnum for each in added]


def _require_same_but(old: Any, new: Any, apart: set[str] | frozenset[str]) -> None:
    """Two dictionaries; what else a stream holds, its bytes, no comparison of keys would see."""
    _require(
        all(isinstance(each, Mapping) and not isinstance(each, generic.StreamObject) for each in (old, new))
    )
    _require(
        all(
            key in old and key in new and _plain(old.raw_get(key)) == _plain(new.raw_get(key))
            for key in (old.keys() | new.keys()) - apart
        )
    )


def _plain(found: Any, follow: Callable[[generic.IndirectObject], Any] | None = None) -> Any:
    """An object as plain values that compare by content, references by number unless followed."""
    if isinstance(found, generic.IndirectObject):
        return _plain(follow(found), follow) if follow else ("reference", found.idnum, found.generation)
    if isinstance(found, generic.DictionaryObject):
        plain = {str(key): _plain(found.raw_get(key), follow) for key in found if key != "/Length"}
        return (plain, found.encoded_data) if isinstance(found, generic.StreamObject) else plain
    if isinstance(found, generic.ArrayObject):
        return [_plain(each, follow) for each in list.__iter__(found)]
    if isinstance(found, (generic.NumberObject, generic.FloatObject)):
        return float(found)
    if isinstance(found, generic.NullObject):
        return None
    return (type(found), found) if isinstance(found, (str, bytes)) else repr(found)


def _whole(found: Any) -> Any:
    return _plain(found, lambda reference: reference.get_object())


_WHITE = {"/BG": [1.0]}


def _require(holds: bool) -> None:
    if not holds:
        raise AddedOtherwise
