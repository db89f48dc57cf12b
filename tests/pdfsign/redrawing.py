"""Drafts of all kinds, and what one who was taken over by a draft draws into the revision he writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

from tests.pdfsign import tampering
from tests.pdfsign.tampering import Change, first_page
from vanthu.pdfsign.objects import form_fields


def with_list_of_its_own(writer: IncrementalPdfFileWriter) -> None:
    """A link, in a list of annotations that is an object, as most programs write it."""
    page = first_page(writer).get_object()
    link = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Link"),
            pdf_name("/Rect"): generic.ArrayObject([generic.NumberObject(10)] * 4),
        }
    )
    page[pdf_name("/Annots")] = writer.add_object(generic.ArrayObject([writer.add_object(link)]))
    writer.update_container(page)


def with_a_link_of_its_own(writer: IncrementalPdfFileWriter) -> None:
    """A link that is no object of its own, which is allowed and rare."""
    page = first_page(writer).get_object()
    numbers = generic.ArrayObject([generic.NumberObject(10)] * 4)
    link = {pdf_name("/Subtype"): pdf_name("/Link"), pdf_name("/Rect"): numbers}
    page[pdf_name("/Annots")] = generic.ArrayObject([generic.DictionaryObject(link)])
    writer.update_container(page)


def with_a_form(writer: IncrementalPdfFileWriter) -> None:
    """A form with a field of its own and resources, each an object."""
    tampering.add_text_field(writer, "ghi chú")
    form = writer.root["/AcroForm"]
    fonts = generic.DictionaryObject({pdf_name("/Font"): writer.add_object(generic.DictionaryObject())})
    form[pdf_name("/DR")] = writer.add_object(fonts)
    form[pdf_name("/Fields")] = writer.add_object(form["/Fields"])
    writer.update_container(form)


def packed(draft: Path) -> Path:
    """The draft with a link of its page packed into a stream of objects."""
    target = draft.with_name("packed.pdf")
    with draft.open("rb") as stream:
        reader: Any = PdfFileReader(stream)
        writer: Any = copy_into_new_writer(reader, writer_kwargs={"stream_xrefs": True})
        holder, page = writer.prepare_object_stream(), writer.find_page_for_modification(0)[0].get_object()
        link = generic.DictionaryObject({pdf_name("/Subtype"): pdf_name("/Link")})
        page[pdf_name("/Annots")] = generic.ArrayObject([writer.add_object(link, obj_stream=holder)])
        with target.open("wb") as out:
            writer.write(out)
    return target


def naming_what_is_not_there(writer: IncrementalPdfFileWriter) -> None:
    """The page is drawn from its content and from an object that does not exist: nothing, for now."""
    page = first_page(writer).get_object()
    nobody = generic.IndirectObject(900, 0, writer)
    page[pdf_name("/Contents")] = generic.ArrayObject([page.raw_get("/Contents"), nobody])
    writer.update_container(page)


def with_layers(writer: IncrementalPdfFileWriter) -> None:
    """The page has layers; which of them is shown is said far from the page."""
    layers = generic.DictionaryObject({pdf_name("/D"): generic.DictionaryObject()})
    writer.root[pdf_name("/OCProperties")] = writer.add_object(layers)
    writer.update_root()


def other_layers(writer: IncrementalPdfFileWriter) -> None:
    held = writer.prev.root.raw_get("/OCProperties")
    writer.objects[0, held.idnum] = generic.DictionaryObject(
        {pdf_name("/D"): generic.DictionaryObject({pdf_name("/BaseState"): pdf_name("/OFF")})}
        | {pdf_name("/ModDate"): pdf_string("D:20261129")}
    )


def opening_what_is_not_there(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/OpenAction")] = generic.IndirectObject(900, 0, writer)
    writer.update_root()


def an_action_there(writer: IncrementalPdfFileWriter) -> None:
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
    writer.objects[0, 900] = generic.DictionaryObject(action)


def other_content(writer: IncrementalPdfFileWriter) -> None:
    """The page's content, redefined under its own number."""
    content = first_page(writer).get_object().raw_get("/Contents")
    reference = content if isinstance(content, generic.IndirectObject) else content.raw_get(0)
    writer.objects[reference.generation, reference.idnum] = generic.StreamObject(
        stream_data=b"0 0 600 900 re f"
    )


def pages_turned(writer: IncrementalPdfFileWriter) -> None:
    page = first_page(writer).get_object()
    page[pdf_name("/Rotate")] = generic.NumberObject(90)
    writer.update_container(page)


def fill_the_gap(writer: IncrementalPdfFileWriter) -> None:
    """What the page names, and was not there, is there now."""
    writer.objects[0, 900] = generic.StreamObject(stream_data=b"0 0 600 900 re f")


def redefine_a_holder(writer: IncrementalPdfFileWriter) -> None:
    """Objects packed together lie in a stream; who redefines the stream redefines them all."""
    for holder in writer.prev.xrefs.object_streams_used_in(0):
        stream = writer.prev.get_object(holder)
        kind, count = pdf_name("/Type"), pdf_name("/N")
        head = {kind: stream[kind], count: stream[count], pdf_name("/First"): stream["/First"]}
        other = stream.data.replace(b"/Link", b"/Ink ")
        writer.objects[0, holder.idnum] = generic.StreamObject(dict_data=head, stream_data=other)
        return
    raise AssertionError("this draft packs no objects")


def act_when_opened(writer: IncrementalPdfFileWriter) -> None:
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
    writer.root[pdf_name("/OpenAction")] = generic.DictionaryObject(action)
    writer.update_root()


def one_field_more(writer: IncrementalPdfFileWriter) -> None:
    tampering.add_text_field(writer, "thêm")


def a_stamp_of_its_own(writer: IncrementalPdfFileWriter) -> None:
    """An annotation written into the page's list itself."""
    page = first_page(writer).get_object()
    annotations = page.setdefault(pdf_name("/Annots"), generic.ArrayObject())
    rectangle = generic.ArrayObject([generic.NumberObject(number) for number in (60, 300, 540, 700)])
    stamp = {
        pdf_name("/Subtype"): pdf_name("/Square"),
        pdf_name("/Rect"): rectangle,
        pdf_name("/IC"): generic.ArrayObject([generic.NumberObject(1)] * 3),
    }
    annotations.append(generic.DictionaryObject(stamp))
    writer.update_container(page)


def another_font(writer: IncrementalPdfFileWriter) -> None:
    """A font of a page, redefined under its own number."""
    resources = first_page(writer).get_object()["/Resources"]
    font = next(iter(resources["/Font"].values()))
    writer.objects[font.generation, font.idnum] = generic.DictionaryObject(
        {pdf_name("/Type"): pdf_name("/Font"), pdf_name("/Subtype"): pdf_name("/Type3")}
    )


REDRAWINGS: dict[str, Change] = {
    "other content": other_content,
    "content added": tampering.stamp_content,
    "an annotation over the page": tampering.annotate,
    "a page more": tampering.add_page,
    "a page less": tampering.remove_page,
    "pages turned": pages_turned,
    "what was named and not there": fill_the_gap,
    "an act when opened": act_when_opened,
    "one field more": one_field_more,
    "another font": another_font,
    "a stamp that is no object": a_stamp_of_its_own,
}


def move_the_number(writer: IncrementalPdfFileWriter) -> None:
    field = form_fields(writer)["so"]
    field[pdf_name("/Rect")] = generic.ArrayObject([generic.NumberObject(n) for n in (60, 300, 540, 700)])
    writer.update_container(field)


def act_in_a_field(writer: IncrementalPdfFileWriter) -> None:
    field = form_fields(writer)["so"]
    field[pdf_name("/AA")] = generic.DictionaryObject()
    writer.update_container(field)


REDRAWN_FIELDS: dict[str, Change] = {
    "the number moved": move_the_number,
    "an act in a field": act_in_a_field,
}
