"""The life of one part of the work, every state with every step."""

from __future__ import annotations

import pytest

from vanthu.workflow.states import AssignmentState, AssignmentStep, IllegalStep, next_assignment_state

LEGAL = {
    (AssignmentState.GIVEN, AssignmentStep.START): AssignmentState.STARTED,
    (AssignmentState.GIVEN, AssignmentStep.FINISH): AssignmentState.DONE,
    (AssignmentState.STARTED, AssignmentStep.FINISH): AssignmentState.DONE,
}


@pytest.mark.parametrize("step", AssignmentStep)
@pytest.mark.parametrize("state", AssignmentState)
def test_every_state_with_every_step(state: AssignmentState, step: AssignmentStep) -> None:
    expected = LEGAL.get((state, step))
    if expected is not None:
        assert next_assignment_state(state, step) is expected
        return
    with pytest.raises(IllegalStep) as refusal:
        next_assignment_state(state, step)
    assert str(refusal.value) == f"Không thể «{step.label}» khi phần việc đang ở trạng thái «{state.label}»."
