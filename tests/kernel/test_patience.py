"""How long a failed job waits, and which failures end it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from vanthu.incoming.states import IllegalStep
from vanthu.kernel.blobs import BlobDamaged
from vanthu.kernel.errors import NotAllowed, NotFound
from vanthu.kernel.patience import LONGEST_WAIT, Patient, wait_seconds


def _job(attempts: int) -> Job:
    return Job(
        id=7, queue="q", lock=None, queueing_lock=None, task_name="a.task", task_kwargs={}, attempts=attempts
    )


def test_waits_grow_and_never_end() -> None:
    waits = [wait_seconds(attempts) for attempts in (0, 1, 2, 7, 8, 1000)]

    assert waits == [2, 4, 8, 256, 300, 300]


@pytest.mark.parametrize("attempts", [0, 5, 10_000])
def test_a_failure_is_tried_again_later(attempts: int) -> None:
    decision = Patient().get_retry_decision(exception=OSError(), job=_job(attempts))

    assert decision is not None
    assert decision.retry_at is not None
    assert decision.retry_at <= datetime.now(UTC) + timedelta(seconds=LONGEST_WAIT)


def test_a_final_failure_is_logged_and_ends_the_job(caplog: pytest.LogCaptureFixture) -> None:
    strategy = Patient(final=(NotFound,))

    assert strategy.get_retry_decision(exception=NotFound("Không còn."), job=_job(3)) is None
    assert "a.task số 7 dừng hẳn: Không còn." in caplog.text
    assert caplog.records[0].levelno == logging.ERROR
    assert strategy.get_retry_decision(exception=NotAllowed(), job=_job(3)) is not None


@pytest.mark.parametrize(
    "name", ["incoming.complete_answered", "incoming.check_again", "incoming.check_signatures"]
)
def test_what_follows_an_incoming_document_is_never_lost_to_a_passing_fault(name: str) -> None:
    strategy = app.tasks[name].retry_strategy

    assert strategy is not None
    for passing in (OSError(), BlobDamaged()):
        assert strategy.get_retry_decision(exception=passing, job=_job(99)) is not None
    for final in (NotFound(), NotAllowed(), IllegalStep()):
        assert strategy.get_retry_decision(exception=final, job=_job(0)) is None


def test_no_task_with_a_queueing_lock_is_retried_in_its_place() -> None:
    assert [task.name for task in app.tasks.values() if task.queueing_lock and task.retry_strategy] == []
