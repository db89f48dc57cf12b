"""Trình lãnh đạo: a registered document goes to a leader, or to another one (NĐ 30/2020 Điều 23)."""

from __future__ import annotations

from functools import partial

import pytest

from tests import arrivals
from tests.incoming.steps import ACTS
from tests.seeing import now_seen
from tests.traces import audited, jobs, nothing_changed
from tests.world import NOW, World
from vanthu.incoming import actions, queries
from vanthu.incoming.actions.registering import AlreadyPresented, NotALeader
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotAllowed


class TestPresentDocument:
    def test_names_another_leader_and_tells_nobody_outside(self, world: World) -> None:
        document = arrivals.registered(world)
        before = len(jobs())

        actions.present_document(
            actor=world.clerk,
            document_id=document,
            seen=now_seen(document),
            leader_id=world.deputy.user_id,
            now=NOW,
        )

        page = queries.get_incoming(world.deputy, document_id=document, now=NOW)
        assert page.submitted_to == "Đỗ Thị Mai"
        assert page.waiting_for is not None
        assert (page.waiting_for.who, page.waiting_for.is_me) == ("Đỗ Thị Mai", True)
        assert page.history[0].text == "Trình lãnh đạo Đỗ Thị Mai"
        action, who, data = audited(document)[-1]
        assert (action, who) == ("incoming.presented", world.clerk.label)
        assert data["submitted_to"] == str(world.deputy.user_id)
        assert jobs(after=before) == []

    def test_gives_the_right_to_direct_to_the_one_leader_and_takes_it_from_the_other(
        self, world: World
    ) -> None:
        document = arrivals.registered(world)

        def offered(who: Actor) -> set[str]:
            return set(queries.get_incoming(who, document_id=document, now=NOW).acts)

        assert (offered(world.leader), offered(world.deputy)) == ({"direct", "complete"}, set())
        ACTS["present_document"].do(world, world.clerk, document)

        assert (offered(world.leader), offered(world.deputy)) == (set(), {"direct", "complete"})
        with nothing_changed(), pytest.raises(NotAllowed):
            ACTS["direct_document"].do(world, world.leader, document)
        ACTS["direct_document"].do(world, world.deputy, document)

    @pytest.mark.parametrize("who", ["leader", "deputy"])
    def test_may_come_later_and_until_then_any_leader_directs(self, world: World, who: str) -> None:
        document = arrivals.arrived(world)
        actions.register_document(
            actor=world.clerk, document_id=document, seen=now_seen(document), leader_id=None, now=NOW
        )

        page = queries.get_incoming(world.actor(who), document_id=document, now=NOW)

        assert "direct" in page.acts
        assert page.waiting_for is not None
        assert (page.waiting_for.who, page.waiting_for.is_me) == ("Lãnh đạo", True)
        ACTS["direct_document"].do(world, world.actor(who), document)

    @pytest.mark.parametrize("who", ["officer", "head", "outsider_leader"])
    def test_is_refused_for_whoever_is_no_leader_here(self, world: World, who: str) -> None:
        document = arrivals.registered(world)

        with nothing_changed(), pytest.raises(NotALeader):
            actions.present_document(
                actor=world.clerk,
                document_id=document,
                seen=now_seen(document),
                leader_id=world.actor(who).user_id,
                now=NOW,
            )

    def test_is_refused_for_the_leader_who_has_it(self, world: World) -> None:
        document = arrivals.registered(world)
        again = partial(
            actions.present_document,
            actor=world.clerk,
            document_id=document,
            leader_id=world.deputy.user_id,
            now=NOW,
        )
        again(seen=now_seen(document))

        with nothing_changed(), pytest.raises(AlreadyPresented):
            again(seen=now_seen(document))
