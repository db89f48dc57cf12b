"""The life cycle of an incoming document, every state with every step (NĐ 30/2020 Điều 21–24)."""

from __future__ import annotations

import pytest

from vanthu.incoming.states import IllegalStep, State, Step, next_state

LEGAL = {
    (State.ARRIVED, Step.RETURN): State.RETURNED,
    (State.ARRIVED, Step.REGISTER): State.REGISTERED,
    (State.REGISTERED, Step.PRESENT): State.REGISTERED,
    (State.REGISTERED, Step.DIRECT): State.DIRECTED,
    (State.DIRECTED, Step.DIRECT_FURTHER): State.DIRECTED,
    (State.PROCESSING, Step.DIRECT_FURTHER): State.PROCESSING,
    (State.DIRECTED, Step.ASSIGN): State.DIRECTED,
    (State.PROCESSING, Step.ASSIGN): State.PROCESSING,
    (State.DIRECTED, Step.START): State.PROCESSING,
    (State.PROCESSING, Step.START): State.PROCESSING,
    (State.REGISTERED, Step.COMPLETE): State.COMPLETED,
    (State.DIRECTED, Step.COMPLETE): State.COMPLETED,
    (State.PROCESSING, Step.COMPLETE): State.COMPLETED,
}


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("state", State)
def test_every_state_with_every_step(state: State, step: Step) -> None:
    expected = LEGAL.get((state, step))
    if expected is not None:
        assert next_state(state, step) is expected
        return
    with pytest.raises(IllegalStep) as refusal:
        next_state(state, step)
    assert str(refusal.value) == f"Không thể «{step.label}» văn bản đến đang ở trạng thái «{state.label}»."


@pytest.mark.parametrize("end", [State.RETURNED, State.COMPLETED])
def test_nothing_follows_an_end(end: State) -> None:
    assert not [step for state, step in LEGAL if state is end]
