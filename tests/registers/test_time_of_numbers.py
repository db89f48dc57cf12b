"""A later number never has an earlier time: the time is taken under the lock, and a slow clock is noticed."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tests import arrivals, path
from tests.registers.test_take_number import LAST_SECOND, NEW_YEAR
from tests.seeing import now_seen
from tests.world import NOW, World
from vanthu.incoming import actions as incoming
from vanthu.incoming.models import IncomingDocument
from vanthu.kernel import clock
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotAllowed, NotFound
from vanthu.kernel.models import AuditEntry
from vanthu.kernel.seen import Stale
from vanthu.registers import actions, operations, rules
from vanthu.registers.models import Register, RegisterEntry, RegisterYear
from vanthu.registers.operations import TakenNumber
from vanthu.registers.states import RegisterKind

THREADS, TURNS = 8, 12
DAY = timedelta(days=1)


def _take(world: World, *, now: datetime = NOW) -> TakenNumber:
    with transaction.atomic():
        return operations.take_number(
            agency_id=world.department.id,
            kind=RegisterKind.OUTGOING,
            document_type="",
            document_id=uuid4(),
            now=now,
        )


def _confirm(world: World, *, by: Actor | None = None, reason: str = "Đồng hồ máy chủ chạy nhanh") -> None:
    actions.confirm_time(
        actor=by or world.clerk,
        register_id=world.outgoing_register.id,
        seen=Register.objects.get(id=world.outgoing_register.id).as_seen(),
        reason=reason,
        now=NOW,
    )


@pytest.fixture
def clock_shows(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the machine's clock."""
    return lambda at: monkeypatch.setattr(clock, "read", lambda: at)


class TestTheTimeOfANumber:
    def test_is_that_of_the_lock_and_not_of_the_question(
        self, world: World, clock_shows: Callable[[datetime], None]
    ) -> None:
        clock_shows(NOW + timedelta(seconds=3))

        taken = _take(world)

        assert taken.taken_at == NOW + timedelta(seconds=3)
        assert RegisterEntry.objects.get().taken_at == taken.taken_at
        assert Register.objects.get(id=world.outgoing_register.id).last_taken_at == taken.taken_at

    def test_is_in_the_new_year_for_who_waited_past_midnight(
        self, world: World, clock_shows: Callable[[datetime], None]
    ) -> None:
        """NĐ 30/2020 Điều 15: from 01 on the first day of January, in Hà Nội."""
        _take(world, now=LAST_SECOND)
        clock_shows(NEW_YEAR)

        taken = _take(world, now=LAST_SECOND)

        assert (taken.number, taken.year, taken.taken_at) == (1, 2027, NEW_YEAR)

    def test_waits_out_the_little_by_which_two_clocks_differ(self, world: World) -> None:
        first = _take(world)

        second = _take(world, now=NOW - rules.CLOCKS_MAY_DIFFER)

        assert (second.number, second.taken_at) == (2, first.taken_at)

    @pytest.mark.django_db(transaction=True)
    def test_runs_in_order_however_many_take_at_once(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each reads the clock, is held up by chance, and only then gets its turn."""
        monkeypatch.setattr(clock, "read", timezone.now)
        gate = threading.Barrier(THREADS)

        def work(seed: int) -> None:
            chance = random.Random(seed)
            try:
                gate.wait()
                for _ in range(TURNS):
                    now = timezone.now()
                    time.sleep(chance.random() / 50)
                    _take(world, now=now)
            finally:
                connection.close()

        with ThreadPoolExecutor(THREADS) as clerks:
            for work_done in [clerks.submit(work, seed) for seed in range(THREADS)]:
                work_done.result()

        entries = list(RegisterEntry.objects.order_by("number").values_list("number", "taken_at"))
        assert [number for number, _ in entries] == list(range(1, THREADS * TURNS + 1))
        times = [taken_at for _, taken_at in entries]
        assert times == sorted(times)


class TestAClockSetBack:
    def test_gives_no_number_before_the_last_one(self, world: World) -> None:
        _take(world)

        with pytest.raises(rules.RegisterAhead, match=r"09:00 22/11/2026.*09:00 21/11/2026.*xác nhận"):
            _take(world, now=NOW - DAY)
        assert RegisterYear.objects.get().last_number == 1

    def test_gives_none_before_one_of_the_next_year_either(self, world: World) -> None:
        _take(world, now=NEW_YEAR + DAY)

        with pytest.raises(rules.RegisterAhead):
            _take(world, now=LAST_SECOND)

    def test_hinders_no_other_register(self, world: World) -> None:
        _take(world)
        document = arrivals.arrived(world)

        assert incoming_number(world, document, now=NOW - DAY) == 1

    def test_is_noticed_for_arrivals_too(self, world: World) -> None:
        incoming_number(world, arrivals.arrived(world), now=NOW)
        late = arrivals.arrived(world)

        with pytest.raises(rules.RegisterAhead, match="Sổ văn bản đến"):
            incoming_number(world, late, now=NOW - DAY)
        assert IncomingDocument.objects.get(pk=late).arrival_number is None

    def test_is_over_when_the_clock_is_right_again(self, world: World) -> None:
        _take(world)
        with pytest.raises(rules.RegisterAhead):
            _take(world, now=NOW - DAY)

        assert _take(world, now=NOW + DAY).number == 2


def incoming_number(world: World, document: UUID, *, now: datetime) -> int:
    """The arrival number the clerk gives."""
    return incoming.register_document(
        actor=world.clerk, document_id=document, seen=now_seen(document), now=now
    )


class TestConfirmTime:
    """The last number was taken while the clock was a day fast."""

    @pytest.fixture(autouse=True)
    def _ahead(self, world: World) -> None:
        _take(world, now=NOW + DAY)

    def test_lets_the_register_count_on_from_now(self, world: World) -> None:
        _confirm(world)

        taken = _take(world)

        assert (taken.number, taken.taken_at) == (2, NOW)

    def test_is_kept_with_its_reason_and_leaves_the_entry_as_it_was(self, world: World) -> None:
        _confirm(world)

        entry = AuditEntry.objects.get(action="registers.time-confirmed")
        assert (entry.user_id, entry.subject_id) == (world.clerk.user_id, world.outgoing_register.id)
        assert entry.data["reason"] == "Đồng hồ máy chủ chạy nhanh"
        assert datetime.fromisoformat(entry.data["former"]) == NOW + DAY
        assert RegisterEntry.objects.get().taken_at == NOW + DAY

    @pytest.mark.parametrize("who", ["officer", "head", "leader", "archivist", "administrator", "machine"])
    def test_is_refused_to(self, world: World, who: str) -> None:
        with pytest.raises(NotAllowed):
            _confirm(world, by=getattr(world, who))

    def test_is_refused_to_another_agency(self, world: World) -> None:
        with pytest.raises(NotFound):
            _confirm(world, by=world.outsider)

    @pytest.mark.parametrize("reason", ["", "  ", "x" * (rules.REASON_LIMIT + 1)])
    def test_is_refused_without_a_reason(self, world: World, reason: str) -> None:
        with pytest.raises(rules.ReasonRefused):
            _confirm(world, reason=reason)

    def test_is_refused_to_who_saw_another_last_number(self, world: World) -> None:
        shown = Register.objects.get(id=world.outgoing_register.id).as_seen()
        _take(world, now=NOW + 2 * DAY)

        with pytest.raises(Stale):
            actions.confirm_time(
                actor=world.clerk,
                register_id=world.outgoing_register.id,
                seen=shown,
                reason="Thử",
                now=NOW,
            )

    def test_is_refused_where_nothing_is_wrong(self, world: World) -> None:
        _confirm(world)

        with pytest.raises(rules.NotAhead):
            _confirm(world)


class TestAnOutgoingNumber:
    def test_dates_the_document_as_the_register_does(
        self, world: World, signers: object, clock_shows: Callable[[datetime], None]
    ) -> None:
        document = path.signed(world)
        later = path.true_time() + timedelta(seconds=2)
        clock_shows(later)

        taken = path.assign(world, document)

        found = AuditEntry.objects.get(action="outgoing.numbered")
        assert taken.taken_at == found.at == later
        assert found.data["issued_on"] == timezone.localdate(later).isoformat()
