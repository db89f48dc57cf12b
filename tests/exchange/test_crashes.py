"""Whatever is lost, repeated, reordered or killed: one document, one number, states that only go forward."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import wraps
from typing import Any, TypeVar

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.exchange import desk, jobs
from tests.exchange.axis_process import AxisProcess
from tests.exchange.conftest import empty_mailboxes
from tests.world import NOW, World
from vanthu.exchange import actions, queries
from vanthu.exchange.axis_client import AxisClient
from vanthu.exchange.models import Delivery, DeliveryStatus, StatusReport
from vanthu.exchange.states import PROGRESS, TOLD, DeliveryState
from vanthu.incoming.models import IncomingDocument
from vanthu.incoming.states import State as IncomingState
from vanthu.kernel import audit, outbox
from vanthu.kernel.actor import system
from vanthu.kernel.models import Attempt
from vanthu.organizations.models import Agency
from vanthu.outgoing.models import OutgoingDocument
from vanthu.registers.models import RegisterEntry

_STEPS = 25

Item = TypeVar("Item")


class Killed(BaseException):
    """kill -9: no handler of ours gets to run."""


class Boundaries:
    """Every place where one system or transaction hands over to another; any of them may be the last."""

    def __init__(self) -> None:
        self._left: int | None = None

    def kill_at(self, crossing: int | None) -> None:
        """Die at this crossing, counted from now; None: live."""
        self._left = crossing

    def watch(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, with a crossing before it and one after it has done its work."""

        @wraps(function)
        def watched(*positional: Any, **named: Any) -> Any:
            self._cross()
            result = function(*positional, **named)
            self._cross()
            return result

        return watched

    def _cross(self) -> None:
        if self._left is None:
            return
        if self._left == 0:
            self._left = None
            raise Killed
        self._left -= 1


@pytest.fixture
def boundaries(monkeypatch: pytest.MonkeyPatch) -> Boundaries:
    """The actions, the calls to the axis, and the middle of every transaction that announces something."""
    watching = Boundaries()
    for owner, names in (
        (actions, actions.__all__),
        (AxisClient, ["send", "fetch", "update_status", "list_received"]),
        (outbox, ["publish"]),
        (audit, ["record"]),
    ):
        for name in names:
            monkeypatch.setattr(owner, name, watching.watch(getattr(owner, name)))
    return watching


class Chaos:
    """One document on its way to a neighbour and two agencies beyond the axis, and what befalls it."""

    def __init__(self, world: World, boundaries: Boundaries, data: st.DataObject) -> None:
        self.boundaries = boundaries
        self.data = data
        self.done: list[jobs.Waiting] = []
        self.farthest: dict[object, int] = {}
        self.returned: set[object] = set()
        _sweep()
        self.recipients = [world.neighbour, *_far_agencies()]
        self.document = desk.issue(world, self.recipients)

    def run(self) -> None:
        self._plan()
        for _ in range(self.data.draw(st.integers(0, _STEPS), label="số bước")):
            step = self.data.draw(
                st.sampled_from([self._job, self._job, self._again, self._poll, self._desk])
            )
            step()
            self._see_that_nothing_goes_back()
        self.boundaries.kill_at(None)
        _try_again_what_was_put_aside()
        jobs.run_until_still()
        self._see_that_nothing_goes_back()

    def register_the_rest(self) -> None:
        """The clerks take in whatever was not returned."""
        for copy in self._copies():
            if copy.state == IncomingState.ARRIVED:
                desk.register(copy)
        jobs.run_until_still()

    def _plan(self) -> None:
        (plan,) = jobs.waiting("exchange.deliver_issued")
        for crossing in (self._crossing(), None, self._crossing()):
            self.boundaries.kill_at(crossing)
            with suppress(Killed):
                plan.run()
        self.boundaries.kill_at(None)
        plan.finish()
        self.done.append(plan)
        desk.settle_in(*self.recipients)

    def _job(self) -> None:
        if found := jobs.waiting():
            job = self._one_of(found)
            if self._survives(job.run):
                job.finish()
            self.done.append(job)

    def _again(self) -> None:
        """A job whose end was never recorded is run once more."""
        self._survives(self._one_of(self.done).run)

    def _poll(self) -> None:
        self._survives(jobs.poll)

    def _desk(self) -> None:
        found = [copy for copy in self._copies() if copy.state == IncomingState.ARRIVED]
        if not found:
            return
        copy = self._one_of(found)
        if self.data.draw(st.booleans(), label="trả lại"):
            self._survives(lambda: desk.send_back(copy, "Gửi nhầm nơi nhận."))
        else:
            self._survives(lambda: desk.register(copy))

    def _one_of(self, found: Sequence[Item]) -> Item:
        # Never `sampled_from`: how many there are is the outcome of a run, not of the draws before it.
        return found[self.data.draw(st.integers(0, 99), label="thứ") % len(found)]

    def _survives(self, work: Callable[[], object]) -> bool:
        self.boundaries.kill_at(self._crossing())
        try:
            work()
        except Killed:
            return False
        finally:
            self.boundaries.kill_at(None)
        return True

    def _crossing(self) -> int | None:
        return self.data.draw(st.none() | st.integers(0, 12), label="chết ở")

    def _copies(self) -> Iterator[IncomingDocument]:
        for agency in self.recipients:
            yield from desk.arrived(agency, self.document)

    def _see_that_nothing_goes_back(self) -> None:
        for delivery in Delivery.objects.filter(document=self.document):
            reached = PROGRESS[DeliveryState(delivery.state)]
            assert reached >= self.farthest.get(delivery.id, 0), f"{delivery} đi lùi"
            self.farthest[delivery.id] = reached


def _sweep() -> None:
    """Nothing an earlier run left half-way may befall this one."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    Attempt.objects.all().delete()
    empty_mailboxes()


def _try_again_what_was_put_aside() -> None:
    """As the administrator does: what died often enough is not begun again by itself."""
    actor = system("Kiểm thử")
    for work in queries.list_aside_work(actor):
        actions.resume_attempt(actor=actor, attempt_id=work.id, now=NOW)
    for packet in queries.list_aside_packets(actor).items:
        if packet.may_reopen:
            actions.reopen_packet(actor=actor, packet_id=packet.id, now=NOW)


def _far_agencies() -> list[Agency]:
    found = []
    for code, name in (("H97.01", "Sở Nội vụ tỉnh Phú Vinh"), ("H97.02", "Sở Tài chính tỉnh Phú Vinh")):
        agency, _ = Agency.objects.update_or_create(code=code, defaults={"name": name, "is_hosted": False})
        found.append(agency)
    return found


def _assert_each_has_it_once(document: OutgoingDocument, recipients: list[Agency]) -> None:
    for agency in recipients:
        (copy,) = desk.arrived(agency, document)
        (delivery,) = Delivery.objects.filter(document=document, recipient=agency)
        assert DeliveryState(delivery.state) is TOLD[IncomingState(copy.state)]
        numbers = RegisterEntry.objects.filter(document_id=copy.pk).values_list("number", flat=True)
        assert list(numbers) == ([] if copy.state == IncomingState.RETURNED else [copy.arrival_number])
        told = Counter(DeliveryStatus.objects.filter(delivery=delivery).values_list("state", flat=True))
        assert set(told.values()) == {1}
        assert {DeliveryState.ARRIVED.value, delivery.state} <= set(told)


class TestCrashes:
    @settings(
        max_examples=8,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(data=st.data())
    def test_leave_one_document_and_one_number_at_each_recipient(
        self, committed: World, axis: AxisProcess, boundaries: Boundaries, data: st.DataObject
    ) -> None:
        chaos = Chaos(committed, boundaries, data)

        chaos.run()
        chaos.register_the_rest()

        _assert_each_has_it_once(chaos.document, chaos.recipients)
        assert not StatusReport.objects.filter(sent_at__isnull=True).exists()
        assert jobs.waiting() == []
        assert [link for chain in audit.examine() for link in chain.broken] == []
