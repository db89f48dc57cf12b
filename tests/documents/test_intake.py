"""What may enter, by its content and never by its name; what is refused leaves no byte behind."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import threading
import unicodedata
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.documents import office_files, papers
from tests.pdfsign import tampering
from tests.pdfsign.documents import typeset
from vanthu.documents import conversion, intake, marks
from vanthu.documents.conversion import ConversionFailed
from vanthu.documents.intake import AcceptedDraft, FileRefused, SecretRefused
from vanthu.documents.settling import Unsettled
from vanthu.kernel import blobs
from vanthu.kernel.blobs import EmptyFile, FileTooLarge
from vanthu.kernel.errors import DomainError
from vanthu.pdfsign import inspect
from vanthu.reading.first_page import pdf_lines

LIMIT = 5_000_000
MARKS = ["MẬT", "TỐI MẬT", "TUYỆT MẬT"]


def _draft(content: bytes, name: str, *, limit: int = LIMIT) -> AcceptedDraft:
    return intake.accept_draft(io.BytesIO(content), name, limit=limit)


def _files_in(var: Path) -> list[Path]:
    return [path for path in var.rglob("*") if path.is_file() and path.stat().st_size]


def _many_parts() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        for number in range(20_000):
            packed.writestr(f"word/{number}", b"")
    return content.getvalue()


class TestAcceptDraft:
    def test_takes_a_pdf_as_it_is(self) -> None:
        draft = _draft(papers.pdf(), "Công văn.pdf")

        assert draft.source is None
        assert (draft.pdf.name, draft.pdf.media_type, draft.pdf.page_count) == (
            "Công văn.pdf",
            "application/pdf",
            1,
        )
        with blobs.open_blob(draft.pdf.blob.sha256) as stored:
            assert stored.read() == papers.pdf()

    def test_writes_a_pdf_with_two_cross_references_afresh_before_anybody_sees_it(self) -> None:
        """Word writes such; what is looked at, approved and signed must be one and the same file."""
        word = tampering.as_word_writes(typeset())
        draft = _draft(word, "Công văn.pdf")

        with blobs.as_path(draft.pdf.blob.sha256) as kept:
            assert not inspect(kept).twofold
            assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in " ".join(pdf_lines(kept))
        assert hashlib.sha256(word).hexdigest() not in set(blobs.names())

    def test_makes_a_pdf_of_a_word_file_and_keeps_both(self) -> None:
        draft = _draft(papers.docx("Kính gửi: Ủy ban nhân dân các xã", "Sở Nội vụ đề nghị"), "Công văn.docx")

        assert draft.source is not None
        assert (draft.source.name, draft.pdf.name) == ("Công văn.docx", "Công văn.pdf")
        assert draft.pdf.page_count == 1
        with blobs.as_path(draft.pdf.blob.sha256) as pdf:
            assert pdf_lines(pdf) == ["Kính gửi: Ủy ban nhân dân các xã", "Sở Nội vụ đề nghị"]

    def test_makes_pdfs_of_two_word_files_at_once(self) -> None:
        with ThreadPoolExecutor(2) as officers:
            texts = ("Báo cáo quý I", "Báo cáo quý II")
            drafts = list(officers.map(lambda text: _draft(papers.docx(text), f"{text}.docx"), texts))

        found = []
        for draft in drafts:
            with blobs.as_path(draft.pdf.blob.sha256) as pdf:
                found.append(pdf_lines(pdf))
        assert found == [["Báo cáo quý I"], ["Báo cáo quý II"]]

    def test_fetches_nothing_a_word_file_links_to(self) -> None:
        """A picture at an address of the inner network, which only the server can reach."""
        asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def handle(self) -> None:
                """Whatever it is asked."""
                asked.append("asked")

            def log_message(self, format: str, *args: object) -> None:
                """Silence."""

        with HTTPServer(("127.0.0.1", 0), Handler) as inner:
            thread = threading.Thread(target=inner.serve_forever)
            thread.start()
            linked = papers.docx("Kính gửi", picture=f"http://127.0.0.1:{inner.server_port}/x.png")
            with pytest.raises(Unsettled, match="ảnh nằm ngoài tệp"):
                _draft(linked, "a.docx")
            inner.shutdown()
            thread.join()

        assert asked == []

    @pytest.mark.parametrize(
        ("content", "name", "sentence"),
        [
            pytest.param(papers.EXECUTABLE.read_bytes(), "a.pdf", "không phải PDF", id="a program named pdf"),
            pytest.param(papers.png(), "a.docx", "không phải Word", id="a picture named docx"),
            pytest.param(papers.zipped({"a.txt": "x"}), "a.docx", "không phải Word", id="a ZIP named docx"),
            pytest.param(papers.pdf(), "a.docx", "không phải Word", id="a PDF named docx"),
            pytest.param(papers.docx("x"), "a.pdf", "không phải PDF", id="a Word file named pdf"),
            pytest.param(papers.pdf(), "a.exe", "Dự thảo phải là tệp PDF hoặc Word", id="not a draft's name"),
            pytest.param(papers.png(), "a.png", "Dự thảo phải là tệp PDF hoặc Word", id="a picture"),
            pytest.param(papers.pdf(), "khong-duoi", "Dự thảo phải là tệp PDF hoặc Word", id="no extension"),
            pytest.param(papers.locked_pdf(), "a.pdf", "đặt mật khẩu", id="a PDF with a password"),
            pytest.param(papers.pdf()[:900], "a.pdf", "bị hỏng", id="half a PDF"),
            pytest.param(b"%PDF-1.7\n" + b"\0" * 3000, "a.pdf", "bị hỏng", id="a PDF of zeros"),
            pytest.param(
                papers.misnamed(), "a.docx", "không phải Word|bị hỏng", id="a part with a broken name"
            ),
            pytest.param(papers.docx("x")[:-40], "a.docx", "không phải Word|bị hỏng", id="a cut Word file"),
        ],
    )
    def test_refuses(self, var: Path, content: bytes, name: str, sentence: str) -> None:
        with pytest.raises(FileRefused, match=sentence):
            _draft(content, name)

        assert _files_in(var) == []

    def test_refuses_an_empty_file(self, var: Path) -> None:
        with pytest.raises(EmptyFile):
            _draft(b"", "a.pdf")

        assert _files_in(var) == []

    def test_refuses_one_byte_too_many_and_says_how_many_may_come(self, var: Path) -> None:
        content = papers.pdf()

        with pytest.raises(FileTooLarge, match="lớn hơn 0 MB"):
            _draft(content, "a.pdf", limit=len(content) - 1)

        assert _files_in(var) == []
        assert _draft(content, "a.pdf", limit=len(content)).pdf.blob.size == len(content)

    def test_refuses_a_signed_pdf(self, var: Path, signed_pdf: bytes) -> None:
        with pytest.raises(FileRefused, match="đã có chữ ký số"):
            _draft(signed_pdf, "a.pdf")

        assert _files_in(var) == []

    @pytest.mark.parametrize("mark", MARKS)
    def test_refuses_a_pdf_with_a_secrecy_mark(self, var: Path, mark: str) -> None:
        with pytest.raises(SecretRefused, match="bảo vệ bí mật nhà nước"):
            _draft(papers.marked_pdf(mark), "a.pdf")

        assert _files_in(var) == []

    @pytest.mark.parametrize("mark", MARKS)
    def test_refuses_a_word_file_with_a_secrecy_mark(self, var: Path, mark: str) -> None:
        with pytest.raises(SecretRefused):
            _draft(papers.docx("SỞ NỘI VỤ", unicodedata.normalize("NFD", mark), "V/v"), "a.docx")

        assert _files_in(var) == []

    def test_refuses_a_word_file_with_a_secrecy_mark_in_its_header(self, var: Path) -> None:
        with pytest.raises(SecretRefused):
            _draft(papers.docx("SỞ NỘI VỤ", header="TỐI MẬT"), "a.docx")

        assert _files_in(var) == []

    def test_takes_a_text_that_only_speaks_of_secrecy(self) -> None:
        draft = _draft(papers.docx("V/v tăng cường bảo vệ bí mật nhà nước", "Độ MẬT của văn bản"), "a.docx")

        assert draft.pdf.page_count == 1

    def test_refuses_a_word_file_that_unpacks_without_end(self, var: Path) -> None:
        with pytest.raises(FileRefused, match="giải nén quá lớn"):
            _draft(papers.bomb(), "a.docx")

        assert _files_in(var) == []

    def test_refuses_a_small_word_file_of_very_many_elements(self, var: Path) -> None:
        with pytest.raises(FileRefused, match="giải nén quá lớn"):
            _draft(papers.packed_elements(20_000_000), "a.docx")

        assert _files_in(var) == []

    def test_refuses_a_word_file_of_very_many_parts(self, var: Path) -> None:
        with pytest.raises(FileRefused, match="quá nhiều thành phần"):
            _draft(_many_parts(), "nhieu.docx")
        assert _files_in(var) == []

    def test_what_comes_from_elsewhere_with_very_many_parts_shows_nobody_a_mark(self, tmp_path: Path) -> None:
        path = tmp_path / "nhieu.docx"
        path.write_bytes(_many_parts())

        assert intake.look_at(path, work=intake.Work(seconds=60)).media_type == "application/octet-stream"
        assert intake.page_count_of(path) is None

    def test_gives_libreoffice_no_more_than_its_allowance(
        self, var: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(conversion, "_ALLOWANCE", ["--fsize=1000"])

        with pytest.raises(ConversionFailed):
            _draft(papers.docx("Kính gửi"), "a.docx")

        assert _files_in(var) == []

    def test_refuses_a_word_file_libreoffice_cannot_read(self, var: Path) -> None:
        broken = papers.zipped({"[Content_Types].xml": "<", "word/document.xml": "<"})

        with pytest.raises(Unsettled, match="Một thành phần của tệp bị hỏng"):
            _draft(broken, "a.docx")

        assert _files_in(var) == []

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("..\\..\\Windows\\a.pdf", "a.pdf"),
            ("/etc/../a.pdf", "a.pdf"),
            (unicodedata.normalize("NFD", "Công văn đề nghị.pdf"), "Công văn đề nghị.pdf"),
            ("Tờ   trình\t số\n 1.pdf", "Tờ trình số 1.pdf"),
            ("a\x00b\x07.pdf", "ab.pdf"),
            ("á" * 300 + ".pdf", "á" * 196 + ".pdf"),
            ("BÁO CÁO.PDF", "BÁO CÁO.PDF"),
        ],
    )
    def test_keeps_a_name_without_what_does_harm(self, given: str, kept: str) -> None:
        assert _draft(papers.pdf(), given).pdf.name == kept


class TestAcceptAttachment:
    @pytest.mark.parametrize(
        ("content", "name", "media_type"),
        [
            (papers.png(), "ảnh.png", "image/png"),
            ("Danh sách\n".encode(), "a.txt", "text/plain"),
            (papers.pdf(), "a.pdf", "application/pdf"),
        ],
    )
    def test_takes_what_may_be_exchanged(self, content: bytes, name: str, media_type: str) -> None:
        accepted = intake.accept_attachment(io.BytesIO(content), name, limit=LIMIT)

        assert (accepted.name, accepted.media_type) == (name, media_type)

    def test_takes_a_signed_pdf(self, signed_pdf: bytes) -> None:
        accepted = intake.accept_attachment(io.BytesIO(signed_pdf), "a.pdf", limit=LIMIT)

        assert accepted.page_count == 1

    @pytest.mark.parametrize(
        ("content", "name"),
        [
            pytest.param(papers.EXECUTABLE.read_bytes(), "a.exe", id="a program"),
            pytest.param(papers.EXECUTABLE.read_bytes(), "a.txt", id="a program named txt"),
            pytest.param(b"<html><script>1</script></html>", "a.png", id="a web page named png"),
            pytest.param(papers.zipped({"a": "b"}), "a.zip", id="a ZIP"),
            pytest.param(papers.zipped({"a": "b"}), "a.xlsx", id="a ZIP named xlsx"),
            pytest.param(b"x", "a." + "x" * 300, id="an extension without end"),
            pytest.param(b"x", "", id="no name"),
        ],
    )
    def test_refuses(self, var: Path, content: bytes, name: str) -> None:
        with pytest.raises(FileRefused):
            intake.accept_attachment(io.BytesIO(content), name, limit=LIMIT)

        assert _files_in(var) == []

    @pytest.mark.parametrize(("cell", "refused"), [("MẬT", True), ("Danh sách", False)])
    def test_reads_a_workbook_that_holds_a_word_text_as_a_workbook(
        self, var: Path, monkeypatch: pytest.MonkeyPatch, cell: str, refused: bool
    ) -> None:
        """LibreOffice, which may be long, is asked by no request, whatever a file names inside."""

        def long(*_: object, **__: object) -> Path:
            raise AssertionError("LibreOffice was asked")

        monkeypatch.setattr(marks, "convert_to_pdf", long)
        content = office_files.xls(cell) + "WordDocument\0".encode("utf-16-le")

        if refused:
            with pytest.raises(SecretRefused):
                intake.accept_attachment(io.BytesIO(content), "a.xls", limit=LIMIT)
        else:
            assert intake.accept_attachment(io.BytesIO(content), "a.xls", limit=LIMIT).name == "a.xls"

    def test_refuses_a_word_file_with_a_secrecy_mark(self, var: Path) -> None:
        with pytest.raises(SecretRefused):
            intake.accept_attachment(io.BytesIO(papers.docx("M Ậ T")), "a.docx", limit=LIMIT)

        assert _files_in(var) == []


class TestEveryFile:
    @given(
        content=st.binary(min_size=1, max_size=400),
        head=st.sampled_from([b"", b"%PDF-1.4\n", b"PK\x03\x04"]),
        name=st.sampled_from(["a.pdf", "a.xlsx", "a.docx", "a.png", "b"]),
    )
    def test_is_taken_or_refused_as_the_domain_refuses(self, content: bytes, head: bytes, name: str) -> None:
        with suppress(DomainError):
            intake.accept_attachment(io.BytesIO(head + content), name, limit=LIMIT)


def test_looking_for_a_mark_takes_no_memory_for_what_stands_before_it(tmp_path: Path) -> None:
    """Millions of elements in a few kilobytes, as a packet may bring them; measured in its own process."""
    word = tmp_path / "a.docx"
    word.write_bytes(papers.packed_elements(16_000_000))
    look = (
        "import resource, sys; from pathlib import Path; from vanthu.reading.word import lines_of\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "lines = list(lines_of(Path(sys.argv[1]), paragraphs=200))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, lines)"
    )
    said = subprocess.run([sys.executable, "-c", look, str(word)], capture_output=True, text=True, check=True)

    kilobytes, lines = said.stdout.split(maxsplit=1)
    assert int(kilobytes) < 30_000
    assert lines.strip() == "[]"


def test_two_threads_read_pdfs_at_once() -> None:
    """PDFium is not made for threads; ours wait for each other."""
    with ThreadPoolExecutor(8) as officers:
        drafts = list(officers.map(lambda _: _draft(papers.pdf(), "a.pdf"), range(24)))

    assert {draft.pdf.page_count for draft in drafts} == {1}
