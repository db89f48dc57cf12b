"""What was posted was whole, and only the session could not be kept: nobody is told that he sent nonsense."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from tests import path
from tests.web.conftest import SignIn
from tests.web.database_once import KILL, at_session
from tests.web.outgoing_desk import state_of
from tests.web.test_too_late import seen_on, text_of
from tests.world import World, build_world
from vanthu.outgoing.states import State

pytestmark = pytest.mark.django_db(transaction=True)

_TOO_LONG = "RAISE EXCEPTION 'on purpose' USING ERRCODE = '57014';"


@pytest.fixture
def world(transactional_db: None) -> World:
    """Committed, as every act here is."""
    return build_world()


@contextmanager
def _ended_at_another_tab() -> Iterator[None]:
    """Within: as soon as a session is read, somebody signs out at another tab of the same browser."""

    def end(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        found = execute(sql, *more)
        if sql.startswith("SELECT") and 'FROM "django_session"' in sql:
            with connection.cursor() as other:
                other.execute("DELETE FROM django_session")
        return found

    with connection.execute_wrapper(end):
        yield


def _approve(
    world: World, sign_in: SignIn, meanwhile: AbstractContextManager[None]
) -> tuple[Client, State, int, str]:
    """The head approves a draft, and `meanwhile` meets his session when it is kept with what to say next."""
    document = path.submitted(world)
    head = sign_in("head")
    address = f"/van-ban-di/{document}/duyet/"
    seen = seen_on(head, address)
    head.raise_request_exception = False
    with meanwhile:
        answer = head.post(address, {"seen": seen, "comment": "Đồng ý"})
        # As the server does between two requests.
        connection.close_if_unusable_or_obsolete()
    return head, state_of(document), answer.status_code, text_of(answer)


class TestAnActWhoseSessionWasNotKept:
    def test_because_the_database_went_away_is_told_so_and_that_it_was_done(
        self, world: World, sign_in: SignIn
    ) -> None:
        _, state, status, said = _approve(world, sign_in, at_session(KILL))

        assert (state, status) == (State.AWAITING_SIGNATURE, 503)
        assert "Cơ sở dữ liệu đang khởi động lại" in said
        assert "Một phần việc vừa làm đã được ghi" in said
        assert "Trình duyệt gửi dữ liệu" not in said

    def test_because_it_waited_too_long_is_told_so(self, world: World, sign_in: SignIn) -> None:
        _, state, status, said = _approve(world, sign_in, at_session(_TOO_LONG))

        assert (state, status) == (State.AWAITING_SIGNATURE, 503)
        assert "Một phần việc vừa làm đã được ghi" in said

    def test_because_it_ended_at_another_tab_is_answered_as_done(self, world: World, sign_in: SignIn) -> None:
        head, state, status, _ = _approve(world, sign_in, _ended_at_another_tab())

        assert (state, status) == (State.AWAITING_SIGNATURE, 303)
        assert not Session.objects.exists()
        assert head.get("/").headers["Location"].startswith("/dang-nhap/")


def test_a_page_read_while_the_session_ends_elsewhere_is_shown(world: World, sign_in: SignIn) -> None:
    head = sign_in("head")
    _forget_when_seen(head)
    with _ended_at_another_tab():
        page = head.get("/van-ban-di/")

    assert page.status_code == 200


def test_a_page_read_while_the_database_goes_away_comes_back_by_itself(world: World, sign_in: SignIn) -> None:
    head = sign_in("head")
    head.raise_request_exception = False
    _forget_when_seen(head)
    with at_session(KILL):
        page = head.get("/van-ban-di/")
        connection.close_if_unusable_or_obsolete()

    assert (page.status_code, page.headers["Retry-After"]) == (503, "15")
    assert "Trang sẽ tự mở lại" in page.content.decode()


@pytest.mark.parametrize(("number", "status"), [(errno.EIO, 500), (errno.ENOSPC, 503)])
def test_a_form_that_our_own_disk_lost_is_no_fault_of_the_browser(
    world: World, sign_in: SignIn, number: int, status: int
) -> None:
    head = sign_in("head")
    head.raise_request_exception = False

    lost: dict[str, Any] = {"wsgi.input": _LostBody(number)}

    answer = head.post("/van-ban-di/soan/", {"subject": "x"}, **lost)

    assert answer.status_code == status
    assert "Trình duyệt gửi dữ liệu" not in answer.content.decode()


class _LostBody:
    """A body that was kept on a disk which fails when it is read."""

    def __init__(self, number: int) -> None:
        self._number = number

    def read(self, *_: int) -> bytes:
        """Fail."""
        raise OSError(self._number, os.strerror(self._number))

    readline = read


def _forget_when_seen(browser: Client) -> None:
    """Let the session be kept with the next page, as after a minute."""
    session = browser.session
    session["seen"] = 0
    session.save()
