"""The fields so, ngay and thang: the eye sees what they hold, and nobody was at them before the seal.

A form field has a value, which programs read, and an appearance, which people see; nothing in a PDF ties one
to the other. Where `prepare` made the fields, the appearance must be the one drawing we make of the value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.rw_common import PdfHandler
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from vanthu.pdfsign.appearance import LINE_HEIGHT, SMALLEST, fitting_size
from vanthu.pdfsign.covering import hides_text
from vanthu.pdfsign.errors import BrokenPdf, IssueFieldsTouched, NotPrepared
from vanthu.pdfsign.objects import is_true, page_references, pick
from vanthu.pdfsign.opening import parsing
from vanthu.pdfsign.prepare import (
    DAY_FIELD,
    ISSUE_FIELDS,
    ITALIC_RESOURCE,
    MONTH_FIELD,
    NUMBER_FIELD,
    PERSON_FIELD,
    SEAL_FIELD,
    UPRIGHT_RESOURCE,
)

#: What the fields are called on the screen.
LABELS: Mapping[str, str] = {
    NUMBER_FIELD: "Số văn bản",
    DAY_FIELD: "Ngày ban hành",
    MONTH_FIELD: "Tháng ban hành",
    SEAL_FIELD: "Ô dấu cơ quan",
}
_FONTS = {NUMBER_FIELD: UPRIGHT_RESOURCE, DAY_FIELD: ITALIC_RESOURCE, MONTH_FIELD: ITALIC_RESOURCE}

_N = rb"(-?\d+(?:\.\d+)?)"
#: What `line_appearance` writes. Should it ever write something else, this must go on knowing the old form:
#: documents in the archive were sealed with it. One form is not known on purpose: once the type was never
#: smaller than 4 points, and in a box too narrow for that the number lost its first figures.
_LINE = re.compile(
    rb"/Tx BMC q (?P<paper>1 1 1 rg 0 0 \d+(?:\.\d+)? \d+(?:\.\d+)? re f )?0 g "
    rb"BT /F0 " + _N + rb" Tf " + _N + rb" Tz " + _N + rb" " + _N + rb" Td \(([0-9A-Za-z]+)\) Tj ET Q EMC"
)
_APPEARANCE_KEYS = {"/Type", "/Subtype", "/BBox", "/Resources", "/Length", "/Filter"}
#: Annotation flags that keep a field off the screen or the paper: invisible, hidden, not viewed.
_UNSEEN = 1 | 2 | 32
_PRINTED = 4
#: Points; what rounding to two decimals can do to a box, several times over.
_SLACK = 0.1
_CAPITAL = 0.66
#: What writing a type size to two decimals of a point, and a squeeze to one of a percent, can do to them.
_SIZE_ROUNDING, _SQUEEZE_ROUNDING = 0.006, 0.06


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """How a field looks."""

    text: str
    #: White paper is painted under the text, over whatever the page has there.
    opaque: bool


def deceptive_fields(
    file: Path, reader: PdfFileReader, revisions: Collection[int], *, first: int
) -> dict[int, tuple[str, ...]]:
    """Per revision, the names of the fields whose look is not the drawing of their value, or hides text.

    `first` is the revision of the first signature: the fonts are those the form had then. Nothing is said of
    a file that `prepare` did not make: what other programs call «so» is their affair.
    """
    signed_first = reader.get_historical_resolver(first)
    fonts = {name: _font(signed_first, resource) for name, resource in _FONTS.items()}
    hiding = {name for name in ISSUE_FIELDS if _is_prepared(reader) and _hides(file, reader, name)}
    found = {}
    for number in revisions:
        revision = reader.get_historical_resolver(number)
        if _is_prepared(revision):
            fields = {name: list(_named(revision, name)) for name in ISSUE_FIELDS}
            found[number] = tuple(
                name
                for name in fields
                if _deceives(fields[name], fonts[name], ill_set=name in hiding or _is_redrawn(revision))
            )
    return found


def _deceives(
    fields: Sequence[generic.DictionaryObject], font: tuple[int, int] | None, *, ill_set: bool
) -> bool:
    """Two fields of one name are shown both, and read as one. `ill_set`: filled at all, they deceive."""
    if len(fields) > 1:
        return True
    try:
        with parsing():
            return any(not _is_honest(field, font) or (ill_set and pick(field, "/V")) for field in fields)
    except BrokenPdf:
        return True


def _hides(file: Path, reader: PdfFileReader, name: str) -> bool:
    """Whether the field's white paper covers text of its page; looked for where there is such paper alone."""
    try:
        with parsing():
            for field in _named(reader, name):
                shown = _read(field)
                if shown is not None and shown.opaque:
                    return hides_text(file, _page_of(reader, field), _corners(field))
    except BrokenPdf:
        return True
    return False


def require_as_signed(reader: PdfFileReader) -> None:
    """Refuse a file whose fields for number, date and seal are not as the person who signed left them.

    They must be there once each, empty, at the same place, and the seal's still lock number and date. That of
    the month may never have been there: then the month stands in print.

    Raises NotPrepared (no such fields, or no lock), IssueFieldsTouched.
    """
    person = next(ref for name, _, ref in enumerate_sig_fields(reader) if name == PERSON_FIELD)
    embedded = EmbeddedPdfSignature(reader, person.get_object(), PERSON_FIELD)
    then = reader.get_historical_resolver(embedded.signed_revision)
    for name in (*ISSUE_FIELDS, SEAL_FIELD):
        before, now = list(_named(then, name)), list(_named(reader, name))
        if len(before) != 1 and (before or name != MONTH_FIELD):
            raise NotPrepared
        if len(now) != len(before) or not all(map(_alike, before, now)):
            raise IssueFieldsTouched(f"{LABELS[name]} {_TOUCHED}")
        for field in now:
            _require_empty(field, name)
        if name in _FONTS and _font(then, _FONTS[name]) != _font(reader, _FONTS[name]):
            raise IssueFieldsTouched(f"{LABELS[name]} {_TOUCHED}")


def _require_empty(field: generic.DictionaryObject, name: str) -> None:
    """Number and date are still to be filled in; the seal's field is still to lock them."""
    if name == SEAL_FIELD:
        if not _locks(field):
            raise NotPrepared
    elif pick(field, "/V") or _drawing(field).strip():
        raise IssueFieldsTouched(f"{LABELS[name]} {_FILLED}")


_TOUCHED = "đã bị sửa sau khi người có thẩm quyền ký số; không đóng dấu được. Hãy trình ký lại."
_FILLED = "đã bị điền trước khi cấp số; không đóng dấu được. Hãy trình ký lại."


def _is_prepared(revision: PdfHandler) -> bool:
    return any(True for name in (PERSON_FIELD, SEAL_FIELD) for _ in _named(revision, name))


def _is_redrawn(revision: PdfHandler) -> bool:
    """Whether viewers are told to draw the fields themselves, by what each makes of their default type."""
    return is_true(pick(pick(revision.root, "/AcroForm", {}), "/NeedAppearances"))


def _named(revision: PdfHandler, name: str) -> Iterator[generic.DictionaryObject]:
    """Every top-level field of this name: a viewer draws them all."""
    form = pick(revision.root, "/AcroForm", {})
    for reference in pick(form, "/Fields", ()):
        field = reference.get_object()
        if str(pick(field, "/T", "")) == name:
            yield field


def _font(revision: PdfHandler, resource: str) -> tuple[int, int] | None:
    """Which object of the form's fonts this is."""
    form = pick(revision.root, "/AcroForm", {})
    return _identity(pick(pick(form, "/DR", {}), "/Font", {}), resource)


def _identity(fonts: generic.DictionaryObject, resource: str) -> tuple[int, int] | None:
    found = fonts.raw_get(resource) if resource in fonts else None
    return (found.idnum, found.generation) if isinstance(found, generic.IndirectObject) else None


def _is_honest(field: generic.DictionaryObject, font: tuple[int, int] | None) -> bool:
    value = str(pick(field, "/V", ""))
    shown = _read(field)
    if shown is None or shown.text != value:
        return False
    if not value:
        return True
    flags = int(pick(field, "/F", 0))
    fonts = field["/AP"]["/N"]["/Resources"]["/Font"]
    seen = flags & _PRINTED and not flags & _UNSEEN and "/OC" not in field
    return bool(seen) and font is not None and _identity(fonts, "/F0") == font


def _drawing(field: generic.DictionaryObject) -> bytes:
    appearance = pick(pick(field, "/AP", {}), "/N")
    return bytes(appearance.data) if isinstance(appearance, generic.StreamObject) else b""


def _read(field: generic.DictionaryObject) -> _Shown | None:
    """What is seen of a field; None when it is not one line, whole, in its box, as we draw it."""
    states = pick(field, "/AP", {})
    if "/Kids" in field or set(states) - {"/N"}:
        return None
    appearance = pick(states, "/N")
    if appearance is None:
        return _Shown(text="", opaque=False)
    if not isinstance(appearance, generic.StreamObject):
        return None
    drawing = appearance.data.strip()
    if not drawing:
        return _Shown(text="", opaque=False)
    match = _LINE.fullmatch(drawing)
    if match is None or set(appearance) - _APPEARANCE_KEYS or not _fills_its_box(field, appearance):
        return None
    text = match[6].decode("ascii")
    size, squeeze, x, y = (float(number) for number in match.groups()[1:5])
    natural = _width(appearance["/Resources"]["/Font"]["/F0"], text)
    if not _is_as_large_as_fits(field, size, squeeze, natural):
        return None
    if not _stands_inside(field, (x, y), size, natural * size * squeeze / 100):
        return None
    return _Shown(text=text, opaque=match["paper"] is not None)


def _fills_its_box(field: generic.DictionaryObject, appearance: generic.StreamObject) -> bool:
    """A viewer stretches the appearance's box onto the field's; they must be of one size."""
    left, bottom, right, top = _corners(field)
    wanted = (0.0, 0.0, right - left, top - bottom)
    found = [float(number) for number in appearance["/BBox"]]
    return len(found) == 4 and all(
        math.isclose(one, other, abs_tol=_SLACK) for one, other in zip(found, wanted, strict=True)
    )


def _is_as_large_as_fits(
    field: generic.DictionaryObject, size: float, squeeze: float, natural: float
) -> bool:
    """Whether type size and squeeze (percent) are those we choose for the box: smaller, no eye may see it."""
    left, bottom, right, top = _corners(field)
    fitting, share = fitting_size(width=right - left, height=top - bottom, natural=natural)
    return math.isclose(size, fitting, rel_tol=0, abs_tol=_SIZE_ROUNDING) and math.isclose(
        squeeze, share * 100, rel_tol=0, abs_tol=_SQUEEZE_ROUNDING
    )


def _stands_inside(
    field: generic.DictionaryObject, start: tuple[float, float], size: float, width: float
) -> bool:
    """Whether the whole line, `width` points wide, is in the box."""
    left, bottom, right, top = _corners(field)
    x, y = start
    # A box drawn lower than our smallest type cuts the letters' tops off; that was for all to see.
    roof = max(top - bottom, SMALLEST * LINE_HEIGHT)
    inside = x >= -_SLACK and x + width <= right - left + _SLACK
    return inside and y >= 0 and y + _CAPITAL * size <= roof + _SLACK


def _width(font: generic.DictionaryObject, text: str) -> float:
    """How wide the text is for each point of its type size."""
    first, widths = int(font["/FirstChar"]), font["/Widths"]
    return sum(float(widths[ord(letter) - first]) for letter in text) / 1000


def _corners(field: generic.DictionaryObject) -> tuple[float, float, float, float]:
    a, b, c, d = (float(number) for number in field["/Rect"])
    return min(a, c), min(b, d), max(a, c), max(b, d)


def _page_of(revision: PdfFileReader, field: generic.DictionaryObject) -> int:
    """Raises LookupError for a field on no page."""
    wanted = field.raw_get("/P").idnum
    for index, page in enumerate(page_references(revision)):
        if page.idnum == wanted:
            return index
    raise LookupError(f"no page has object {wanted}")


def _alike(before: generic.DictionaryObject, now: generic.DictionaryObject) -> bool:
    same = before.keys() == now.keys() and all(before.raw_get(key) == now.raw_get(key) for key in before)
    return same and _drawing(before) == _drawing(now) and pick(before, "/Lock") == pick(now, "/Lock")


def _locks(field: generic.DictionaryObject) -> bool:
    lock = pick(field, "/Lock")
    if lock is None:
        return False
    spec = FieldMDPSpec.from_pdf_object(lock)
    named = set(spec.fields or ()) >= set(ISSUE_FIELDS)
    return spec.action is FieldMDPAction.ALL or (spec.action is FieldMDPAction.INCLUDE and named)
