"""Reading the symbol and the year that stand beside the blanks of number and date."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from tests.pdfsign.documents import DATE_LINE, DOTS, SPACES, UNDERSCORES, typeset, write
from vanthu.pdfsign import Heading, read_heading


def _heading(folder: Path, **layout: Any) -> Heading:
    return read_heading(write(folder / "draft.pdf", typeset(**layout)))


class TestSymbol:
    @pytest.mark.parametrize("blank", [SPACES, DOTS, UNDERSCORES])
    def test_is_what_follows_the_stroke_after_the_blank(self, tmp_path: Path, blank: str) -> None:
        assert _heading(tmp_path, number_blank=blank).notation == "SNV-CCVC"

    @pytest.mark.parametrize("symbol", ["QyĐ-UBND", "UBND-KTTH2", "BCĐ389-VP", "SNV-TCBC&TCPCP", "UBND"])
    def test_keeps_the_letters_it_is_written_in(self, tmp_path: Path, symbol: str) -> None:
        assert _heading(tmp_path, notation=symbol).notation == symbol

    @pytest.mark.parametrize("written", ["SNV - CCVC", "SNV– CCVC", "SNV‑CCVC"])
    def test_may_be_written_with_any_hyphen_and_spaces_around_it(self, tmp_path: Path, written: str) -> None:
        assert _heading(tmp_path, notation=written).notation == "SNV-CCVC"

    def test_composes_letters_and_marks(self, tmp_path: Path) -> None:
        written = unicodedata.normalize("NFD", "QĐ-SVHÓA")

        assert _heading(tmp_path, notation=written).notation == "QĐ-SVHÓA"

    @pytest.mark.parametrize(
        ("written", "read"),
        [("SNV-CCVC (lần 2)", "SNV-CCVC"), ("SNV-", "SNV"), ("…", ""), ("", ""), ("-CCVC", "")],
    )
    def test_ends_where_the_word_ends(self, tmp_path: Path, written: str, read: str) -> None:
        assert _heading(tmp_path, notation=written).notation == read

    def test_stands_beside_a_number_already_written(self, tmp_path: Path) -> None:
        assert _heading(tmp_path, number_blank="[ 12]").notation == "SNV-CCVC"

    def test_is_not_taken_from_a_document_mentioned_in_the_body(self, tmp_path: Path) -> None:
        """The head bears no number at all; the body cites «số 88/KH-UBND»."""
        assert _heading(tmp_path, number_blank="[ KHÔNG ]", notation="").notation == ""


class TestYear:
    def test_stands_after_the_blanks_of_the_date(self, tmp_path: Path) -> None:
        assert _heading(tmp_path, year="2031").year == 2031

    def test_is_read_beside_a_month_already_written(self, tmp_path: Path) -> None:
        assert _heading(tmp_path, month_blank="[ 11 ]").year == 2026

    def test_stands_beside_a_date_already_written(self, tmp_path: Path) -> None:
        """And no date of the body is taken for it: «từ ngày … tháng … năm 2024»."""
        written = _heading(tmp_path, day_blank="[ 05 ]", month_blank="[ 11 ]")

        assert written.year == 2026

    def test_is_read_where_a_loose_head_pushes_its_line_down(self, tmp_path: Path) -> None:
        assert _heading(tmp_path, date_line=f"#v(70pt){DATE_LINE % 2031}").year == 2031

    def test_is_not_taken_there_from_a_date_that_is_written_out(self, tmp_path: Path) -> None:
        """As of a law that is named: «…, ngày 10 tháng 11 năm 2031»."""
        line = "#v(70pt)Theo Luật Lưu trữ, ngày 10 tháng 11 năm 2031"

        assert _heading(tmp_path, date_line=line).year is None

    def test_is_not_taken_from_a_date_in_the_body(self, tmp_path: Path) -> None:
        """The head bears no date at all; the body names «ngày 10 tháng 11 năm 2026»."""
        assert _heading(tmp_path, day_blank="[ x ]", month_blank="[ y ]", year="2031").year is None

    @pytest.mark.parametrize("blank", ["……", "20…", ""])
    def test_left_blank_is_none(self, tmp_path: Path, blank: str) -> None:
        assert _heading(tmp_path, year=blank).year is None


def test_a_page_without_text_says_nothing(tmp_path: Path) -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    document.save(tmp_path / "scan.pdf")

    assert read_heading(tmp_path / "scan.pdf") == Heading()
