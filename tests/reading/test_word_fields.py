"""Fields of a Word text say what their author saw; one that has no one value is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documents.word_files import docx, field, p, r
from tests.reading.settled import W, root_of, settled
from vanthu.reading.noted import Kind, OfficeUnread

_BEGIN, _SEPARATE, _END = (
    f'<w:r><w:fldChar w:fldCharType="{each}"/></w:r>' for each in ("begin", "separate", "end")
)


class TestFields:
    @pytest.mark.parametrize(
        ("body", "said"),
        [
            pytest.param(field("DATE \\@ dd/MM/yyyy", r("02/03/2020")), "02/03/2020", id="a day"),
            pytest.param(field("FILENAME \\p", r("C:\\VT\\a.docx")), "C:\\VT\\a.docx", id="a folder"),
            pytest.param(
                '<w:fldSimple w:instr=" AUTHOR ">' + r("Nguyễn A") + "</w:fldSimple>", "Nguyễn A", id="simple"
            ),
            pytest.param(
                field("REF a", r("Error! Reference source not found.")), "Error! Reference", id="a lost one"
            ),
            pytest.param(field("DATE"), "", id="without a value"),
            pytest.param(
                field("IF", r("hai"), field("TIME", r("10:00"))), "hai10:00", id="one in the value of another"
            ),
            pytest.param(
                f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>{r("IF ", tag="instrText")}'
                f"{field('DATE', r('bỏ'))}"
                f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{r("giữ")}'
                '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
                "giữ",
                id="one in the instruction of another",
            ),
        ],
    )
    def test_become_the_value_their_author_saw(self, tmp_path: Path, body: str, said: str) -> None:
        _, paragraphs = settled(tmp_path, docx(p(r("Ghi: "), body, r("."))))

        assert len(paragraphs) == 1
        assert paragraphs[0].startswith(f"Ghi: {said}")
        root = root_of(tmp_path / "b.docx")
        assert not [each for name in ("fldChar", "instrText", "fldSimple") for each in root.iter(W + name)]

    @pytest.mark.parametrize(
        ("body", "sentence"),
        [
            pytest.param(_BEGIN + r(" chữ thường"), "không có dấu kết thúc", id="one that never ends"),
            pytest.param(
                _BEGIN
                + r(" = ", tag="instrText")
                + field("PAGE", r("1"))
                + r(" + 4 ", tag="instrText")
                + _SEPARATE
                + r("5")
                + _END,
                "«=» tính theo PAGE",
                id="a sum with the page's number",
            ),
            pytest.param(
                _BEGIN
                + r(" IF ", tag="instrText")
                + _BEGIN
                + r(" = ", tag="instrText")
                + field("NUMPAGES", r("1"))
                + _SEPARATE
                + r("1")
                + _END
                + _SEPARATE
                + r("MOT")
                + _END,
                "tính theo NUMPAGES",
                id="one level further in",
            ),
            pytest.param(_BEGIN * 51 + _END * 51, "quá nhiều lớp", id="too many in one another"),
        ],
    )
    def test_without_one_value_are_refused(self, tmp_path: Path, body: str, sentence: str) -> None:
        """A value of one page printed on every page, or text swallowed by a field, is another text."""
        with pytest.raises(OfficeUnread, match=sentence):
            settled(tmp_path, docx(p(r("Ghi: "), body) + p(r("Sau."))))

    @pytest.mark.parametrize("kind", ["EQ \\f(1;2)", "SYMBOL 65", "LISTNUM", "AUTONUM"])
    def test_only_word_draws_are_refused(self, tmp_path: Path, kind: str) -> None:
        """The page would have a hole where Word's reader saw a fraction, a sign or a number."""
        with pytest.raises(OfficeUnread, match=f"{kind.split()[0]} mà chỉ Word vẽ được, ở đoạn «Tỉ lệ"):
            settled(tmp_path, docx(p(r("Tỉ lệ "), field(kind))))

    @pytest.mark.parametrize("kind", ["STYLEREF", "SECTIONPAGES", "SECTION"])
    def test_that_differ_from_page_to_page_are_refused_in_a_header_and_kept_in_the_text(
        self, tmp_path: Path, kind: str
    ) -> None:
        assert settled(tmp_path, docx(p(field(kind, r("3")))))[1] == ["3"]
        with pytest.raises(OfficeUnread, match=f"đầu trang.* {kind} "):
            settled(tmp_path, docx(p(r("x")), header1=p(field(kind, r("3")))))

    @pytest.mark.parametrize("kind", ["PAGE", "NUMPAGES", "FORMCHECKBOX"])
    def test_of_the_page_or_drawn_by_themselves_stay(self, tmp_path: Path, kind: str) -> None:
        settled(tmp_path, docx(p(r("x")), footer1=p(field(kind, r("1")))))

        assert len(list(root_of(tmp_path / "b.docx", "word/footer1.xml").iter(f"{W}fldChar"))) == 3

    def test_are_told_where_another_day_or_machine_would_change_them(self, tmp_path: Path) -> None:
        body = p(r("Ngày: "), field("DATE", r("02/03/2020")), field("SEQ a", r("1")))
        lost = p(r("Xem "), field("REF b", r("Error! Reference source not found.")))
        notes, _ = settled(tmp_path, docx(body + lost))

        assert [(each.kind, each.text, each.where) for each in notes.named] == [
            (Kind.FIELD, "DATE giữ «02/03/2020»", "đoạn «Ngày: 02/03/20201»"),
            (
                Kind.BROKEN,
                "tham chiếu hỏng, in ra là «Error! Reference source not found.»",
                "đoạn «Xem Error! Reference source not found.»",
            ),
        ]
