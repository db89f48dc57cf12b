"""Who is shown which accounts, and who may count the people of the agencies served here."""

from __future__ import annotations

import pytest

from tests.world import NOW, World
from vanthu.kernel.errors import NotAllowed
from vanthu.organizations import queries
from vanthu.organizations.models import Post, User


class TestListAccounts:
    @pytest.mark.parametrize("who", ["officer", "clerk", "head", "leader", "outsider"])
    def test_is_refused_to(self, world: World, who: str) -> None:
        with pytest.raises(NotAllowed):
            queries.list_accounts(world.actor(who))

    def test_shows_an_administrator_his_own_agency_s(self, world: World) -> None:
        rows = queries.list_accounts(world.administrator)

        assert {row.agency_id for row in rows} == {world.department.id}
        assert queries.list_accounts(world.administrator, usernames=["outsider"]) == []
        assert queries.list_accounts(world.administrator, agency_id=world.neighbour.id) == []

    def test_shows_the_machine_all(self, world: World) -> None:
        assert len(queries.list_accounts(world.machine)) == len(world.users)

    def test_names_the_agency_of_a_post_held_now_before_one_held_once(self, world: World) -> None:
        held = world.posts["clerk"]
        Post.objects.filter(id=held.id).update(ended_at=NOW)
        [row] = queries.list_accounts(world.machine, usernames=["clerk"])
        assert (row.agency_id, row.works_at) == (world.department.id, frozenset())

        there = world.posts["outsider"]
        Post.objects.create(
            user=held.user,
            agency=there.agency,
            position=there.position,
            roles=there.roles,
            started_at=NOW,
        )
        [row] = queries.list_accounts(world.machine, usernames=["clerk"])
        assert (row.agency_code, row.works_at) == ("H99.31", frozenset({world.neighbour.id}))

    def test_knows_that_a_disabled_account_works_nowhere(self, world: World) -> None:
        User.objects.filter(username="clerk").update(disabled_at=NOW)

        [row] = queries.list_accounts(world.administrator, usernames=["clerk"])
        assert (row.disabled_at, row.works_at) == (NOW, frozenset())


class TestListServed:
    def test_is_refused_to_an_administrator(self, world: World) -> None:
        with pytest.raises(NotAllowed):
            queries.list_served(world.administrator)

    def test_leaves_out_agencies_known_from_the_directory_alone(self, world: World) -> None:
        assert [row.code for row in queries.list_served(world.machine)] == ["H99.02", "H99.31"]
        assert queries.list_served(world.machine, code="H98") == []


class TestListPositions:
    def test_shows_the_agency_s_own_the_head_first(self, world: World) -> None:
        names = [row.name for row in queries.list_positions(world.outsider)]

        assert (names[0], "Giám đốc" in names) == ("Chủ tịch", False)
