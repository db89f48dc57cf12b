"""What holds for every act on an outgoing document, whatever it does."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from tests.at_once import at_once
from tests.outgoing.standing import in_state
from tests.outgoing.steps import ACTS, CAST, ONCE, SEEN_BY, WITHOUT_KEYS
from tests.seeing import now_seen
from tests.traces import acted_on, audited, everything, nothing_changed
from tests.world import World
from vanthu.kernel import audit, outbox
from vanthu.kernel.errors import DomainError, NotAllowed, NotFound
from vanthu.kernel.seen import Stale
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.states import IllegalStep, State

REFUSED = [(name, who) for name, act in ACTS.items() for who in CAST if who != act.by]
WRONG_STATE = [(name, state) for name, act in ACTS.items() for state in State if state not in act.states]
#: Both returns are one act, done in two states.
RETURNS = {"return_draft_by_head", "return_draft_by_signer"}


class Interrupted(Exception):
    """Power gone in the middle."""


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

    @pytest.mark.parametrize(("name", "state"), WRONG_STATE)
    def test_is_refused_in_the_state(self, world: World, name: str, state: State) -> None:
        act = ACTS[name]
        document = in_state(world, state)

        with nothing_changed(), pytest.raises(DomainError) as refusal:
            act.do(world, world.actor(act.by), document)

        if act.by not in SEEN_BY[state]:
            assert type(refusal.value) is NotFound
        elif name == "place_marks" or (
            name in RETURNS and state in {State.REVIEWING, State.AWAITING_SIGNATURE}
        ):
            assert type(refusal.value) is NotAllowed
        else:
            assert type(refusal.value) is IllegalStep
            assert f"đang ở trạng thái «{state.label}»" in str(refusal.value)

    @pytest.mark.parametrize("name", ACTS)
    def test_is_refused_over_anything_but_what_was_seen(self, world: World, name: str) -> None:
        """Another version, another state, another file, another document."""
        act = ACTS[name]
        document = in_state(world, act.state)
        actor = world.actor(act.by)
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
        seen = act.shown(world, world.actor(act.by), document)

        with nothing_changed(), pytest.raises(NotFound):
            act.do(world, world.outsider, document, replace(seen, version=7))

    @pytest.mark.parametrize("name", WITHOUT_KEYS)
    def test_leaves_what_it_acted_on_in_the_audit_trail(self, world: World, name: str) -> None:
        """The state, the version and the hash of the file, under one name everywhere."""
        act = ACTS[name]
        document = in_state(world, act.state)
        seen = now_seen(document)

        act.do(world, world.actor(act.by), document)

        assert acted_on(document)[-1][1] == {
            "state": act.state.value,
            "version": seen.version,
            "sha256": seen.sha256,
        }
        assert len(seen.sha256) == 64
        assert now_seen(document).version == seen.version + 1

    @pytest.mark.parametrize("name", WITHOUT_KEYS)
    def test_leaves_one_entry_in_the_audit_trail(self, world: World, name: str) -> None:
        act = ACTS[name]
        document = in_state(world, act.state)
        before = len(audited(document))

        act.do(world, world.actor(act.by), document)

        assert [who for _, who, _ in audited(document)[before:]] == [world.actor(act.by).label]

    @pytest.mark.parametrize("name", ONCE)
    def test_cannot_happen_twice(self, world: World, name: str) -> None:
        act = ACTS[name]
        document = in_state(world, act.state)
        act.do(world, world.actor(act.by), document)

        with nothing_changed(), pytest.raises((IllegalStep, NotFound)):
            act.do(world, world.actor(act.by), document)

    @pytest.mark.parametrize("name", WITHOUT_KEYS)
    def test_leaves_no_trace_when_it_fails_half_way(
        self, world: World, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        act = ACTS[name]
        document = in_state(world, act.state)
        monkeypatch.setattr(audit, "record", _interrupt)

        with nothing_changed(), pytest.raises(Interrupted):
            act.do(world, world.actor(act.by), document)

    def test_that_announces_leaves_no_trace_when_it_fails_at_the_very_end(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        document = in_state(world, State.SEALED)
        publish = outbox.publish

        def publish_and_fail(event: Any) -> None:
            publish(event)
            raise Interrupted

        monkeypatch.setattr(outbox, "publish", publish_and_fail)

        with nothing_changed(), pytest.raises(Interrupted):
            ACTS["issue_document"].do(world, world.clerk, document)

    def test_of_nobody_touches_a_document_that_does_not_exist(self, world: World) -> None:
        for act in ACTS.values():
            with pytest.raises(NotFound):
                act.do(world, world.actor(act.by), world.department.id)


def _interrupt(**_: object) -> None:
    raise Interrupted


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    @pytest.mark.parametrize("name", ONCE)
    def test_do_it_once(self, world: World, name: str) -> None:
        """A button clicked three times, in three browsers."""
        act = ACTS[name]
        document = in_state(world, act.state)
        before = len(audited(document))

        done, refused = at_once([partial(act.do, world, world.actor(act.by), document)] * 3)

        assert len(done) == 1
        assert {type(refusal) for refusal in refused} <= {IllegalStep, NotFound, Stale}
        assert len(audited(document)) == before + 1

    def test_give_each_document_its_own_number(self, world: World) -> None:
        """Two clerks number the same three documents, each from the other end."""
        documents = [in_state(world, State.SIGNED) for _ in range(3)]
        number = ACTS["assign_number"].do
        clicks = [partial(number, world, world.clerk, document) for document in documents]

        done, refused = at_once([*clicks, *reversed(clicks)])

        assert (len(done), len(refused)) == (3, 3)
        numbers = OutgoingDocument.objects.order_by("number").values_list("number", flat=True)
        assert list(numbers) == [1, 2, 3]
        counters = everything()["registers.RegisterYear"]
        assert [counter["last_number"] for counter in counters] == [3]

    def test_cannot_both_approve_and_return(self, world: World) -> None:
        document = in_state(world, State.REVIEWING)
        acts = [
            partial(ACTS[name].do, world, world.head, document)
            for name in ("approve_content", "return_draft_by_head")
        ]

        done, refused = at_once(acts)

        assert (len(done), len(refused)) == (1, 1)
