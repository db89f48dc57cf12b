"""Office files made to take for ever: read to a limit, or refused with a sentence; honest ones are read."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from tests.bounded import read_bounded
from tests.documents import office_files as office
from tests.documents import papers
from vanthu.pdfsign import TooComplex
from vanthu.reading import excel, first_page, parts
from vanthu.reading.excel import SheetUnreadable

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PIECES = 1_500_000


def _docx(body: str, extra: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
        )
        archive.writestr("_rels/.rels", papers.docx_parts("")["_rels/.rels"])
        for number in range(extra):
            archive.writestr(f"word/media/{number}.png", b"")
    return out.getvalue()


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(_docx("<w:p>" + "<w:r><w:t>chữ</w:t></w:r>" * 250_000 + "</w:p>"), id="docx of pieces"),
        pytest.param(office.odt("chữ<text:s/>" * 500_000), id="odt of pieces"),
        pytest.param(office.xlsx(["&#65;" * _PIECES], inline=True), id="xlsx of pieces"),
        pytest.param(office.ods(["&#65;" * _PIECES]), id="ods of pieces"),
        pytest.param(
            _docx("<w:p " + " ".join(f'a{n}="1"' for n in range(200_000)) + "/>"), id="200,000 attributes"
        ),
        pytest.param(_docx("<w:tbl><w:tr><w:tc>" * 3_000), id="tables in tables"),
    ],
)
def test_a_text_in_endless_pieces_is_read_to_its_limit(tmp_path: Path, data: bytes) -> None:
    found = read_bounded("office", _written(tmp_path / "a", data))

    assert int(found["said"]) <= parts.MOST_LINES


_RUN = "<w:r><w:t>a</w:t></w:r>"
_MARK = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(
            _docx("<w:p>" + f"<w:ins>{_RUN}</w:ins>" * 30_000 + "</w:p>"), id="changes in one paragraph"
        ),
        pytest.param(
            _docx("<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr></w:p>" * 30_000), id="ends of paragraphs"
        ),
        pytest.param(_docx("<w:p>" + (_MARK + _END) * 30_000 + "</w:p>"), id="fields"),
        pytest.param(
            _docx("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>a</w:t></w:r></w:p>" * 30_000), id="hidden runs"
        ),
        pytest.param(
            _docx("<w:p>" + "<w:ins>" * 200 + _RUN + "</w:ins>" * 200 + "</w:p>"), id="changes in changes"
        ),
        pytest.param(office.odt("<text:date>a</text:date>" * 30_000), id="fields of an odt"),
        pytest.param(office.odt("<text:span>" * 200 + "a" + "</text:span>" * 200), id="spans in spans"),
    ],
)
def test_a_text_of_very_much_to_settle_is_settled(tmp_path: Path, data: bytes) -> None:
    found = read_bounded("settle", _written(tmp_path / "a.docx", data))

    assert int(found["said"]) >= 0, found


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(_docx("<w:p>" + _MARK * 30_000 + "</w:p>"), "FieldUnread", id="fields in one another"),
        pytest.param(_docx("<a/>" * 3_100_000), "OfficeUnread", id="elements"),
        pytest.param(_docx(" " * 40_000_000), "OfficeUnread", id="bytes"),
        pytest.param(_docx("", extra=60_000), "TooComplex", id="parts"),
    ],
)
def test_a_text_of_too_much_to_settle_is_refused(tmp_path: Path, data: bytes, error: str) -> None:
    found = read_bounded("settle", _written(tmp_path / "a.docx", data))

    assert found["said"] == error


def test_a_line_is_joined_once_and_cut_at_its_longest() -> None:
    line = parts.Line()
    for _ in range(2 * parts.LONGEST_LINE):
        line.add("ế")

    assert line.take() == "ế" * parts.LONGEST_LINE
    assert line.take() == ""


def _archive_of(count: int) -> bytes:
    """An archive of so many entries, without its parts: only the list of them is long."""
    name = b"%08d"
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0)
    directory = b"".join(entry + name % number for number in range(count))
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count & 0xFFFF, count & 0xFFFF, len(directory), 0, 0)
    return directory + end


@pytest.mark.parametrize("reading", [parts.names_of, parts.unpacked_size, first_page.format_of])
def test_an_archive_of_400_000_parts_is_refused_before_they_are_listed(
    tmp_path: Path, reading: object
) -> None:
    path = _written(tmp_path / "a.docx", _archive_of(400_000))

    with pytest.raises(TooComplex, match="quá nhiều thành phần"):
        parts.names_of(path) if reading is parts.names_of else parts.unpacked_size(path)


def test_a_docx_of_2_000_parts_and_300_pages_is_read(tmp_path: Path) -> None:
    page = "".join(f"<w:p><w:r><w:t>dòng {n}</w:t></w:r></w:p>" for n in range(40))
    path = _written(tmp_path / "a.docx", _docx(page * 300, extra=2_000))

    lines = list(first_page.office_lines(path))

    assert first_page.format_of(path) == "docx"
    assert lines[:2] == ["dòng 0", "dòng 1"]


def test_rows_said_to_be_repeated_without_end_are_counted_not_walked(tmp_path: Path) -> None:
    data = office.ods(["a"], ["b"])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            huge = b'<table:table-row table:number-rows-repeated="' + b"9" * 400 + b'"'
            new.writestr(name, text.replace(b"<table:table-row", huge))

    assert int(read_bounded("office", _written(tmp_path / "a.ods", out.getvalue()))["said"]) >= 0


def test_an_old_sheet_of_records_without_end_says_it_was_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "_MOST_RECORDS", 8)
    path = _written(tmp_path / "a.xls", office.xls(*["ô"] * 40))

    with pytest.raises(SheetUnreadable, match="lưu lại ở dạng xlsx"):
        list(first_page.old_sheet_lines(path))


def test_a_reader_that_raises_what_nobody_heard_of_has_read_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class UnheardOf(Exception):
        """No list of classes has it."""

    def fail(*_: object) -> None:
        raise UnheardOf

    path = _written(tmp_path / "a.docx", _docx("<w:p/>"))
    monkeypatch.setattr(zipfile.ZipFile, "open", fail)

    assert list(first_page.office_lines(path)) == []


def test_a_disk_that_fails_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    path = _written(tmp_path / "a.docx", _docx("<w:p/>"))
    monkeypatch.setattr(zipfile.ZipFile, "open", fail)

    with pytest.raises(OSError, match="Input/output"):
        list(first_page.office_lines(path))
