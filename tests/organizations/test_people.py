"""People and posts: registered, appointed, ended, locked out and let in again, by the right administrator."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.entering import attempt
from tests.world import NOW, PASSWORD, World
from vanthu.kernel.errors import Conflict, NotAllowed, NotFound
from vanthu.kernel.models import AuditEntry
from vanthu.organizations import actions, queries
from vanthu.organizations.actions import Appointment
from vanthu.organizations.models import Post, Unit, User
from vanthu.organizations.rules import FREE_TRIES, TryKind
from vanthu.organizations.states import Role

enter = partial(attempt, now=NOW)


def _officer_post(world: World) -> Appointment:
    post = world.posts["officer"]
    return Appointment(position_id=post.position_id, unit_id=world.civil_service.id, roles=[Role.OFFICER])


def _register(world: World, **given: Any) -> UUID:
    values: dict[str, Any] = {
        "actor": world.administrator,
        "username": "Moi.Den",
        "full_name": " Lý  Thị Mới ",
        "temporary_password": "Tạm thời 1!",
        "post": _officer_post(world),
        "now": NOW,
    }
    return actions.register_user(**{**values, **given})


class TestRegisterUser:
    def test_lets_the_person_in_to_change_the_password(self, world: World) -> None:
        user_id = _register(world)

        assert enter(username="moi.den", password="Tạm thời 1!") == actions.SignIn(
            user_id=user_id, must_change_password=True
        )
        actor = queries.actor_for_session(user_id, None)
        assert actor is not None
        assert (actor.agency_id, actor.unit_id) == (world.department.id, world.civil_service.id)
        assert actor.roles == {"officer"}
        assert actor.label == "Lý Thị Mới, Chuyên viên (CCVC)"

    def test_is_kept_without_the_password(self, world: World) -> None:
        user_id = _register(world)

        entry = AuditEntry.objects.get()
        assert (entry.action, entry.subject_id) == ("organizations.user-registered", user_id)
        assert "Tạm thời" not in str(entry.data)

    @pytest.mark.parametrize("who", ["officer", "clerk", "head", "leader"])
    def test_is_refused_to(self, world: World, who: str) -> None:
        with pytest.raises(NotAllowed):
            _register(world, actor=getattr(world, who))

    @pytest.mark.parametrize("username", ["", "ab", "có dấu", "a b", "-a", "a\0b", "x" * 61])
    def test_is_refused_for_a_name_nobody_could_type_everywhere(self, world: World, username: str) -> None:
        with pytest.raises(actions.UsernameRefused):
            _register(world, username=username)

    def test_is_refused_for_a_name_in_use_anywhere(self, world: World) -> None:
        with pytest.raises(actions.NameTaken, match="Tên đăng nhập"):
            _register(world, username="OUTSIDER")

    def test_is_refused_for_a_weak_password(self, world: World) -> None:
        with pytest.raises(actions.WeakPassword, match="không chứa tên đăng nhập"):
            _register(world, temporary_password="Moi.den 2026!")

    @pytest.mark.parametrize("part", ["position_id", "unit_id"])
    def test_is_refused_at_another_agency(self, world: World, part: str) -> None:
        foreign = world.posts["outsider"]
        post: dict[str, Any] = {
            "position_id": world.posts["officer"].position_id,
            "unit_id": None,
            "roles": [],
        }

        with pytest.raises(NotFound):
            _register(world, post=Appointment(**{**post, part: getattr(foreign, part)}))
        assert not User.objects.filter(username="moi.den").exists()


class TestAppoint:
    def test_gives_a_further_post(self, world: World) -> None:
        post_id = actions.appoint(
            actor=world.administrator,
            user_id=world.clerk.user_id,
            post=Appointment(
                position_id=world.posts["archivist"].position_id,
                unit_id=world.office.id,
                roles=[Role.ARCHIVIST],
            ),
            now=NOW,
        )

        person = queries.person_for_session(world.clerk.user_id, world.clerk.post_id)
        assert person is not None
        assert {post.label: post.is_current for post in person.account.posts} == {
            "Lưu trữ viên, Văn phòng, Sở Nội vụ tỉnh An Bình": False,
            "Văn thư, Văn phòng, Sở Nội vụ tỉnh An Bình": True,
        }
        assert AuditEntry.objects.get().subject_id == post_id

    def test_is_refused_twice_for_one_post(self, world: World) -> None:
        with pytest.raises(actions.PostHeld):
            actions.appoint(
                actor=world.administrator, user_id=world.officer.user_id, post=_officer_post(world), now=NOW
            )

    def test_is_possible_again_after_the_end(self, world: World) -> None:
        actions.end_post(actor=world.administrator, post_id=world.posts["officer"].id, now=NOW)

        actions.appoint(
            actor=world.administrator, user_id=world.officer.user_id, post=_officer_post(world), now=NOW
        )

        assert Post.objects.filter(user_id=world.officer.user_id).count() == 2

    def test_of_a_stranger_is_for_the_machine_alone(self, world: World) -> None:
        appoint = partial(actions.appoint, user_id=world.outsider.user_id, post=_officer_post(world), now=NOW)
        with pytest.raises(NotFound):
            appoint(actor=world.administrator)

        appoint(actor=world.machine)


class TestEndPost:
    @pytest.mark.parametrize(
        ("who", "error"),
        [("officer", NotAllowed), ("leader", NotAllowed), ("outsider_administrator", NotFound)],
    )
    def test_is_refused_to(self, world: World, who: str, error: type[Exception]) -> None:
        with pytest.raises(error):
            actions.end_post(actor=getattr(world, who), post_id=world.posts["clerk"].id, now=NOW)

    def test_cannot_happen_twice(self, world: World) -> None:
        end = partial(actions.end_post, actor=world.administrator, post_id=world.posts["clerk"].id, now=NOW)
        end()

        with pytest.raises(Conflict, match="đã kết thúc"):
            end()

    def test_is_refused_at_the_post_one_acts_from(self, world: World) -> None:
        with pytest.raises(Conflict, match="chính vị trí này"):
            actions.end_post(actor=world.administrator, post_id=world.posts["administrator"].id, now=NOW)


class TestUnitsAndPositions:
    def test_are_added_to_ones_own_agency(self, world: World) -> None:
        unit_id = actions.add_unit(
            actor=world.administrator, name="Thanh tra", abbreviation="TTr", rank=3, now=NOW
        )
        actions.add_position(actor=world.administrator, name="Chánh Thanh tra", rank=11, now=NOW)

        assert [unit.abbreviation for unit in queries.list_units(world.clerk)] == ["VP", "CCVC", "TTr"]
        assert Unit.objects.get(id=unit_id).agency_id == world.department.id
        assert set(AuditEntry.objects.values_list("action", flat=True)) == {
            "organizations.unit-added",
            "organizations.position-added",
        }

    @pytest.mark.parametrize("who", ["officer", "leader"])
    def test_are_refused_to(self, world: World, who: str) -> None:
        actor = getattr(world, who)
        with pytest.raises(NotAllowed):
            actions.add_unit(actor=actor, name="Thanh tra", abbreviation="TTr", now=NOW)
        with pytest.raises(NotAllowed):
            actions.add_position(actor=actor, name="Chánh Thanh tra", now=NOW)

    def test_are_named_once(self, world: World) -> None:
        with pytest.raises(actions.NameTaken):
            actions.add_unit(actor=world.administrator, name=" Văn  phòng", abbreviation="VP", now=NOW)
        with pytest.raises(actions.NameTaken):
            actions.add_position(actor=world.administrator, name="Giám đốc", now=NOW)

    def test_stand_under_a_unit_of_the_same_agency(self, world: World) -> None:
        with pytest.raises(NotFound):
            actions.add_unit(
                actor=world.administrator,
                name="Tổ một cửa",
                abbreviation="MC",
                parent_id=world.neighbour_office.id,
                now=NOW,
            )


#: What an administrator does with somebody's account.
ACCOUNT_ACTS: dict[str, Callable[..., None]] = {
    "disable": partial(actions.disable_user, reason="Nghỉ hưu", now=NOW),
    "enable": partial(actions.enable_user, reason="Đi làm lại", now=NOW),
    "unlock": partial(actions.unlock_user, now=NOW),
    "reset": partial(actions.reset_password, temporary_password="Tạm thời 1!", now=NOW),
}


class TestAccounts:
    @pytest.mark.parametrize("act", ACCOUNT_ACTS)
    @pytest.mark.parametrize(
        ("who", "error"),
        [
            ("clerk", NotAllowed),
            ("head", NotAllowed),
            ("leader", NotAllowed),
            ("outsider_administrator", NotFound),
        ],
    )
    def test_are_managed_by_the_agencys_administrator_alone(
        self, world: World, act: str, who: str, error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            ACCOUNT_ACTS[act](actor=getattr(world, who), user_id=world.officer.user_id)

    @pytest.mark.parametrize("act", ACCOUNT_ACTS)
    def test_with_a_post_elsewhere_are_out_of_his_reach(self, world: World, act: str) -> None:
        """With a password he set, he could otherwise act in the other agency."""
        actions.appoint(
            actor=world.machine, user_id=world.outsider.user_id, post=_officer_post(world), now=NOW
        )

        with pytest.raises(NotAllowed):
            ACCOUNT_ACTS[act](actor=world.administrator, user_id=world.outsider.user_id)

    @pytest.mark.parametrize("act", ACCOUNT_ACTS)
    def test_of_his_own_are_for_another_administrator(self, world: World, act: str) -> None:
        with pytest.raises(NotAllowed):
            ACCOUNT_ACTS[act](actor=world.administrator, user_id=world.administrator.user_id)

    @pytest.mark.parametrize("act", ACCOUNT_ACTS)
    def test_nobody_has_are_not_found(self, world: World, act: str) -> None:
        with pytest.raises(NotFound):
            ACCOUNT_ACTS[act](actor=world.administrator, user_id=uuid4())

    def test_are_disabled_and_enabled_again(self, world: World) -> None:
        user_id = world.officer.user_id
        ACCOUNT_ACTS["disable"](actor=world.administrator, user_id=user_id)
        assert enter(username="officer", password=PASSWORD).user_id is None
        with pytest.raises(Conflict):
            ACCOUNT_ACTS["disable"](actor=world.administrator, user_id=user_id)

        ACCOUNT_ACTS["enable"](actor=world.administrator, user_id=user_id)
        assert enter(username="officer", password=PASSWORD).user_id == user_id
        with pytest.raises(Conflict):
            ACCOUNT_ACTS["enable"](actor=world.administrator, user_id=user_id)
        disabled = AuditEntry.objects.get(action="organizations.user-disabled")
        assert (disabled.subject_id, disabled.data["reason"]) == (user_id, "Nghỉ hưu")

    def test_are_unlocked_before_the_time(self, world: World) -> None:
        with pytest.raises(Conflict):
            ACCOUNT_ACTS["unlock"](actor=world.administrator, user_id=world.officer.user_id)
        for _ in range(FREE_TRIES[TryKind.ACCOUNT]):
            enter(username="officer", password="sai")

        ACCOUNT_ACTS["unlock"](actor=world.administrator, user_id=world.officer.user_id)

        assert enter(username="officer", password=PASSWORD).user_id is not None

    def test_are_given_a_temporary_password(self, world: World) -> None:
        for _ in range(FREE_TRIES[TryKind.ACCOUNT]):
            enter(username="officer", password="sai")

        ACCOUNT_ACTS["reset"](actor=world.administrator, user_id=world.officer.user_id)

        answer = enter(username="officer", password="Tạm thời 1!")
        assert (answer.user_id, answer.must_change_password) == (world.officer.user_id, True)

    def test_are_not_given_a_weak_one(self, world: World) -> None:
        with pytest.raises(actions.WeakPassword):
            actions.reset_password(
                actor=world.administrator, user_id=world.officer.user_id, temporary_password="123456", now=NOW
            )


class TestAccount:
    def test_shows_who_one_is_and_where(self, world: World) -> None:
        person = queries.person_for_session(world.officer.user_id, None)

        assert person is not None
        assert person.actor == world.officer
        account = person.account
        assert (account.full_name, account.initials) == ("Nguyễn Văn An", "NA")
        assert (account.position, account.unit) == ("Chuyên viên", "Phòng Công chức, viên chức")
        assert account.agency_name == "Sở Nội vụ tỉnh An Bình"
        assert [(post.id, post.is_current) for post in account.posts] == [(world.posts["officer"].id, True)]

    def test_is_nothing_for_the_machine(self, world: World) -> None:
        assert queries.person_for_session(world.machine.user_id, None) is None


class TestListPeople:
    def test_begins_with_the_head_of_the_agency(self, world: World) -> None:
        people = queries.list_people(world.clerk)

        assert [person.full_name for person in people][:4] == [
            "Phạm Văn Hùng",
            "Đỗ Thị Mai",
            "Trần Thị Bình",
            "Lê Minh Đức",
        ]
        assert len(people) == 8

    def test_can_be_asked_for_some_roles(self, world: World) -> None:
        people = queries.list_people(world.clerk, roles=frozenset({Role.LEADER, Role.UNIT_HEAD}))

        assert [person.position for person in people] == ["Giám đốc", "Phó Giám đốc", "Trưởng phòng"]

    def test_names_a_person_of_several_posts_once(self, world: World) -> None:
        actions.appoint(
            actor=world.machine,
            user_id=world.officer.user_id,
            post=Appointment(position_id=world.posts["head"].position_id, roles=[Role.UNIT_HEAD]),
            now=NOW,
        )

        found = [row for row in queries.list_people(world.clerk) if row.user_id == world.officer.user_id]

        assert [row.position for row in found] == ["Trưởng phòng"]

    def test_leaves_out_the_disabled_the_ended_and_other_agencies(self, world: World) -> None:
        ACCOUNT_ACTS["disable"](actor=world.administrator, user_id=world.officer.user_id)
        actions.end_post(actor=world.administrator, post_id=world.posts["colleague"].id, now=NOW)

        known = {person.user_id for person in queries.list_people(world.clerk)}

        assert known.isdisjoint({world.officer.user_id, world.colleague.user_id, world.outsider.user_id})

    def test_asks_the_database_once(self, world: World) -> None:
        with CaptureQueriesContext(connection) as asked:
            queries.list_people(world.clerk)
            queries.list_signers(world.clerk)
            queries.list_units(world.clerk)

        assert len(asked) == 3


class TestListSigners:
    def test_are_those_with_a_signing_title_the_head_first(self, world: World) -> None:
        signers = queries.list_signers(world.officer)

        assert [(signer.full_name, signer.signing_title) for signer in signers] == [
            ("Phạm Văn Hùng", "GIÁM ĐỐC"),
            ("Đỗ Thị Mai", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"),
        ]
