"""The life of a packet in a mailbox, whole."""

from __future__ import annotations

from itertools import product

import pytest

from vanthu.axis.states import PENDING, TRANSITIONS, IllegalStep, MailState, MailStep, next_state

W, P, D, F = MailState.WAITING, MailState.PROCESSING, MailState.DONE, MailState.FAILED
#: Every state × every step; None is refused.
MATRIX: dict[MailState, dict[MailStep, MailState | None]] = {
    W: {MailStep.PROCESS: P, MailStep.ACKNOWLEDGE: D, MailStep.REPORT_FAILURE: F},
    P: {MailStep.PROCESS: P, MailStep.ACKNOWLEDGE: D, MailStep.REPORT_FAILURE: F},
    F: {MailStep.PROCESS: P, MailStep.ACKNOWLEDGE: D, MailStep.REPORT_FAILURE: F},
    D: {MailStep.PROCESS: None, MailStep.ACKNOWLEDGE: D, MailStep.REPORT_FAILURE: None},
}


@pytest.mark.parametrize(("state", "step"), list(product(MailState, MailStep)))
def test_every_state_and_step(state: MailState, step: MailStep) -> None:
    expected = MATRIX[state][step]
    if expected is None:
        with pytest.raises(IllegalStep, match=state.label):
            next_state(state, step)
    else:
        assert next_state(state, step) is expected


def test_table_holds_nothing_else() -> None:
    allowed = {(s, t) for s, row in MATRIX.items() for t, result in row.items() if result}
    assert set(TRANSITIONS) == allowed


def test_saying_the_same_again_changes_nothing() -> None:
    for state, step in TRANSITIONS:
        once = next_state(state, step)
        assert next_state(once, step) is once


def test_only_done_is_final_and_only_unfinished_is_offered() -> None:
    assert {state for state, _ in TRANSITIONS} - {D} == {W, P, F}
    assert set(PENDING) == {W, P}


def test_wire_words_are_the_protocols() -> None:
    assert [state.value for state in MailState] == ["initial", "processing", "done", "fail"]
    assert [step.value for step in MailStep] == ["processing", "done", "fail"]
