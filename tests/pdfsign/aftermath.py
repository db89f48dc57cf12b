"""All kinds of things that are done to a signed file afterwards, honest and not, each as one file.

What editors, archives and mail systems add; and what an attacker adds who knows how each of those looks.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec, append_signature_field
from pyhanko.sign.validation.dss import DocumentSecurityStore

from tests.pdfsign import disguises, outside, tampering
from tests.pdfsign.documents import typeset
from tests.pdfsign.office import Office
from tests.pdfsign.tampering import Change
from vanthu.pdfsign import Verdict
from vanthu.pdfsign.objects import form_fields


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One file, and what is true of it."""

    name: str
    make: Callable[[], bytes]
    verdict: Verdict


def _dictionary(entries: dict[str, object]) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(key): value for key, value in entries.items()})


def under_an_existing_key(writer: IncrementalPdfFileWriter) -> None:
    """Validation data for a signature that has some already, as DSS and older pyHanko write them."""
    store = writer.root["/DSS"]
    evidence = store["/VRI"]
    for key in list(evidence):
        more = generic.ArrayObject([writer.add_object(generic.StreamObject(stream_data=b"0\x00"))])
        evidence[pdf_name(key)] = writer.add_object(_dictionary({"/Cert": more}))
    writer.update_container(evidence)


def without_evidence(writer: IncrementalPdfFileWriter) -> None:
    """The store taken out again: nothing proves less about the content."""
    del writer.root["/DSS"]
    writer.update_root()


def store_with_key(certificate: object) -> Change:
    """A store with an entry for the last signature."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        content = writer.prev.embedded_signatures[-1].pkcs7_content.hex().encode()
        DocumentSecurityStore.supply_dss_in_writer(writer, content, certs=[certificate])

    return change


def describe(writer: IncrementalPdfFileWriter) -> None:
    """Title and producer written anew."""
    writer.set_info(_dictionary({"/Title": pdf_string("Công văn"), "/Producer": pdf_string("khác")}))


def room_for_one_more(writer: IncrementalPdfFileWriter) -> None:
    append_signature_field(writer, SigFieldSpec("ChoNguoiSau"))


def note_the_language(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/Lang")] = pdf_string("vi-VN-x-khac")
    writer.update_root()


def need_no_drawing(writer: IncrementalPdfFileWriter) -> None:
    """Viewers need not draw the fields anew, and a default look: as Adobe's program writes them."""
    form = writer.root["/AcroForm"]
    form[pdf_name("/NeedAppearances")] = generic.BooleanObject(False)
    form[pdf_name("/DA")] = pdf_string("/Helv 0 Tf 0 g")
    writer.update_container(form)


def keep_private_data(writer: IncrementalPdfFileWriter) -> None:
    page = tampering.first_page(writer).get_object()
    page[pdf_name("/PieceInfo")] = _dictionary({"/App": _dictionary({"/Private": pdf_string("x")})})
    writer.update_container(page)


def run_at_opening(writer: IncrementalPdfFileWriter) -> None:
    action = _dictionary({"/S": pdf_name("/JavaScript"), "/JS": pdf_string("app.alert(1)")})
    writer.root[pdf_name("/OpenAction")] = writer.add_object(action)
    writer.update_root()


def attach(writer: IncrementalPdfFileWriter) -> None:
    file = writer.add_object(_dictionary({"/Type": pdf_name("/Filespec"), "/F": pdf_string("a.txt")}))
    names = generic.ArrayObject([pdf_string("a.txt"), file])
    writer.root[pdf_name("/Names")] = _dictionary({"/EmbeddedFiles": _dictionary({"/Names": names})})
    writer.update_root()


def hide_by_layer(writer: IncrementalPdfFileWriter) -> None:
    layer = writer.add_object(_dictionary({"/Type": pdf_name("/OCG"), "/Name": pdf_string("l")}))
    off = _dictionary({"/OFF": generic.ArrayObject([layer])})
    writer.root[pdf_name("/OCProperties")] = _dictionary({"/OCGs": generic.ArrayObject([layer]), "/D": off})
    writer.update_root()


def turn_the_page(writer: IncrementalPdfFileWriter) -> None:
    page = tampering.first_page(writer).get_object()
    page[pdf_name("/Rotate")] = generic.NumberObject(180)
    writer.update_container(page)


def seal_once_more(writer: IncrementalPdfFileWriter) -> None:
    """The seal's field is put on the page a second time, in another place of the list."""
    page = tampering.first_page(writer).get_object()
    seal = next(one for one in form_fields(writer).values() if one["/T"] == "DauCoQuan")
    copy = generic.DictionaryObject(seal)
    del copy["/T"], copy["/V"]
    copy[pdf_name("/Rect")] = generic.ArrayObject([generic.FloatObject(x) for x in (300, 300, 400, 400)])
    page["/Annots"].append(writer.add_object(copy))
    writer.update_container(page["/Annots"])


def rewrite_content_in_place(writer: IncrementalPdfFileWriter) -> None:
    """The page's content stream under its own number, other inside."""
    page = tampering.first_page(writer).get_object()
    contents = page["/Contents"]
    stream = contents[0] if isinstance(contents, generic.ArrayObject) else contents
    stream._data, stream._encoded_data = b"BT ET", None
    writer.update_container(stream)


def share_a_look_with_the_page(writer: IncrementalPdfFileWriter) -> None:
    """The number's new appearance is written over the object that is the page's content."""
    page = tampering.first_page(writer).get_object()
    raw = page.raw_get("/Contents")
    reference = raw[0] if isinstance(raw, generic.ArrayObject) else raw
    field = form_fields(writer)["so"]
    field[pdf_name("/AP")] = _dictionary({"/N": reference})
    stream = reference.get_object()
    stream._data, stream._encoded_data = b"BT ET", None
    writer.update_container(stream)
    writer.update_container(field)


def _with_table(data: bytes, rows: bytes, objects: bytes = b"") -> bytes:
    """A revision of one classic table, by hand."""
    reader = PdfFileReader(_stream(data), strict=False)
    root = reader.trailer.raw_get("/Root")
    at = len(data) + len(objects)
    return (
        data
        + objects
        + b"xref\n%strailer\n<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
        % (rows, int(reader.trailer["/Size"]) + 1, root.idnum, reader.last_startxref or 0, at)
    )


def _stream(data: bytes) -> io.BytesIO:
    return io.BytesIO(data)


def repoint(data: bytes) -> bytes:
    """A shadow object: no object is appended, a table alone leads the page to one that was signed hidden."""
    reader = PdfFileReader(_stream(data), strict=False)
    page = reader.root["/Pages"]["/Kids"].raw_get(0).idnum
    hidden = data.index(b"\n%d 0 obj\n<< /Type /Page /MediaBox [0 0 9 9]" % page) + 1
    return _with_table(data, b"%d 1\n%010d 00000 n \n" % (page, hidden))


def with_hidden_page(data: bytes) -> bytes:
    """A draft with a second version of its page that no table names, as its attacker prepares it."""
    page = PdfFileReader(_stream(data), strict=False).root["/Pages"]["/Kids"].raw_get(0).idnum
    body = b"%d 0 obj\n<< /Type /Page /MediaBox [0 0 9 9] /Resources << >> >>\nendobj\n" % page
    return _with_table(data, b"0 0\n", b"\n" + body)


def next_generation(data: bytes) -> bytes:
    """The page written anew under the next generation, which many readers take no notice of."""
    reader = PdfFileReader(_stream(data), strict=False)
    page = reader.root["/Pages"]["/Kids"].raw_get(0).idnum
    body = b"%d 1 obj\n<< /Type /Page /MediaBox [0 0 9 9] /Resources << >> >>\nendobj\n" % page
    return _with_table(data, b"%d 1\n%010d 00001 n \n" % (page, len(data)), body)


def freed_oddly(data: bytes) -> bytes:
    """The page's content given up under a generation it does not have; readers show an empty page."""
    reader = PdfFileReader(_stream(data), strict=False)
    raw = reader.root["/Pages"]["/Kids"][0].raw_get("/Contents")
    content = raw[0] if isinstance(raw, generic.ArrayObject) else raw
    return _with_table(data, b"%d 1\n0000000000 00000 f \n" % content.idnum)


def packed_anew(data: bytes) -> bytes:
    """A stream that signed objects lie in, written anew with others in it."""
    reader = PdfFileReader(_stream(data), strict=False)
    number = min(reader.xrefs.object_streams_used_in(0), key=lambda one: one.idnum).idnum
    body = b"%d 0 obj\n<< /Type /ObjStm /N 0 /First 0 /Length 0 >>\nstream\n\nendstream\nendobj\n" % number
    return _with_table(data, b"%d 1\n%010d 00000 n \n" % (number, len(data)), body)


def kinds(office: Office) -> Iterator[Kind]:
    """Every kind; `office` holds every stage of one document."""
    pki = office.pki
    stages = {name: (office.folder / f"{name}.pdf").read_bytes() for name in ("signed", "sealed", "archived")}
    sealed = stages["sealed"]

    def after(change: Change, source: bytes = sealed) -> bytes:
        path = outside.saved(office.folder, source, "stage.pdf")
        return tampering.append_revision(path, change).read_bytes()

    def sealed_after(change: Change) -> bytes:
        path = outside.saved(office.folder, after(change, stages["signed"]), "between.pdf")
        return office.sealed(path).read_bytes()

    def kind(name: str, verdict: Verdict, make: Callable[[], bytes]) -> Kind:
        return Kind(name=name, make=make, verdict=verdict)

    good, bad, open_ = Verdict.VALID, Verdict.INVALID, Verdict.INDETERMINATE
    for stage, data in stages.items():
        yield kind(f"honest: {stage}", good, partial(bytes, data))
    with_store = after(store_with_key(pki.root))
    yield kind("honest: a line end more", good, lambda: sealed + b"\n")
    yield kind("honest: a blank more", good, lambda: sealed + b" ")
    yield kind("honest: an unused object", good, lambda: after(tampering.nothing_useful))
    yield kind("honest: validation data", good, lambda: after(tampering.add_validation_data(pki.root)))
    yield kind(
        "honest: more under an existing key",
        good,
        lambda: after(under_an_existing_key, with_store),
    )
    yield kind(
        "honest: more under an existing key, signed",
        good,
        lambda: after(under_an_existing_key, outside.signed(with_store, pki, field="Hai")),
    )
    yield kind("honest: validation data taken out", good, lambda: after(without_evidence, with_store))
    yield kind("honest: nothing to be drawn anew", good, lambda: after(need_no_drawing))
    yield kind("honest: described anew", good, lambda: after(describe))
    yield kind("honest: room for one more signature", good, lambda: after(room_for_one_more))
    yield kind("honest: one more signature", good, lambda: outside.signed(sealed, pki, field="Hai"))
    yield kind("honest: BER", good, lambda: outside.with_last_cms(sealed, outside.in_ber))
    laid_out = outside.linearized(pki)
    yield kind("honest: linearized", good, lambda: laid_out)
    yield kind(
        "honest: linearized, signed twice",
        good,
        lambda: outside.signed(laid_out, pki, field="Hai"),
    )
    yield kind("honest: SHA-1", open_, lambda: outside.signed(typeset(), pki, digest="sha1"))
    yield kind(
        "honest: local time as UTC",
        good,
        lambda: outside.signed_ahead(typeset(), pki, ahead=timedelta(hours=7)),
    )
    box = (10, 10, 90, 60)
    certified = outside.signed(typeset(), pki, certify=MDPPerm.FILL_FORMS)
    locked = outside.signed(typeset(), pki, lock=FieldMDPSpec(FieldMDPAction.ALL))
    closed = outside.signed(typeset(), pki, certify=MDPPerm.NO_CHANGES)
    yield kind(
        "honest: certified, then signed", good, lambda: outside.signed(certified, pki, field="Hai", box=box)
    )
    yield kind(
        "honest: fields locked, then signed",
        good,
        lambda: outside.signed(locked, pki, field="Hai", box=box),
    )
    yield kind(
        "honest: closed, then validation data",
        good,
        lambda: after(tampering.add_validation_data(pki.root), closed),
    )
    yield kind("attack: closed, then a field", bad, lambda: after(room_for_one_more, closed))
    yield kind("unclear: a comment at the end", open_, lambda: sealed + b"% ghi chu\n")
    yield kind("unclear: another language", open_, lambda: after(note_the_language))
    yield kind("unclear: private data of a program", open_, lambda: after(keep_private_data))
    yield kind("attack: an object at the end", bad, lambda: sealed + b"3 0 obj\n<< >>\nendobj\n")
    yield kind("attack: a revision that adds nothing but a table", bad, lambda: _shadow(office))
    yield kind("attack: freed under an odd generation", bad, lambda: freed_oddly(sealed))
    yield kind(
        "attack: a stream of objects packed anew",
        bad,
        lambda: packed_anew(outside.signed(outside.packed(typeset()), pki)),
    )
    yield kind("attack: the next generation", bad, lambda: next_generation(sealed))
    for change in (
        tampering.change_number,
        tampering.redraw_number,
        tampering.redraw_signature,
        tampering.stamp_content,
        tampering.annotate,
        tampering.add_page,
        tampering.clear_seal,
        tampering.copy_signature_value,
        tampering.draw_unsigned_seal,
        run_at_opening,
        attach,
        hide_by_layer,
        turn_the_page,
        seal_once_more,
        rewrite_content_in_place,
        share_a_look_with_the_page,
    ):
        yield kind(f"attack: {change.__name__}", bad, partial(after, change))
    for change in (
        tampering.stamp_content,
        tampering.annotate,
        turn_the_page,
        rewrite_content_in_place,
        tampering.draw_unsigned_seal,
    ):
        yield kind(
            f"attack: before the seal, {change.__name__}",
            bad,
            partial(sealed_after, change),
        )


def disguised(office: Office) -> Iterator[Kind]:
    """What calls itself something harmless, and the harmless things it takes after."""
    good, bad, open_ = Verdict.VALID, Verdict.INVALID, Verdict.INDETERMINATE
    signed, sealed = ((office.folder / f"{name}.pdf").read_bytes() for name in ("signed", "sealed"))

    def after(change: Change, source: bytes = sealed) -> bytes:
        path = outside.saved(office.folder, source, "stage.pdf")
        return tampering.append_revision(path, change).read_bytes()

    def sealed_after(change: Change) -> bytes:
        path = outside.saved(office.folder, after(change, signed), "between.pdf")
        return office.sealed(path).read_bytes()

    def kind(name: str, verdict: Verdict, make: Callable[[], bytes]) -> Kind:
        return Kind(name=name, make=make, verdict=verdict)

    for change in disguises.HARMFUL:
        yield kind(f"attack: {change.__name__}", bad, partial(after, change))
        yield kind(f"attack: before the seal, {change.__name__}", bad, partial(sealed_after, change))
    for change in disguises.UNCLEAR:
        yield kind(f"unclear: {change.__name__}", open_, partial(after, change))
    yield kind("honest: a field for a signature", good, partial(after, disguises.PLAIN_FIELD))
    yield kind("honest: a field, told to readers aloud", good, partial(after, disguises.tag_new_field))
    for prepare, change in disguises.PREPARED:
        deceiving = outside.signed(disguises.prepared(typeset(), prepare), office.pki)
        yield kind(f"honest: {prepare.__name__}, signed", good, partial(bytes, deceiving))
        yield kind(f"attack: {prepare.__name__}", bad, partial(after, change, deceiving))
    used = outside.signed(disguises.prepared(typeset(), disguises.drawings_that_are_a_field), office.pki)
    yield kind(
        "attack: a drawing that is a field",
        bad,
        lambda: outside.signed(after(disguises.draw_by_the_field, used), office.pki, field="Hai"),
    )


def _shadow(office: Office) -> bytes:
    draft = with_hidden_page(typeset())
    return repoint(outside.signed(draft, office.pki))
