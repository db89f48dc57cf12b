"""Hidden text of a Word file is what Word hides: told and taken out; what Word shows is printed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from lxml import etree

from tests.documents import papers
from tests.documents.word_files import WORD, deleted, docx, inserted, p, r
from vanthu.reading.noted import Kind, Notes, OfficeUnread
from vanthu.reading.word_settling import settle_word

_W = f"{{{WORD}}}"
_PARAGRAPH = '<w:pStyle w:val="An"/>'
_HIDDEN, _SHOWN = "<w:vanish/>", '<w:vanish w:val="0"/>'


def _style(name: str, kind: str, properties: str = _HIDDEN, *, more: str = "", usual: bool = False) -> str:
    default = ' w:default="1"' if usual else ""
    return f'<w:style w:type="{kind}" w:styleId="{name}"{default}>{more}<w:rPr>{properties}</w:rPr></w:style>'


def _settled(folder: Path, data: bytes, *, accept: bool | None = True) -> Notes:
    (folder / "a.docx").write_bytes(data)
    (folder / "b.docx").unlink(missing_ok=True)
    return settle_word(folder / "a.docx", folder / "b.docx", accept=accept)


def _root(folder: Path, part: str = "word/document.xml") -> etree._Element:
    with zipfile.ZipFile(folder / "b.docx") as archive:
        return etree.fromstring(archive.read(part))


def _said(folder: Path, part: str = "word/document.xml") -> str:
    return "".join(each.text or "" for each in _root(folder, part).iter(f"{_W}t"))


class TestStyles:
    @pytest.mark.parametrize(
        ("styles", "paragraph", "run", "is_hidden"),
        [
            pytest.param(_style("An", "paragraph"), _PARAGRAPH, "", True, id="of the paragraph"),
            pytest.param(_style("An", "character"), "", '<w:rStyle w:val="An"/>', True, id="of the letters"),
            pytest.param(_style("An", "paragraph", usual=True), "", "", True, id="the usual one"),
            pytest.param(
                _style("An", "paragraph", usual=True), '<w:pStyle w:val="Lạ"/>', "", True, id="one not there"
            ),
            pytest.param(
                _style("An", "paragraph") + _style("Chu", "character"),
                _PARAGRAPH,
                '<w:rStyle w:val="Chu"/>',
                False,
                id="both, which is neither",
            ),
            pytest.param(
                _style("An", "paragraph") + _style("Chu", "character", _SHOWN),
                _PARAGRAPH,
                '<w:rStyle w:val="Chu"/>',
                True,
                id="one of them",
            ),
            pytest.param(_style("An", "paragraph"), _PARAGRAPH, _SHOWN, False, id="and the run says no"),
            pytest.param(
                _style("An", "paragraph", _SHOWN, more='<w:basedOn w:val="Goc"/>')
                + _style("Goc", "paragraph"),
                _PARAGRAPH,
                "",
                False,
                id="of a style that says no to the one it is based on",
            ),
        ],
    )
    def test_hide_what_word_hides(
        self, tmp_path: Path, styles: str, paragraph: str, run: str, is_hidden: bool
    ) -> None:
        body = p(r("thấy", _SHOWN)) + p(r("ẩn", run), properties=paragraph)
        notes = _settled(tmp_path, docx(body, styles=styles))

        assert _said(tmp_path) == ("thấy" if is_hidden else "thấyẩn")
        assert [each.text for each in notes.named] == (["«ẩn»"] if is_hidden else [])

    def test_leave_what_word_shows_for_every_program_to_show(self, tmp_path: Path) -> None:
        styles = _style("An", "paragraph") + _style("Chu", "character")
        _settled(
            tmp_path,
            docx(p(r("thấy", '<w:rStyle w:val="Chu"/><w:b/>'), properties=_PARAGRAPH), styles=styles),
        )

        (properties,) = _root(tmp_path).iter(f"{_W}rPr")

        assert [each.tag.removeprefix(_W) for each in properties] == ["rStyle", "b", "vanish"]
        assert properties[-1].get(f"{_W}val") == "0"

    @pytest.mark.parametrize(
        ("styles", "body"),
        [
            pytest.param(
                f"<w:docDefaults><w:rPrDefault><w:rPr>{_HIDDEN}</w:rPr></w:rPrDefault></w:docDefaults>",
                p(r("x")),
                id="the defaults",
            ),
            pytest.param(
                _style("Bang", "table"),
                f'<w:tbl><w:tblPr><w:tblStyle w:val="Bang"/></w:tblPr><w:tr><w:tc>{p(r("x"))}</w:tc></w:tr>'
                "</w:tbl>",
                id="of a table",
            ),
            pytest.param(
                _style(
                    "Bang",
                    "table",
                    "",
                    more=f'<w:tblStylePr w:type="firstRow"><w:rPr>{_HIDDEN}</w:rPr></w:tblStylePr>',
                    usual=True,
                ),
                f"<w:tbl><w:tr><w:tc>{p(r('x'))}</w:tc></w:tr></w:tbl>",
                id="of the first row of every table",
            ),
            pytest.param(
                _style("An", "character"), p(r("x"), properties=_PARAGRAPH), id="of letters, on a paragraph"
            ),
            pytest.param(
                _style("An", "paragraph") + _style("An", "character", ""),
                p(r("x"), properties=_PARAGRAPH),
                id="two of a name",
            ),
            pytest.param(
                _style("An", "paragraph")
                + _style("A", "paragraph", "", more='<w:basedOn w:val="B"/>')
                + _style("B", "paragraph", "", more='<w:basedOn w:val="A"/>'),
                p(r("x")),
                id="in a circle",
            ),
            pytest.param("", p(r("x", "<w:specVanish/>")), id="that only Word knows"),
            pytest.param(
                "",
                '<w:p><m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:r>'
                f"<w:rPr>{_HIDDEN}</w:rPr><m:t>x</m:t></m:r></m:oMath></w:p>",
                id="of a formula",
            ),
            pytest.param(
                "",
                '<w:p><w:r><w:drawing><d:inline xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/'
                f'wordprocessingDrawing"><d:docPr hidden="1"/><w:txbxContent>{p(r("x"))}</w:txbxContent>'
                "</d:inline></w:drawing></w:r></w:p>",
                id="of a drawing",
            ),
            pytest.param(
                "",
                '<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" style="display:none">'
                f"<v:textbox><w:txbxContent>{p(r('x'))}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
                "</w:p>",
                id="of an old drawing",
            ),
        ],
    )
    def test_that_programs_take_differently_are_for_word_alone(
        self, tmp_path: Path, styles: str, body: str
    ) -> None:
        with pytest.raises(OfficeUnread, match=r"chữ ẩn đặt bằng .* lưu lại rồi chọn lại tệp"):
            _settled(tmp_path, docx(body, styles=styles))

    def test_of_tables_nobody_uses_stand_in_nobodys_way(self, tmp_path: Path) -> None:
        _settled(tmp_path, docx(p(r("x")), styles=_style("Bang", "table")))

        assert _said(tmp_path) == "x"

    def test_are_those_the_text_refers_to(self, tmp_path: Path) -> None:
        parts = papers.docx_parts(p(r("thấy"), properties=_PARAGRAPH))
        parts["word/glossary/styles.xml"] = (
            f'<w:styles xmlns:w="{WORD}">{_style("An", "paragraph")}</w:styles>'
        )

        assert _settled(tmp_path, papers.zipped(parts)).named == []
        assert _said(tmp_path) == "thấy"

    def test_hide_the_numbers_of_lists(self, tmp_path: Path) -> None:
        level = f'<w:lvl><w:lvlText w:val="Mật %1."/><w:rPr>{_HIDDEN}</w:rPr></w:lvl>'
        numbering = f"<w:abstractNum>{level}</w:abstractNum>"
        notes = _settled(tmp_path, docx(p(r("x")), numbering=numbering))

        (said,) = _root(tmp_path, "word/numbering.xml").iter(f"{_W}lvlText")

        assert said.get(f"{_W}val") == ""
        assert [(each.kind, each.text) for each in notes.named] == [(Kind.HIDDEN, "«Mật %1.»")]


class TestChangesThatOnlyWordKnows:
    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(
                '<w:p><x:conflictDel xmlns:x="http://schemas.microsoft.com/office/word/2010/wordml">'
                f"{r('x')}</x:conflictDel></w:p>",
                id="of several people, taken out",
            ),
            pytest.param(
                '<w:p><x:conflictIns xmlns:x="http://schemas.microsoft.com/office/word/2010/wordml">'
                f"{r('x')}</x:conflictIns></w:p>",
                id="of several people, added",
            ),
            pytest.param(
                '<w:p><m:oMath xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><m:f><m:fPr>'
                '<m:ctrlPr><w:del w:id="1"/></m:ctrlPr></m:fPr></m:f></m:oMath></w:p>',
                id="of a fraction",
            ),
            pytest.param(p(r("x", '<w:del w:id="1"/>')), id="in the properties of letters"),
            pytest.param("<w:altChunk/>", id="a file inside"),
            pytest.param("<w:p><w:subDoc/></w:p>", id="a file beside"),
        ],
    )
    def test_are_refused_with_what_to_do(self, tmp_path: Path, body: str) -> None:
        with pytest.raises(OfficeUnread, match=r"Hãy .*lại tệp"):
            _settled(tmp_path, docx(body))


_BOXES = (
    '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    '<mc:Choice Requires="wps"><w:drawing><w:txbxContent>{}</w:txbxContent></w:drawing></mc:Choice>'
    "<mc:Fallback><w:pict><w:txbxContent>{}</w:txbxContent></w:pict></mc:Fallback>"
    "</mc:AlternateContent></w:r>"
)
_SECRET = p(r("rõ "), deleted("bỏ"), inserted(r("thêm")), r("ẩn", _HIDDEN))


class TestEveryPlaceOfText:
    """Deleted and hidden text is told once and left nowhere."""

    def test_a_text_box_and_what_stands_for_it(self, tmp_path: Path) -> None:
        notes = _settled(tmp_path, docx(p(_BOXES.format(_SECRET, _SECRET))))

        assert _said(tmp_path) == "rõ thêm" * 2
        assert notes.counts == {Kind.CHANGE: 2, Kind.HIDDEN: 1}
        assert b"settled-beside" not in etree.tostring(_root(tmp_path))

    @pytest.mark.parametrize("choice", [p(r("rõ")), ""])
    def test_what_stands_for_a_box_that_says_something_else_is_told(
        self, tmp_path: Path, choice: str
    ) -> None:
        data = docx(p(_BOXES.format(choice, _SECRET)))

        assert _settled(tmp_path, data).counts == {Kind.CHANGE: 2, Kind.HIDDEN: 1}
        assert _settled(tmp_path, data, accept=None).counts[Kind.CHANGE] == 2
        assert not (tmp_path / "b.docx").exists()

    def test_a_hidden_box(self, tmp_path: Path) -> None:
        box = _BOXES.format(p(r("trong khung")), "").replace("<w:r>", f"<w:r><w:rPr>{_HIDDEN}</w:rPr>", 1)
        notes = _settled(tmp_path, docx(p(box)))

        assert _said(tmp_path) == ""
        assert notes.counts == {Kind.HIDDEN: 1}

    def test_a_hidden_reference_to_a_note(self, tmp_path: Path) -> None:
        hidden = f'<w:r><w:rPr>{_HIDDEN}</w:rPr><w:footnoteReference w:id="1"/></w:r>'
        notes = _settled(
            tmp_path, docx(p(hidden), footnotes=f'<w:footnote w:id="1">{p(r("x"))}</w:footnote>')
        )

        assert not list(_root(tmp_path).iter(f"{_W}footnoteReference"))
        assert [each.kind for each in notes.named] == [Kind.HIDDEN]

    @pytest.mark.parametrize(
        ("part", "holder", "place"),
        [
            ("header1", "{}", "đầu trang"),
            ("footer1", "{}", "chân trang"),
            ("footnotes", '<w:footnote w:id="1">{}</w:footnote>', "chú thích cuối trang"),
            ("endnotes", '<w:endnote w:id="1">{}</w:endnote>', "chú thích cuối văn bản"),
        ],
    )
    def test_headers_footers_and_notes(self, tmp_path: Path, part: str, holder: str, place: str) -> None:
        kind = {"footnotes": "footnoteReference", "endnotes": "endnoteReference"}.get(part, "")
        call = f'<w:r><w:{kind} w:id="1"/></w:r>' if kind else ""
        notes = _settled(tmp_path, docx(p(r("x"), call), **{part: holder.format(_SECRET)}))

        assert _said(tmp_path, f"word/{part}.xml") == "rõ thêm"
        assert notes.counts == {Kind.CHANGE: 2, Kind.HIDDEN: 1}
        assert all(each.where.startswith(place) for each in notes.named)

    def test_a_part_that_is_not_what_it_is_said_to_be(self, tmp_path: Path) -> None:
        parts = papers.docx_parts(p(r("x")))
        parts["word/_rels/document.xml.rels"] = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="f" Target="a.xml" Type="http://schemas.openxmlformats.org/'
            'officeDocument/2006/relationships/footer"/></Relationships>'
        )
        parts["word/a.xml"] = f'<w:settings xmlns:w="{WORD}">{_SECRET}</w:settings>'

        with pytest.raises(OfficeUnread, match="Hãy"):
            _settled(tmp_path, papers.zipped(parts))

    def test_the_building_blocks_are_no_text_of_the_page(self, tmp_path: Path) -> None:
        data = docx(p(r("x")), glossaryDocument=f"<w:docParts>{_SECRET}</w:docParts>")

        assert _settled(tmp_path, data).named == []
        assert _said(tmp_path) == "x"
