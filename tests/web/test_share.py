"""One person's share: few dear things at a time, in every process, and nothing taken from the others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from tests.web.conftest import SignIn
from tests.world import World, build_world
from vanthu.kernel import shares
from vanthu.kernel.shares import PLACES, ShareTaken, TookTooLong, share_of

#: Every view that is dear to answer. A new one that searches, takes in files or reads PDFs belongs here.
DEAR = {
    "agencies:search",
    "home:search",
    "incoming:assignees",
    "incoming:list",
    "outgoing:draft",
    "outgoing:edit",
    "outgoing:list",
    "outgoing:places",
    "outgoing:seal",
    "outgoing:sign",
}


@contextmanager
def _held_elsewhere(holder: str, places: int = PLACES) -> Iterator[None]:
    """So many places of `holder` are taken, by a connection of somebody else."""
    taken, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with connection.cursor() as cursor:
                for place in range(places):
                    cursor.execute(
                        "SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"share:{holder}:{place}"]
                    )
            taken.set()
            done.wait(60)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert taken.wait(30)
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "PATIENCE", 0.2)


class TestDearViews:
    def test_are_these_and_no_others(self) -> None:
        assert {name for name, view in _views() if getattr(view, "takes_a_share", False)} == DEAR

    @pytest.mark.parametrize(
        "address", ["/tim/?q=a", "/van-ban-den/?q=a", "/van-ban-di/?q=a", "/co-quan/tim/?q=a"]
    )
    def test_are_refused_to_who_has_all_his_places_taken(
        self, sign_in: SignIn, world: World, address: str
    ) -> None:
        clerk, officer = sign_in("clerk"), sign_in("officer")
        with _held_elsewhere(str(world.clerk.user_id)):
            answer = clerk.get(address)

            assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")
            assert "Hãy đợi các việc ấy xong rồi làm lại" in answer.content.decode()
            assert officer.get(address).status_code == 200
            assert clerk.get("/van-ban-den/").status_code == 200
        assert clerk.get(address).status_code == 200

    def test_take_no_share_to_show_a_form(self, sign_in: SignIn, world: World) -> None:
        officer = sign_in("officer")
        with _held_elsewhere(str(world.officer.user_id)):
            assert officer.get("/van-ban-di/soan/", follow=True).status_code == 200
            assert officer.post("/van-ban-di/soan/", {"subject": "V/v"}).status_code == 429


class TestAShare:
    def test_is_given_back_whatever_happens(self, transactional_db: None) -> None:
        build_world()
        for _ in range(3 * PLACES):
            with pytest.raises(ZeroDivisionError), share_of("a"):
                raise ZeroDivisionError

    def test_is_waited_for(self, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shares, "PATIENCE", 30.0)
        with _held_elsewhere("a"):
            timer = threading.Timer(0.3, _end_all_but_ours)
            timer.start()
            with share_of("a"):
                timer.join()

    def test_is_waited_for_by_one_at_a_time(self, db: None) -> None:
        """Who waits holds a thread; all threads must not wait for one person."""
        shares._waiting["a"] = 1
        try:
            with _held_elsewhere("a"), pytest.raises(ShareTaken), share_of("a"):
                pass
        finally:
            del shares._waiting["a"]

    def test_ends_a_question_that_takes_long(self, transactional_db: None) -> None:
        before = _longest_question()
        with pytest.raises(TookTooLong), share_of("a", seconds=0.05), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(30)")

        assert _longest_question() == before


def _longest_question() -> str:
    """What this session allows; web processes have a limit, others have none."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return str(cursor.fetchone()[0])


def _end_all_but_ours() -> None:
    """As if the process that holds them died."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                " AND pid <> pg_backend_pid()"
            )
    finally:
        connection.close()


def _views(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, object]]:
    for each in (resolver or get_resolver("vanthu.config.urls")).url_patterns:
        if isinstance(each, URLResolver):
            yield from _views(each, f"{each.namespace}:" if each.namespace else space)
        elif isinstance(each, URLPattern):
            yield f"{space}{each.name}", each.callback
