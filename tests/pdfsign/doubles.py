"""Files that say two things: what one program reads so and another otherwise; and pictures over a text."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec

from tests.pdfsign import disguises
from vanthu.pdfsign import Signer, finish_signature
from vanthu.pdfsign.signing import begin_in_field

Box = tuple[int, int, int, int]
#: In the middle of the text of `typeset`.
OVER_TEXT: Box = (80, 600, 560, 700)
ON_PAPER: Box = (60, 300, 260, 380)
_EVIL = b"q 1 1 1 rg 60 300 500 400 re f 1 0 0 rg 100 400 200 50 re f Q"


def _reader(data: bytes) -> PdfFileReader:
    return PdfFileReader(io.BytesIO(data), strict=False)


def _page(reader: PdfFileReader) -> Any:
    return reader.root["/Pages"]["/Kids"].raw_get(0)


def _written(value: Any) -> bytes:
    out = io.BytesIO()
    value.write_to_stream(out, None)
    return out.getvalue()


def _object(number: int, body: bytes) -> bytes:
    return b"%d 0 obj\n%s\nendobj\n" % (number, body)


def _drawing(number: int) -> bytes:
    return _object(number, b"<< /Length %d >>\nstream\n%s\nendstream" % (len(_EVIL), _EVIL))


def _last_table(reader: PdfFileReader) -> int:
    return reader.last_startxref or 0


def _size(reader: PdfFileReader) -> int:
    return int(reader.trailer["/Size"])


def _row(number: int, place: int) -> bytes:
    return b"%d 1\n%010d 00000 n \n" % (number, place)


def _revised(
    data: bytes,
    objects: Iterable[tuple[int, bytes]] = (),
    *,
    unlisted: bytes = b"",
    rows: bytes = b"",
    trailer: bytes = b"",
) -> bytes:
    """One more revision, by hand; `unlisted` stands in it and in no table."""
    reader, out = _reader(data), data
    for number, body in objects:
        rows += _row(number, len(out))
        out += body
    out += unlisted
    root = reader.trailer.raw_get("/Root").idnum
    return out + b"xref\n%strailer\n<< /Size %d /Root %d 0 R /Prev %d %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        rows or b"0 0\n",
        _size(reader) + 5,
        root,
        _last_table(reader),
        trailer,
        len(out),
    )


def page_with_two_contents(data: bytes, *, same: bool = False) -> bytes:
    """The page once more, with a second /Contents behind the first; `same`: it says the same."""
    reader = _reader(data)
    page, more = _page(reader), _size(reader) + 1
    second = _written(page.get_object().raw_get("/Contents")) if same else b"%d 0 R" % more
    body = _written(page.get_object())[:-2] + b" /Contents " + second + b" >>"
    objects = [(page.idnum, _object(page.idnum, body))]
    return _revised(data, objects if same else [*objects, (more, _drawing(more))])


def trailer_with_two_roots(data: bytes) -> bytes:
    """A second /Root behind the first, that leads to an empty page."""
    first = _size(_reader(data)) + 1
    objects = [
        (first, b"<< /Type /Catalog /Pages %d 0 R >>" % (first + 1)),
        (first + 1, b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % (first + 2)),
        (first + 2, b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] >>" % (first + 1)),
    ]
    written = [(number, _object(number, body)) for number, body in objects]
    return _revised(data, written, trailer=b"/Root %d 0 R " % first)


def _other_page(data: bytes) -> bytes:
    page = _page(_reader(data))
    parent = page.get_object().raw_get("/Parent").idnum
    return _object(page.idnum, b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] >>" % parent)


def object_in_no_table(data: bytes) -> bytes:
    """Another page of the page's number in a revision whose table names nothing."""
    return _revised(data, unlisted=_other_page(data))


def object_behind_a_comment(data: bytes) -> bytes:
    """The same, its head torn apart by a comment, as a program that mends files reads over it."""
    return _revised(data, unlisted=_other_page(data).replace(b" 0 obj", b" 0 %x\nobj", 1))


def trailer_in_no_table(data: bytes) -> bytes:
    return _revised(data, unlisted=b"trailer\n<< /Root 900 0 R >>\n")


def table_that_names_twice(data: bytes) -> bytes:
    """The page's number stands twice in one table: with another page first, with the signed one last."""
    reader = _reader(data)
    page = _page(reader).idnum
    signed = reader.xrefs.get_historical_ref(generic.Reference(page, 0, reader), 99)
    assert isinstance(signed, int)
    rows = _row(page, len(data)) + _row(page, signed)
    return _revised(data, unlisted=_other_page(data), rows=rows)


def two_tables_that_differ(data: bytes) -> bytes:
    """A table for old readers with the signed page, and a stream for new ones with another."""
    reader = _reader(data)
    page = _page(reader).idnum
    signed = reader.xrefs.get_historical_ref(generic.Reference(page, 0, reader), 99)
    assert isinstance(signed, int)
    return _hybrid(data, _row(page, signed), page)


def _hybrid(data: bytes, rows: bytes, shown: int | None) -> bytes:
    """`shown`: the object the stream names, and leads to another page."""
    reader, other = _reader(data), _other_page(data)
    at = len(data) + len(other)
    number, root = _size(reader) + 4, reader.trailer.raw_get("/Root").idnum
    entry = b"\1" + len(data).to_bytes(4, "big") + b"\0" if shown else b"\0" * 6
    stream = b"<</Type/XRef/Size %d/W[1 4 1]/Index[%d 1]/Root %d 0 R/Length 6>>stream\n%s\nendstream" % (
        number + 1,
        shown or 0,
        root,
        entry,
    )
    body = data + (other if shown else b"")
    at = len(body)
    body += _object(number, stream)
    return (
        body
        + b"xref\n%strailer\n<</Size %d/Root %d 0 R/Prev %d/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n"
        % (
            rows,
            number + 1,
            root,
            _last_table(reader),
            at,
            len(body),
        )
    )


def freed_beside_a_stream(data: bytes) -> bytes:
    """The page's content given up by a table that has a stream beside it, which says nothing of it."""
    content = _page(_reader(data)).get_object().raw_get("/Contents")
    number = content[0].idnum if isinstance(content, generic.ArrayObject) else content.idnum
    return _hybrid(data, b"%d 1\n0000000000 00002 f \n" % number, None)


#: What an attacker makes of a signed file, none of which is valid.
DOUBLES = (
    page_with_two_contents,
    trailer_with_two_roots,
    object_in_no_table,
    object_behind_a_comment,
    trailer_in_no_table,
    table_that_names_twice,
    two_tables_that_differ,
)


_FIELD = "Hai"


class _Misled(IncrementalPdfFileWriter):
    """A writer whose field says that it is on another page than the one that lists it."""

    def __init__(self, stream: Any, named_page: int) -> None:
        super().__init__(stream)
        self._named_page = named_page

    def register_annotation(self, page_ref: Any, annot_ref: Any) -> None:
        super().register_annotation(page_ref, annot_ref)  # type: ignore[no-untyped-call]  # the library's
        if self._named_page >= 0:
            named = self.prev.root["/Pages"]["/Kids"].raw_get(self._named_page)
            annot_ref.get_object()[pdf_name("/P")] = named


def signed_over(
    source: Path, signer: Signer, *, box: Box, drawing: bytes, page: int = 0, named_page: int = -1
) -> Path:
    """A further, genuine signature whose picture is this drawing, in a field that may name another page."""
    target = source.with_name("signed-over.pdf")

    def draw(_: Any, width: float, height: float) -> generic.StreamObject:
        entries = {"/Type": pdf_name("/XObject"), "/Subtype": pdf_name("/Form")}
        look = generic.StreamObject(disguises.dictionary(entries), stream_data=drawing)
        look[pdf_name("/BBox")] = generic.ArrayObject(
            [generic.FloatObject(each) for each in (0, 0, width, height)]
        )
        return look

    with source.open("rb") as stream:
        writer = _Misled(stream, named_page)
        pending = begin_in_field(
            writer,
            target,
            field=_FIELD,
            draw=draw,
            certificate=signer.certificate,
            chain=signer.chain,
            now=datetime.now(UTC),
            name="",
            reason="",
            location="",
            pss=False,
            new_field=SigFieldSpec(_FIELD, on_page=page, box=box),
        )
    finish_signature(pending, target, signer.sign(pending.to_be_signed), target)
    return target


def measured_apart(data: bytes) -> bytes:
    """A draft whose page's content is as long as another object says."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    page = writer.find_page_for_modification(0)[0].get_object()
    contents = page["/Contents"]
    parts = contents if isinstance(contents, generic.ArrayObject) else [contents]
    drawing = b"\n".join(part.data for part in parts)
    reader = _reader(data)
    number, more = _page(reader).idnum, _size(reader) + 1
    page[pdf_name("/Contents")] = generic.IndirectObject(more, 0, writer)
    stream = b"<< /Length %d 0 R >>\nstream\n%s\nendstream\n%s\nendstream" % (more + 1, drawing, _EVIL)
    objects = [
        (number, _object(number, _written(page))),
        (more, _object(more, stream)),
        (more + 1, _object(more + 1, b"%d" % len(drawing))),
    ]
    return _revised(data, objects)


def measured_anew(data: bytes, *, more: int = len(_EVIL) + len(b"\nendstream\n")) -> bytes:
    """The object that tells the length of the page's content says more: what stands behind it, or nothing."""
    reader = _reader(data)
    raw = _page(reader).get_object().raw_get("/Contents")
    length = raw.get_object().raw_get("/Length")
    told = int(length.get_object()) + more
    return _revised(data, [(length.idnum, _object(length.idnum, b"%d" % told))])


def packed_twice(data: bytes) -> tuple[bytes, bytes]:
    """A draft that holds an object twice in one stream, and what of it is signed shown the second way.

    The draft, and the rows and objects that make the change, to be put behind a signed form of it.
    """
    reader = _reader(data)
    size, page = _size(reader), _page(reader)
    box, holder, table = size + 1, size + 2, size + 3
    packed = b"%d 0 %d 20 " % (box, box)
    content = b"[0 0 595 842]".ljust(20) + b"[0 0 99 99]"
    body = _written(page.get_object())[:-2] + b" /CropBox %d 0 R >>" % box
    out, rows = data, {}
    objects = [
        (page.idnum, body),
        (
            holder,
            b"<< /Type /ObjStm /N 2 /First %d /Length %d >>\nstream\n%s%s\nendstream"
            % (len(packed), len(packed) + len(content), packed, content),
        ),
    ]
    for number, each in objects:
        rows[number] = b"\1" + len(out).to_bytes(4, "big") + b"\0"
        out += _object(number, each)
    rows[box] = b"\2" + holder.to_bytes(4, "big") + b"\0"
    return _with_stream(reader, out, table, rows), b"\2" + holder.to_bytes(4, "big") + b"\1"


def _with_stream(reader: PdfFileReader, out: bytes, number: int, rows: dict[int, bytes]) -> bytes:
    entries = b"".join(rows[each] for each in sorted(rows))
    index = b" ".join(b"%d 1" % each for each in sorted(rows))
    root = reader.trailer.raw_get("/Root").idnum
    head = b"<</Type/XRef/Size %d/W[1 4 1]/Index[%s]/Root %d 0 R/Prev %d/Length %d>>stream\n" % (
        number + 5,
        index,
        root,
        _last_table(reader),
        len(entries),
    )
    at = len(out)
    return out + _object(number, head + entries + b"\nendstream") + b"startxref\n%d\n%%%%EOF\n" % at


def shown_by_place(data: bytes, row: bytes) -> bytes:
    """The signed file, whose table now says that the box is the second thing in its stream."""
    reader = _reader(data)
    box = _page(reader).get_object().raw_get("/CropBox").idnum
    return _with_stream(reader, data, _size(reader) + 1, {box: row})
