"""What the page offers and what the actions allow are one: every person of the cast, in every state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from tests import arrivals, path
from tests.incoming.steps import ACTS, CAST
from tests.world import NOW, World
from vanthu.incoming import queries
from vanthu.incoming.actions.directing import DirectionRefused
from vanthu.incoming.states import IllegalStep, State
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotAllowed, NotFound
from vanthu.workflow.rules import Assignee
from vanthu.workflow.states import IllegalStep as IllegalPartStep


def _reply(world: World, actor: Actor, document: UUID) -> object:
    queries.reply_defaults(actor, document_id=document)
    return path.drafted(world, by=actor, replies_to=document)


#: The button, and the act behind it.
_BEHIND: dict[str, Callable[[World, Actor, UUID], object]] = {
    "register": ACTS["register_document"].do,
    "return": ACTS["return_document"].do,
    "present": ACTS["present_document"].do,
    "direct": ACTS["direct_document"].do,
    "direct_further": ACTS["direct_further"].do,
    "pass_on": ACTS["pass_on"].do,
    "start": ACTS["start_work"].do,
    "report": ACTS["report_work"].do,
    "complete": ACTS["complete_document"].do,
}
_WORK = {"start", "report", "reply"}
#: It was presented to the leader: the deputy reads it, and is offered nothing.
_LEADERS = {"leader": {"direct_further", "complete"}}
_EXPECTED: dict[State, dict[str, set[str]]] = {
    State.ARRIVED: {"clerk": {"register", "return"}},
    State.RETURNED: {},
    State.REGISTERED: {
        "clerk": {"present"},
        "leader": {"direct", "complete"},
    },
    State.DIRECTED: {"officer": _WORK | {"complete"}, "head": _WORK | {"pass_on"}, **_LEADERS},
    # The officer has started; the unit's own part has not.
    State.PROCESSING: {
        "officer": {"report", "reply", "complete"},
        "head": _WORK | {"pass_on"},
        **_LEADERS,
    },
    State.COMPLETED: {},
}


class Undone(Exception):
    """The act succeeded and is taken back."""


def _succeeds(world: World, actor: Actor, document: UUID, act: Callable[..., object]) -> bool:
    try:
        with transaction.atomic():
            # An action refuses to run inside another's transaction; a test's own is not another's.
            transaction.get_connection().atomic_blocks[-1]._from_testcase = True
            act(world, actor, document)
            raise Undone
    except Undone:
        return True
    except (NotAllowed, NotFound, IllegalStep, IllegalPartStep, DirectionRefused):
        return False


class TestButtons:
    @pytest.mark.parametrize("state", State)
    def test_agree_with_the_actions(self, world: World, state: State) -> None:
        support = [Assignee(kind="unit", id=world.civil_service.id)]
        given: dict[str, Any] = (
            {"support": support} if state not in {State.ARRIVED, State.RETURNED, State.REGISTERED} else {}
        )
        document = arrivals.TO_STATE[state](world, **given)

        for name in CAST:
            actor, expected = world.actor(name), _EXPECTED[state].get(name, set())
            done = {button for button, act in _BEHIND.items() if _succeeds(world, actor, document, act)}
            assert done == expected - {"reply"}, name
            if "reply" in expected:
                assert _succeeds(world, actor, document, _reply)
            try:
                page = queries.get_incoming(actor, document_id=document, now=NOW)
            except NotFound:
                assert not expected
            else:
                assert page.acts == expected, name

    def test_leave_the_end_to_whoever_led_and_has_reported(self, world: World) -> None:
        document = arrivals.processing(world)
        ACTS["report_work"].do(world, world.officer, document)

        page = queries.get_incoming(world.officer, document_id=document, now=NOW)

        assert page.acts == {"complete", "reply"}
        assert document in {row.id for row in queries.list_incoming(world.officer, tab="mine", now=NOW).items}
        assert queries.count_incoming(world.officer)["mine"] == 1
        assert page.waiting_for is not None
        assert (page.waiting_for.who, page.waiting_for.what) == ("Nguyễn Văn An", "hoàn thành xử lý")

    def test_offer_to_pass_on_once(self, world: World) -> None:
        unit = Assignee(kind="unit", id=world.civil_service.id)
        document = arrivals.directed(world, lead=unit)
        assert "pass_on" in queries.get_incoming(world.head, document_id=document, now=NOW).acts

        ACTS["pass_on"].do(world, world.head, document)

        assert "pass_on" not in queries.get_incoming(world.head, document_id=document, now=NOW).acts
