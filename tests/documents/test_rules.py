"""Rules of the record, with the article each follows."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vanthu.documents import rules


def test_the_types_are_those_of_the_decree() -> None:
    """NĐ 30/2020 Điều 7: twenty-nine types."""
    assert len(rules.DOCUMENT_TYPES) == 29
    assert rules.type_name("CTr") == "Chương trình"
    with pytest.raises(KeyError):
        rules.type_name("ctr")


@pytest.mark.parametrize(
    ("type_code", "unit", "expected"),
    [
        pytest.param("CV", "CCVC", "SNV-CCVC", id="NĐ 30/2020 PL I: an official letter names the unit"),
        pytest.param("CV", "", "SNV", id="an official letter of nobody's unit"),
        pytest.param("TCg", "VP", "SNV-VP", id="a letter of thanks as an official letter"),
        pytest.param("QĐ", "CCVC", "QĐ-SNV", id="NĐ 30/2020 PL I: a decision names its type"),
        pytest.param("TTr", "", "TTr-SNV", id="a submission names its type"),
    ],
)
def test_notation(type_code: str, unit: str, expected: str) -> None:
    assert rules.notation(type_code=type_code, agency="SNV", unit=unit) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param(1, "01", id="NĐ 30/2020 PL I ô 3: one digit"),
        pytest.param(9, "09", id="nine"),
        pytest.param(10, "10", id="two digits"),
        pytest.param(1234, "1234", id="four digits"),
    ],
)
def test_numbers_as_written(number: int, expected: str) -> None:
    assert rules.padded_number(number) == expected
    assert rules.code_of(number, "SNV-VP") == f"{expected}/SNV-VP"


@pytest.mark.parametrize(
    ("day", "written"),
    [
        pytest.param(date(2026, 1, 5), ("05", "01"), id="NĐ 30/2020 PL I ô 4: day under 10, month 1"),
        pytest.param(date(2026, 2, 10), ("10", "02"), id="NĐ 30/2020 PL I ô 4: month 2"),
        pytest.param(date(2026, 3, 9), ("09", "3"), id="NĐ 30/2020 PL I ô 4: month 3"),
        pytest.param(date(2026, 12, 31), ("31", "12"), id="month 12"),
    ],
)
def test_dates_as_written(day: date, written: tuple[str, str]) -> None:
    assert (rules.written_day(day), rules.written_month(day)) == written


def test_the_code_of_a_document_on_the_axis() -> None:
    code = rules.document_code(agency_code="H99.02", issued_on=date(2026, 3, 9), code="05/SNV-VP")

    assert code == "H99.02,2026/03/09,05/SNV-VP"


@pytest.mark.parametrize(
    ("name", "extension"),
    [("a.PDF", "pdf"), ("a.b.docx", "docx"), ("a", ""), (".pdf", ""), ("a.", ""), ("", "")],
)
def test_extensions(name: str, extension: str) -> None:
    assert rules.extension_of(name) == extension


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("MẬT", "MẬT"),
        ("  TỐI   MẬT ", "TỐI MẬT"),
        ("TUYỆT MẬT", "TUYỆT MẬT"),
        ("T U Y Ệ T  M Ậ T", "TUYỆT MẬT"),
        (unicodedata.normalize("NFD", "TỐI MẬT"), "TỐI MẬT"),
        ("Mật", None),
        ("ĐỘ MẬT", None),
        ("V/v MẬT", None),
        ("MẬT ONG", None),
        ("", None),
    ],
)
def test_secrecy_marks_stand_alone_in_capitals(line: str, mark: str | None) -> None:
    assert rules.secrecy_mark(["SỞ NỘI VỤ", line]) == mark


@given(st.lists(st.text(max_size=20), max_size=5))
def test_a_mark_is_one_of_three_or_none(lines: list[str]) -> None:
    assert rules.secrecy_mark(lines) in {None, "MẬT", "TỐI MẬT", "TUYỆT MẬT"}


def test_every_draft_extension_is_an_allowed_format() -> None:
    assert set(rules.DRAFT_EXTENSIONS) <= set(rules.ALLOWED_FORMATS)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", []), ("Hòa  giải hoà", ["hoa", "giai"]), (" ".join(map(str, range(40))), [*map(str, range(12))])],
)
def test_a_search_looks_for_different_words(text: str, words: list[str]) -> None:
    assert rules.search_words(text) == words
