"""The whole table of files on their way to a draft: what is over stays so."""

from __future__ import annotations

from itertools import product

import pytest

from vanthu.outgoing.states import UPLOAD_TRANSITIONS, UploadOver, UploadState, UploadStep, next_upload_state

_ENDS = (UploadState.SAVED, UploadState.CANCELLED)


@pytest.mark.parametrize(("state", "step"), list(product(UploadState, UploadStep)))
def test_every_step_from_every_state(state: UploadState, step: UploadStep) -> None:
    if (state, step) in UPLOAD_TRANSITIONS:
        assert state not in _ENDS
        assert next_upload_state(state, step) is UPLOAD_TRANSITIONS[state, step]
    else:
        with pytest.raises(UploadOver):
            next_upload_state(state, step)


def test_nothing_is_saved_that_was_not_begun() -> None:
    assert (UploadState.WAITING, UploadStep.SAVE) not in UPLOAD_TRANSITIONS
