"""Before a key signs, somebody who read the file with the least of parsers sees what was added to it.

The one who prepares may have been taken over by the very file: here he is, and does what he likes in the one
revision he writes. The honest ones pass, every kind of change is refused.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

from tests.pdfsign import tampering
from tests.pdfsign.documents import handwriting, round_seal
from tests.pdfsign.office import NAME, TITLE, Office
from tests.pdfsign.tampering import Change, append_revision, first_page
from vanthu.pdfsign import (
    AddedOtherwise,
    Box,
    Places,
    begin_person_signature,
    begin_seal,
    find_places,
    prepare,
    require_only_issued,
    require_only_reserved,
    sealing,
    signing,
)
from vanthu.pdfsign.objects import form_fields

#: The module, which the function of its name hides.
preparing = importlib.import_module("vanthu.pdfsign.prepare")
#: As `tests.pdfsign.office` numbers and dates.
GIVEN = {"number": "125", "day": "22", "month": "11"}


def _places(draft: Path) -> Places:
    return find_places(draft, signer_name=NAME, signer_title=TITLE)


def _begun(office: Office, draft: Path, places: Places | None = None, image: bytes = b"") -> Path:
    """The draft with its fields and the person's signature begun."""
    ready, pending = office.folder / "ready.pdf", office.folder / "pending.pdf"
    prepare(draft, ready, places or _places(draft))
    return _signature_begun(office, ready, pending, image)


def _signature_begun(office: Office, ready: Path, pending: Path, image: bytes = b"") -> Path:
    signer = office.pki.signer("person")
    begin_person_signature(
        ready,
        pending,
        certificate=signer.certificate,
        chain=signer.chain,
        image=image or handwriting(),
        now=office.now,
    )
    return pending


def _seal_begun(office: Office, signed: Path, given: dict[str, str] = GIVEN, image: bytes = b"") -> Path:
    signer, pending, said = office.pki.signer("agency"), office.folder / "sealing.pdf", GIVEN | given
    begin_seal(
        signed,
        pending,
        certificate=signer.certificate,
        chain=signer.chain,
        image=image or round_seal(),
        now=office.now,
        number=said["number"],
        day=said["day"],
        month=said["month"],
    )
    return pending


def _taken_over(monkeypatch: pytest.MonkeyPatch, module: Any, change: Change) -> None:
    """From now on whoever writes a revision there makes this change in it too."""
    honest: Callable[[Path], contextlib.AbstractContextManager[IncrementalPdfFileWriter]] = module.open_writer

    @contextlib.contextmanager
    def writing(source: Path) -> Iterator[IncrementalPdfFileWriter]:
        with honest(source) as writer:
            finish: Any = writer.write

            def change_and_finish(stream: Any) -> None:
                change(writer)
                finish(stream)

            monkeypatch.setattr(writer, "write", change_and_finish)
            yield writer

    monkeypatch.setattr(module, "open_writer", writing)


def _with_list_of_its_own(writer: IncrementalPdfFileWriter) -> None:
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


def _with_a_link_of_its_own(writer: IncrementalPdfFileWriter) -> None:
    """A link that is no object of its own, which is allowed and rare."""
    page = first_page(writer).get_object()
    numbers = generic.ArrayObject([generic.NumberObject(10)] * 4)
    link = {pdf_name("/Subtype"): pdf_name("/Link"), pdf_name("/Rect"): numbers}
    page[pdf_name("/Annots")] = generic.ArrayObject([generic.DictionaryObject(link)])
    writer.update_container(page)


def _with_a_form(writer: IncrementalPdfFileWriter) -> None:
    """A form with a field of its own and resources, each an object."""
    tampering.add_text_field(writer, "ghi chú")
    form = writer.root["/AcroForm"]
    fonts = generic.DictionaryObject({pdf_name("/Font"): writer.add_object(generic.DictionaryObject())})
    form[pdf_name("/DR")] = writer.add_object(fonts)
    form[pdf_name("/Fields")] = writer.add_object(form["/Fields"])
    writer.update_container(form)


def _packed(draft: Path) -> Path:
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


def _naming_what_is_not_there(writer: IncrementalPdfFileWriter) -> None:
    """The page is drawn from its content and from an object that does not exist: nothing, for now."""
    page = first_page(writer).get_object()
    nobody = generic.IndirectObject(900, 0, writer)
    page[pdf_name("/Contents")] = generic.ArrayObject([page.raw_get("/Contents"), nobody])
    writer.update_container(page)


def _with_layers(writer: IncrementalPdfFileWriter) -> None:
    """The page has layers; which of them is shown is said far from the page."""
    layers = generic.DictionaryObject({pdf_name("/D"): generic.DictionaryObject()})
    writer.root[pdf_name("/OCProperties")] = writer.add_object(layers)
    writer.update_root()


def _other_layers(writer: IncrementalPdfFileWriter) -> None:
    held = writer.prev.root.raw_get("/OCProperties")
    writer.objects[0, held.idnum] = generic.DictionaryObject(
        {pdf_name("/D"): generic.DictionaryObject({pdf_name("/BaseState"): pdf_name("/OFF")})}
        | {pdf_name("/ModDate"): pdf_string("D:20261129")}
    )


def _opening_what_is_not_there(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/OpenAction")] = generic.IndirectObject(900, 0, writer)
    writer.update_root()


def _an_action_there(writer: IncrementalPdfFileWriter) -> None:
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
    writer.objects[0, 900] = generic.DictionaryObject(action)


def _other_content(writer: IncrementalPdfFileWriter) -> None:
    """The page's content, redefined under its own number."""
    content = first_page(writer).get_object().raw_get("/Contents")
    reference = content if isinstance(content, generic.IndirectObject) else content.raw_get(0)
    writer.objects[reference.generation, reference.idnum] = generic.StreamObject(
        stream_data=b"0 0 600 900 re f"
    )


def _pages_turned(writer: IncrementalPdfFileWriter) -> None:
    page = first_page(writer).get_object()
    page[pdf_name("/Rotate")] = generic.NumberObject(90)
    writer.update_container(page)


def _fill_the_gap(writer: IncrementalPdfFileWriter) -> None:
    """What the page names, and was not there, is there now."""
    writer.objects[0, 900] = generic.StreamObject(stream_data=b"0 0 600 900 re f")


def _redefine_a_holder(writer: IncrementalPdfFileWriter) -> None:
    """Objects packed together lie in a stream; who redefines the stream redefines them all."""
    for holder in writer.prev.xrefs.object_streams_used_in(0):
        stream = writer.prev.get_object(holder)
        kind, count = pdf_name("/Type"), pdf_name("/N")
        head = {kind: stream[kind], count: stream[count], pdf_name("/First"): stream["/First"]}
        other = stream.data.replace(b"/Link", b"/Ink ")
        writer.objects[0, holder.idnum] = generic.StreamObject(dict_data=head, stream_data=other)
        return
    raise AssertionError("this draft packs no objects")


def _act_when_opened(writer: IncrementalPdfFileWriter) -> None:
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
    writer.root[pdf_name("/OpenAction")] = generic.DictionaryObject(action)
    writer.update_root()


def _one_field_more(writer: IncrementalPdfFileWriter) -> None:
    tampering.add_text_field(writer, "thêm")


def _a_stamp_of_its_own(writer: IncrementalPdfFileWriter) -> None:
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


def _another_font(writer: IncrementalPdfFileWriter) -> None:
    """A font of a page, redefined under its own number."""
    resources = first_page(writer).get_object()["/Resources"]
    font = next(iter(resources["/Font"].values()))
    writer.objects[font.generation, font.idnum] = generic.DictionaryObject(
        {pdf_name("/Type"): pdf_name("/Font"), pdf_name("/Subtype"): pdf_name("/Type3")}
    )


_REDRAWINGS: dict[str, Change] = {
    "other content": _other_content,
    "content added": tampering.stamp_content,
    "an annotation over the page": tampering.annotate,
    "a page more": tampering.add_page,
    "a page less": tampering.remove_page,
    "pages turned": _pages_turned,
    "what was named and not there": _fill_the_gap,
    "an act when opened": _act_when_opened,
    "one field more": _one_field_more,
    "another font": _another_font,
    "a stamp that is no object": _a_stamp_of_its_own,
}


def _move_the_number(writer: IncrementalPdfFileWriter) -> None:
    field = form_fields(writer)["so"]
    field[pdf_name("/Rect")] = generic.ArrayObject([generic.NumberObject(n) for n in (60, 300, 540, 700)])
    writer.update_container(field)


def _act_in_a_field(writer: IncrementalPdfFileWriter) -> None:
    field = form_fields(writer)["so"]
    field[pdf_name("/AA")] = generic.DictionaryObject()
    writer.update_container(field)


_REDRAWN_FIELDS: dict[str, Change] = {
    "the number moved": _move_the_number,
    "an act in a field": _act_in_a_field,
}


#: No draft of these names what is not there.
_AT_THE_SEAL = {
    name: act for name, act in (_REDRAWINGS | _REDRAWN_FIELDS).items() if act is not _fill_the_gap
}


class TestWhatIsReserved:
    @pytest.mark.parametrize(
        "made",
        [
            tampering.nothing_useful,
            _with_list_of_its_own,
            _with_a_link_of_its_own,
            _with_a_form,
            _naming_what_is_not_there,
        ],
        ids=["plain", "links", "a link no object", "a form", "a dangling reference"],
    )
    def test_an_honest_preparation_passes(self, office: Office, made: Change) -> None:
        draft = append_revision(office.draft(), made, "made.pdf")

        require_only_reserved(draft, _begun(office, draft), places=_places(draft), image=handwriting())

    @pytest.mark.parametrize("change", _REDRAWINGS.values(), ids=_REDRAWINGS)
    def test_no_page_is_drawn_from_anything_else(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, change: Change
    ) -> None:
        draft = append_revision(office.draft(), _naming_what_is_not_there, "made.pdf")
        _taken_over(monkeypatch, preparing, change)
        pending = _begun(office, draft)

        with pytest.raises(AddedOtherwise):
            require_only_reserved(draft, pending, places=_places(draft), image=handwriting())

    @pytest.mark.parametrize(
        ("made", "change"),
        [(_with_layers, _other_layers), (_opening_what_is_not_there, _an_action_there)],
        ids=["another layer is shown", "an act when opened"],
    )
    def test_what_hangs_on_the_catalogue_is_not_redefined(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, made: Change, change: Change
    ) -> None:
        draft = append_revision(office.draft(), made, "made.pdf")
        require_only_reserved(draft, _begun(office, draft), places=_places(draft), image=handwriting())
        _taken_over(monkeypatch, preparing, change)

        with pytest.raises(AddedOtherwise):
            require_only_reserved(draft, _begun(office, draft), places=_places(draft), image=handwriting())

    def test_no_holder_of_packed_objects_is_redefined(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        draft = _packed(office.draft())
        require_only_reserved(draft, _begun(office, draft), places=_places(draft), image=handwriting())
        _taken_over(monkeypatch, preparing, _redefine_a_holder)

        with pytest.raises(AddedOtherwise):
            require_only_reserved(draft, _begun(office, draft), places=_places(draft), image=handwriting())

    def test_a_field_stands_where_it_was_seen_and_nowhere_else(self, office: Office) -> None:
        draft = office.draft()
        seen = _places(draft)
        assert seen.signature is not None
        moved = replace(seen, signature=Box(page=1, x0=60, y0=300, x1=540, y1=700))

        with pytest.raises(AddedOtherwise):
            require_only_reserved(draft, _begun(office, draft, moved), places=seen, image=handwriting())

    def test_the_signature_shows_the_persons_own_hand(self, office: Office) -> None:
        draft = office.draft()

        with pytest.raises(AddedOtherwise):
            require_only_reserved(
                draft, _begun(office, draft, image=round_seal()), places=_places(draft), image=handwriting()
            )

    def test_the_file_has_grown_by_two_revisions_from_this_very_draft(self, office: Office) -> None:
        draft = office.draft()
        pending = _begun(office, draft)
        longer = append_revision(pending, tampering.nothing_useful, "longer.pdf")
        other = append_revision(draft, tampering.stamp_content, "other.pdf")

        for source, target in ((draft, longer), (draft, draft), (other, pending)):
            with pytest.raises(AddedOtherwise):
                require_only_reserved(source, target, places=_places(draft), image=handwriting())


class TestWhatIsIssued:
    def test_an_honest_seal_passes(self, office: Office, signed: Path) -> None:
        require_only_issued(signed, _seal_begun(office, signed), image=round_seal(), **GIVEN)

    @pytest.mark.parametrize("said", [{"number": "126"}, {"day": "21"}, {"month": "12"}])
    def test_another_number_or_date_is_not_sealed(
        self, office: Office, signed: Path, said: dict[str, str]
    ) -> None:
        with pytest.raises(AddedOtherwise):
            require_only_issued(signed, _seal_begun(office, signed, said), image=round_seal(), **GIVEN)

    def test_another_picture_is_not_sealed(self, office: Office, signed: Path) -> None:
        with pytest.raises(AddedOtherwise):
            require_only_issued(
                signed, _seal_begun(office, signed, image=handwriting()), image=round_seal(), **GIVEN
            )

    @pytest.mark.parametrize("change", _AT_THE_SEAL.values(), ids=_AT_THE_SEAL)
    def test_no_page_is_drawn_from_anything_else(
        self, office: Office, signed: Path, monkeypatch: pytest.MonkeyPatch, change: Change
    ) -> None:
        _taken_over(monkeypatch, sealing, change)
        pending = _seal_begun(office, signed)

        with pytest.raises(AddedOtherwise):
            require_only_issued(signed, pending, image=round_seal(), **GIVEN)


class TestTheOneWhoDrawsTheSignature:
    @pytest.mark.parametrize("change", _REDRAWN_FIELDS.values(), ids=_REDRAWN_FIELDS)
    def test_draws_nothing_else(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, change: Change
    ) -> None:
        draft = office.draft()
        ready = office.prepared(draft)
        _taken_over(monkeypatch, signing, change)
        pending = _signature_begun(office, ready, office.folder / "pending.pdf")

        with pytest.raises(AddedOtherwise):
            require_only_reserved(draft, pending, places=_places(draft), image=handwriting())
