"""Who may hold which roles, and how much may be written."""

from __future__ import annotations

from uuid import UUID

import pytest

from vanthu.workflow.rules import TEXT_LIMIT, Assignee, named_twice, text_fault

AN, BINH = Assignee(kind="user", id=UUID(int=1)), Assignee(kind="user", id=UUID(int=2))
UNIT = Assignee(kind="unit", id=UUID(int=1))


@pytest.mark.parametrize(
    ("lead", "support", "inform", "expected"),
    [
        pytest.param(AN, [], [], False, id="NĐ 30/2020 Điều 24: one leads"),
        pytest.param(AN, [BINH], [UNIT], False, id="NĐ 30/2020 Điều 24: each one role"),
        pytest.param(AN, [AN], [], True, id="leads and supports"),
        pytest.param(AN, [], [AN], True, id="leads and is to know"),
        pytest.param(AN, [BINH], [BINH], True, id="supports and is to know"),
        pytest.param(AN, [BINH, BINH], [], True, id="supports twice"),
        pytest.param(UNIT, [AN], [], False, id="a unit and a person are two even with one id"),
    ],
)
def test_nobody_is_named_twice(
    lead: Assignee, support: list[Assignee], inform: list[Assignee], expected: bool
) -> None:
    assert named_twice([lead, *support, *inform]) is expected


@pytest.mark.parametrize(
    ("length", "fault"),
    [(0, None), (TEXT_LIMIT, None), (TEXT_LIMIT + 1, "Lý do dài quá 2000 ký tự. Hãy ghi gọn lại.")],
)
def test_a_text_has_a_limit(length: int, fault: str | None) -> None:
    assert text_fault("ạ" * length, what="Lý do") == fault
