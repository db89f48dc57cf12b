"""The door: who comes in, who is sent away, and what a session is worth afterwards."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from importlib import import_module
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.web.conftest import SignIn
from tests.world import PASSWORD, World
from vanthu.interfaces.web.session import UNATTENDED
from vanthu.organizations import hashing
from vanthu.organizations.models import Post, User
from vanthu.organizations.rules import FREE_TRIES, TryKind

NEW_PASSWORD = "Mật khẩu mới 2027!"


@pytest.fixture
def stranger(world: World) -> Client:
    """A browser nobody has signed in at."""
    return Client()


class TestAStranger:
    @pytest.mark.parametrize("path", ["/", "/van-ban-den/", "/van-ban-di/soan/", "/so-dang-ky/", "/tim/?q=a"])
    def test_is_led_to_the_door_and_back(self, stranger: Client, path: str) -> None:
        answer = stranger.get(path)

        assert answer.status_code == 302
        assert answer["Location"].startswith("/dang-nhap/?next=%2F")

    def test_is_told_nothing_of_a_session(self, stranger: Client) -> None:
        assert "Phiên làm việc" not in stranger.get("/", follow=True).content.decode()

    def test_is_not_sent_to_another_site_afterwards(self, stranger: Client, world: World) -> None:
        answer = stranger.post(
            "/dang-nhap/", {"username": "clerk", "password": PASSWORD, "next": "https://example.org/"}
        )

        assert answer["Location"] == "/"

    def test_with_a_wrong_password_is_told_so_and_stays_outside(self, stranger: Client) -> None:
        answer = stranger.post("/dang-nhap/", {"username": "clerk", "password": "sai"})

        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
        assert stranger.get("/").status_code == 302

    def test_with_a_whole_network_of_his_own_is_one_address(self, stranger: Client, world: World) -> None:
        """A /64 of IPv6 is what one customer is given; a neighbour's is another's."""
        for number in range(FREE_TRIES[TryKind.ADDRESS] + 1):
            name = {"username": f"ten-{number}", "password": "sai"}
            answer = stranger.post("/dang-nhap/", name, REMOTE_ADDR=f"2405:4800:1:2::{number:x}")
        beside = stranger.post("/dang-nhap/", name, REMOTE_ADDR="2405:4800:1:3::1")

        assert (answer.status_code, beside.status_code) == (429, 422)

    def test_finds_the_supervisors_question_answered(self, stranger: Client) -> None:
        answer = stranger.get("/suc-khoe/")

        # Acts are done; that no worker runs here is worth a warning.
        assert (answer.status_code, answer.content.decode()) == (200, "cảnh báo")


class TestAStrangerWhoTriesOn:
    @pytest.fixture
    def tried(self, stranger: Client) -> Client:
        """He was wrong as often as he may be, and once more."""
        for number in range(FREE_TRIES[TryKind.ACCOUNT]):
            stranger.post("/dang-nhap/", {"username": "clerk", "password": f"sai {number}"})
        return stranger

    def test_is_told_when_to_come_again(self, tried: Client) -> None:
        answer = tried.post("/dang-nhap/", {"username": "clerk", "password": PASSWORD})

        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 30
        assert "Hãy thử lại sau 30 giây" in answer.content.decode()

    def test_does_not_lock_out_a_desk_that_signed_in_before(
        self, sign_in: SignIn, world: World, request: pytest.FixtureRequest
    ) -> None:
        clerk = sign_in("clerk")
        clerk.post("/dang-xuat/")
        request.getfixturevalue("tried")

        answer = clerk.post("/dang-nhap/", {"username": "clerk", "password": PASSWORD}, follow=True)

        assert answer.redirect_chain == [("/", 303)]
        assert "nhập sai mật khẩu 5 lần" in answer.content.decode()

    def test_is_seen_by_the_administrator(self, sign_in: SignIn, tried: Client) -> None:
        page = sign_in("administrator").get("/").content.decode()

        assert "(<code>clerk</code>): 5 lần" in page
        assert "vanthu account unlock clerk" in page

    @pytest.mark.parametrize("cookie", ["", "x", "a:b:c", "\x00"])
    def test_makes_no_desk_by_a_cookie_of_his_own(self, tried: Client, cookie: str) -> None:
        tried.cookies[settings.DEVICE_COOKIE_NAME] = cookie

        assert tried.post("/dang-nhap/", {"username": "clerk", "password": PASSWORD}).status_code == 429

    def test_is_refused_as_a_desk_of_somebody_else(
        self, sign_in: SignIn, tried: Client, world: World
    ) -> None:
        officer = sign_in("officer")
        officer.post("/dang-xuat/")

        assert officer.post("/dang-nhap/", {"username": "clerk", "password": PASSWORD}).status_code == 429

    def test_hears_that_the_server_is_busy_when_all_hash(
        self, stranger: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(hashing, "PATIENCE", 0.01)
        with ExitStack() as others:
            for _ in range(hashing.AT_ONCE):
                others.enter_context(hashing.turn())
            answer = stranger.post("/dang-nhap/", {"username": "clerk", "password": PASSWORD})

        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "Máy chủ đang bận, hãy thử lại sau ít giây" in answer.content.decode()


class TestSigningIn:
    def test_leads_where_the_person_was_going(self, stranger: Client) -> None:
        answer = stranger.post(
            "/dang-nhap/", {"username": "clerk", "password": PASSWORD, "next": "/van-ban-den/?tab=all"}
        )

        assert (answer.status_code, answer["Location"]) == (303, "/van-ban-den/?tab=all")

    def test_begins_a_new_session(self, stranger: Client) -> None:
        stranger.session["seen"] = 1
        stranger.session.save()
        before = stranger.session.session_key
        stranger.post("/dang-nhap/", {"username": "clerk", "password": PASSWORD})

        assert stranger.session.session_key != before

    def test_by_another_tab_lets_the_first_go_where_it_wanted(self, world: World) -> None:
        """Its form is worth nothing any more, and nobody need fill it in again."""
        browser, door = Client(enforce_csrf_checks=True), "/dang-nhap/?next=/so-dang-ky/"
        browser.get(door)
        token = browser.cookies[settings.CSRF_COOKIE_NAME].value
        words = {"username": "clerk", "password": PASSWORD, "csrfmiddlewaretoken": token}
        answers = [browser.post("/dang-nhap/", words), browser.post(door, words)]

        assert [each.status_code for each in answers] == [303, 302]
        assert answers[1]["Location"] == "/so-dang-ky/"

    def test_makes_forms_from_before_worth_nothing(self, stranger: Client) -> None:
        stranger.get("/dang-nhap/")
        before = stranger.cookies[settings.CSRF_COOKIE_NAME].value
        stranger.post("/dang-nhap/", {"username": "clerk", "password": PASSWORD})

        assert stranger.cookies[settings.CSRF_COOKIE_NAME].value != before

    def test_ends_when_the_account_is_disabled(self, sign_in: SignIn, world: World) -> None:
        clerk = sign_in("clerk")
        User.objects.filter(id=world.clerk.user_id).update(disabled_at="2026-11-22T00:00Z")

        assert clerk.get("/").status_code == 302

    def test_ends_at_the_button(self, sign_in: SignIn) -> None:
        clerk = sign_in("clerk")
        answer = clerk.post("/dang-xuat/")

        assert (answer.status_code, answer["Location"]) == (303, "/dang-nhap/")
        assert clerk.get("/").status_code == 302

    def test_does_not_end_by_following_a_link(self, sign_in: SignIn) -> None:
        assert sign_in("clerk").get("/dang-xuat/").status_code == 405


class TestIdleHours:
    def test_begin_again_when_the_person_is_seen(self, sign_in: SignIn) -> None:
        clerk = sign_in("clerk")
        _last_seen(clerk, seconds_ago=61)
        clerk.get("/")

        assert _time_left() > timedelta(hours=7, minutes=59)

    @pytest.mark.parametrize(("seconds_ago", "headers"), [(30, {}), (61, {UNATTENDED: "1"})])
    def test_do_not_begin_again_within_a_minute_or_by_the_clock_of_a_page(
        self, sign_in: SignIn, seconds_ago: int, headers: dict[str, str]
    ) -> None:
        clerk = sign_in("clerk")
        _last_seen(clerk, seconds_ago=seconds_ago)
        clerk.get("/", headers=headers)

        assert _time_left() < timedelta(hours=1)

    def test_over_end_the_session(self, sign_in: SignIn) -> None:
        clerk = sign_in("clerk")
        Session.objects.update(expire_date=timezone.now())

        assert clerk.get("/")["Location"].startswith("/dang-nhap/")


class TestASessionThatEnded:
    """The clerk comes back to his desk; the cookie is still there, the session is not."""

    @pytest.fixture
    def clerk(self, sign_in: SignIn) -> Client:
        browser = sign_in("clerk")
        Session.objects.all().delete()
        return browser

    def test_is_said_to_have_ended_and_leads_back_to_the_page(self, clerk: Client) -> None:
        answer = clerk.get("/van-ban-den/?tab=all", follow=True)
        back = clerk.post(
            answer.request["PATH_INFO"],
            {"username": "clerk", "password": PASSWORD, "next": answer.context["next"]},
        )

        assert "Phiên làm việc đã hết. Hãy đăng nhập lại." in answer.content.decode()
        assert "chưa được lưu" not in answer.content.decode()
        assert back["Location"] == "/van-ban-den/?tab=all"

    @pytest.mark.parametrize("address", ["thay-doi/", "thoi/"])
    def test_leads_back_from_a_button_to_the_page_it_stands_on(self, clerk: Client, address: str) -> None:
        """Whoever pressed a button whose address is no page is not led to an error after signing in."""
        page = f"/van-ban-di/dang-chuyen/{uuid4()}/"
        answer = clerk.post(
            f"{page}{address}",
            {"changes": "accept"},
            follow=True,
            headers={"Referer": f"http://testserver{page}"},
        )

        assert answer.context["next"] == page

    def test_is_said_to_have_taken_along_what_was_posted(self, clerk: Client) -> None:
        answer = clerk.post("/van-ban-di/soan/?tra-loi=x", {"subject": "V/v"}, follow=True)

        assert "nội dung bạn vừa gửi chưa được lưu" in answer.content.decode()
        assert answer.context["next"] == "/van-ban-di/soan/?tra-loi=x"

    @pytest.mark.parametrize(
        ("headers", "back"),
        [
            ({"HX-Current-URL": "http://testserver/van-ban-den/?tab=all"}, "/van-ban-den/?tab=all"),
            ({"Referer": "http://testserver/van-ban-den/"}, "/van-ban-den/"),
            ({"HX-Current-URL": "https://example.org/a/"}, "/"),
            ({"Referer": "https://example.org/a/"}, "/"),
            ({}, "/"),
        ],
        ids=["htmx", "our-own-script", "htmx-elsewhere", "script-elsewhere", "unknown"],
    )
    def test_leads_back_from_a_part_to_the_page_it_is_in(
        self, clerk: Client, headers: dict[str, str], back: str
    ) -> None:
        answer = clerk.get("/van-ban-den/", headers={"HX-Request": "true", **headers})

        assert answer.headers["HX-Redirect"] == f"/dang-nhap/?{urlencode({'next': back, 'phien': 'het'})}"

    def test_is_seen_without_its_cookie_when_a_page_of_ours_led_there(self, stranger: Client) -> None:
        within = stranger.get("/van-ban-den/", headers={"Referer": "http://testserver/"})

        assert within["Location"].endswith("phien=het")

    def test_does_not_lead_back_to_signing_out(self, clerk: Client) -> None:
        assert clerk.post("/dang-xuat/")["Location"] == "/dang-nhap/?next=%2F&phien=het"


def _last_seen(browser: Client, *, seconds_ago: int) -> None:
    """Put the last page of the one session there is back in time, with an hour left to it."""
    session = browser.session
    session["seen"] -= seconds_ago
    session.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(hours=1))


def _time_left() -> timedelta:
    return Session.objects.get().expire_date - timezone.now()


class TestTheFirstPassword:
    @pytest.fixture
    def newcomer(self, stranger: Client, world: World) -> Client:
        """The clerk with a password somebody else chose."""
        User.objects.filter(id=world.clerk.user_id).update(must_change_password=True)
        stranger.post("/dang-nhap/", {"username": "clerk", "password": PASSWORD})
        return stranger

    def test_opens_only_the_page_that_changes_it(self, newcomer: Client) -> None:
        answer = newcomer.get("/van-ban-den/")

        assert (answer.status_code, answer["Location"]) == (302, "/doi-mat-khau/")

    def test_changed_opens_the_rest(self, newcomer: Client) -> None:
        words = {"current": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD}
        answer = newcomer.post("/doi-mat-khau/", words)

        assert answer["Location"] == "/"
        assert "Đã đổi mật khẩu." in newcomer.get("/").content.decode()

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ({"current": "sai", "new": NEW_PASSWORD, "again": NEW_PASSWORD}, "Mật khẩu"),
            ({"current": PASSWORD, "new": "ngắn", "again": "ngắn"}, "ít nhất 8 ký tự"),
            ({"current": PASSWORD, "new": NEW_PASSWORD, "again": "khác"}, "chưa giống nhau"),
        ],
        ids=["wrong", "weak", "mistyped"],
    )
    def test_is_not_changed_by_a_refused_form(
        self, newcomer: Client, words: dict[str, str], said: str
    ) -> None:
        answer = newcomer.post("/doi-mat-khau/", words)

        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert newcomer.get("/").status_code == 302


class TestSeveralPosts:
    def test_are_chosen_between(self, sign_in: SignIn, world: World) -> None:
        second = _second_post(world)
        officer = sign_in("officer")
        answer = officer.post("/doi-vi-tri/", {"post_id": second.id})

        assert answer.status_code == 303
        assert "Chờ cấp số, đóng dấu" in officer.get("/").content.decode()

    def test_stay_chosen_when_a_request_that_began_before_ends_after(
        self, sign_in: SignIn, world: World
    ) -> None:
        """A long upload read its session before; it may not write the former post back."""
        officer, store = sign_in("officer"), import_module(settings.SESSION_ENGINE).SessionStore
        begun_before = store(officer.session.session_key)
        begun_before["seen"] = 1

        officer.post("/doi-vi-tri/", {"post_id": _second_post(world).id})
        with pytest.raises(UpdateError):
            begun_before.save()

        assert "Chờ cấp số, đóng dấu" in officer.get("/").content.decode()

    def test_of_somebody_else_are_not_to_be_had(self, sign_in: SignIn, world: World) -> None:
        answer = sign_in("officer").post("/doi-vi-tri/", {"post_id": world.posts["clerk"].id})

        assert answer.status_code == 404


def _second_post(world: World) -> Post:
    """The officer is also the records clerk."""
    clerk = world.posts["clerk"]
    return Post.objects.create(
        user=world.users["officer"],
        agency=clerk.agency,
        unit=clerk.unit,
        position=clerk.position,
        roles=clerk.roles,
        started_at=clerk.started_at,
    )
