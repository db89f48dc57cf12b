"""Whoever signs in, rightly or wrongly, and whoever manages accounts, hinders nobody else's act."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count

import pytest
from django.db import connection

from tests import path
from tests.entering import attempt
from tests.world import NOW, PASSWORD, World
from vanthu.kernel import audit
from vanthu.kernel.errors import DomainError
from vanthu.organizations import actions
from vanthu.organizations.models import User
from vanthu.organizations.rules import TRIES_FORGOTTEN_AFTER
from vanthu.outgoing.models import OutgoingDocument

STRANGERS, DRAFTS, PEOPLE = 4, 30, 3


@contextmanager
def going_on(work: Callable[[int], object], *, threads: int) -> Iterator[list[BaseException]]:
    """Run `work(turn)` again and again in so many threads; what it raised but refusals is in the list."""
    enough, faults = threading.Event(), list[BaseException]()

    def run(first: int) -> None:
        try:
            for turn in count(first, threads):
                if enough.is_set():
                    return
                try:
                    work(turn)
                except DomainError as refusal:
                    if refusal.status >= 500:
                        faults.append(refusal)
                except Exception as fault:
                    faults.append(fault)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as others:
        runs = [others.submit(run, each) for each in range(threads)]
        try:
            yield faults
        finally:
            enough.set()
        for each in runs:
            each.result()


def _drafted_at_once(world: World) -> list[BaseException]:
    """Thirty drafts by three threads; what failed."""
    draft = path.paper()

    def make(turn: int) -> BaseException | None:
        try:
            path.drafted(world, draft=draft, subject=f"Dự thảo số {turn}")
        except Exception as fault:
            return fault
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(PEOPLE) as people:
        return [fault for fault in people.map(make, range(DRAFTS)) if fault is not None]


@pytest.mark.django_db(transaction=True)
class TestSigningInStorm:
    @pytest.mark.parametrize("who", ["officer", "leader"], ids=["the author", "the signer"])
    def test_of_wrong_passwords_makes_no_draft_of_others_fail(self, world: World, who: str) -> None:
        """A stranger tries the passwords of the very people the drafts name."""
        with going_on(
            lambda turn: attempt(
                # Later and later, so that no try is turned away before it is looked at.
                username=who,
                password=f"không phải {turn}",
                now=NOW + turn * TRIES_FORGOTTEN_AFTER,
                address=f"10.0.0.{turn % 250}",
            ),
            threads=STRANGERS,
        ) as faults:
            failed = _drafted_at_once(world)

        assert (failed, faults) == ([], [])
        assert OutgoingDocument.objects.count() == DRAFTS
        assert all(not report.broken for report in audit.examine())

    def test_with_acts_and_accounts_opened_and_closed_loses_nothing(self, world: World) -> None:
        """People sign in, change, are disabled, enabled, appointed and dismissed while others draft."""

        def disturb(turn: int) -> object:
            chance = random.Random(turn)
            who = chance.choice(["officer", "leader", "head", "colleague"])
            person = world.users[who].id
            match chance.randrange(5):
                case 0:
                    return attempt(username=who, password=PASSWORD, now=NOW)
                case 1:
                    # A person whose part no draft needs: what is disabled may rightly refuse a draft.
                    return actions.disable_user(
                        actor=world.administrator, user_id=world.users["archivist"].id, reason="Thử", now=NOW
                    )
                case 2:
                    return actions.enable_user(
                        actor=world.administrator, user_id=world.users["archivist"].id, reason="Thử", now=NOW
                    )
                case 3:
                    return actions.unlock_user(actor=world.administrator, user_id=person, now=NOW)
                case _:
                    post = actions.appoint(
                        actor=world.administrator,
                        user_id=person,
                        post=actions.Appointment(
                            position_id=world.posts["archivist"].position_id, roles=[], unit_id=None
                        ),
                        now=NOW,
                    )
                    return actions.end_post(actor=world.administrator, post_id=post, now=NOW)

        with going_on(disturb, threads=STRANGERS) as faults:
            failed = _drafted_at_once(world)

        assert (failed, faults) == ([], [])
        assert OutgoingDocument.objects.count() == DRAFTS
        assert all(not report.broken for report in audit.examine())
        assert User.objects.count() == len(world.users)
