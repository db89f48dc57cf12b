"""What the page offers and what the actions allow are one: every person of the cast, in every state."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import transaction

from tests import path
from tests.keys import KeyRing
from tests.outgoing.steps import ACTS, CAST
from tests.seeing import now_seen
from tests.world import World
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotAllowed, NotFound
from vanthu.outgoing import actions, queries
from vanthu.outgoing.states import IllegalStep, State

#: The button, and the act behind it.
_BEHIND: dict[str, Callable[[World, Actor, UUID], object]] = {
    "edit": ACTS["revise_draft"].do,
    "place": ACTS["place_marks"].do,
    "submit": ACTS["submit_draft"].do,
    "approve": ACTS["approve_content"].do,
    "return": ACTS["return_draft_by_head"].do,
    "sign": ACTS["begin_signature"].do,
    "number": ACTS["assign_number"].do,
    "seal": ACTS["begin_seal"].do,
    "issue": ACTS["issue_document"].do,
    "withdraw": ACTS["withdraw_draft"].do,
    "discard": ACTS["discard_draft"].do,
    "return_signed": ACTS["return_signed"].do,
}
_EXPECTED: dict[State, dict[str, set[str]]] = {
    State.DRAFT: {"officer": {"edit", "place", "submit", "discard"}},
    State.REVIEWING: {"head": {"approve", "return", "place"}, "officer": {"withdraw"}},
    State.AWAITING_SIGNATURE: {"leader": {"sign", "return", "place"}, "officer": {"withdraw"}},
    State.SIGNED: {"clerk": {"number", "return_signed"}},
    State.NUMBERED: {"clerk": {"seal", "return_signed"}},
    State.SEALED: {"clerk": {"issue", "return_signed"}},
    State.ISSUED: {},
    State.DISCARDED: {},
}


class Undone(Exception):
    """The act succeeded and is taken back."""


def _succeeds(world: World, actor: Actor, document: UUID, button: str) -> bool:
    try:
        _tried(world, actor, document, button)
    except Undone:
        return True
    except (NotAllowed, NotFound, IllegalStep):
        return False
    raise AssertionError("neither done nor refused")


def _tried(world: World, actor: Actor, document: UUID, button: str) -> None:
    with transaction.atomic():
        # An action refuses to run inside another's transaction; a test's own is not another's.
        transaction.get_connection().atomic_blocks[-1]._from_testcase = True
        _BEHIND[button](world, actor, document)
        raise Undone


class TestButtons:
    @pytest.mark.parametrize("state", State)
    def test_agree_with_the_actions(self, world: World, signers: KeyRing, state: State) -> None:
        document = path.TO_STATE[state](world)

        for name in CAST:
            actor = world.actor(name)
            allowed = {button for button in _BEHIND if _succeeds(world, actor, document, button)}
            assert allowed == _EXPECTED[state].get(name, set()), name
            try:
                page = queries.get_outgoing(actor, document_id=document, now=path.true_time())
            except NotFound:
                assert not allowed
            else:
                assert page.acts == allowed, name

    def test_of_a_head_lead_straight_to_the_signer(self, world: World) -> None:
        """Nobody reviews the head's own draft."""
        document = path.drafted(world, by=world.head)

        actions.submit_draft(
            actor=world.head, document_id=document, seen=now_seen(document), now=path.true_time()
        )

        acts = queries.get_outgoing(world.leader, document_id=document, now=path.true_time()).acts
        assert acts == {"sign", "return", "place"}
