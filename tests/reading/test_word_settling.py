"""Word texts settled: nothing is left of what was not chosen, and fields say what their author saw."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.documents import papers
from tests.documents.word_files import (
    WORD,
    comment,
    commented,
    deleted,
    docx,
    former,
    inserted,
    mark,
    p,
    r,
)
from tests.reading.settled import W, root_of, settled
from vanthu.reading.noted import NAMED, Kind, OfficeUnread
from vanthu.reading.word_settling import settle_word

_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"


def _table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def _row(text: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr><w:tc>{p(r(text))}</w:tc></w:tr>"


class TestTrackedChanges:
    @pytest.mark.parametrize(
        ("body", "accepted", "rejected"),
        [
            pytest.param(
                p(r("Giao "), deleted("ông A"), inserted(r("ông B"))),
                ["Giao ông B"],
                ["Giao ông A"],
                id="text in the place of text",
            ),
            pytest.param(
                p(inserted(r("mới "), deleted("bỏ")), r("cũ")),
                ["mới cũ"],
                ["cũ"],
                id="taken out of what was added",
            ),
            pytest.param(
                p(r("Một "), properties=mark("del")) + p(r("hai")),
                ["Một hai"],
                ["Một ", "hai"],
                id="an end taken out",
            ),
            pytest.param(
                p(r("Một "), properties=mark("ins")) + p(r("hai")),
                ["Một ", "hai"],
                ["Một hai"],
                id="an end added",
            ),
            pytest.param(
                p(r("a"), properties=mark("del")) + p(r("b"), properties=mark("del")) + p(r("c")),
                ["abc"],
                ["a", "b", "c"],
                id="two ends in a row",
            ),
            pytest.param(
                p(r("trên")) + p(deleted("cả đoạn"), properties=mark("del")) + p(r("dưới")),
                ["trên", "dưới"],
                ["trên", "cả đoạn", "dưới"],
                id="a paragraph",
            ),
            pytest.param(
                p(f'<w:moveFrom w:id="1">{r("chuyển")}</w:moveFrom>', r(" giữa "))
                + p(f'<w:moveToRangeStart w:id="2"/><w:moveTo w:id="1">{r("chuyển")}</w:moveTo>'),
                [" giữa ", "chuyển"],
                ["chuyển giữa ", ""],
                id="text moved",
            ),
            pytest.param(
                _table(_row("giữ"), _row("bỏ", '<w:del w:id="1"/>'), _row("thêm", '<w:ins w:id="2"/>')),
                ["giữ", "thêm"],
                ["giữ", "bỏ"],
                id="rows",
            ),
            pytest.param(
                p(r("trên")) + _table(_row("bỏ", '<w:del w:id="1"/>')),
                ["trên"],
                ["trên", "bỏ"],
                id="a whole table",
            ),
        ],
    )
    def test_are_settled_as_chosen_and_none_is_left(
        self, tmp_path: Path, body: str, accepted: list[str], rejected: list[str]
    ) -> None:
        for accept, expected in ((True, accepted), (False, rejected)):
            notes, paragraphs = settled(tmp_path, docx(body), accept=accept)

            assert paragraphs == expected
            assert notes.counts[Kind.CHANGE] > 0
            left = settle_word(tmp_path / "b.docx", tmp_path / "c.docx", accept=None)
            assert left.counts[Kind.CHANGE] == 0

    @pytest.mark.parametrize(("accept", "size"), [(True, "32"), (False, "20")])
    def test_of_format_keep_the_chosen_one(self, tmp_path: Path, accept: bool, size: str) -> None:
        changed = former("rPr", '<w:sz w:val="32"/>', '<w:sz w:val="20"/>')
        settled(tmp_path, docx(p(r("chữ", changed))), accept=accept)

        root = root_of(tmp_path / "b.docx")

        assert [each.get(f"{W}val") for each in root.iter(f"{W}sz")] == [size]
        assert not list(root.iter(f"{W}rPrChange"))

    def test_of_a_section_keep_its_headers(self, tmp_path: Path) -> None:
        section = (
            '<w:sectPr><w:headerReference w:id="h"/><w:pgSz w:w="1"/>'
            '<w:sectPrChange w:id="1"><w:sectPr><w:pgSz w:w="2"/></w:sectPr></w:sectPrChange></w:sectPr>'
        )
        settled(tmp_path, docx(p(r("x")) + section), accept=False)

        names = [each.tag.removeprefix(W) for each in next(root_of(tmp_path / "b.docx").iter(f"{W}sectPr"))]

        assert names == ["headerReference", "pgSz"]

    def test_are_told_with_the_words_around_them(self, tmp_path: Path) -> None:
        body = p(r("Giao "), deleted("ông A"), inserted(r("ông B")), r(" thực hiện"))
        notes, _ = settled(tmp_path, docx(body, header1=p(inserted(r("KHẨN")))))

        assert [(each.text, each.where) for each in notes.named] == [
            ("xóa «ông A»", "đoạn «Giao ông Aông B thực hiện»"),
            ("thêm «ông B»", "đoạn «Giao ông Aông B thực hiện»"),
            ("thêm «KHẨN»", "đầu trang, đoạn «KHẨN»"),
        ]

    def test_that_nobody_has_settled_leave_no_file(self, tmp_path: Path) -> None:
        source = tmp_path / "a.docx"
        source.write_bytes(docx(p(deleted("x"))))

        assert settle_word(source, tmp_path / "b.docx", accept=None).counts[Kind.CHANGE] == 1
        assert not (tmp_path / "b.docx").exists()

    def test_are_counted_where_they_are_too_many_to_be_named(self, tmp_path: Path) -> None:
        notes, _ = settled(tmp_path, docx(p(inserted(r("x"))) * (NAMED + 5)))

        assert (notes.counts[Kind.CHANGE], len(notes.named)) == (NAMED + 5, NAMED)

    def test_of_the_strict_edition_are_settled_too(self, tmp_path: Path) -> None:
        parts = papers.docx_parts(p(r("Giao "), deleted("ông A"), inserted(r("ông B"))))
        parts = {name: text.replace(WORD, _STRICT) for name, text in parts.items()}
        (tmp_path / "a.docx").write_bytes(papers.zipped(parts))

        settle_word(tmp_path / "a.docx", tmp_path / "b.docx", accept=True)

        text = "".join(each.text or "" for each in root_of(tmp_path / "b.docx").iter(f"{{{_STRICT}}}t"))
        assert text == "Giao ông B"

    def test_of_cells_are_for_word_alone(self, tmp_path: Path) -> None:
        cell = f'<w:tbl><w:tr><w:tc><w:tcPr><w:cellIns w:id="1"/></w:tcPr>{p(r("x"))}</w:tc></w:tr></w:tbl>'

        with pytest.raises(OfficeUnread, match="về ô"):
            settled(tmp_path, docx(cell))

    @given(
        pieces=st.lists(
            st.tuples(st.sampled_from(["kept", "ins", "del"]), st.text("ab", min_size=1, max_size=3)),
            max_size=8,
        )
    )
    def test_leave_exactly_one_of_the_two_texts(
        self, tmp_path_factory: pytest.TempPathFactory, pieces: list[tuple[str, str]]
    ) -> None:
        made = {"kept": r, "ins": lambda text: inserted(r(text)), "del": deleted}
        body = p(*(made[kind](text) for kind, text in pieces))
        new = "".join(text for kind, text in pieces if kind != "del")
        old = "".join(text for kind, text in pieces if kind != "ins")
        folder = tmp_path_factory.mktemp("either")

        assert settled(folder, docx(body), accept=True)[1] == [new]
        assert settled(folder, docx(body), accept=False)[1] == [old]


class TestWhatNobodySees:
    @pytest.mark.parametrize(
        ("properties", "styles"),
        [
            pytest.param("<w:vanish/>", "", id="by itself"),
            pytest.param(
                '<w:rStyle w:val="An"/>',
                '<w:style w:type="character" w:styleId="An"><w:rPr><w:vanish/></w:rPr></w:style>',
                id="by its style",
            ),
            pytest.param(
                '<w:rStyle w:val="Con"/>',
                '<w:style w:type="character" w:styleId="Con"><w:basedOn w:val="An"/></w:style>'
                '<w:style w:type="character" w:styleId="An"><w:rPr>'
                '<w:vanish w:val="true"/></w:rPr></w:style>',
                id="by the style under its style",
            ),
        ],
    )
    def test_hidden_text_is_told_and_left_out(self, tmp_path: Path, properties: str, styles: str) -> None:
        data = docx(p(r("Thấy "), r("ẩn", properties)), styles=styles)
        notes, paragraphs = settled(tmp_path, data)

        assert paragraphs == ["Thấy "]
        assert [(each.kind, each.text) for each in notes.named] == [(Kind.HIDDEN, "«ẩn»")]

    @pytest.mark.parametrize("properties", ['<w:vanish w:val="0"/>', "<w:webHidden/>"])
    def test_text_that_is_printed_is_not_hidden(self, tmp_path: Path, properties: str) -> None:
        notes, paragraphs = settled(tmp_path, docx(p(r("thấy", properties))))

        assert (paragraphs, notes.named) == (["thấy"], [])

    def test_comments_are_told_and_left_out(self, tmp_path: Path) -> None:
        data = docx(p(r("Mức "), commented("10 triệu")), comments=comment("Hỏi lại kế toán"))
        notes, paragraphs = settled(tmp_path, data)

        assert paragraphs == ["Mức 10 triệu"]
        assert [(each.kind, each.text, each.where) for each in notes.named] == [
            (Kind.COMMENT, "Lê Thị Bình: «Hỏi lại kế toán»", "đoạn «Mức 10 triệu»")
        ]
        assert not list(root_of(tmp_path / "b.docx").iter(f"{W}commentReference"))

    def test_an_honest_text_has_nothing_to_tell(self, tmp_path: Path) -> None:
        notes, paragraphs = settled(tmp_path, papers.docx("Kính gửi", "Nội dung"), accept=None)

        assert (paragraphs, notes.named) == (["Kính gửi", "Nội dung"], [])


class TestWhatIsNotUnderstood:
    @pytest.mark.parametrize(
        "parts",
        [
            pytest.param({"word/document.xml": "<"}, id="no text"),
            pytest.param({"a.txt": "x"}, id="nothing of Word's"),
            pytest.param(
                {"word/document.xml": f'<!DOCTYPE a [<!ENTITY b "c">]><w:document xmlns:w="{WORD}"/>'},
                id="entities",
            ),
            pytest.param({"word/document.xml": f'<w:document xmlns:w="{WORD}"><w:p>'}, id="half a text"),
            pytest.param(
                {"word/document.xml": f'<w:document xmlns:w="{WORD}"/>', "Word/Document.xml": "<a/>"},
                id="two of a name",
            ),
            pytest.param(
                {"word/document.xml": f'<w:document xmlns:w="{WORD}"><w:altChunk/></w:document>'},
                id="a file inside",
            ),
            pytest.param(
                {"word/document.xml": f'<w:document xmlns:w="{WORD}">' + "<w:tbl>" * 400},
                id="tables in tables",
            ),
        ],
    )
    def test_is_not_converted(self, tmp_path: Path, parts: dict[str, str]) -> None:
        source = tmp_path / "a.docx"
        source.write_bytes(papers.zipped(parts))

        with pytest.raises(OfficeUnread, match="Hãy"):
            settle_word(source, tmp_path / "b.docx", accept=True)
        assert not (tmp_path / "b.docx").exists()

    def test_is_no_picture_of_another_program(self, tmp_path: Path) -> None:
        drawing = '<!DOCTYPE svg PUBLIC "a" "b"><svg xmlns="http://www.w3.org/2000/svg"/>'
        parts = papers.docx_parts(p(r("x"))) | {"word/media/a.svg": drawing, "word/media/b.svg": "<svg"}
        (tmp_path / "a.docx").write_bytes(papers.zipped(parts))

        settle_word(tmp_path / "a.docx", tmp_path / "b.docx", accept=True)

        with zipfile.ZipFile(tmp_path / "b.docx") as archive:
            assert archive.read("word/media/a.svg").decode() == drawing


def test_an_end_of_a_paragraph_joins_nothing_over_what_stands_between(tmp_path: Path) -> None:
    between = f'<w:customXml w:element="x">{p(r("GIUA"))}</w:customXml>'
    _, paragraphs = settled(tmp_path, docx(p(r("DAU"), properties=mark("del")) + between + p(r("CUOI"))))

    assert paragraphs == ["DAU", "GIUA", "CUOI"]


def test_a_picture_that_lies_elsewhere_is_refused_and_one_with_a_copy_is_not(tmp_path: Path) -> None:
    """Nothing is fetched from outside, so the page would lack what its author saw."""
    spaces = (
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    )
    with pytest.raises(OfficeUnread, match="ảnh nằm ngoài tệp"):
        settled(tmp_path, docx(p(f'<w:r><w:drawing><a:blip {spaces} r:link="p9"/></w:drawing></w:r>')))

    settled(
        tmp_path, docx(p(f'<w:r><w:drawing><a:blip {spaces} r:link="p9" r:embed="p8"/></w:drawing></w:r>'))
    )
