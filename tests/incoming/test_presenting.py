"""Trình lãnh đạo: a registered document goes to a leader, or to another one (NĐ 30/2020 Điều 23)."""

from __future__ import annotations

from functools import partial

import pytest

from tests import arrivals
from tests.seeing import now_seen
from tests.traces import audited, jobs, nothing_changed
from tests.world import NOW, World
from vanthu.incoming import actions, queries
from vanthu.incoming.actions.registering import AlreadyPresented, NotALeader


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
        assert page.history[0].text == "Trình Đỗ Thị Mai"
        action, who, data = audited(document)[-1]
        assert (action, who) == ("incoming.presented", world.clerk.label)
        assert data["submitted_to"] == str(world.deputy.user_id)
        assert jobs(after=before) == []

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
