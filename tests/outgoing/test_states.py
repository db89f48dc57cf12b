"""The life cycle of an outgoing document, every state with every step (NĐ 30/2020 Điều 10–19)."""

from __future__ import annotations

import pytest

from vanthu.outgoing.states import IllegalStep, State, Step, next_state

LEGAL = {
    (State.DRAFT, Step.EDIT): State.DRAFT,
    (State.DRAFT, Step.SUBMIT): State.REVIEWING,
    (State.DRAFT, Step.SUBMIT_TO_SIGN): State.AWAITING_SIGNATURE,
    (State.REVIEWING, Step.APPROVE): State.AWAITING_SIGNATURE,
    (State.REVIEWING, Step.RETURN): State.DRAFT,
    (State.AWAITING_SIGNATURE, Step.RETURN): State.DRAFT,
    (State.AWAITING_SIGNATURE, Step.SIGN): State.SIGNED,
    (State.SIGNED, Step.NUMBER): State.NUMBERED,
    (State.NUMBERED, Step.SEAL): State.SEALED,
    (State.SEALED, Step.ISSUE): State.ISSUED,
    (State.DRAFT, Step.DISCARD): State.DISCARDED,
    (State.REVIEWING, Step.WITHDRAW): State.DRAFT,
    (State.AWAITING_SIGNATURE, Step.WITHDRAW): State.DRAFT,
    (State.SIGNED, Step.RETURN_SIGNED): State.DRAFT,
    (State.NUMBERED, Step.RETURN_SIGNED): State.DRAFT,
    (State.SEALED, Step.RETURN_SIGNED): State.DRAFT,
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
    assert str(refusal.value) == f"Không thể «{step.label}» văn bản đang ở trạng thái «{state.label}»."


@pytest.mark.parametrize("last", [State.ISSUED, State.DISCARDED])
def test_nothing_follows_the_end(last: State) -> None:
    assert not [step for state, step in LEGAL if state is last]
