"""A use case the database broke off is done yet, once; one it never lets through is calmly refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import DataError, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.at_once import at_once
from vanthu.kernel import actor as actors
from vanthu.kernel import audit, outbox
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import Busy, Conflict
from vanthu.kernel.models import AuditEntry
from vanthu.kernel.use_cases import TRIES, use_case

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandsShaken:
    """Two agencies met."""

    one: UUID
    other: UUID


@app.task(name="tests.note_hands", queue="tests")
def note_hands(**_later: object) -> None:
    """Never run: only deferred."""


@pytest.fixture(autouse=True)
def _subscribed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "_subscriptions", {HandsShaken: (note_hands,)})


@use_case
def shake_hands(*, actor: Actor, one: UUID, other: UUID, meeting: Meeting, now: datetime) -> int:
    """Write a fact into the chain of `one`, then of `other`, and announce it; returns the attempt."""
    attempt = meeting.begin()
    _record(actor, one, now)
    meeting.wait()
    _record(actor, other, now)
    outbox.publish(HandsShaken(one=one, other=other))
    return attempt


class Meeting:
    """Where two acts meet half way, each holding what the other wants; only at their first attempt."""

    def __init__(self, gate: threading.Barrier | None = None) -> None:
        self.attempts = 0
        self._gate = gate

    def begin(self) -> int:
        self.attempts += 1
        return self.attempts

    def wait(self) -> None:
        if self._gate is not None and self.attempts == 1:
            self._gate.wait(timeout=20)


def _record(actor: Actor, agency_id: UUID, now: datetime) -> None:
    audit.record(
        action="tests.shaken",
        actor=actor,
        at=now,
        agency_id=agency_id,
        subject_type="tests.hand",
        subject_id=agency_id,
    )


def _actor() -> Actor:
    return actors.system("Kiểm thử", agency_id=uuid4())


def _run(meeting: Meeting) -> int:
    return shake_hands(actor=_actor(), one=uuid4(), other=uuid4(), meeting=meeting, now=NOW)


@pytest.fixture
def faults(transactional_db: None) -> Iterator[Faults]:
    """A trigger at the commit of every act that writes the trail, which breaks off as many as it is told."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE SEQUENCE test_faults;
            CREATE TABLE test_faults_until (times int, code text);
            INSERT INTO test_faults_until VALUES (0, '40001');
            CREATE FUNCTION test_break_off() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE wanted record;
            BEGIN
                SELECT * INTO wanted FROM test_faults_until;
                IF nextval('test_faults') <= wanted.times THEN
                    RAISE EXCEPTION 'broken off on purpose' USING ERRCODE = wanted.code;
                END IF;
                RETURN NULL;
            END $$;
            CREATE CONSTRAINT TRIGGER test_break_off AFTER INSERT ON procrastinate_jobs
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION test_break_off();
            GRANT USAGE ON SEQUENCE test_faults TO vanthu_app;
            GRANT SELECT ON test_faults_until TO vanthu_app;
            """
        )
    yield Faults()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DROP TRIGGER test_break_off ON procrastinate_jobs;
            DROP FUNCTION test_break_off();
            DROP TABLE test_faults_until;
            DROP SEQUENCE test_faults;
            """
        )


class Faults:
    """How often the next commits fail, and with which code of PostgreSQL's."""

    def come(self, times: int, *, code: str = "40001") -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE test_faults_until SET times = %s, code = %s", [times, code])


@pytest.mark.django_db(transaction=True)
class TestDeadlock:
    def test_of_two_acts_ends_with_both_done_once(self) -> None:
        """Each holds the chain the other wants: PostgreSQL breaks one off, and it begins again."""
        one, other = uuid4(), uuid4()
        gate = threading.Barrier(2)
        meetings = [Meeting(gate), Meeting(gate)]
        acts = [
            lambda: shake_hands(actor=_actor(), one=one, other=other, meeting=meetings[0], now=NOW),
            lambda: shake_hands(actor=_actor(), one=other, other=one, meeting=meetings[1], now=NOW),
        ]

        attempts, refusals = at_once(acts)

        assert (sorted(attempts), refusals) == ([1, 2], [])
        assert AuditEntry.objects.filter(agency_id=one).count() == 2
        assert AuditEntry.objects.filter(agency_id=other).count() == 2
        assert ProcrastinateJob.objects.filter(task_name="tests.note_hands").count() == 2
        assert [report.broken for report in audit.examine()] == [[], []]


class TestBrokenOff:
    @pytest.mark.parametrize("code", ["40001", "40P01"], ids=["serialisation failure", "deadlock"])
    def test_at_its_very_end_an_act_is_done_again_and_once(self, faults: Faults, code: str) -> None:
        faults.come(TRIES - 1, code=code)
        meeting = Meeting()

        assert _run(meeting) == TRIES
        assert AuditEntry.objects.count() == 2
        assert ProcrastinateJob.objects.filter(task_name="tests.note_hands").count() == 1

    def test_again_and_again_an_act_is_refused_with_a_calm_sentence(self, faults: Faults) -> None:
        faults.come(TRIES)
        meeting = Meeting()

        with pytest.raises(Busy, match="Hãy thử lại") as refusal:
            _run(meeting)

        assert (refusal.value.status, meeting.attempts) == (503, TRIES)
        assert not AuditEntry.objects.exists()
        assert not ProcrastinateJob.objects.exists()

    def test_after_a_refusal_the_same_connection_works_on(self, faults: Faults) -> None:
        faults.come(TRIES)
        with pytest.raises(Busy):
            _run(Meeting())

        assert _run(Meeting()) == 1


class TestWaiting:
    def test_ends_with_a_calm_sentence_when_a_lock_is_held_for_ever(self, transactional_db: None) -> None:
        agency, held, enough = uuid4(), threading.Event(), threading.Event()

        def hold() -> None:
            with transaction.atomic():
                _record(_actor(), agency, NOW)
                held.set()
                enough.wait(timeout=20)
            connection.close()

        holder = threading.Thread(target=hold)
        holder.start()
        held.wait(timeout=20)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        meeting = Meeting()
        try:
            with pytest.raises(Busy, match="Hãy thử lại"):
                shake_hands(actor=_actor(), one=agency, other=uuid4(), meeting=meeting, now=NOW)
        finally:
            enough.set()
            holder.join()
            connection.close()
        assert meeting.attempts == 1

    def test_for_a_lock_ends_after_seconds_not_never(self, transactional_db: None) -> None:
        """Of every connection of the programs: see config/environment.py."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout')")
            lock = cursor.fetchone()[0]
            cursor.execute("SELECT current_setting('idle_in_transaction_session_timeout')")
            idle = cursor.fetchone()[0]

        assert (lock, idle) == ("15s", "2min")


class TestOtherFailures:
    @pytest.mark.django_db(transaction=True)
    def test_are_not_repeated(self) -> None:
        times: list[int] = []

        @use_case
        def divide(*, actor: Actor, now: datetime) -> None:
            times.append(1)
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")

        with pytest.raises(DataError, match="division by zero"):
            divide(actor=_actor(), now=NOW)
        assert len(times) == 1

    @pytest.mark.django_db(transaction=True)
    def test_of_the_trade_are_not_repeated_and_leave_nothing(self) -> None:
        times: list[int] = []

        @use_case
        def refuse(*, actor: Actor, now: datetime) -> None:
            times.append(1)
            _record(actor, actor.agency_id, now)
            raise Conflict

        with pytest.raises(Conflict):
            refuse(actor=_actor(), now=NOW)
        assert len(times) == 1
        assert not AuditEntry.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_inside_another_transaction_it_is_refused(self) -> None:
        """Half of what it is part of could not be repeated."""
        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            _run(Meeting())
        assert not AuditEntry.objects.exists()
