"""Thay mặt: who stands in for an absent person has that person's rights and no others, and it is told so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import arrivals
from tests.incoming.steps import user_of
from tests.seeing import now_seen
from tests.traces import nothing_changed
from tests.world import NOW, World
from vanthu.incoming import actions, queries
from vanthu.kernel.actor import Actor, Holder
from vanthu.kernel.errors import NotAllowed, NotFound
from vanthu.kernel.models import AuditEntry


def standing_in(actor: Actor, absent: Actor) -> Actor:
    """`actor`, acting for `absent`."""
    return replace(
        actor,
        on_behalf_of=Holder(
            user_id=absent.user_id,
            post_id=absent.post_id,
            unit_id=absent.unit_id,
            roles=absent.roles,
            label=absent.label,
        ),
    )


class TestActingForAnother:
    def test_a_deputy_directs_for_the_director_and_the_trail_and_the_sender_read_so(
        self, world: World
    ) -> None:
        document = arrivals.registered(world)
        deputy = standing_in(world.deputy, world.leader)

        actions.direct_document(
            actor=deputy,
            document_id=document,
            seen=now_seen(document),
            lead=user_of(world, "officer"),
            now=NOW,
        )

        entry = AuditEntry.objects.get(action="incoming.directed")
        assert (entry.user_id, entry.post_id, entry.actor_label) == (
            world.deputy.user_id,
            world.deputy.post_id,
            world.deputy.label,
        )
        assert (entry.for_user_id, entry.for_post_id, entry.for_label) == (
            world.leader.user_id,
            world.leader.post_id,
            world.leader.label,
        )
        told = f"{world.deputy.label} thay {world.leader.label}"
        history = queries.get_incoming(deputy, document_id=document, now=NOW).history
        assert history[0].who == told

    def test_what_was_presented_to_another_is_not_the_deputys_alone(self, world: World) -> None:
        document = arrivals.registered(world)

        with nothing_changed(), pytest.raises(NotAllowed):
            actions.direct_document(
                actor=world.deputy,
                document_id=document,
                seen=now_seen(document),
                lead=user_of(world, "officer"),
                now=NOW,
            )

    def test_the_clerk_has_none_of_his_own_rights_while_he_stands_in_for_an_officer(
        self, world: World
    ) -> None:
        document = arrivals.arrived(world)

        with nothing_changed(), pytest.raises(NotFound):
            actions.register_document(
                actor=standing_in(world.clerk, world.officer),
                document_id=document,
                seen=now_seen(document),
                now=NOW,
            )

    def test_an_act_for_oneself_names_nobody_else(self, world: World) -> None:
        arrivals.registered(world)

        entry = AuditEntry.objects.get(action="incoming.registered")
        assert (entry.for_user_id, entry.for_post_id, entry.for_label) == (None, None, "")
