"""Small files that ask for endless work: the answer comes, says what was not judged, and is never «valid».

Beside each kind stands an honest file near the budget, which is still read and judged to the end.
"""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.misc import PdfReadError

from tests.bounded import read_bounded
from tests.pdfsign import hostile
from tests.pdfsign.documents import write
from vanthu import pdfsign
from vanthu.pdfsign import Problem, Verdict, changes, examining, fastlex
from vanthu.pdfsign.budget import FILE_STEPS, OBJECTS, PAGES
from vanthu.pdfsign.errors import TooComplex
from vanthu.pdfsign.examining import examine
from vanthu.pdfsign.images import load_picture
from vanthu.pdfsign.opening import open_reader

_LONG = 12 * 1024 * 1024
_NOT_READ = ("TooComplex", "BrokenPdf")

ENDLESS = [
    pytest.param("inspect", hostile.forms_in_forms(10, 10), id="forms drawn in forms"),
    pytest.param("heading", hostile.forms_in_forms(10, 10), id="forms drawn in forms, heading"),
    pytest.param("inspect", hostile.fields_in_fields(9, 10), id="fields in fields"),
    pytest.param("verify", hostile.fields_in_fields(9, 10), id="fields in fields, judged"),
    pytest.param("inspect", hostile.pages_in_pages(6, 10), id="a million pages"),
    pytest.param("sizes", hostile.pages_in_pages(6, 10), id="sizes of a million pages"),
    pytest.param("inspect", hostile.packed_twice(2_000), id="packed twice"),
]


@pytest.mark.parametrize(("entrance", "data"), ENDLESS)
def test_a_file_of_endless_work_is_refused_with_a_sentence(
    tmp_path: Path, entrance: str, data: bytes
) -> None:
    found = read_bounded(entrance, write(tmp_path / "a.pdf", data))

    assert found["said"] in _NOT_READ
    assert found["message"].endswith("hãy xuất lại tệp từ phần mềm soạn thảo.")


@pytest.mark.parametrize(
    "tail", [b"%" + b"x" * _LONG, b"\n" * _LONG, b" " * _LONG], ids=["comment", "lines", "spaces"]
)
def test_a_long_end_is_looked_through_in_one_go(tmp_path: Path, tail: bytes) -> None:
    found = read_bounded("verify", write(tmp_path / "a.pdf", hostile.plain(tail=tail)))

    assert found["said"] in ("BrokenPdf", "unsigned")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(hostile.plain(extra=b"/Prev 0"), id="a table before, at 0"),
        pytest.param(hostile.plain().replace(b"startxref\n", b"startxref\n5 %"), id="a table at 5"),
        pytest.param(hostile.plain(extra=b"/Prev -3"), id="a table before the file"),
        pytest.param(hostile.plain(extra=b"/Prev " + b"9" * 30), id="a table far behind the file"),
    ],
)
@pytest.mark.parametrize("entrance", ["verify", "inspect"])
def test_a_table_where_none_can_be_is_a_broken_file(tmp_path: Path, data: bytes, entrance: str) -> None:
    path = write(tmp_path / "a.pdf", data)
    with pytest.raises(pdfsign.BrokenPdf):
        pdfsign.inspect(path) if entrance == "inspect" else _verdict_of(path)


def test_a_disk_that_fails_is_no_broken_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    path = write(tmp_path / "a.pdf", hostile.plain())
    monkeypatch.setattr("vanthu.pdfsign.reader.PdfFileReader.__init__", fail)

    with pytest.raises(OSError, match="Input/output"):
        _verdict_of(path)


def test_an_error_of_a_kind_never_heard_of_is_a_broken_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class UnheardOf(Exception):
        """No list of classes has it."""

    def fail(*_: object, **__: object) -> None:
        raise UnheardOf

    path = write(tmp_path / "a.pdf", hostile.plain())
    monkeypatch.setattr("vanthu.pdfsign.reader.PdfFileReader.__init__", fail)

    with pytest.raises(pdfsign.BrokenPdf):
        _verdict_of(path)


def test_a_table_of_more_objects_than_a_file_has_is_refused(tmp_path: Path) -> None:
    data = hostile.plain()
    at = data.index(b"xref\n")
    packed = hostile.stream(b"", b"/Type /XRef /W [0 0 0] /Size 1000000000 /Root 1 0 R")
    path = write(
        tmp_path / "a.pdf", data[:at] + b"9 0 obj\n" + packed + b"\nendobj\nstartxref\n%d\n%%%%EOF" % at
    )

    with pytest.raises(TooComplex):
        _verdict_of(path)
    assert OBJECTS < 1_000_000_000


@pytest.mark.parametrize("depth", [20, 2_000])
def test_layers_of_two_references_each_are_looked_at_once(tmp_path: Path, depth: int) -> None:
    """Twenty layers are a million paths to the form; each pair of objects is compared once."""
    data = hostile.signed(hostile.layers(depth), times=2)

    report = _report_of(write(tmp_path / "a.pdf", data))

    assert [one.changes_after for one in report.signatures] == ["allowed", "none"]


@pytest.mark.parametrize("crowd", [9, 40])
def test_a_crowd_of_certificates_of_one_name_leads_nowhere_soon(tmp_path: Path, crowd: int) -> None:
    data = hostile.signed(hostile.plain(), crowd=crowd)

    found = read_bounded("verify", write(tmp_path / "a.pdf", data))

    assert found["said"] == "indeterminate"
    assert "không dẫn tới tổ chức chứng thực đã biết" in found["message"]


def test_more_certificates_than_any_signature_brings_are_not_judged(tmp_path: Path) -> None:
    report = _report_of(write(tmp_path / "a.pdf", hostile.signed(hostile.plain(), crowd=305)))

    assert report.verdict is Verdict.INDETERMINATE
    assert report.signatures[0].details.problem is Problem.NOT_JUDGED


def test_of_too_many_signatures_the_first_are_judged_and_the_rest_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "SIGNATURES", 3)

    report = _report_of(write(tmp_path / "a.pdf", hostile.signed(hostile.plain(), times=5)))

    assert report.verdict is Verdict.INDETERMINATE
    assert (len(report.signatures), report.not_judged) == (3, 2)
    assert report.message.startswith("Văn bản có 5 chữ ký số, 2 chữ ký chưa kiểm tra hết được")


def test_what_no_budget_was_left_for_is_neither_valid_nor_invalid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (examining, changes):
        monkeypatch.setattr(module, "SIGNATURES_STEPS", 60)

    report = _report_of(write(tmp_path / "a.pdf", hostile.signed(hostile.plain(), times=4)))

    assert report.verdict is Verdict.INDETERMINATE
    assert {one.verdict for one in report.signatures} == {Verdict.INDETERMINATE}
    assert Problem.NOT_JUDGED in {one.details.problem for one in report.signatures}


class TestHonestFiles:
    def test_forty_signatures_are_judged_to_the_end(self, tmp_path: Path) -> None:
        report = _report_of(write(tmp_path / "a.pdf", hostile.signed(hostile.plain(), times=40)))

        assert report.not_judged == 0
        assert {one.details.problem for one in report.signatures} == {Problem.UNTRUSTED}
        assert {one.changes_after for one in report.signatures[:-1]} == {"allowed"}

    def test_three_thousand_fields(self, tmp_path: Path) -> None:
        fields = {
            10 + n: b"<< /T (f%d) /FT /Tx /V (x) /DA (/Helv 9 Tf) /Rect [0 0 90 12] >>" % n
            for n in range(3000)
        }
        form = b"/AcroForm << /Fields [%s] >>" % b" ".join(b"%d 0 R" % number for number in fields)
        path = write(tmp_path / "a.pdf", hostile.plain(form, fields))

        assert pdfsign.inspect(path).pages == 1
        with open_reader(path) as reader:
            examine(reader)
            assert reader.budget.left > FILE_STEPS // 2

    def test_five_thousand_pages(self, tmp_path: Path) -> None:
        numbers = range(10, 5_010)
        pages = b"<< /Type /Pages /Count 5000 /Kids [%s] >>" % b" ".join(b"%d 0 R" % n for n in numbers)
        objects = {1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: pages} | dict.fromkeys(numbers, hostile.PAGE)
        path = write(tmp_path / "a.pdf", hostile.pdf(objects))

        assert pdfsign.inspect(path).pages == 5_000 < PAGES
        assert len(pdfsign.page_areas(path)) == 5_000
        report = _report_of(write(tmp_path / "b.pdf", hostile.signed(path.read_bytes(), times=2)))
        assert {one.details.problem for one in report.signatures} == {Problem.UNTRUSTED}

    def test_a_form_drawn_a_thousand_times(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.pdf", hostile.forms_in_forms(2, 1_000))

        assert pdfsign.inspect(path).pages == 1


@settings(max_examples=20, deadline=None)
@given(length=st.integers(1, 200_000))
def test_a_line_at_the_end_is_read_in_one_reading_whatever_its_length(length: int) -> None:
    class Counting(io.BytesIO):
        readings = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.readings += 1
            return super().read(size)

    stream = Counting(b"%PDF\n" + b"x" * length)
    stream.seek(0, io.SEEK_END)
    with contextlib.suppress(PdfReadError):
        fastlex.read_next_end_line(stream)
    assert stream.readings == 1


def _report_of(path: Path) -> pdfsign.Report:
    return pdfsign.verify(path, trust=[], now=datetime.now(UTC))


def _verdict_of(path: Path) -> Verdict:
    return _report_of(path).verdict


def test_a_page_of_more_letters_than_a_page_holds_is_refused(tmp_path: Path) -> None:
    helvetica = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    font = b"/Resources << /Font << /F %s >> >> /Contents 4 0 R >>" % helvetica
    text = b"BT /F 1 Tf 0 800 Td " + b"(%s) Tj 0 -1 Td " % (b"a" * 500) * 240 + b"ET"
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: hostile.PAGE.replace(b">>", font),
        4: hostile.stream(text),
    }
    path = write(tmp_path / "a.pdf", hostile.pdf(objects))

    with pytest.raises(TooComplex):
        pdfsign.read_heading(path)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(
            b"(" + b"Aa Bb" + b" " * 20 + b") Tj " + b"(Aa Bb                    ) Tj " * 60, id="names"
        ),
        pytest.param(b"(S: " + b"." * 800 + b"ng.th.n" + b"." * 100 + b") Tj", id="dots"),
    ],
)
def test_a_page_full_of_what_may_be_names_or_blanks_is_read_in_time(tmp_path: Path, line: bytes) -> None:
    """As many letters as a page may hold, each a part of something that is looked for."""
    helvetica = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    font = b"/Resources << /Font << /F %s >> >> /Contents 4 0 R >>" % helvetica
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: hostile.PAGE.replace(b">>", font),
        4: hostile.stream(b"BT /F 1 Tf 0 800 Td " + (line + b" 0 -3 Td ") * 50 + b"ET"),
    }

    assert read_bounded("letter", write(tmp_path / "a.pdf", hostile.pdf(objects)))["said"] == "absent"


@pytest.mark.parametrize("side", [20_000, 60_000])
def test_a_picture_of_more_points_than_any_seal_is_refused(side: int) -> None:
    """Pillow answers the larger one with an error of a class of its own."""
    header = struct.pack(">4sIIBBBBB", b"IHDR", side, side, 8, 6, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))

    with pytest.raises(pdfsign.BadImage):
        load_picture(data + bytes(12) + b"IDAT")
