"""Finding where number, date, signature and seal belong."""

from __future__ import annotations

import json
import subprocess
import unicodedata
import zipfile
from pathlib import Path
from typing import Any, Literal

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pdfsign.documents import DOTS, SPACES, UNDERSCORES, minimal_docx, typeset, write
from vanthu.pdfsign import Box, Heading, Places, RotatedPage, find_places, read_heading
from vanthu.pdfsign.places import MILLIMETRE

Form = Literal["NFC", "NFD"]

NAME, TITLE = "Nguyễn Văn Ước", "GIÁM ĐỐC"


def _places(folder: Path, *, name: str = NAME, title: str = TITLE, **layout: Any) -> Places:
    file = write(folder / "draft.pdf", typeset(**layout))
    return find_places(file, signer_name=name, signer_title=title)


class TestNumberAndDate:
    @pytest.mark.parametrize(
        ("blank", "opaque"), [(SPACES, False), (DOTS, True), (UNDERSCORES, True), ("[~~~~~~~~]", False)]
    )
    def test_number_is_between_the_colon_and_the_stroke(
        self, tmp_path: Path, blank: str, opaque: bool
    ) -> None:
        places = _places(tmp_path, number_blank=blank)

        assert places.missing == ()
        assert places.number is not None
        assert places.number.opaque is opaque
        assert places.number.width > 20
        assert 13 < places.number.height < 16

    @pytest.mark.parametrize("blank", ["h(24pt)", "[…]", "[....]", "[\\_\\_\\_]", "[ …… ]"])
    def test_day_and_month_are_in_the_date(self, tmp_path: Path, blank: str) -> None:
        places = _places(tmp_path, day_blank=blank, month_blank=blank)

        assert places.day is not None
        assert places.month is not None
        assert places.day.x1 < places.month.x0
        assert places.day.y0 == pytest.approx(places.month.y0)

    def test_a_date_in_the_body_is_not_taken_for_it(self, tmp_path: Path) -> None:
        places = _places(tmp_path, day_blank="[ 22 ]", month_blank="[ 11 ]", number_blank="[ 125]")

        assert places.missing == ("number", "day")

    def test_a_month_already_written_has_no_place(self, tmp_path: Path) -> None:
        places = _places(tmp_path, month_blank="[ 11 ]")

        assert (places.month_in_print, places.month, places.missing) == (True, None, ())

    def test_no_room_for_a_number_leaves_it_to_a_person(self, tmp_path: Path) -> None:
        assert _places(tmp_path, number_blank="[]").missing == ("number",)


class TestSignatureAndSeal:
    def test_signature_stands_between_title_and_name(self, tmp_path: Path) -> None:
        places = _places(tmp_path)
        text = dict(_text_boxes(tmp_path / "draft.pdf"))

        assert places.signature is not None
        assert places.signature.y1 <= text[TITLE].y0 + 4
        assert places.signature.y0 >= text[NAME].y1 - 4
        middle = (places.signature.x0 + places.signature.x1) / 2
        assert middle == pytest.approx((text[NAME].x0 + text[NAME].x1) / 2, abs=2)

    def test_the_seal_has_its_true_size_over_the_left_third(self, tmp_path: Path) -> None:
        places = _places(tmp_path)

        assert places.seal is not None
        assert places.signature is not None
        assert places.seal.width == pytest.approx(36 * MILLIMETRE)
        assert places.seal.height == pytest.approx(36 * MILLIMETRE)
        covered = (places.seal.x1 - places.signature.x0) / places.signature.width
        assert covered == pytest.approx(1 / 3, abs=0.01)

    @pytest.mark.parametrize(
        ("lines", "title"),
        [
            (("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), "KT. GIÁM ĐỐC / PHÓ GIÁM ĐỐC"),
            (("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), "Phó Giám đốc"),
            (("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH"),
            (("TL. CHỦ TỊCH", "KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"), "Phó Chánh Văn phòng"),
            (("G I Á M  Đ Ố C",), "Giám đốc"),
            (("Ý LẠ",), "chức vụ không có trong văn bản"),
        ],
    )
    def test_titles_of_several_lines_and_spaced_letters(
        self, tmp_path: Path, lines: tuple[str, ...], title: str
    ) -> None:
        assert _places(tmp_path, title_lines=lines, title=title).missing == ()

    @pytest.mark.parametrize("form", ["NFC", "NFD"])
    @pytest.mark.parametrize("asked", ["NFC", "NFD"])
    def test_unicode_form_does_not_matter(self, tmp_path: Path, form: Form, asked: Form) -> None:
        places = _places(
            tmp_path, name=unicodedata.normalize(asked, NAME), title=unicodedata.normalize(asked, TITLE)
        )
        written = typeset(name=unicodedata.normalize(form, NAME))
        file = write(tmp_path / "form.pdf", written)
        found = find_places(file, signer_name=NAME, signer_title=TITLE)

        assert places.missing == ()
        assert found.signature is not None

    def test_the_signature_follows_the_name_to_its_page(self, tmp_path: Path) -> None:
        places = _places(tmp_path, page_breaks=2)

        assert places.number is not None
        assert places.signature is not None
        assert places.seal is not None
        assert (places.number.page, places.signature.page, places.seal.page) == (1, 3, 3)

    def test_a_name_nobody_wrote_is_missing(self, tmp_path: Path) -> None:
        assert _places(tmp_path, name="Người Khác").missing == ("signature", "seal")


class TestOddFiles:
    def test_a_turned_page_is_refused(self, tmp_path: Path) -> None:
        file = write(tmp_path / "draft.pdf", typeset())
        document = pypdfium2.PdfDocument(file)
        document[0].set_rotation(90)
        document.save(tmp_path / "turned.pdf")
        document.close()

        with pytest.raises(RotatedPage):
            find_places(tmp_path / "turned.pdf", signer_name=NAME, signer_title=TITLE)

    def test_a_moved_crop_box_does_not_move_the_text(self, tmp_path: Path) -> None:
        file = write(tmp_path / "draft.pdf", typeset())
        document = pypdfium2.PdfDocument(file)
        document[0].set_mediabox(-20, -30, 615, 872)
        document[0].set_cropbox(-10, -10, 605, 850)
        document.save(tmp_path / "cropped.pdf")
        document.close()

        expected = find_places(file, signer_name=NAME, signer_title=TITLE)
        assert find_places(tmp_path / "cropped.pdf", signer_name=NAME, signer_title=TITLE) == expected

    def test_a_blank_page_has_none(self, tmp_path: Path) -> None:
        document = pypdfium2.PdfDocument.new()
        document.new_page(595, 842)
        document.save(tmp_path / "blank.pdf")
        document.close()
        places = find_places(tmp_path / "blank.pdf", signer_name=NAME, signer_title=TITLE)

        assert places.missing == ("number", "day", "month", "signature", "seal")

    def test_a_document_from_libreoffice(self, tmp_path: Path) -> None:
        """The layout comes through a word processor: a table, real dots, a tab-like run of spaces."""
        document = tmp_path / "cong-van.docx"
        with zipfile.ZipFile(document, "w") as archive:
            for name, content in minimal_docx(name=NAME, title=TITLE).items():
                archive.writestr(name, content)
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation=file://{tmp_path}/profile",
                "--headless",
                "--convert-to",
                "pdf",
                "--outdir",
                str(tmp_path),
                str(document),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        places = find_places(tmp_path / "cong-van.pdf", signer_name=NAME, signer_title=TITLE)

        assert places.missing == ()
        assert places.number is not None
        assert places.number.opaque
        assert read_heading(tmp_path / "cong-van.pdf") == Heading(notation="SNV-VP", year=2026)


class TestPlainForm:
    def test_places_survive_json(self, tmp_path: Path) -> None:
        places = _places(tmp_path, number_blank=DOTS)
        again = Places.from_dict(json.loads(json.dumps(places.to_dict())))

        assert again.to_dict() == places.to_dict()
        assert again.number is not None
        assert again.number.opaque

    def test_missing_places_are_null(self) -> None:
        assert Places().to_dict() == dict.fromkeys(("number", "day", "month", "signature", "seal"))
        assert Places.from_dict({}) == Places()

    @pytest.mark.parametrize(
        "plain",
        [
            {},
            {"page": 0, "x0": 0, "y0": 0, "x1": 1, "y1": 1},
            {"page": 1, "x0": 5, "y0": 0, "x1": 1, "y1": 1},
        ],
    )
    def test_what_is_no_box_is_refused(self, plain: dict[str, object]) -> None:
        with pytest.raises(ValueError, match="not a box"):
            Box.from_dict(plain)


_FAMILY = st.sampled_from(["Nguyễn", "Trần", "Lê", "Phạm", "Đặng", "Huỳnh", "Vũ", "Võ", "Đỗ", "Ngô"])
_MIDDLE = st.sampled_from(["Văn", "Thị", "Quốc", "Thị Thu", "Hữu", "Đình", "Ngọc"])
_GIVEN = st.sampled_from(["Ước", "Bình", "Hằng", "Lượng", "Ý", "Ánh", "Tuấn", "Khoẻ", "Thuỷ", "Ngữ"])
_TITLES = [("CHỦ TỊCH",), ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), ("TL. GIÁM ĐỐC", "CHÁNH VĂN PHÒNG")]


def _blanks(widest: int) -> st.SearchStrategy[str]:
    """Blanks of 14 points up to about `widest`, as drafters leave them."""
    return st.one_of(
        st.integers(14, widest).map(lambda width: f"h({width}pt)"),
        st.integers(2, widest * 10 // 135).map(lambda dots: f"[{'…' * dots}]"),
        st.integers(5, widest * 10 // 34).map(lambda dots: f"[{'.' * dots}]"),
        st.integers(3, widest * 10 // 68).map(lambda strokes: "[" + "\\_" * strokes + "]"),
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.builds(lambda *parts: " ".join(parts), _FAMILY, _MIDDLE, _GIVEN),
    number_blank=_blanks(60),
    # Place and date stand on one line (NĐ 30/2020 PL I, ô 4).
    day_blank=_blanks(34),
    month_blank=_blanks(34),
    title=st.sampled_from(
        [("CHỦ TỊCH",), ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), ("TL. GIÁM ĐỐC", "CHÁNH VĂN PHÒNG")]
    ),
)
def test_every_header_of_the_layout_is_read(
    tmp_path: Path,
    name: str,
    number_blank: str,
    day_blank: str,
    month_blank: str,
    title: tuple[str, ...],
) -> None:
    data = typeset(
        name=name,
        title_lines=title,
        number_blank=number_blank,
        day_blank=day_blank,
        month_blank=month_blank,
    )
    file = write(tmp_path / "generated.pdf", data)
    places = find_places(file, signer_name=name, signer_title=" / ".join(title))

    assert places.missing == ()
    assert places.number is not None
    assert places.day is not None
    assert places.number.x1 < places.day.x0
    assert Places.from_dict(places.to_dict()).to_dict() == places.to_dict()


def _text_boxes(file: Path) -> list[tuple[str, Box]]:
    """Rectangles of text runs on page 1, by what they say."""
    document = pypdfium2.PdfDocument(file)
    try:
        text = document[0].get_textpage()
        boxes = []
        for index in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(index)
            content = text.get_text_bounded(left, bottom, right, top).strip()
            boxes.append((content, Box(page=1, x0=left, y0=bottom, x1=right, y1=top)))
        text.close()
        return boxes
    finally:
        document.close()
