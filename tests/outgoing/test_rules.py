"""What a draft must say before it is one, and before it may be submitted."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from vanthu.outgoing.rules import (
    SECRECY,
    DraftContent,
    are_on_pages,
    draft_faults,
    is_secret,
    submission_faults,
    year_fault,
)

TODAY = date(2026, 11, 25)


def _content(**changes: Any) -> DraftContent:
    filled: dict[str, Any] = {"type_code": "CV", "subject": "V/v x", "signer_id": UUID(int=1)}
    return DraftContent(**filled | changes)


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        pytest.param({}, [], id="NĐ 30/2020 Điều 8: type, subject, signer"),
        pytest.param({"type_code": "XX"}, ["Hãy chọn loại văn bản."], id="NĐ 30/2020 Điều 7: no such type"),
        pytest.param({"due_on": TODAY}, [], id="an answer is asked for by today"),
        pytest.param(
            {"due_on": date(2026, 11, 24)},
            ["Hạn trả lời đã qua. Hãy chọn ngày khác hoặc để trống."],
            id="an answer was asked for by yesterday",
        ),
        pytest.param({"type_code": ""}, ["Hãy chọn loại văn bản."], id="no type"),
        pytest.param({"subject": " \t"}, [], id="no subject: the letter has one"),
        pytest.param({"subject": "x" * 500}, [], id="a subject as long as may be"),
        pytest.param(
            {"subject": "x" * 501},
            ["Trích yếu dài 501 ký tự, nhiều nhất 500. Hãy ghi trích yếu gọn hơn."],
            id="a subject too long",
        ),
        pytest.param({"urgency": 3}, [], id="NĐ 30/2020 PL I: hỏa tốc"),
        pytest.param({"urgency": 4}, ["Hãy chọn độ khẩn."], id="no such urgency"),
        pytest.param({"urgency": -1}, ["Hãy chọn độ khẩn."], id="urgency below none"),
        pytest.param({"sphere": "x" * 101}, ["Lĩnh vực dài quá 100 ký tự."], id="a sphere too long"),
        pytest.param(
            {"to_places": ["Lưu: VT", "x" * 201]},
            ["Mỗi dòng nơi nhận dài không quá 200 ký tự."],
            id="a line of recipients too long",
        ),
        pytest.param(
            {"type_code": "", "urgency": 4},
            ["Hãy chọn loại văn bản.", "Hãy chọn độ khẩn."],
            id="everything at once",
        ),
    ],
)
def test_faults_of_a_draft(changes: dict[str, Any], faults: list[str]) -> None:
    assert draft_faults(_content(**changes), today=TODAY) == faults


@pytest.mark.parametrize("secrecy", [*SECRECY, "gì đó"])
def test_only_what_is_not_secret_may_enter(secrecy: str) -> None:
    assert is_secret(_content(secrecy=secrecy)) is (secrecy != "normal")


@pytest.mark.parametrize(
    ("recipients", "letter", "faults"),
    [
        (1, [], []),
        (0, [], ["Chưa có nơi nhận."]),
        (
            2,
            ["Không thấy dòng «Số: …».", "Không thấy họ tên."],
            ["Không thấy dòng «Số: …».", "Không thấy họ tên."],
        ),
        (0, ["Không thấy họ tên."], ["Chưa có nơi nhận.", "Không thấy họ tên."]),
    ],
)
def test_faults_of_a_submission(recipients: int, letter: list[str], faults: list[str]) -> None:
    assert submission_faults(recipients=recipients, letter=letter) == faults


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ({"page": 1, "x0": 0, "y0": 0, "x1": 595, "y1": 842}, True),
        ({"page": 2, "x0": 10, "y0": 10, "x1": 20, "y1": 20}, True),
        ({"page": 3, "x0": 10, "y0": 10, "x1": 20, "y1": 20}, False),
        ({"page": 7, "x0": 10, "y0": 10, "x1": 20, "y1": 20}, False),
        ({"page": 1, "x0": -1, "y0": 10, "x1": 20, "y1": 20}, False),
        ({"page": 1, "x0": 10, "y0": -1, "x1": 20, "y1": 20}, False),
        ({"page": 1, "x0": 10, "y0": 10, "x1": 596, "y1": 20}, False),
        ({"page": 1, "x0": 10, "y0": 10, "x1": float("inf"), "y1": 20}, False),
        ({"page": 1, "x0": 10, "y0": 10, "x1": 20, "y1": 843}, False),
        ({"page": 4, "x0": 100, "y0": 50, "x1": 120, "y1": 60}, True),
        ({"page": 4, "x0": 99, "y0": 50, "x1": 120, "y1": 60}, False),
        ({"page": 4, "x0": 100, "y0": 50, "x1": 695, "y1": 892}, True),
        ({"page": 5, "x0": -20, "y0": -10, "x1": 0, "y1": 0}, True),
        ({"page": 6, "x0": 10, "y0": 10, "x1": 20, "y1": 20}, False),
    ],
)
def test_boxes_lie_on_their_pages(box: dict[str, Any], expected: bool) -> None:
    plain, none = (0.0, 0.0, 595.0, 842.0), None
    areas = [plain, plain, none, (100.0, 50.0, 695.0, 892.0), (-20.0, -10.0, 575.0, 832.0), none]

    assert are_on_pages([box], areas) is expected


@pytest.mark.parametrize(
    ("written", "year", "is_refused"),
    [(2026, 2026, False), (2026, 2027, True), (2027, 2026, True), (None, 2026, False)],
)
def test_the_year_on_the_paper_is_the_year_it_is_signed_and_numbered_in(
    written: int | None, year: int, is_refused: bool
) -> None:
    assert bool(year_fault(written_year=written, year=year)) is is_refused
