"""The state-secret mark in every format whose text can be read, and what it is not mistaken for."""

from __future__ import annotations

import io
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documents import office_files as office
from tests.documents import papers
from vanthu.documents import intake
from vanthu.documents.intake import FileRefused, SecretRefused, Work
from vanthu.reading import open_document

LIMIT = 20_000_000
_FAR_DOWN = ["Danh sách"] * 80

MARKED = [
    pytest.param("a.odt", office.odt("SỞ NỘI VỤ", "MẬT"), id="odt"),
    pytest.param("a.odt", office.odt("<text:span>TỐI</text:span> <text:s/>MẬT"), id="odt, in pieces"),
    pytest.param("a.odt", office.odt("SỞ NỘI VỤ<text:line-break/>TUYỆT MẬT"), id="odt, a line"),
    pytest.param(
        "a.odt",
        office.odt("Sở<draw:frame><draw:text-box><text:p>MẬT</text:p></draw:text-box></draw:frame>Nội vụ"),
        id="odt, in a frame",
    ),
    pytest.param("a.odt", office.odt("SỞ NỘI VỤ", header="TỐI MẬT"), id="odt, header"),
    pytest.param("a.rtf", office.rtf("SỞ NỘI VỤ", "TỐI MẬT"), id="rtf"),
    pytest.param("a.rtf", office.rtf("SỞ NỘI VỤ", header="MẬT"), id="rtf, header"),
    pytest.param("a.ods", office.ods(["SỞ NỘI VỤ", "MẬT"], ["x"]), id="ods"),
    pytest.param("a.ods", office.ods(["x"], header="MẬT"), id="ods, header"),
    pytest.param("a.xlsx", office.xlsx(["SỞ NỘI VỤ", "TUYỆT MẬT"], ["x"]), id="xlsx"),
    pytest.param("a.xlsx", office.xlsx(["MẬT"], ["x"], inline=True), id="xlsx, inline"),
    pytest.param(
        "a.xlsx",
        office.xlsx(["x"], header="&amp;LSở Nội vụ&amp;R&amp;&quot;Times,Bold&quot;&amp;12MẬT"),
        id="xlsx, header",
    ),
    pytest.param("a.xls", office.xls("SỞ NỘI VỤ", "MẬT"), id="xls"),
    pytest.param("a.xls", office.xls("x", header="&C&14TỐI MẬT"), id="xls, header"),
    pytest.param("a.txt", "SỞ NỘI VỤ\r\nMẬT\r\n".encode("utf-8-sig"), id="txt"),
    pytest.param("a.txt", "SỞ NỘI VỤ\nTỐI MẬT\n".encode("utf-16"), id="txt, two bytes a letter"),
]


def _with_sectors_of(exponent: int) -> bytes:
    """An old sheet said to lie in sectors of 2 to the `exponent` bytes."""
    content = bytearray(office.xls("SỞ NỘI VỤ"))
    content[30:32] = exponent.to_bytes(2, "little")
    return bytes(content)


DAMAGED_SHEETS = [
    pytest.param(_with_sectors_of(0), id="sectors of one byte: a division by nought"),
    pytest.param(_with_sectors_of(2), id="sectors of four bytes"),
    pytest.param(office.xls("SỞ NỘI VỤ")[:1600], id="cut off"),
]


def _attach(content: bytes, name: str) -> None:
    intake.accept_attachment(io.BytesIO(content), name, limit=LIMIT)


@pytest.mark.parametrize(("name", "content"), MARKED)
def test_a_marked_attachment_is_refused(var: Path, name: str, content: bytes) -> None:
    with pytest.raises(SecretRefused, match="bảo vệ bí mật nhà nước"):
        _attach(content, name)

    assert [path for path in var.rglob("*") if path.is_file() and path.stat().st_size] == []


@pytest.mark.parametrize(("name", "content"), MARKED)
def test_so_it_is_when_it_arrives_under_another_name(tmp_path: Path, name: str, content: bytes) -> None:
    arrived = tmp_path / "tep.bin"
    arrived.write_bytes(content)

    with pytest.raises(SecretRefused):
        intake.look_at(arrived, work=Work(seconds=60))


@pytest.mark.parametrize("header", ["", "TUYỆT MẬT"])
def test_a_marked_text_of_old_word_is_refused(var: Path, header: str) -> None:
    with pytest.raises(SecretRefused):
        _attach(office.doc("SỞ NỘI VỤ" if header else "MẬT", header), "a.doc")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.odt", office.odt("V/v bảo vệ bí mật", "Độ MẬT"), id="odt"),
        pytest.param("a.odt", office.odt("Kính gửi", deleted="MẬT"), id="odt, deleted"),
        pytest.param(
            "a.odt", office.odt("Trang một<text:soft-page-break/>", "MẬT"), id="odt, on the second page"
        ),
        pytest.param("a.rtf", office.rtf("V/v bảo vệ bí mật", "Độ MẬT"), id="rtf"),
        pytest.param("a.ods", office.ods(["Kính gửi"], ["MẬT"]), id="ods, on the second sheet"),
        pytest.param("a.ods", office.ods([*_FAR_DOWN, "MẬT"]), id="ods, far down a list"),
        pytest.param("a.xlsx", office.xlsx(["Độ MẬT"], ["MẬT"]), id="xlsx, on the second sheet"),
        pytest.param("a.xlsx", office.xlsx([*_FAR_DOWN, "MẬT"]), id="xlsx, far down a list"),
        pytest.param("a.xls", office.xls("Độ MẬT"), id="xls"),
        pytest.param("a.doc", office.doc("Độ MẬT của văn bản"), id="doc"),
        pytest.param("a.txt", "Độ MẬT\n".encode(), id="txt"),
    ],
)
def test_one_that_only_speaks_of_secrecy_is_taken(name: str, content: bytes) -> None:
    _attach(content, name)


def test_old_word_that_cannot_be_read_is_refused_and_says_what_to_do(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vanthu.documents.conversion._ALLOWANCE", ["--fsize=1000"])

    with pytest.raises(FileRefused, match="Hãy lưu lại ở dạng docx, xlsx hoặc PDF"):
        _attach(office.doc("Kính gửi"), "a.doc")

    assert [path for path in var.rglob("*") if path.is_file() and path.stat().st_size] == []


@pytest.mark.parametrize("content", DAMAGED_SHEETS)
def test_a_sheet_of_old_excel_that_cannot_be_read_is_refused_and_says_what_to_do(
    var: Path, content: bytes
) -> None:
    with pytest.raises(FileRefused, match=r"Không đọc được tệp «a\.xls».*Hãy lưu lại"):
        _attach(content, "a.xls")

    assert [path for path in var.rglob("*") if path.is_file() and path.stat().st_size] == []


@pytest.mark.parametrize("content", DAMAGED_SHEETS)
def test_so_damaged_it_may_arrive(tmp_path: Path, content: bytes) -> None:
    """Damage is no mark, and must not keep the packet from those it is for."""
    arrived = tmp_path / "a.xls"
    arrived.write_bytes(content)

    intake.look_at(arrived, work=Work(seconds=60))


def test_a_mark_before_the_damage_is_a_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_stream: bytes) -> Iterator[str]:
        raise OverflowError

    monkeypatch.setattr("vanthu.reading.excel._old_margins", fail)
    arrived = tmp_path / "a.xls"
    arrived.write_bytes(office.xls("MẬT"))

    with pytest.raises(SecretRefused):
        intake.look_at(arrived, work=Work(seconds=60))


@settings(max_examples=60, deadline=None)
@given(where=st.integers(8, 1800), what=st.integers(0, 255))
def test_whatever_byte_of_an_old_sheet_is_another_it_arrives(where: int, what: int) -> None:
    content = bytearray(office.xls("SỞ NỘI VỤ", header="Trang"))
    content[where] = what
    with tempfile.NamedTemporaryFile(suffix=".xls") as arrived:
        arrived.write(content)
        arrived.flush()

        intake.look_at(Path(arrived.name), work=Work(seconds=60))


def test_what_arrives_and_cannot_be_read_shows_nobody_its_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vanthu.documents.conversion._ALLOWANCE", ["--fsize=1000"])
    damaged = [
        office.doc("MẬT"),
        office.odt("MẬT")[:-30],
        office.xls("MẬT")[:700],
        office.xlsx(["MẬT"])[:-30],
        b"{\\rtf1",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"PK\3\4",
        b"\xff\xfe\0",
        papers.png(),
    ]
    for number, content in enumerate(damaged):
        arrived = tmp_path / str(number)
        arrived.write_bytes(content)
        intake.look_at(arrived, work=Work(seconds=60))


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    """A billion laughs would take all memory; an outer entity would read a file of the server."""
    content = (
        '<!DOCTYPE x [<!ENTITY a "MẬT"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c SYSTEM "file:///etc/hostname">]>'
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><text:p>&a;</text:p><text:p>&c;</text:p>'
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.text"
    arrived = tmp_path / "a.odt"
    arrived.write_bytes(papers.zipped({"mimetype": kind, "content.xml": content}))

    assert "".join(open_document.text_lines(arrived, paragraphs=9)) == ""


@pytest.mark.parametrize("part", ["content.xml", "xl/worksheets/sheet1.xml"])
def test_no_more_is_read_of_a_part_than_a_first_page_takes(tmp_path: Path, part: str) -> None:
    """Hundreds of megabytes of nothing before the mark, as a packet may bring them."""
    tag = "text:p" if part == "content.xml" else "t"
    arrived = tmp_path / "a"
    arrived.write_bytes(
        papers.zipped(
            {
                "mimetype": "application/vnd.oasis.opendocument.text",
                part: f"<a xmlns:text='t'>{' ' * 40_000_000}<{tag}>MẬT</{tag}></a>",
                **({} if part == "content.xml" else {"xl/workbook.xml": "<a/>"}),
            }
        )
    )

    intake.look_at(arrived, work=Work(seconds=60))


@pytest.mark.parametrize("name", ["a.rtf", "a.odt"])
def test_nothing_a_text_links_to_is_fetched(name: str) -> None:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def handle(self) -> None:
            """Whatever it is asked."""
            asked.append("asked")

    with HTTPServer(("127.0.0.1", 0), Handler) as inner:
        thread = threading.Thread(target=inner.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{inner.server_port}/x.png"
        linked = {
            "a.rtf": office.rtf("Kính gửi").replace(
                b"\\par ", b'{\\field{\\*\\fldinst INCLUDEPICTURE "%s" \\\\d}}\\par ' % address.encode()
            ),
            "a.odt": office.odt(
                '<draw:frame><draw:image xmlns:xlink="http://www.w3.org/1999/xlink" '
                f'xlink:href="{address}"/></draw:frame>'
            ),
        }
        _attach(linked[name], name)
        inner.shutdown()
        thread.join()

    assert asked == []
