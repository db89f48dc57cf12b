"""What a reason and a direction must be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.world import NOW
from vanthu.incoming.rules import INSTRUCTION_LIMIT, REASON_LIMIT, direction_fault, reason_fault


@pytest.mark.parametrize(
    ("reason", "fault"),
    [
        pytest.param("Sai nơi nhận", None, id="QĐ 28/2018 Điều 9: with a reason"),
        pytest.param(
            "", "Hãy ghi lý do trả lại để bên gửi biết cần làm gì.", id="QĐ 28/2018 Điều 9: without"
        ),
        pytest.param(" \n", "Hãy ghi lý do trả lại để bên gửi biết cần làm gì.", id="only spaces"),
        pytest.param("x" * REASON_LIMIT, None, id="as long as may be"),
        pytest.param("x" * (REASON_LIMIT + 1), "Lý do dài quá 1000 ký tự. Hãy ghi gọn lại.", id="too long"),
    ],
)
def test_reasons(reason: str, fault: str | None) -> None:
    assert reason_fault(reason) == fault


@pytest.mark.parametrize(
    ("length", "due_in", "fault"),
    [
        pytest.param(0, None, None, id="NĐ 30/2020 Điều 24: no words, no deadline"),
        pytest.param(
            INSTRUCTION_LIMIT, timedelta(seconds=1), None, id="NĐ 30/2020 Điều 24: a deadline to come"
        ),
        pytest.param(
            INSTRUCTION_LIMIT + 1, None, "Ý kiến chỉ đạo dài quá 2000 ký tự. Hãy ghi gọn lại.", id="too long"
        ),
        pytest.param(0, timedelta(0), "Hạn xử lý đã qua. Hãy chọn thời điểm sau lúc này.", id="due now"),
        pytest.param(0, -timedelta(days=1), "Hạn xử lý đã qua. Hãy chọn thời điểm sau lúc này.", id="past"),
    ],
)
def test_directions(length: int, due_in: timedelta | None, fault: str | None) -> None:
    due_at = NOW + due_in if due_in is not None else None

    assert direction_fault(instruction="x" * length, due_at=due_at, now=NOW) == fault
