"""Before the first signature: the fields that number, date, signature and seal will fill later.

The order of law is person, then number and date, then seal (NĐ 30/2020 Điều 13-17). Each later step must
leave the earlier signatures valid, so what it will write needs a reserved field from the start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, enumerate_sig_fields

from vanthu.pdfsign.appearance import empty_appearance
from vanthu.pdfsign.covering import hides_text
from vanthu.pdfsign.errors import AlreadyPrepared, AlreadySigned, TwofoldPdf
from vanthu.pdfsign.fonts import date_font, embed_latin, number_font
from vanthu.pdfsign.objects import form_fields
from vanthu.pdfsign.opening import (
    new_file,
    open_writer,
    parsing,
)
from vanthu.pdfsign.places import Box, Places
from vanthu.pdfsign.sheets import require_upright_inside

NUMBER_FIELD, DAY_FIELD, MONTH_FIELD = "so", "ngay", "thang"
ISSUE_FIELDS = (NUMBER_FIELD, DAY_FIELD, MONTH_FIELD)
PERSON_FIELD, SEAL_FIELD = "NguoiKy", "DauCoQuan"
#: The field that each of `Places` becomes.
FIELDS: Mapping[str, str] = {
    "number": NUMBER_FIELD,
    "day": DAY_FIELD,
    "month": MONTH_FIELD,
    "signature": PERSON_FIELD,
    "seal": SEAL_FIELD,
}
_WRITTEN: Mapping[str, str] = {
    "number": "Số văn bản",
    "day": "Ngày ban hành",
    "month": "Tháng ban hành",
}

#: Names of the two fonts in the form's default resources.
UPRIGHT_RESOURCE, ITALIC_RESOURCE = "/VTSoKyHieu", "/VTNgayThang"

_PRINT = 4
_LOCKED = 128


def prepare(source: Path, target: Path, places: Places) -> None:
    """Write `target`: `source` with text fields so, ngay, thang and signature fields NguoiKy, DauCoQuan.

    DauCoQuan carries a lock on so, ngay and thang: from the seal on, number and date cannot change. A month
    that stands in print has no field; the lock names it all the same, lest one be added.
    Existing annotations and form fields are kept. `source` is not changed.

    Raises PlacesMissing, PlaceOutside, RotatedPage, OddPage, AlreadySigned, AlreadyPrepared, BrokenPdf,
    PasswordProtected, NotAPdf, FontMissing, TwofoldPdf.
    """
    boxes = places.require_all()
    with open_writer(source) as writer:
        with parsing():
            _require_untouched(writer)
        for box in boxes.values():
            require_upright_inside(writer, box)
        written = {name: _without_hiding(source, boxes[name]) for name in _WRITTEN if name in boxes}
        with parsing():
            upright, italic = (
                embed_latin(writer, number_font()),
                embed_latin(writer, date_font()),
            )
            form = _form(writer)
            _add_fonts(writer, form, {UPRIGHT_RESOURCE: upright, ITALIC_RESOURCE: italic})
            for name, box in written.items():
                _add_field(writer, form, _text_field(writer, FIELDS[name], _WRITTEN[name], box))
            signing = _signature_field(writer, PERSON_FIELD, "Chữ ký số người ký", boxes["signature"])
            _add_field(writer, form, signing)
            sealing = _signature_field(writer, SEAL_FIELD, "Chữ ký số cơ quan", boxes["seal"])
            lock = FieldMDPSpec(FieldMDPAction.INCLUDE, list(ISSUE_FIELDS)).as_sig_field_lock()
            sealing[pdf_name("/Lock")] = writer.add_object(lock)
            _add_field(writer, form, sealing)
            with new_file(target) as stream:
                writer.write(stream)


def _without_hiding(source: Path, box: Box) -> Box:
    """White paper may be painted over the dots of a blank, but over no letter of the document."""
    area = (box.x0, box.y0, box.x1, box.y1)
    return replace(box, opaque=box.opaque and not hides_text(source, box.page - 1, area))


def _require_untouched(writer: IncrementalPdfFileWriter) -> None:
    if any(True for _ in enumerate_sig_fields(writer, filled_status=True)):
        raise AlreadySigned
    if writer.prev.xrefs.hybrid_xrefs_present:
        raise TwofoldPdf
    taken = {*ISSUE_FIELDS, PERSON_FIELD, SEAL_FIELD}
    if taken & form_fields(writer).keys():
        raise AlreadyPrepared


def _form(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    root = writer.root
    if "/AcroForm" not in root:
        form = generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject()})
        root[pdf_name("/AcroForm")] = writer.add_object(form)
        writer.update_root()
    form = root["/AcroForm"]
    form.setdefault(pdf_name("/Fields"), generic.ArrayObject())
    form[pdf_name("/SigFlags")] = generic.NumberObject(1)
    # A viewer that redraws our fields would change what was signed to look at.
    form.pop("/NeedAppearances", None)
    writer.update_container(form)
    return cast(generic.DictionaryObject, form)


def _add_fonts(
    writer: IncrementalPdfFileWriter,
    form: generic.DictionaryObject,
    fonts: dict[str, generic.IndirectObject],
) -> None:
    resources = form.setdefault(pdf_name("/DR"), generic.DictionaryObject()).get_object()
    known = resources.setdefault(pdf_name("/Font"), generic.DictionaryObject()).get_object()
    for name, reference in fonts.items():
        known[pdf_name(name)] = reference
    writer.update_container(resources)
    writer.update_container(known)


def _add_field(
    writer: IncrementalPdfFileWriter, form: generic.DictionaryObject, field: generic.DictionaryObject
) -> None:
    reference = writer.add_object(field)
    form["/Fields"].append(reference)
    writer.update_container(form["/Fields"])
    writer.register_annotation(field.raw_get("/P"), reference)


def _widget(writer: IncrementalPdfFileWriter, name: str, label: str, box: Box) -> generic.DictionaryObject:
    page = writer.find_page_for_modification(box.page - 1)[0]
    appearance = writer.add_object(empty_appearance(box.width, box.height))
    return generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/T"): pdf_string(name),
            pdf_name("/TU"): pdf_string(label),
            pdf_name("/Rect"): rectangle(box),
            pdf_name("/P"): page,
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): appearance}),
        }
    )


def rectangle(box: Box) -> generic.ArrayObject:
    """The box as a PDF rectangle."""
    return generic.ArrayObject(
        [generic.FloatObject(round(number, 2)) for number in (box.x0, box.y0, box.x1, box.y1)]
    )


def _text_field(
    writer: IncrementalPdfFileWriter, name: str, label: str, box: Box
) -> generic.DictionaryObject:
    field = _widget(writer, name, label, box)
    resource = UPRIGHT_RESOURCE if name == NUMBER_FIELD else ITALIC_RESOURCE
    field[pdf_name("/FT")] = pdf_name("/Tx")
    field[pdf_name("/F")] = generic.NumberObject(_PRINT)
    field[pdf_name("/Ff")] = generic.NumberObject(0)
    field[pdf_name("/DA")] = pdf_string(f"{resource} 13 Tf 0 g")
    if box.opaque:
        white = generic.ArrayObject([generic.NumberObject(1)])
        field[pdf_name("/MK")] = generic.DictionaryObject({pdf_name("/BG"): white})
    return field


def _signature_field(
    writer: IncrementalPdfFileWriter, name: str, label: str, box: Box
) -> generic.DictionaryObject:
    field = _widget(writer, name, label, box)
    field[pdf_name("/FT")] = pdf_name("/Sig")
    field[pdf_name("/F")] = generic.NumberObject(_PRINT | _LOCKED)
    return field
