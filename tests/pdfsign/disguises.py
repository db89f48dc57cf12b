"""Changes that call themselves something harmless: each an attack that a rule by rule look would pass by."""

from __future__ import annotations

import io
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from tests.pdfsign import tampering
from tests.pdfsign.tampering import Change

_BOX = (60, 300, 540, 700)
_SCRIPT = {"/S": pdf_name("/JavaScript"), "/JS": pdf_string("app.alert(1)")}


def dictionary(entries: dict[str, Any]) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(key): value for key, value in entries.items()})


def _numbers(*numbers: float) -> generic.ArrayObject:
    return generic.ArrayObject([generic.FloatObject(one) for one in numbers])


def _annotate(writer: IncrementalPdfFileWriter, annotation: Any) -> None:
    page = tampering.first_page(writer).get_object()
    if "/Annots" in page:
        page["/Annots"].append(annotation)
        writer.update_container(page["/Annots"])
    else:
        page[pdf_name("/Annots")] = generic.ArrayObject([annotation])
    writer.update_container(page)


def stamp_as_part_of_the_list(writer: IncrementalPdfFileWriter) -> None:
    """An annotation that is no object of its own."""
    look = tampering.form_xobject(writer, b"1 0 0 rg 0 0 400 200 re f", 400, 200)
    entries = {"/Type": pdf_name("/Annot"), "/Subtype": pdf_name("/Stamp"), "/F": generic.NumberObject(4)}
    _annotate(writer, dictionary(entries | {"/Rect": _numbers(*_BOX), "/AP": dictionary({"/N": look})}))


def link_as_part_of_the_list(writer: IncrementalPdfFileWriter) -> None:
    entries = {"/Type": pdf_name("/Annot"), "/Subtype": pdf_name("/Link"), "/A": dictionary(_SCRIPT)}
    _annotate(writer, dictionary(entries | {"/Rect": _numbers(*_BOX)}))


def field_that_is(name: str, entries: dict[str, Any]) -> Change:
    """An empty field for a signature that is something else besides."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = tampering.first_page(writer)
        usual = {
            "/Type": pdf_name("/Annot"),
            "/Subtype": pdf_name("/Widget"),
            "/FT": pdf_name("/Sig"),
            "/T": pdf_string("Cho"),
            "/F": generic.NumberObject(4),
            "/Rect": _numbers(*_BOX),
            "/P": page,
        }
        field = writer.add_object(dictionary(usual | entries))
        form = writer.root["/AcroForm"]
        form["/Fields"].append(field)
        writer.update_container(form["/Fields"])
        writer.update_container(form)
        _annotate(writer, field)

    change.__name__ = f"field_that_is_{name}"
    return change


FIELDS: tuple[Change, ...] = (
    field_that_is("a_square", {"/Subtype": pdf_name("/Square"), "/IC": _numbers(1, 1, 1)}),
    field_that_is("a_text", {"/Subtype": pdf_name("/FreeText"), "/Contents": pdf_string("50 triệu")}),
    field_that_is("a_marker", {"/Subtype": pdf_name("/Highlight"), "/C": _numbers(1, 0, 0)}),
    field_that_is("a_stamp", {"/Subtype": pdf_name("/Stamp"), "/Name": pdf_name("/NotApproved")}),
    field_that_is("a_script", {"/AA": dictionary({"/PV": dictionary(_SCRIPT)})}),
    field_that_is("a_link", {"/A": dictionary(_SCRIPT)}),
)
UNCLEAR_FIELDS: tuple[Change, ...] = (
    field_that_is("a_background", {"/MK": dictionary({"/BG": _numbers(1, 1, 1)})}),
    field_that_is("a_border", {"/BS": dictionary({"/W": generic.NumberObject(9)})}),
    field_that_is("something_else", {"/Contents": pdf_string("50 triệu")}),
)
FIELD_AS_ITEXT_WRITES = field_that_is(
    "iText's", {"/DR": dictionary({"/XObject": dictionary({})}), "/H": pdf_name("/N")}
)
PLAIN_FIELD = field_that_is("a_field", {"/MK": dictionary({})})


def say_other_words(writer: IncrementalPdfFileWriter) -> None:
    """What is read aloud in place of a signed text."""
    element = writer.root["/StructTreeRoot"]["/K"]
    while isinstance(element, generic.ArrayObject):
        element = element[0]
    element[pdf_name("/ActualText")] = pdf_string("50 triệu")
    writer.update_container(element)


def tag_more_words(writer: IncrementalPdfFileWriter) -> None:
    """One more element of the structure, with words of its own."""
    tree = writer.root["/StructTreeRoot"]
    entries = {"/S": pdf_name("/P"), "/P": writer.root.raw_get("/StructTreeRoot")}
    element = writer.add_object(dictionary(entries | {"/ActualText": pdf_string("50 triệu")}))
    old = tree.raw_get("/K")
    kids = list(list.__iter__(old)) if isinstance(old, generic.ArrayObject) else [old]
    tree[pdf_name("/K")] = generic.ArrayObject([*kids, element])
    writer.update_container(tree)


def tag_new_field(writer: IncrementalPdfFileWriter) -> None:
    """Room for one more signature, and its element in the structure, for those who have it read aloud."""
    PLAIN_FIELD(writer)
    field = writer.root["/AcroForm"]["/Fields"].raw_get(-1)
    tree = writer.root["/StructTreeRoot"]
    named = dictionary({"/Type": pdf_name("/OBJR"), "/Obj": field, "/Pg": tampering.first_page(writer)})
    entries = {"/S": pdf_name("/Form"), "/P": writer.root.raw_get("/StructTreeRoot"), "/K": named}
    old = tree.raw_get("/K")
    kids = list(list.__iter__(old)) if isinstance(old, generic.ArrayObject) else [old]
    tree[pdf_name("/K")] = generic.ArrayObject([*kids, writer.add_object(dictionary(entries))])
    writer.update_container(tree)


_HIDDEN = b"\nq 0 1 1 rg 60 300 000 000 re f Q "
_SHOWN = b"\nq 0 1 1 rg 60 300 400 300 re f Q "


def prepared(data: bytes, prepare: Change) -> bytes:
    """A draft with one more revision."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    prepare(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _content(page: Any) -> bytes:
    contents = page["/Contents"]
    parts = contents if isinstance(contents, generic.ArrayObject) else [contents]
    return b"\n".join(part.data for part in parts)


def content_that_is_a_field(writer: IncrementalPdfFileWriter) -> None:
    page = tampering.first_page(writer).get_object()
    entries = {"/FT": pdf_name("/Tx"), "/T": pdf_string("x")}
    content = writer.add_object(
        generic.StreamObject(dictionary(entries), stream_data=_content(page) + _HIDDEN)
    )
    page[pdf_name("/Contents")] = content
    writer.update_container(page)
    form = dictionary({"/Fields": generic.ArrayObject([content])})
    writer.root[pdf_name("/AcroForm")] = writer.add_object(form)
    writer.update_root()


def content_that_is_the_page(writer: IncrementalPdfFileWriter) -> None:
    reference = tampering.first_page(writer)
    page = reference.get_object()
    entries = {key: page.raw_get(key) for key in page if key != "/Contents"}
    stream = generic.StreamObject(dictionary(entries), stream_data=_content(page) + _HIDDEN)
    stream[pdf_name("/Contents")] = generic.IndirectObject(reference.idnum, 0, writer)
    writer.objects[(0, reference.idnum)] = stream


def show_what_was_hidden(writer: IncrementalPdfFileWriter) -> None:
    """Of the same length, so that no entry of the stream changes."""
    stream = tampering.first_page(writer).get_object()["/Contents"]
    stream._data, stream._encoded_data = stream.data.replace(_HIDDEN, _SHOWN, 1), None
    writer.update_container(stream)


def stamp_to_be_taken_away(writer: IncrementalPdfFileWriter) -> None:
    look = tampering.form_xobject(writer, b"1 0 0 rg 0 0 200 100 re f", 200, 100)
    entries = {"/Type": pdf_name("/Annot"), "/Subtype": pdf_name("/Stamp"), "/F": generic.NumberObject(4)}
    stamp = dictionary(entries | {"/Rect": _numbers(*_BOX), "/AP": dictionary({"/N": look})})
    _annotate(writer, writer.add_object(stamp))


def turn_stamp_into_field(writer: IncrementalPdfFileWriter) -> None:
    reference = tampering.first_page(writer).get_object()["/Annots"].raw_get(0)
    stamp = reference.get_object()
    del stamp["/AP"]
    stamp.update(
        dictionary({"/Subtype": pdf_name("/Widget"), "/FT": pdf_name("/Sig"), "/T": pdf_string("y")})
    )
    writer.update_container(stamp)
    form = writer.root["/AcroForm"]
    form["/Fields"].append(reference)
    writer.update_container(form["/Fields"])
    writer.update_container(form)


def drawings_that_are_a_field(writer: IncrementalPdfFileWriter) -> None:
    """The number's field is the page's list of drawings too: its look is drawn by the page, as /AP."""
    page = tampering.first_page(writer).get_object()
    drawings = writer.add_object(dictionary({"/FT": pdf_name("/Tx"), "/T": pdf_string("so")}))
    drawings.get_object()[pdf_name("/AP")] = tampering.form_xobject(writer, b"", 600, 850)
    resources = generic.DictionaryObject(page["/Resources"])
    resources[pdf_name("/XObject")] = drawings
    page[pdf_name("/Resources")] = resources
    content = generic.StreamObject(stream_data=_content(page) + b"\nq /AP Do Q")
    page[pdf_name("/Contents")] = writer.add_object(content)
    writer.update_container(page)
    form = dictionary({"/Fields": generic.ArrayObject([drawings])})
    writer.root[pdf_name("/AcroForm")] = writer.add_object(form)
    writer.update_root()


def draw_by_the_field(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    field[pdf_name("/AP")] = tampering.form_xobject(writer, b"1 0 0 rg 60 300 400 300 re f", 600, 850)
    writer.update_container(field)


HARMFUL: tuple[Change, ...] = (stamp_as_part_of_the_list, link_as_part_of_the_list, *FIELDS)
#: Of which no rule says what they are for.
UNCLEAR: tuple[Change, ...] = (*UNCLEAR_FIELDS, say_other_words, tag_more_words)
#: What the attacker prepares before the signature, and what he does after it.
PREPARED: tuple[tuple[Change, Change], ...] = (
    (content_that_is_a_field, show_what_was_hidden),
    (content_that_is_the_page, show_what_was_hidden),
    (stamp_to_be_taken_away, turn_stamp_into_field),
)
