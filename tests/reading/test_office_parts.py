"""A part of a Word file is read however it begins, or the file is refused: none passes for no text."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from lxml import etree

from tests.documents import papers
from tests.documents.word_files import WORD, deleted, docx, p, r, with_part
from vanthu.reading.noted import Kind, Notes, OfficeUnread
from vanthu.reading.word_settling import settle_word


def _settled(folder: Path, data: bytes) -> Notes:
    (folder / "a.docx").write_bytes(data)
    return settle_word(folder / "a.docx", folder / "b.docx", accept=True)


def _said(folder: Path, part: str) -> str:
    with zipfile.ZipFile(folder / "b.docx") as archive:
        root = etree.fromstring(archive.read(part))
    return "".join(each.text or "" for each in root.iter(f"{{{WORD}}}t"))


_FOOTER = f'<w:ftr xmlns:w="{WORD}">{p(r("chân "), deleted("bỏ"), r("ẩn", "<w:vanish/>"))}</w:ftr>'
_DECLARED = '<?xml version="1.0" encoding="{}"?>'


class TestAPartIsReadHoweverItBegins:
    @pytest.mark.parametrize(
        "footer",
        [
            pytest.param(b"     " + _FOOTER.encode(), id="five blanks"),
            pytest.param(b"\r\n\t " * 50_000 + _FOOTER.encode(), id="blanks without end"),
            pytest.param(b"\xef\xbb\xbf" + _FOOTER.encode(), id="a mark of order"),
            pytest.param(b"\xef\xbb\xbf   " + _FOOTER.encode(), id="a mark and blanks"),
            pytest.param(_FOOTER.encode("utf-16"), id="UTF-16"),
            pytest.param(("     " + _FOOTER).encode("utf-16"), id="UTF-16 and blanks"),
            pytest.param((_DECLARED.format("UTF-16") + _FOOTER).encode("utf-16-be"), id="UTF-16 big end"),
            pytest.param((_DECLARED.format("UTF-32") + _FOOTER).encode("utf-32-be"), id="UTF-32"),
            pytest.param(b"<!-- a --> <!-- b -->\n" + _FOOTER.encode(), id="comments"),
            pytest.param(b"<?a b?>" + _FOOTER.encode(), id="an instruction"),
        ],
    )
    def test_and_settled(self, tmp_path: Path, footer: bytes) -> None:
        data = with_part(docx(p(r("x")), footer1="x"), "word/footer1.xml", footer)
        notes = _settled(tmp_path, data)

        assert _said(tmp_path, "word/footer1.xml") == "chân "
        assert [(each.kind, each.where[:10]) for each in notes.named] == [
            (Kind.CHANGE, "chân trang"),
            (Kind.HIDDEN, "chân trang"),
        ]

    @pytest.mark.parametrize(
        "footer",
        [
            pytest.param(b"", id="nothing"),
            pytest.param(b"a" + _FOOTER.encode(), id="a letter before it"),
            pytest.param(b"  " + _DECLARED.format("UTF-8").encode() + _FOOTER.encode(), id="no place for it"),
            pytest.param(_FOOTER.encode()[:-3], id="cut off"),
            pytest.param(_FOOTER.encode("utf-16")[4:], id="half letters"),
            pytest.param(_FOOTER.encode().replace(b"ch", b"\xff\xfe"), id="no letters"),
        ],
    )
    def test_or_the_file_is_refused_with_what_to_do(self, tmp_path: Path, footer: bytes) -> None:
        data = with_part(docx(p(r("x")), footer1="x"), "word/footer1.xml", footer)

        with pytest.raises(OfficeUnread, match="lưu lại ở dạng docx"):
            _settled(tmp_path, data)

    @pytest.mark.parametrize("footer", [b"     " + _FOOTER.encode(), ("  " + _FOOTER).encode("utf-16")])
    def test_also_under_the_name_and_the_type_of_a_picture(self, tmp_path: Path, footer: bytes) -> None:
        parts = papers.docx_parts(p(r("x")))
        parts["word/_rels/document.xml.rels"] = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="f" Target="media/a.png" Type="http://schemas.openxmlformats.org/'
            'officeDocument/2006/relationships/footer"/></Relationships>'
        )
        data = with_part(papers.zipped(parts | {"word/media/a.png": ""}), "word/media/a.png", footer)
        notes = _settled(tmp_path, data)

        assert _said(tmp_path, "word/media/a.png") == "chân "
        assert notes.counts == {Kind.CHANGE: 1, Kind.HIDDEN: 1}

    def test_a_type_makes_xml_of_any_name(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
            for name, text in papers.docx_parts(p(r("x"))).items():
                override = '<Override PartName="/word/Chan" ContentType="application/a+xml"/></Types>'
                archive.writestr(name, text.replace("</Types>", override))
            archive.writestr("word/chan", b"\x89PNG")
        data = (tmp_path / "a.docx").read_bytes()

        with pytest.raises(OfficeUnread, match="Hãy"):
            _settled(tmp_path, data)

    def test_a_picture_stays_as_it_is(self, tmp_path: Path) -> None:
        data = with_part(
            papers.zipped(papers.docx_parts(p(r("x"))) | {"word/media/a.png": ""}),
            "word/media/a.png",
            papers.png(),
        )
        _settled(tmp_path, data)

        with zipfile.ZipFile(tmp_path / "b.docx") as archive:
            assert archive.read("word/media/a.png") == papers.png()
