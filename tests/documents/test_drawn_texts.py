"""The PDF of a text says what its author saw in Word; what was found is told."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from tests.documents import office_files, papers
from tests.documents.word_files import comment, commented, deleted, docx, field, inserted, p, r
from vanthu.documents import intake
from vanthu.documents.conversion import TIME_LIMIT
from vanthu.documents.findings import Findings
from vanthu.documents.intake import AcceptedDraft
from vanthu.documents.settling import ChangesUndecided, Unsettled
from vanthu.documents.states import ChangesChoice, FindingKind
from vanthu.kernel import blobs
from vanthu.reading.first_page import pdf_lines

_HIDDEN = "<w:vanish/>"
_ODT_STYLES = "".join(
    f'<style:style style:name="{name}" style:family="{family}" style:parent-style-name="{parent}">{said}'
    "</style:style>"
    for name, family, parent, said in (
        ("X", "text", "", '<style:text-properties text:display="none"/>'),
        ("Con", "text", "X", ""),
        ("X", "paragraph", "", ""),
        ("An", "paragraph", "", '<style:text-properties text:display="none"/>'),
        ("Hien", "text", "", '<style:text-properties text:display="true"/>'),
        ("Tuy", "text", "", '<style:text-properties text:display="condition"/>'),
    )
)


def _draft(content: bytes, name: str = "a.docx", *, changes: ChangesChoice | None = None) -> AcceptedDraft:
    source = intake.accept_unconverted(io.BytesIO(content), name, limit=10**9)
    return intake.convert_draft(source, seconds=TIME_LIMIT, changes=changes)


def _said(draft: AcceptedDraft) -> str:
    with blobs.as_path(draft.pdf.blob.sha256) as pdf:
        return "\n".join(pdf_lines(pdf))


def test_fields_keep_the_values_their_author_saw() -> None:
    content = docx(
        p(r("Ngày "), field('DATE \\@ "dd/MM/yyyy"', r("02/03/2020")))
        + p(r("Tệp "), field("FILENAME \\p", r("C:\\VT\\cong van.docx")))
        + p(r("Lưu "), field("SAVEDATE", r("04/05/2020")), r(" In "), field("PRINTDATE", r("06/07/2020")))
        + p(r("Xem mục "), field("REF _Ref1 \\h", r("3.2")))
    )

    draft = _draft(content)

    said = _said(draft)
    assert all(words in said for words in ("Ngày 02/03/2020", "C:\\VT\\cong van.docx", "Lưu 04/05/2020"))
    assert "Xem mục 3.2" in said
    assert "Error" not in said
    assert draft.findings.counts == {FindingKind.FIELD: 4}


def test_a_note_stands_under_the_sentence_that_calls_it() -> None:
    """The program that draws the page pairs notes by their places, not by the numbers that call them."""
    calls = [f'<w:r><w:footnoteReference w:id="{number}"/></w:r>' for number in (3, 2, 1)]
    lines = "".join(
        f'<w:footnote w:type="separator" w:id="{number}"><w:p/></w:footnote>' for number in (-1, 0)
    )
    notes = lines + "".join(
        f'<w:footnote w:id="{number}">{p(r(f"GHI-{number}"))}</w:footnote>' for number in (1, 2, 3)
    )
    hidden = f'<w:r><w:rPr>{_HIDDEN}</w:rPr><w:footnoteReference w:id="2"/></w:r>'
    content = docx(p(r("A"), calls[0]) + p(r("B"), hidden) + p(r("C"), calls[2]), footnotes=notes)

    words = re.findall(r"GHI-\d", _said(_draft(content)))

    assert words == ["GHI-3", "GHI-1"]


def test_comments_and_hidden_text_are_told_and_not_printed() -> None:
    content = docx(
        p(r("Mức "), commented("10 triệu"), r(" bí mật nội bộ", _HIDDEN)), comments=comment("Hỏi lại kế toán")
    )

    draft = _draft(content)

    assert _said(draft).strip() == "Mức 10 triệu"
    assert draft.findings.counts == {FindingKind.COMMENT: 1, FindingKind.HIDDEN: 1}


def test_what_word_shows_is_printed_and_nothing_else() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="An"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="Chu"><w:rPr><w:vanish/></w:rPr></w:style>'
    )
    shown, in_style = '<w:rStyle w:val="Chu"/>', '<w:pStyle w:val="An"/>'
    content = docx(
        p(r("hai kiểu", shown), r(" một kiểu"), properties=in_style) + p(r("Nội dung"), r(" kín", _HIDDEN)),
        styles=styles,
        glossaryDocument=f"<w:docParts><w:docPart><w:docPartBody>{p(r('khối dựng sẵn'))}</w:docPartBody>"
        "</w:docPart></w:docParts>",
    )

    draft = _draft(content)

    assert _said(draft).split() == ["hai", "kiểu", "Nội", "dung"]
    assert draft.findings.counts == {FindingKind.HIDDEN: 2}


class TestTrackedChanges:
    CONTENT = docx(p(r("Giao "), deleted("ông A"), inserted(r("ông B"))))

    def test_are_nobodys_to_settle_but_the_authors(self) -> None:
        with pytest.raises(ChangesUndecided) as undecided:
            _draft(self.CONTENT)

        assert undecided.value.findings.counts == {FindingKind.CHANGE: 2}

    @pytest.mark.parametrize(
        ("choice", "said"), [(ChangesChoice.ACCEPT, "Giao ông B"), (ChangesChoice.REJECT, "Giao ông A")]
    )
    def test_are_printed_as_he_chose(self, choice: ChangesChoice, said: str) -> None:
        draft = _draft(self.CONTENT, changes=choice)

        assert _said(draft).strip() == said
        assert draft.findings.choice is choice
        assert Findings.from_dict(draft.findings.to_dict()) == draft.findings

    def test_are_refused_where_nobody_can_be_asked(self) -> None:
        with pytest.raises(ChangesUndecided, match="Hãy chấp nhận hoặc bỏ"):
            intake.accept_draft(io.BytesIO(self.CONTENT), "a.docx", limit=10**9)

    def test_that_are_not_there_leave_no_choice_behind(self) -> None:
        assert _draft(papers.docx("Nội dung"), changes=ChangesChoice.ACCEPT).findings == Findings()


class TestAnOpenDocument:
    def test_keeps_its_values_and_tells_what_is_not_printed(self) -> None:
        content = office_files.odt(
            'Ngày <text:date text:date-value="2020-03-02">02/03/2020</text:date>, tệp '
            "<text:file-name>C:/VT/a.odt</text:file-name>"
            "<office:annotation><text:p>Hỏi lại</text:p></office:annotation>"
            '<text:hidden-text text:is-hidden="true" text:string-value="kín"/>'
            ', xem <text:bookmark-ref text:ref-name="khong-co">mục 3</text:bookmark-ref>.'
        )

        draft = _draft(content, "a.odt")

        assert _said(draft).strip() == "Ngày 02/03/2020, tệp C:/VT/a.odt, xem mục 3."
        assert draft.findings.counts == {
            FindingKind.COMMENT: 1,
            FindingKind.HIDDEN: 1,
            FindingKind.FIELD: 2,
        }

    @pytest.mark.parametrize(
        ("lines", "said", "hidden"),
        [
            pytest.param(
                ['A <text:hidden-text text:is-hidden="false">HIEN</text:hidden-text> B'],
                "A HIEN B",
                0,
                id="text that might be hidden, and is not",
            ),
            pytest.param(
                ['A <text:hidden-text text:string-value="HIEN" text:condition="ooow:1==2"/> B'],
                "A HIEN B",
                0,
                id="of which nothing is said",
            ),
            pytest.param(
                ['AN<text:hidden-paragraph text:condition="ooow:1==1" text:is-hidden="true"/>', "CUOI"],
                "CUOI",
                1,
                id="a hidden paragraph",
            ),
            pytest.param(
                ['HIEN<text:hidden-paragraph text:condition="ooow:1==2" text:is-hidden="false"/>'],
                "HIEN",
                0,
                id="one that might be",
            ),
            pytest.param(
                ['A <text:span text:style-name="X">AN</text:span>B'], "A B", 1, id="a style of letters"
            ),
            pytest.param(
                ['A <text:span text:style-name="Con">AN</text:span>B'], "A B", 1, id="based on such a style"
            ),
        ],
    )
    def test_says_what_its_reader_sees(self, lines: list[str], said: str, hidden: int) -> None:
        draft = _draft(office_files.odt(*lines, styles=_ODT_STYLES), "a.odt")

        assert " ".join(_said(draft).split()) == said
        assert draft.findings.counts.get(FindingKind.HIDDEN, 0) == hidden

    def test_hides_by_a_style_of_its_own_family(self) -> None:
        """Another family may use the same name, and hides nothing by it."""
        content = office_files.odt(
            "x", before='<text:p text:style-name="X">HIEN RO</text:p>', styles=_ODT_STYLES
        )

        assert _said(_draft(content, "a.odt")).split() == ["HIEN", "RO", "x"]

    def test_shows_what_a_hidden_paragraph_shows(self) -> None:
        content = office_files.odt(
            "x",
            before='<text:p text:style-name="An">AN '
            '<text:span text:style-name="Hien">HIEN</text:span> AN</text:p>',
            styles=_ODT_STYLES,
        )

        assert _said(_draft(content, "a.odt")).split() == ["HIEN", "x"]

    def test_that_hides_by_a_condition_is_refused(self) -> None:
        content = office_files.odt('<text:span text:style-name="Tuy">x</text:span>', styles=_ODT_STYLES)

        with pytest.raises(Unsettled, match="tùy điều kiện"):
            _draft(content, "a.odt")

    def test_with_tracked_changes_is_refused_with_what_to_do(self) -> None:
        changes = (
            '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><text:p>ông A</text:p>'
            "</text:deletion></text:changed-region></text:tracked-changes>"
        )
        content = office_files.odt('Giao <text:change text:change-id="c1"/>ông B', before=changes)

        with pytest.raises(Unsettled, match=r"1 thay đổi chưa duyệt: xóa «ông A».*docx"):
            _draft(content, "a.odt")


class TestOldWordAndRichText:
    @pytest.mark.parametrize(
        ("body", "sentence"),
        [
            pytest.param(
                r"Giao {\deleted\revauthdel1 ong A}{\revised\revauth1 ong B}\par",
                "thay đổi chưa duyệt",
                id="changes",
            ),
            pytest.param(
                r"Ngay {\field{\*\fldinst DATE \\@ dd/MM/yyyy}{\fldrslt 02/03/2020}}\par",
                "trường tự động",
                id="a day",
            ),
            pytest.param(
                r"Tep {\field{\*\fldinst FILENAME \\p}{\fldrslt C:/a.rtf}}\par",
                "trường tự động",
                id="a folder",
            ),
        ],
    )
    def test_are_refused_with_what_to_do_where_the_pdf_would_differ(self, body: str, sentence: str) -> None:
        content = rb"{\rtf1\ansi{\*\revtbl{Unknown;}{Ai do;}}" + body.encode() + b"}"

        with pytest.raises(Unsettled, match=rf"{sentence}.*lưu lại ở dạng docx"):
            _draft(content, "a.rtf")

    def test_tell_what_is_not_printed(self) -> None:
        content = rb"{\rtf1\ansi Muc 10 trieu{\v  noi bo}\par}"

        draft = _draft(content, "a.rtf")

        assert _said(draft).strip() == "Muc 10 trieu"
        assert draft.findings.counts == {FindingKind.HIDDEN: 1}

    def test_without_any_of_it_are_drawn(self) -> None:
        draft = _draft(office_files.doc("Kính gửi"), "a.doc")

        assert _said(draft).strip() == "Kính gửi"
        assert draft.findings == Findings()


@pytest.fixture(autouse=True)
def _stored(var: Path) -> None:
    """What is drawn is stored somewhere of this test's own."""
