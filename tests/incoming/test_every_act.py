"""What holds for every act on an incoming document, whatever it does."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from tests import arrivals
from tests.at_once import at_once
from tests.incoming.steps import ACTS, CAST, SEEN_BY
from tests.seeing import now_seen
from tests.traces import acted_on, audited, everything, jobs, nothing_changed
from tests.world import NOW, World
from vanthu.incoming import operations
from vanthu.incoming.models import IncomingDocument
from vanthu.incoming.states import IllegalStep, State
from vanthu.kernel import audit, outbox
from vanthu.kernel.errors import DomainError, NotAllowed, NotFound
from vanthu.kernel.seen import Stale
from vanthu.workflow.rules import Assignee
from vanthu.workflow.states import IllegalStep as IllegalPartStep

REFUSED = [(name, who) for name, act in ACTS.items() for who in CAST if who not in act.by]
WRONG_STATE = [
    (name, state, who)
    for name, act in ACTS.items()
    for who in act.by
    for state in State
    if state not in act.states
]


#: Acts the sender does not hear of.
TELL_NOBODY = {"direct_further", "pass_on", "present_document"}


class Interrupted(Exception):
    """Power gone in the middle."""


def in_state(world: World, state: State) -> UUID:
    """A document the officer leads, his unit supports, in `state`."""
    if state in {State.ARRIVED, State.RETURNED, State.REGISTERED}:
        return arrivals.TO_STATE[state](world)
    unit = Assignee(kind="unit", id=world.civil_service.id)
    return arrivals.TO_STATE[state](world, support=[unit])


class TestEveryAct:
    @pytest.mark.parametrize(("name", "who"), REFUSED)
    def test_is_refused_to(self, world: World, name: str, who: str) -> None:
        """Whoever may not know of the document is told it is not there; others that it is not theirs."""
        act = ACTS[name]
        document = in_state(world, act.state)
        expected = NotAllowed if who in SEEN_BY[act.state] else NotFound

        with nothing_changed(), pytest.raises(expected) as refusal:
            act.do(world, world.actor(who), document)

        assert type(refusal.value) is expected

    @pytest.mark.parametrize(("name", "state", "who"), WRONG_STATE)
    def test_is_refused_in_the_state(self, world: World, name: str, state: State, who: str) -> None:
        act = ACTS[name]
        document = in_state(world, state)

        with nothing_changed(), pytest.raises(DomainError) as refusal:
            act.do(world, world.actor(who), document)

        if who not in SEEN_BY[state]:
            assert type(refusal.value) is NotFound
        else:
            assert type(refusal.value) is IllegalStep
            assert f"đang ở trạng thái «{state.label}»" in str(refusal.value)

    @pytest.mark.parametrize("name", ACTS)
    def test_is_refused_over_anything_but_what_was_seen(self, world: World, name: str) -> None:
        """Another version, another state, another file, another document."""
        act = ACTS[name]
        document = in_state(world, act.state)
        actor = world.actor(act.by[0])
        seen = act.shown(world, actor, document)
        others: list[dict[str, Any]] = [
            {"version": 7},
            {"state": "other"},
            {"sha256": "0" * 64},
            {"subject": UUID(int=1)},
        ]

        for other in others:
            with nothing_changed(), pytest.raises(Stale) as refusal:
                act.do(world, actor, document, replace(seen, **other))
            assert (refusal.value.seen, refusal.value.current) == (replace(seen, **other), seen)

    @pytest.mark.parametrize("name", ACTS)
    def test_tells_nobody_who_may_not_see_the_document_that_it_has_changed(
        self, world: World, name: str
    ) -> None:
        act = ACTS[name]
        document = in_state(world, act.state)
        seen = act.shown(world, world.actor(act.by[0]), document)

        with nothing_changed(), pytest.raises(NotFound):
            act.do(world, world.outsider, document, replace(seen, version=7))

    @pytest.mark.parametrize("name", ACTS)
    def test_leaves_what_it_acted_on_in_the_audit_trail(self, world: World, name: str) -> None:
        """The state, the version and the hash of the file, under one name everywhere."""
        act = ACTS[name]
        document = in_state(world, act.state)
        seen = now_seen(document)

        act.do(world, world.actor(act.by[0]), document)

        assert acted_on(document)[-1][1] == {
            "state": act.state.value,
            "version": seen.version,
            "sha256": seen.sha256,
        }
        assert len(seen.sha256) == 64
        assert now_seen(document).version == seen.version + 1

    @pytest.mark.parametrize("name", ACTS)
    def test_leaves_one_entry_in_the_audit_trail(self, world: World, name: str) -> None:
        act = ACTS[name]
        document = in_state(world, act.state)
        before = len(audited(document))

        act.do(world, world.actor(act.by[0]), document)

        assert [who for _, who, _ in audited(document)[before:]] == [world.actor(act.by[0]).label]

    @pytest.mark.parametrize("name", ACTS)
    def test_cannot_happen_twice(self, world: World, name: str) -> None:
        act = ACTS[name]
        document = in_state(world, act.state)
        act.do(world, world.actor(act.by[0]), document)

        with nothing_changed(), pytest.raises(DomainError):
            act.do(world, world.actor(act.by[0]), document)

    @pytest.mark.parametrize("broken", ["audit", "outbox"])
    @pytest.mark.parametrize("name", ACTS)
    def test_leaves_no_trace_when_it_fails_half_way(
        self, world: World, name: str, broken: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Not even the number, when the job that tells the sender cannot be written."""
        act = ACTS[name]
        document = in_state(world, act.state)
        publish = outbox.publish

        def interrupt(*arguments: Any, **_: object) -> None:
            if arguments:
                publish(*arguments)
            raise Interrupted

        if broken == "audit" or name in TELL_NOBODY:
            monkeypatch.setattr(audit, "record", interrupt)
        else:
            monkeypatch.setattr(outbox, "publish", interrupt)

        with nothing_changed(), pytest.raises(Interrupted):
            act.do(world, world.actor(act.by[0]), document)

    def test_touches_no_document_that_does_not_exist(self, world: World) -> None:
        for act in ACTS.values():
            with pytest.raises(NotFound):
                act.do(world, world.actor(act.by[0]), world.department.id)


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    @pytest.mark.parametrize("name", ACTS)
    def test_do_it_once(self, world: World, name: str) -> None:
        """A button clicked three times, in three browsers."""
        act = ACTS[name]
        document = in_state(world, act.state)
        before, jobs_before = len(audited(document)), len(jobs())

        done, refused = at_once([partial(act.do, world, world.actor(act.by[0]), document)] * 3)

        assert len(done) == 1
        assert {type(refusal).__name__ for refusal in refused} <= {
            IllegalStep.__name__,
            IllegalPartStep.__name__,
            "NotAllowed",
            Stale.__name__,
            "AlreadyPresented",
            "DirectionRefused",
        }
        assert len(audited(document)) == before + 1
        assert len(jobs()) <= jobs_before + 1

    def test_register_three_documents_from_both_ends(self, world: World) -> None:
        """Two clerks, the same three documents."""
        documents = [arrivals.arrived(world) for _ in range(3)]
        register = ACTS["register_document"].do
        clicks = [partial(register, world, world.clerk, document) for document in documents]

        done, refused = at_once([*clicks, *reversed(clicks)])

        assert sorted(str(number) for number in done) == ["1", "2", "3"]
        assert len(refused) == 3
        numbers = IncomingDocument.objects.order_by("arrival_number").values_list("arrival_number", flat=True)
        assert list(numbers) == [1, 2, 3]
        assert [counter["last_number"] for counter in everything()["registers.RegisterYear"]] == [3]

    def test_cannot_both_register_and_return(self, world: World) -> None:
        document = arrivals.arrived(world)
        acts = [
            partial(ACTS[name].do, world, world.clerk, document)
            for name in ("register_document", "return_document")
        ]

        done, refused = at_once(acts)

        assert (len(done), len(refused)) == (1, 1)
        found = IncomingDocument.objects.get(pk=document)
        assert (found.state, found.arrival_number) in {("registered", 1), ("returned", None)}

    def test_receive_one_delivery_once(self, world: World) -> None:
        """The same packet fetched by four workers."""
        told = arrivals.arrival(world, key="trục:1")

        def receive() -> operations.Received:
            with transaction.atomic():
                return operations.receive(actor=world.machine, arrival=told, now=NOW)

        received, _ = at_once([receive] * 4)

        assert sorted(each.is_new for each in received) == [False, False, False, True]
        assert len({each.document_id for each in received}) == 1
        assert IncomingDocument.objects.count() == 1
        assert len(jobs()) == 1
