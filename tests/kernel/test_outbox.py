"""What follows an event exists if and only if the event's transaction commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from vanthu.kernel import outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class BellRung:
    """Somebody rang."""

    bell_id: UUID
    at: datetime
    on: date
    times: int
    note: str
    reply_to: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorShut:
    """An event nobody put on the list."""

    door_id: UUID


@app.task(name="tests.answer_bell", queue="tests")
def answer_bell(**_later: object) -> None:
    """Never run: only deferred."""


@app.task(name="tests.note_bell", queue="tests")
def note_bell(**_later: object) -> None:
    """Never run: only deferred."""


@pytest.fixture(autouse=True)
def _subscribed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_subscriptions", {BellRung: (answer_bell, note_bell)})


def _ring() -> BellRung:
    return BellRung(
        bell_id=uuid4(),
        at=datetime(2026, 11, 22, 2, 0, tzinfo=UTC),
        on=date(2026, 11, 22),
        times=2,
        note="Hỏa tốc",
        reply_to=None,
    )


@pytest.mark.django_db(transaction=True)
class TestPublish:
    def test_gives_every_subscriber_one_job_of_plain_values(self) -> None:
        event = _ring()
        with transaction.atomic():
            outbox.publish(event)

        jobs = ProcrastinateJob.objects.order_by("task_name").values_list("task_name", "queue_name", "args")
        told = {
            "bell_id": str(event.bell_id),
            "at": "2026-11-22T02:00:00+00:00",
            "on": "2026-11-22",
            "times": 2,
            "note": "Hỏa tốc",
            "reply_to": None,
        }
        assert list(jobs) == [("tests.answer_bell", "tests", told), ("tests.note_bell", "tests", told)]

    def test_is_undone_with_its_transaction(self) -> None:
        with transaction.atomic():
            outbox.publish(_ring())
            assert ProcrastinateJob.objects.count() == 2
            transaction.set_rollback(True)

        assert not ProcrastinateJob.objects.exists()

    def test_is_unseen_by_workers_before_the_commit(self) -> None:
        """A job that ran before its commit would look for rows that are not there."""
        with psycopg.connect(**connection.get_connection_params(), autocommit=True) as another:
            count = "SELECT count(*) FROM procrastinate_jobs"
            with transaction.atomic():
                outbox.publish(_ring())
                assert another.execute(count).fetchone() == (0,)

            assert another.execute(count).fetchone() == (2,)

    def test_refuses_an_event_that_stands_in_no_list(self) -> None:
        with pytest.raises(KeyError), transaction.atomic():
            outbox.publish(DoorShut(door_id=uuid4()))

    def test_needs_a_transaction(self) -> None:
        with pytest.raises(AssertionError, match="transaction"):
            outbox.publish(_ring())
