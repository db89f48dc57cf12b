"""Wrong passwords: they slow their maker down, and close no door to who was here before."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from tests.at_once import at_once
from tests.entering import DOOR, attempt
from tests.world import NOW, PASSWORD, World, build_world
from vanthu.kernel.models import AuditEntry
from vanthu.organizations import actions, hashing, tries
from vanthu.organizations.models import SignInTries, User
from vanthu.organizations.rules import (
    FIRST_DELAY,
    FREE_TRIES,
    LONGEST_DELAY,
    TRIES_FORGOTTEN_AFTER,
    TryKind,
)

SECOND = timedelta(seconds=1)
ALLOWED = FREE_TRIES[TryKind.ACCOUNT]
DESK = UUID(int=7)

enter = partial(attempt, username="clerk", password=PASSWORD, now=NOW)
fail = partial(enter, password="sai mật khẩu")


def _fail(times: int, *, now: datetime = NOW, username: str = "clerk", device: UUID | None = None) -> None:
    for number in range(times):
        fail(now=now, username=username, device=device, address=f"10.0.1.{number}")


class TestAStranger:
    def test_may_be_wrong_a_few_times(self, world: World) -> None:
        _fail(ALLOWED - 1)

        assert enter().user_id is not None

    def test_must_wait_longer_each_time(self, world: World) -> None:
        now, delay = NOW, FIRST_DELAY
        _fail(ALLOWED)
        for _ in range(8):
            with pytest.raises(actions.TooManyTries):
                fail(now=now + delay - SECOND)
            now += delay
            fail(now=now)
            delay = min(2 * delay, LONGEST_DELAY)

        assert delay == LONGEST_DELAY

    @pytest.mark.parametrize("username", ["clerk", "khong.co", "không thể là tên", "a\x00b"])
    def test_is_told_the_same_of_every_name(self, world: World, username: str) -> None:
        _fail(ALLOWED, username=username)

        with pytest.raises(actions.TooManyTries, match="Hãy thử lại sau 30 giây") as refused:
            enter(username=username)
        assert (refused.value.status, refused.value.retry_after) == (429, 30)
        assert "máy bạn đã dùng trước đây" in str(refused.value)

    def test_is_not_delayed_longer_for_coming_too_soon(self, world: World) -> None:
        _fail(ALLOWED)
        for _ in range(20):
            with pytest.raises(actions.TooManyTries):
                fail()

        assert enter(now=NOW + FIRST_DELAY).user_id is not None

    def test_is_not_looked_at_before_the_time(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Neither a right password nor the time it takes tells anything."""
        _fail(ALLOWED)
        monkeypatch.setattr(hashing, "matches", None)

        with pytest.raises(actions.TooManyTries):
            enter()

    def test_is_forgotten_in_time(self, world: World) -> None:
        _fail(ALLOWED)

        _fail(ALLOWED - 1, now=NOW + TRIES_FORGOTTEN_AFTER)
        assert enter(now=NOW + TRIES_FORGOTTEN_AFTER).user_id is not None

    def test_hinders_nobody_else(self, world: World) -> None:
        _fail(ALLOWED)

        assert enter(username="officer").user_id == world.officer.user_id

    def test_who_tries_many_names_from_one_address_must_wait(self, world: World) -> None:
        for number in range(FREE_TRIES[TryKind.ADDRESS]):
            fail(username=f"ten-{number}", address="10.0.0.7")

        with pytest.raises(actions.TooManyTries, match="Từ địa chỉ mạng này"):
            enter(address="10.0.0.7")
        assert enter(address="10.0.0.8").user_id is not None

    def test_who_is_many_gets_no_more_guesses(self, transactional_db: None) -> None:
        """A try is counted before it is looked at, so those at once are counted too."""
        build_world()
        looked_at, refused = at_once([partial(fail, address=f"10.0.2.{n}") for n in range(ALLOWED + 7)])

        assert (len(looked_at), len(refused)) == (ALLOWED, 7)

    def test_leaves_a_trace_when_the_way_is_closed(self, world: World) -> None:
        _fail(ALLOWED)

        entry = AuditEntry.objects.get(action="organizations.sign-in-delayed")
        assert (entry.agency_id, entry.subject_id) == (world.department.id, world.clerk.user_id)
        assert entry.data["counted_by"] == "account"

    def test_leaves_nothing_of_what_was_typed(self, world: World) -> None:
        fail(username="matkhau-toi-go-nham")

        assert "matkhau" not in str(list(SignInTries.objects.values()))


class TestADeviceThatSignedInBefore:
    def test_is_not_locked_out_by_strangers(self, world: World) -> None:
        now = NOW
        for _ in range(30):
            _fail(1, now=now)
            now += LONGEST_DELAY
        for _ in range(ALLOWED):
            with pytest.raises(actions.TooManyTries):
                fail(now=now - LONGEST_DELAY)

        assert enter(now=now - LONGEST_DELAY, device=DESK, address="10.0.1.0").user_id is not None

    def test_gives_strangers_no_new_tries_by_signing_in(self, world: World) -> None:
        _fail(ALLOWED)
        enter(device=DESK)

        with pytest.raises(actions.TooManyTries):
            fail()

    def test_must_wait_after_wrong_passwords_of_its_own(self, world: World) -> None:
        _fail(ALLOWED, device=DESK)

        with pytest.raises(actions.TooManyTries, match="Máy này vừa nhập sai"):
            enter(device=DESK)
        assert enter(device=uuid4()).user_id is not None
        assert enter().user_id is not None


class TestTheOwner:
    def test_is_told_at_the_next_sign_in(self, world: World) -> None:
        _fail(3, now=NOW - timedelta(minutes=5))

        warning = enter(device=DESK).warning
        assert "nhập sai mật khẩu 3 lần, lần cuối lúc " in warning
        assert "từ địa chỉ 10.0.1.2" in warning
        assert "Nếu không phải bạn, hãy đổi mật khẩu" in warning

    def test_is_told_once(self, world: World) -> None:
        _fail(1)
        enter()

        assert enter().warning == ""

    def test_is_told_nothing_while_he_has_not_signed_in(self, world: World) -> None:
        _fail(1)

        assert fail().warning == ""


class TestAnAdministrator:
    def test_opens_the_way_again(self, world: World) -> None:
        _fail(ALLOWED)
        actions.unlock_user(actor=world.administrator, user_id=world.clerk.user_id, now=NOW)

        assert enter().user_id is not None

    def test_opens_it_with_a_new_password(self, world: World) -> None:
        _fail(ALLOWED)
        actions.reset_password(
            actor=world.administrator,
            user_id=world.clerk.user_id,
            temporary_password="Tạm thời 2027!",
            now=NOW,
        )

        assert enter(password="Tạm thời 2027!").must_change_password


class TestSweeping:
    def test_keeps_what_still_counts(self, world: World) -> None:
        _fail(1)
        _fail(1, username="officer", now=NOW + SECOND)

        assert tries.sweep(NOW + TRIES_FORGOTTEN_AFTER + SECOND / 2) == 1
        assert SignInTries.objects.filter(key=tries.account_key("officer")).exists()


class TestTheDatabase:
    def test_is_held_by_nobody_who_hashes(
        self, transactional_db: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """While a password is looked at, no transaction is open and no row is locked."""
        build_world()
        seen: list[tuple[bool, bool]] = []
        looked_at = hashing.matches

        def looking(password: str, hashed: str | None) -> bool:
            is_open = connection.in_atomic_block
            (others,), refused = at_once([_lock_everybody])
            assert refused == []
            seen.append((is_open, others))
            return looked_at(password, hashed)

        monkeypatch.setattr(hashing, "matches", looking)
        fail()

        assert seen == [(False, True)]

    def test_lets_a_document_name_a_person_whose_try_is_being_kept(self, transactional_db: None) -> None:
        """What points at his row is written while a stranger's failure is written on it."""
        world = build_world()
        begun = actions.begin_sign_in(actor=DOOR, username="clerk", now=NOW)
        with transaction.atomic():
            # As a foreign key looks at the row it names.
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT 1 FROM organizations_user WHERE id = %s FOR KEY SHARE", [world.clerk.user_id]
                )
            kept, refused = at_once(
                [partial(actions.finish_sign_in, actor=DOOR, attempt=begun, is_known=False, now=NOW)]
            )

        assert (len(kept), refused) == (1, [])


def _lock_everybody() -> bool:
    """Whether every row of people, and of tries, can be locked at once."""
    with transaction.atomic():
        people = list(User.objects.select_for_update(nowait=True))
        list(SignInTries.objects.select_for_update(nowait=True))
    return bool(people)
