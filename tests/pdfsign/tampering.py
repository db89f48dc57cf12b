"""What an attacker does to a signed PDF, with the tools anybody has."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.validation.dss import DocumentSecurityStore

from vanthu.pdfsign import Certificate, Signer, finish_signature
from vanthu.pdfsign.appearance import empty_appearance
from vanthu.pdfsign.objects import form_fields
from vanthu.pdfsign.signing import begin_in_field

Change = Callable[[IncrementalPdfFileWriter], None]


def append_revision(source: Path, change: Change, name: str = "tampered.pdf") -> Path:
    """One more incremental revision, as any PDF editor appends it."""
    target = source.with_name(name)
    with source.open("rb") as stream:
        writer = IncrementalPdfFileWriter(stream)
        change(writer)
        with target.open("wb") as out:
            writer.write(out)
    return target


def first_page(writer: IncrementalPdfFileWriter) -> Any:
    return writer.find_page_for_modification(0)[0]


def form_xobject(writer: IncrementalPdfFileWriter, content: bytes, width: float, height: float) -> Any:
    box = generic.ArrayObject([generic.FloatObject(x) for x in (0, 0, width, height)])
    stream = generic.StreamObject(
        dict_data={
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): box,
        },
        stream_data=content,
    )
    return writer.add_object(stream)


def change_number(writer: IncrementalPdfFileWriter) -> None:
    field = form_fields(writer)["so"]
    field[pdf_name("/V")] = pdf_string("999")
    writer.update_container(field)


def redraw_number(writer: IncrementalPdfFileWriter) -> None:
    """The value stays; only what the eye sees changes."""
    field = form_fields(writer)["so"]
    drawn = form_xobject(writer, b"1 0 0 rg 0 0 20 10 re f", 30, 14)
    field[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): drawn})
    writer.update_container(field)


def redraw_signature(writer: IncrementalPdfFileWriter) -> None:
    field = form_fields(writer)["NguoiKy"]
    drawn = form_xobject(writer, b"0 0 1 rg 0 0 20 10 re f", 120, 60)
    field[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): drawn})
    writer.update_container(field)


def stamp_content(writer: IncrementalPdfFileWriter) -> None:
    page_reference = first_page(writer)
    page = page_reference.get_object()
    extra = writer.add_object(generic.StreamObject(stream_data=b"q 1 0 0 rg 100 400 200 50 re f Q"))
    old = page.raw_get("/Contents")
    contents = list(old) if isinstance(old, generic.ArrayObject) else [old]
    page[pdf_name("/Contents")] = generic.ArrayObject([*contents, extra])
    writer.update_container(page)


def annotate(writer: IncrementalPdfFileWriter) -> None:
    """A white box with other text over the number."""
    drawn = form_xobject(writer, b"1 1 1 rg 0 0 60 20 re f", 60, 20)
    rectangle = generic.ArrayObject([generic.FloatObject(x) for x in (140, 738, 200, 758)])
    annotation = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Stamp"),
            pdf_name("/Rect"): rectangle,
            pdf_name("/F"): generic.NumberObject(4),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): drawn}),
        }
    )
    writer.register_annotation(first_page(writer), writer.add_object(annotation))


def cover(writer: IncrementalPdfFileWriter, area: tuple[float, float, float, float]) -> None:
    """A note over a part of page 1."""
    annotation = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Square"),
            pdf_name("/Rect"): generic.ArrayObject([generic.FloatObject(x) for x in area]),
        }
    )
    writer.register_annotation(first_page(writer), writer.add_object(annotation))


def add_page(writer: IncrementalPdfFileWriter) -> None:
    page = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Page"),
            pdf_name("/MediaBox"): generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 595, 842)]),
            pdf_name("/Resources"): generic.DictionaryObject(),
        }
    )
    writer.insert_page(page)


def remove_page(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    pages["/Kids"].pop()
    pages[pdf_name("/Count")] = generic.NumberObject(len(pages["/Kids"]))
    writer.update_container(pages)


def clear_seal(writer: IncrementalPdfFileWriter) -> None:
    field = form_fields(writer)["DauCoQuan"]
    del field["/V"]
    writer.update_container(field)


def copy_signature_value(writer: IncrementalPdfFileWriter) -> None:
    """The person's signature dictionary, again, as a further signature."""
    value = form_fields(writer)["NguoiKy"].raw_get("/V")
    field = generic.DictionaryObject(
        {
            pdf_name("/FT"): pdf_name("/Sig"),
            pdf_name("/T"): pdf_string("KyLan2"),
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/Rect"): generic.ArrayObject([generic.NumberObject(0)] * 4),
            pdf_name("/F"): generic.NumberObject(132),
            pdf_name("/P"): first_page(writer),
            pdf_name("/V"): value,
        }
    )
    _add_field(writer, field)


def draw_unsigned_seal(writer: IncrementalPdfFileWriter) -> None:
    """An empty signature field that shows a picture of a seal."""
    drawn = form_xobject(writer, b"1 0 0 RG 4 w 5 5 90 90 re S", 100, 100)
    rectangle = generic.ArrayObject([generic.FloatObject(x) for x in (300, 300, 400, 400)])
    field = generic.DictionaryObject(
        {
            pdf_name("/FT"): pdf_name("/Sig"),
            pdf_name("/T"): pdf_string("DauGia"),
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/Rect"): rectangle,
            pdf_name("/F"): generic.NumberObject(132),
            pdf_name("/P"): first_page(writer),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): drawn}),
        }
    )
    _add_field(writer, field)


def nothing_useful(writer: IncrementalPdfFileWriter) -> None:
    """An object that nothing refers to."""
    writer.add_object(pdf_string("bí mật"))


def _add_field(writer: IncrementalPdfFileWriter, field: generic.DictionaryObject) -> None:
    reference = writer.add_object(field)
    form = writer.root["/AcroForm"]
    form["/Fields"].append(reference)
    writer.update_container(form["/Fields"])
    writer.register_annotation(first_page(writer), reference)


def byte_ranges(data: bytes) -> list[tuple[int, int, int, int]]:
    """The four numbers of every /ByteRange, in file order."""
    found = re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", data)
    return [(int(a), int(b), int(c), int(d)) for a, b, c, d in found]


def rewrite_range(source: Path, new: tuple[int, int, int, int], *, which: int = -1) -> Path:
    """Overwrite the numbers of one /ByteRange in place (the array is padded with spaces)."""
    data = source.read_bytes()
    match = list(re.finditer(rb"/ByteRange \[[^\]]*\] *", data))[which]
    text = b"/ByteRange [%d %d %d %d]" % new
    assert len(text) <= len(match.group())
    target = source.with_name("tampered.pdf")
    target.write_bytes(data[: match.start()] + text.ljust(len(match.group()), b" ") + data[match.end() :])
    return target


def first_revision_length(file: Path, which: int) -> int:
    """The length of the file as signature number `which` covered it."""
    with file.open("rb") as stream:
        signatures = PdfFileReader(stream).embedded_signatures
        _, _, start, length = signatures[which].byte_range
    return int(start) + int(length)


def add_text_field(writer: IncrementalPdfFileWriter, name: str) -> None:
    """A text field over the body of the draft."""
    drawn = form_xobject(writer, b"", 400, 300)
    field = generic.DictionaryObject(
        {
            pdf_name("/FT"): pdf_name("/Tx"),
            pdf_name("/T"): pdf_string(name),
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/Rect"): generic.ArrayObject([generic.FloatObject(x) for x in (90, 300, 490, 600)]),
            pdf_name("/F"): generic.NumberObject(4),
            pdf_name("/P"): first_page(writer),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): drawn}),
        }
    )
    if "/AcroForm" not in writer.root:
        form = generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject()})
        writer.root[pdf_name("/AcroForm")] = writer.add_object(form)
        writer.update_root()
    _add_field(writer, field)


def fill_text_field(writer: IncrementalPdfFileWriter, name: str, content: bytes) -> None:
    field = form_fields(writer)[name]
    drawn = form_xobject(writer, content, 400, 300)
    field[pdf_name("/V")] = pdf_string("khác")
    field[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): drawn})
    writer.update_container(field)


def add_validation_data(certificate: Certificate) -> Change:
    """A document security store, as a validator may append it."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=[certificate])

    return change


def sign_over_number(source: Path, signer: Signer) -> Path:
    """A further, genuine signature whose picture is another number, over the number."""
    target = source.with_name("over.pdf")
    with source.open("rb") as stream:
        writer = IncrementalPdfFileWriter(stream)
        pending = begin_in_field(
            writer,
            target,
            field="SoKhac",
            draw=lambda _, width, height: empty_appearance(width, height),
            certificate=signer.certificate,
            chain=signer.chain,
            now=datetime.now(UTC),
            name="",
            reason="",
            location="",
            pss=False,
            new_field=SigFieldSpec("SoKhac", on_page=0, box=(140, 738, 200, 758)),
        )
    finish_signature(pending, target, signer.sign(pending.to_be_signed), target)
    return target


def as_word_writes(data: bytes) -> bytes:
    """A classic cross-reference section that points to a cross-reference stream as well (/XRefStm)."""
    with io.BytesIO(data) as source:
        reader = PdfFileReader(source)
        stream_at = len(data)
        root, size = reader.trailer.raw_get("/Root").idnum, int(reader.trailer["/Size"])
        previous = reader.last_startxref or 0
    entries = b"\0\0\0\0\0\0"
    stream = (
        b"%d 0 obj\n<</Type/XRef/Size %d/W[1 4 1]/Index[0 1]/Root %d 0 R/Length %d>>stream\n"
        % (size, size + 1, root, len(entries))
        + entries
        + b"\nendstream\nendobj\n"
    )
    table_at = stream_at + len(stream)
    table = (
        b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size %d/Root %d 0 R/Prev %d/XRefStm %d>>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size + 1, root, previous, stream_at, table_at)
    )
    return data + stream + table


def share_everything(writer: IncrementalPdfFileWriter) -> None:
    """References across and in circles: page, catalog, field and structure tree from one another."""
    page_reference = first_page(writer)
    page = page_reference.get_object()
    field = form_fields(writer)["so"]
    deep = generic.DictionaryObject({pdf_name("/P"): page_reference, pdf_name("/Parent"): page_reference})
    crossing = generic.DictionaryObject(
        {
            pdf_name("/Page"): page_reference,
            pdf_name("/Top"): writer.trailer.raw_get("/Root"),
            pdf_name("/Tags"): writer.root.raw_get("/StructTreeRoot"),
            pdf_name("/Deep"): generic.ArrayObject([deep]),
        }
    )
    reference = writer.add_object(crossing)
    crossing[pdf_name("/Self")] = reference
    writer.root[pdf_name("/Crossing")] = reference
    writer.update_root()
    page[pdf_name("/PieceInfo")] = reference
    writer.update_container(page)
    field[pdf_name("/Crossing")] = reference
    writer.update_container(field)
