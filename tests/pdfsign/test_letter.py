"""What a letter says of its number, date, signer and subject, and what lies beneath its places."""

from __future__ import annotations

import ctypes
import json
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pdfsign.documents import scanned, typeset, write
from vanthu.pdfsign import (
    Beneath,
    Box,
    Component,
    Found,
    Letter,
    Places,
    Sayings,
    Sight,
    beneath,
    read_letter,
)
from vanthu.pdfsign.glyphs import folded

NAME, TITLE = "Trần Thanh Bình", "GIÁM ĐỐC"


def _letter(folder: Path, *, name: str = NAME, title: str = TITLE, **layout: Any) -> Letter:
    file = write(folder / "draft.pdf", typeset(**({"name": name} | layout)))
    return read_letter(file, signer_name=name, signer_title=title)


def _beneath(folder: Path, box: Box, *, data: bytes | None = None) -> Beneath:
    file = write(folder / "draft.pdf", typeset(name=NAME) if data is None else data)
    return beneath(file, {"number": box})["number"]


class TestASoundLetter:
    def test_has_every_line_as_it_should_be(self, tmp_path: Path) -> None:
        letter = _letter(tmp_path)

        assert letter.places.missing == ()
        says = letter.says
        assert {says.number, says.day, says.month, says.name, says.title} == {Found(sight=Sight.BLANK)}
        assert says.subject == "V/v rà soát vị trí việc làm"
        assert says.is_legible
        assert not says.has_wordless_page

    def test_survives_json(self, tmp_path: Path) -> None:
        says = _letter(tmp_path, number_blank="[ 125]").says

        assert Sayings.from_dict(json.loads(json.dumps(says.to_dict()))) == says

    @pytest.mark.parametrize("plain", [{}, {"number": {"sight": "nowhere", "written": ""}}, {"number": 1}])
    def test_what_says_nothing_is_refused(self, plain: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="not"):
            Sayings.from_dict(plain)


class TestTheLineOfTheNumber:
    @pytest.mark.parametrize(
        ("layout", "found"),
        [
            ({"number_line": ""}, Found(sight=Sight.ABSENT)),
            ({"number_blank": "[ 125]"}, Found(sight=Sight.TYPED, written="125")),
            ({"number_blank": "[ ..125.. ]"}, Found(sight=Sight.TYPED, written="125")),
            ({"number_blank": "[]"}, Found(sight=Sight.NARROW)),
            ({"number_line": "Số:"}, Found(sight=Sight.OPEN)),
        ],
        ids=["no line", "typed", "typed over dots", "no room", "no symbol"],
    )
    def test_tells_what_is_wrong_with_it(self, tmp_path: Path, layout: dict[str, Any], found: Found) -> None:
        letter = _letter(tmp_path, **layout)

        assert letter.says.number == found
        assert letter.places.missing == ("number",)

    def test_is_not_the_number_of_another_document_in_the_text(self, tmp_path: Path) -> None:
        """«Kế hoạch số 88/KH-UBND» is on every page of the layout, and here with a blank."""
        letter = _letter(tmp_path, number_line="", about="Trả lời Công văn số h/UBND-NC".replace("h", "……"))

        assert letter.says.number.sight is Sight.ABSENT


class TestTheLineOfTheDate:
    @pytest.mark.parametrize(
        ("layout", "day", "month"),
        [
            ({"date_line": ""}, Found(sight=Sight.ABSENT), Found(sight=Sight.ABSENT)),
            (
                {"date_line": "Hạn gửi: trước ngày#(day_blank)tháng#(month_blank)năm 2026."},
                Found(sight=Sight.ABSENT),
                Found(sight=Sight.ABSENT),
            ),
            (
                {"date_line": "tại thời điểm ngày 30 tháng 11 năm 2026."},
                Found(sight=Sight.ABSENT),
                Found(sight=Sight.ABSENT),
            ),
            ({"month_blank": "[ 11 ]"}, Found(sight=Sight.BLANK), Found(sight=Sight.TYPED, written="11")),
            (
                {"day_blank": "[ 22 ]", "month_blank": "[ 11 ]"},
                Found(sight=Sight.TYPED, written="22"),
                Found(sight=Sight.TYPED, written="11"),
            ),
            ({"day_blank": "[ 05 ]"}, Found(sight=Sight.TYPED, written="05"), Found(sight=Sight.BLANK)),
            ({"month_blank": "[ ]"}, Found(sight=Sight.BLANK), Found(sight=Sight.NARROW)),
        ],
        ids=[
            "no line",
            "a term of the text",
            "a day of the text",
            "the month is preprinted",
            "both typed",
            "the day is typed",
            "no room",
        ],
    )
    def test_tells_what_is_wrong_with_it(
        self, tmp_path: Path, layout: dict[str, Any], day: Found, month: Found
    ) -> None:
        says = _letter(tmp_path, **layout).says

        assert (says.day, says.month) == (day, month)

    @pytest.mark.parametrize("year", ["2026.", "20……", "……", ""])
    def test_is_found_however_its_year_is_written(self, tmp_path: Path, year: str) -> None:
        assert _letter(tmp_path, year=year).places.missing == ()


class TestTheTypedName:
    @pytest.mark.parametrize(
        "typed", ["Trần Thanh Bìn", "Trần Thanh Binh", "Tran Thanh Binh", "Trần Thành Bình", "Lê Văn Khải"]
    )
    def test_that_is_another_spelling_or_another_name_is_told(self, tmp_path: Path, typed: str) -> None:
        letter = _letter(tmp_path, typed_name=typed)

        assert letter.says.name == Found(sight=Sight.OTHER, written=typed)
        assert letter.places.missing == ("signature", "seal")

    @pytest.mark.parametrize("typed", ["Nguyễn Trần Thanh Bình", "Trần Thanh Bình Minh", "Trần Thanh Bìnhh"])
    def test_that_holds_the_name_in_a_longer_one_is_told(self, tmp_path: Path, typed: str) -> None:
        assert _letter(tmp_path, typed_name=typed).says.name == Found(sight=Sight.OTHER, written=typed)

    @pytest.mark.parametrize(
        ("name", "typed"),
        [
            ("Lê Thị Hoà", "Lê Thị Hòa"),
            ("Ngô Thuý Quỳnh", "NGÔ THÚY QUỲNH"),
            (NAME, "TS. Trần Thanh Bình"),
            (NAME, "Đại tá Trần Thanh Bình"),
            (NAME, unicodedata.normalize("NFD", NAME)),
        ],
    )
    def test_in_another_way_of_writing_is_the_same(self, tmp_path: Path, name: str, typed: str) -> None:
        letter = _letter(tmp_path, name=name, typed_name=typed)

        assert letter.says.name == Found(sight=Sight.BLANK)
        assert letter.places.missing == ()

    def test_that_is_missing_is_not_found_in_the_text(self, tmp_path: Path) -> None:
        """The text names the signer too, as somebody in charge; no signature goes there."""
        letter = _letter(tmp_path, typed_name="")

        assert letter.says.name.sight is Sight.ABSENT
        assert letter.places.signature is None

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(at=st.integers(0, 14), letter=st.sampled_from("aăâbđeêghinoôơtuưxy"))
    def test_with_any_one_letter_changed_is_told(self, tmp_path: Path, at: int, letter: str) -> None:
        typed = NAME[:at] + letter + NAME[at + 1 :]
        sight = _letter(tmp_path, typed_name=typed.strip()).says.name.sight

        assert (sight is Sight.BLANK) is (folded(typed) == folded(NAME))


class TestTheTitle:
    @pytest.mark.parametrize(
        ("title", "lines", "found"),
        [
            ("GIÁM ĐỐC", ("PHÓ GIÁM ĐỐC",), Found(sight=Sight.OTHER, written="PHÓ GIÁM ĐỐC")),
            (
                "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC",
                ("PHÓ GIÁM ĐỐC",),
                Found(sight=Sight.OTHER, written="PHÓ GIÁM ĐỐC"),
            ),
            ("KT. GIÁM ĐỐC / PHÓ GIÁM ĐỐC", ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), Found(sight=Sight.BLANK)),
            ("PHÓ GIÁM ĐỐC", ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), Found(sight=Sight.BLANK)),
            ("Giám đốc", ("G I Á M  Đ Ố C",), Found(sight=Sight.BLANK)),
        ],
    )
    def test_is_compared_with_the_post(
        self, tmp_path: Path, title: str, lines: tuple[str, ...], found: Found
    ) -> None:
        assert _letter(tmp_path, title=title, title_lines=lines).says.title == found


class TestTheSubject:
    def test_goes_on_over_its_lines_and_ends_with_them(self, tmp_path: Path) -> None:
        about = (
            "V/v rà soát, điều chỉnh vị trí việc làm trong các cơ quan hành chính, đơn vị sự nghiệp năm 2027"
        )

        assert _letter(tmp_path, about=about).says.subject == about

    def test_is_empty_where_there_is_none(self, tmp_path: Path) -> None:
        assert _letter(tmp_path, about="").says.subject == ""


class TestTheSubjectOfANamedType:
    """Ô 5a: «KẾ HOẠCH», and what it is about beneath it (NĐ 30/2020 PL I, II.5)."""

    def _subject(self, folder: Path, date_line: str) -> str:
        return _letter(folder, about="", date_line=date_line).says.subject

    @pytest.mark.parametrize(
        ("under", "subject"),
        [
            (("Tổ chức Hội nghị công chức năm 2027",), "Tổ chức Hội nghị công chức năm 2027"),
            (("Tổ chức Hội nghị", "công chức năm 2027"), "Tổ chức Hội nghị công chức năm 2027"),
            (("Về việc tổ chức Hội nghị",), "Về việc tổ chức Hội nghị"),
        ],
    )
    def test_is_what_stands_under_its_name(
        self, tmp_path: Path, under: tuple[str, ...], subject: str
    ) -> None:
        lines = r" \ ".join(["*KẾ HOẠCH*", *under])

        assert self._subject(tmp_path, rf"An Bình, ngày#h(24pt)tháng#h(24pt)năm 2026 \ {lines}") == subject

    def test_is_empty_where_the_name_is_none_of_a_type(self, tmp_path: Path) -> None:
        line = r"An Bình, ngày#h(24pt)tháng#h(24pt)năm 2026 \ *PHỤ LỤC* \ Tổ chức Hội nghị"

        assert self._subject(tmp_path, line) == ""


class TestTextWithoutLayout:
    def test_is_text_and_what_of_a_letter_is_not_seen_is_named(self, tmp_path: Path) -> None:
        document = pypdfium2.PdfDocument.new()
        page = document.new_page(595, 842)
        for index, line in enumerate(("Danh sach hoc vien", "1. Hoc vien thu nhat", "2. Hoc vien thu hai")):
            text = pypdfium2.raw.FPDFPageObj_NewTextObj(document, b"Helvetica", 12.0)
            encoded = (line + "\0").encode("utf-16-le")
            pypdfium2.raw.FPDFText_SetText(
                text, (ctypes.c_ushort * (len(encoded) // 2)).from_buffer_copy(encoded)
            )
            pypdfium2.raw.FPDFPageObj_Transform(text, 1, 0, 0, 1, 90, 600 - 20 * index)
            pypdfium2.raw.FPDFPage_InsertObject(page, text)
        page.gen_content()
        document.save(tmp_path / "list.pdf")
        document.close()
        says = read_letter(tmp_path / "list.pdf", signer_name=NAME, signer_title=TITLE).says

        assert (says.is_legible, says.has_text) == (False, True)
        assert says.unseen == tuple(Component)

    def test_is_no_scan_which_has_none(self, tmp_path: Path) -> None:
        file = write(tmp_path / "scan.pdf", scanned(typeset(name=NAME)))

        assert not read_letter(file, signer_name=NAME, signer_title=TITLE).says.has_text

    def test_a_sound_letter_has_every_component(self, tmp_path: Path) -> None:
        says = _letter(tmp_path).says

        assert (says.unseen, says.has_text) == ((), True)

    def test_what_was_read_before_components_were_told_reads_as_it_was(self, tmp_path: Path) -> None:
        plain = _letter(tmp_path).says.to_dict()
        old = {name: value for name, value in plain.items() if name not in {"has_text", "unseen"}}

        assert Sayings.from_dict(old).unseen == ()
        assert Sayings.from_dict(old).has_text


class TestAScan:
    def test_says_nothing_and_is_not_taken_for_a_malformed_letter(self, tmp_path: Path) -> None:
        file = write(tmp_path / "scan.pdf", scanned(typeset(name=NAME)))
        says = read_letter(file, signer_name=NAME, signer_title=TITLE).says

        assert not says.is_legible
        assert says.has_wordless_page

    def test_is_not_believed_what_a_program_read_off_it(self, tmp_path: Path) -> None:
        words = "Số:        /SNV-CCVC\nKính gửi: Sở Y tế\nTran Thanh Bmh"
        file = write(tmp_path / "scan.pdf", scanned(typeset(name=NAME), recognised=words))

        assert not read_letter(file, signer_name=NAME, signer_title=TITLE).says.is_legible

    def test_with_one_page_scanned_is_read_where_it_can_be(self, tmp_path: Path) -> None:
        says = _letter(tmp_path, page_breaks=2).says

        assert says.is_legible
        assert says.has_wordless_page


class TestBeneath:
    def test_the_blank_of_a_number_lies_nothing(self, tmp_path: Path) -> None:
        number = _letter(tmp_path).places.number
        assert number is not None

        assert _beneath(tmp_path, number) == Beneath()

    def test_a_box_over_the_subject_lies_the_subject(self, tmp_path: Path) -> None:
        number = _letter(tmp_path).places.number
        assert number is not None
        lower = replace(number, y0=number.y0 - 16, y1=number.y1 - 16, x0=number.x0 - 30, x1=number.x1 + 60)

        assert "vị trí" in _beneath(tmp_path, lower).text

    def test_a_box_on_a_scan_lies_ink_and_no_text(self, tmp_path: Path) -> None:
        number = _letter(tmp_path).places.number
        assert number is not None
        lower = replace(number, y0=number.y0 - 16, y1=number.y1 - 16)
        data = scanned(typeset(name=NAME))
        found, blank = _beneath(tmp_path, lower, data=data), _beneath(tmp_path, number, data=data)

        assert found.text == ""
        assert found.ink > 0.1 > blank.ink

    def test_a_box_of_no_page_lies_nothing(self, tmp_path: Path) -> None:
        assert _beneath(tmp_path, Box(page=9, x0=1, y0=1, x1=20, y1=20)) == Beneath()

    def test_the_seal_lie_title_and_name(self, tmp_path: Path) -> None:
        seal = _letter(tmp_path).places.seal
        assert seal is not None
        assert Places(seal=seal).found == {"seal": seal}

        assert _beneath(tmp_path, seal).text == "GI Trần"
