"""Signing in: the right password opens, nobody learns which names exist, and no transaction waits."""

from __future__ import annotations

import unicodedata
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import hashers

from tests.entering import DOOR, attempt
from tests.world import NOW, PASSWORD, World
from vanthu.kernel.actor import SYSTEM_ID, Actor
from vanthu.kernel.errors import Conflict, NotAllowed, NotFound
from vanthu.kernel.models import AuditEntry
from vanthu.organizations import actions, hashing, queries
from vanthu.organizations.models import User

enter = partial(attempt, username="clerk", password=PASSWORD, now=NOW)
fail = partial(enter, password="sai mật khẩu")


def _change(actor: Actor, current: str, new: str) -> None:
    change = hashing.change(hashing.own_password(actor), current=current, new=new)
    actions.change_password(actor=actor, change=change, now=NOW)


class TestSignIn:
    def test_opens_to_the_right_password(self, world: World) -> None:
        assert enter() == actions.SignIn(user_id=world.clerk.user_id)

    def test_says_when_the_password_must_be_changed(self, world: World) -> None:
        User.objects.filter(username="clerk").update(must_change_password=True)

        assert enter().must_change_password

    @pytest.mark.parametrize("username", ["CLERK", "  clerk ", "Clerk"])
    def test_takes_a_name_in_any_case(self, world: World, username: str) -> None:
        assert enter(username=username).user_id == world.clerk.user_id

    @pytest.mark.parametrize("form", ["NFC", "NFD"])
    def test_takes_a_password_from_any_keyboard(self, world: World, form: Any) -> None:
        assert enter(password=unicodedata.normalize(form, PASSWORD)).user_id == world.clerk.user_id

    def test_is_kept_in_the_trail_of_the_persons_agency(self, world: World) -> None:
        enter(address="10.0.0.7")

        entry = AuditEntry.objects.get()
        assert (entry.action, entry.agency_id) == ("organizations.signed-in", world.department.id)
        assert (entry.user_id, entry.post_id) == (world.clerk.user_id, world.clerk.post_id)
        assert entry.data == {"address": "10.0.0.7"}

    def test_notes_when(self, world: World) -> None:
        enter()

        assert User.objects.get(username="clerk").last_login == NOW

    def test_belongs_to_the_door_alone(self, world: World) -> None:
        with pytest.raises(NotAllowed):
            actions.begin_sign_in(actor=world.administrator, username="clerk", now=NOW)
        begun = actions.begin_sign_in(actor=DOOR, username="clerk", now=NOW)
        with pytest.raises(NotAllowed):
            actions.finish_sign_in(actor=world.administrator, attempt=begun, is_known=True, now=NOW)


class TestRefusal:
    def test_of_a_wrong_password_is_kept_with_the_address(self, world: World) -> None:
        assert fail(address="10.0.0.7").user_id is None

        entry = AuditEntry.objects.get()
        assert (entry.action, entry.agency_id) == ("organizations.sign-in-refused", world.department.id)
        assert (entry.user_id, entry.subject_id) == (SYSTEM_ID, world.clerk.user_id)
        assert entry.data == {"address": "10.0.0.7", "failures": 1, "locked_until": None}

    def test_of_an_unknown_name_keeps_no_word_of_what_was_typed(self, world: World) -> None:
        fail(username="matkhau-toi-go-nham", address="10.0.0.7")

        entry = AuditEntry.objects.get()
        assert (entry.agency_id, entry.subject_id, entry.data) == (
            SYSTEM_ID,
            SYSTEM_ID,
            {"address": "10.0.0.7"},
        )

    @pytest.mark.parametrize("username", ["", "ai đó", "a\x00b", "x" * 5000, "không dấu", "'; --"])
    def test_meets_every_strange_name(self, world: World, username: str) -> None:
        assert enter(username=username).user_id is None

    @pytest.mark.parametrize("password", ["", "\x00", "x" * 100_000, PASSWORD + " "])
    def test_meets_every_strange_password(self, world: World, password: str) -> None:
        assert enter(password=password).user_id is None

    def test_says_the_same_whether_the_name_exists_or_not(self, world: World) -> None:
        unknown, wrong = enter(username="khong.co"), fail()

        assert unknown == wrong
        assert "không đúng" in wrong.message

    def test_comes_of_a_password_that_was_changed_while_it_was_looked_at(self, world: World) -> None:
        begun = actions.begin_sign_in(actor=DOOR, username="clerk", now=NOW)
        _change(world.clerk, PASSWORD, "Mới hơn 2027!")

        assert actions.finish_sign_in(actor=DOOR, attempt=begun, is_known=True, now=NOW).user_id is None

    @pytest.mark.parametrize("username", ["clerk", "khong.co", "không thể là tên"])
    def test_hashes_once_whether_the_name_exists_or_not(
        self, world: World, monkeypatch: pytest.MonkeyPatch, username: str
    ) -> None:
        """What takes the time is the same, so the time tells nothing."""
        hasher = type(hashers.get_hasher())
        worked: list[str] = []

        def encode(self: object, password: str, salt: str) -> str:
            worked.append("encode")
            return "argon2$"

        def verify(self: object, password: str, encoded: str) -> bool:
            worked.append("verify")
            return True

        monkeypatch.setattr(hasher, "encode", encode)
        monkeypatch.setattr(hasher, "verify", verify)

        enter(username=username)

        assert len(worked) == 1

    def test_tells_who_knows_the_password_that_the_account_is_disabled(self, world: World) -> None:
        User.objects.filter(username="clerk").update(disabled_at=NOW)

        assert enter().user_id is None
        assert "ngừng sử dụng" in enter().message
        assert "không đúng" in fail().message

    def test_of_a_disabled_account_is_kept_in_its_agency(self, world: World) -> None:
        User.objects.filter(username="clerk").update(disabled_at=NOW)
        enter()

        assert AuditEntry.objects.get().agency_id == world.department.id

    def test_meets_a_person_whose_only_post_has_ended(self, world: World) -> None:
        post = world.posts["clerk"]
        post.ended_at = NOW
        post.save(update_fields=["ended_at"])

        assert enter().user_id is None
        assert "vị trí công tác" in enter().message


class TestSession:
    def test_is_the_person_at_the_post(self, world: World) -> None:
        assert queries.actor_for_session(world.clerk.user_id, world.clerk.post_id) == world.clerk

    def test_begins_at_the_first_post_of_several(self, world: World) -> None:
        second = actions.appoint(
            actor=world.machine,
            user_id=world.officer.user_id,
            post=actions.Appointment(position_id=world.posts["leader"].position_id, roles=[]),
            now=NOW,
        )

        found = queries.actor_for_session(world.officer.user_id, None)

        assert found is not None
        assert found.post_id == second

    def test_ends_when_the_account_is_disabled(self, world: World) -> None:
        actions.disable_user(
            actor=world.administrator, user_id=world.clerk.user_id, reason="Nghỉ hưu", now=NOW
        )

        assert queries.actor_for_session(world.clerk.user_id, world.clerk.post_id) is None
        assert queries.actor_for_session(world.clerk.user_id, None) is None

    def test_ends_when_the_post_ends(self, world: World) -> None:
        assert world.clerk.post_id is not None
        actions.end_post(actor=world.administrator, post_id=world.clerk.post_id, now=NOW)

        assert queries.actor_for_session(world.clerk.user_id, world.clerk.post_id) is None

    def test_ends_when_the_agency_is_closed(self, world: World) -> None:
        actions.close_agency(actor=world.machine, agency_id=world.department.id, successor_id=None, now=NOW)

        assert queries.actor_for_session(world.clerk.user_id, world.clerk.post_id) is None

    def test_cannot_be_at_somebody_elses_post(self, world: World) -> None:
        assert queries.actor_for_session(world.clerk.user_id, world.leader.post_id) is None

    def test_of_nobody_is_none(self, world: World) -> None:
        assert queries.actor_for_session(UUID(int=7), None) is None


class TestSignOut:
    def test_is_kept(self, world: World) -> None:
        actions.sign_out(actor=world.clerk, now=NOW)

        entry = AuditEntry.objects.get()
        assert (entry.action, entry.user_id) == ("organizations.signed-out", world.clerk.user_id)


class TestChangePassword:
    def test_lets_the_person_in_with_the_new_one_alone(self, world: World) -> None:
        User.objects.filter(username="clerk").update(must_change_password=True)

        _change(world.clerk, PASSWORD, "Mới hơn 2027!")

        assert enter(password="Mới hơn 2027!") == actions.SignIn(user_id=world.clerk.user_id)
        assert enter().user_id is None

    def test_is_kept_without_a_password_in_it(self, world: World) -> None:
        _change(world.clerk, PASSWORD, "Mới hơn 2027!")

        entry = AuditEntry.objects.get()
        assert (entry.action, entry.data) == ("organizations.password-changed", {})

    def test_needs_the_current_one(self, world: World) -> None:
        with pytest.raises(hashing.WrongPassword, match="hiện tại không đúng"):
            _change(world.clerk, "không phải", "Mới hơn 2027!")

    def test_needs_a_good_one_and_names_every_fault(self, world: World) -> None:
        with pytest.raises(actions.WeakPassword, match="ít nhất 8 ký tự; chữ hoa; chữ số; ký tự đặc biệt"):
            _change(world.clerk, PASSWORD, "ngắn")

    def test_needs_another_one(self, world: World) -> None:
        with pytest.raises(actions.WeakPassword, match="khác mật khẩu hiện tại"):
            _change(world.clerk, PASSWORD, PASSWORD)

    def test_happens_once_of_two_at_once(self, world: World) -> None:
        own = hashing.own_password(world.clerk)
        first = hashing.change(own, current=PASSWORD, new="Mới hơn 2027!")
        _change(world.clerk, PASSWORD, "Khác hẳn 2027!")

        with pytest.raises(Conflict, match="vừa được đổi ở nơi khác"):
            actions.change_password(actor=world.clerk, change=first, now=NOW)

    def test_is_nothing_for_the_machine(self, world: World) -> None:
        with pytest.raises(NotFound):
            hashing.own_password(world.machine)
        change = hashing.PasswordChange(old="", new="")
        with pytest.raises(NotFound):
            actions.change_password(actor=world.machine, change=change, now=NOW)


class TestSessionStamp:
    def test_a_changed_password_ends_every_session_stamped_before(self, world: World) -> None:
        stamp = queries.session_stamp(world.clerk.user_id)
        assert queries.actor_for_session(world.clerk.user_id, None, stamp=stamp) == world.clerk
        _change(world.clerk, PASSWORD, "Khac-Han@2027")
        assert queries.actor_for_session(world.clerk.user_id, None, stamp=stamp) is None
        renewed = queries.session_stamp(world.clerk.user_id)
        assert queries.actor_for_session(world.clerk.user_id, None, stamp=renewed) == world.clerk

    def test_a_session_without_a_stamp_is_nobody(self, world: World) -> None:
        assert queries.actor_for_session(world.clerk.user_id, None, stamp="") is None
