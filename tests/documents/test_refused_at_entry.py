"""What comes in with a password, or could not be signed later, is told as such, with what to do."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.documents import locked_files, office_files, papers
from tests.pdfsign import sheets
from vanthu.documents import intake
from vanthu.documents.intake import AcceptedDraft, FileRefused
from vanthu.kernel import blobs
from vanthu.room import files


def _draft(content: bytes, name: str) -> AcceptedDraft:
    return intake.accept_draft(io.BytesIO(content), name, limit=10**9)


def _files_in(var: Path) -> list[Path]:
    return [path for path in var.rglob("*") if path.is_file() and path.stat().st_size]


LOCKED = [
    pytest.param(papers.locked_pdf(), "a.pdf", id="a PDF that asks"),
    pytest.param(papers.locked_pdf(asks=False), "a.pdf", id="a PDF that does not ask"),
    pytest.param(locked_files.new_office(), "a.docx", id="docx"),
    pytest.param(locked_files.word_97(), "a.doc", id="doc"),
    pytest.param(locked_files.zipped(), "a.docx", id="parts of a docx"),
    pytest.param(locked_files.open_document(), "a.odt", id="odt"),
]
LOCKED_SHEETS = [
    pytest.param(locked_files.new_office(), "a.xlsx", id="xlsx"),
    pytest.param(locked_files.excel_97(), "a.xls", id="xls"),
    pytest.param(locked_files.open_document("sheet"), "a.ods", id="ods"),
]


class TestAFileWithAPassword:
    @pytest.mark.parametrize(("content", "name"), LOCKED)
    def test_is_told_as_such_when_it_is_a_draft(self, var: Path, content: bytes, name: str) -> None:
        with pytest.raises(FileRefused, match=r"được đặt mật khẩu.*bỏ mật khẩu"):
            _draft(content, name)

        assert _files_in(var) == []

    @pytest.mark.parametrize(("content", "name"), LOCKED + LOCKED_SHEETS)
    def test_is_told_as_such_when_it_is_attached(self, var: Path, content: bytes, name: str) -> None:
        with pytest.raises(FileRefused, match=r"được đặt mật khẩu.*bỏ mật khẩu"):
            intake.accept_attachment(io.BytesIO(content), name, limit=10**9)

        assert _files_in(var) == []

    @pytest.mark.parametrize(("content", "name"), LOCKED + LOCKED_SHEETS)
    def test_that_arrives_is_known_to_be_locked(self, tmp_path: Path, content: bytes, name: str) -> None:
        arrived = tmp_path / name
        arrived.write_bytes(content)

        assert intake.look_at(arrived, work=intake.Work(seconds=60)).is_locked

    @pytest.mark.parametrize(
        ("content", "name"),
        [
            pytest.param(papers.pdf(), "a.pdf", id="pdf"),
            pytest.param(papers.docx("x"), "a.docx", id="docx"),
            pytest.param(locked_files.open_word_97(), "a.doc", id="doc"),
            pytest.param(office_files.xls("x"), "a.xls", id="xls"),
            pytest.param(office_files.odt("x"), "a.odt", id="odt"),
            pytest.param(b"EncryptionInfo", "a.txt", id="its name in a text"),
        ],
    )
    def test_is_no_other(self, tmp_path: Path, content: bytes, name: str) -> None:
        path = tmp_path / name
        path.write_bytes(content)

        assert not files.survey(path).locked


class TestADraftThatCouldNotBeSigned:
    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            pytest.param(
                sheets.laid(papers.pdf(), MediaBox=None), "Trang 1 không ghi khổ giấy", id="no size"
            ),
            pytest.param(
                sheets.laid(papers.pdf(), MediaBox=(0, 0, 0, 0)), "Trang 1 có khổ giấy trống", id="empty"
            ),
            pytest.param(sheets.laid(papers.pdf(), Rotate=30), "Trang 1 bị xoay một góc", id="askew"),
        ],
    )
    def test_is_refused_with_the_reason_and_what_to_do(
        self, var: Path, content: bytes, sentence: str
    ) -> None:
        with pytest.raises(FileRefused, match=rf"{sentence}.*hãy mở tệp, in ra PDF"):
            _draft(content, "a.pdf")

        assert _files_in(var) == []

    def test_may_be_attached(self) -> None:
        content = sheets.laid(papers.pdf(), Rotate=30)

        assert intake.accept_attachment(io.BytesIO(content), "a.pdf", limit=10**9).page_count == 1

    def test_for_its_turned_pages_is_set_upright_and_told(self) -> None:
        draft = _draft(sheets.turned(90), "quet.pdf")

        assert draft.source is not None
        assert draft.source.blob.sha256 != draft.pdf.blob.sha256
        assert [group.sentence for group in draft.findings.groups] == [
            "1 trang PDF bị xoay đã được dựng thẳng để đặt số, chữ ký và dấu."
        ]
        with blobs.as_path(draft.pdf.blob.sha256) as pdf:
            assert sheets.seen_of(pdf) == [sheets.A4]
