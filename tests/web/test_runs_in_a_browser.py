"""A queue in a real browser: nothing moves for what is said, Back works, a PIN that is kept is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests import arrivals, path
from tests.keys import PIN, KeyRing, register_credentials
from tests.web.browser import DESK, PHONE, visiting
from tests.web.outgoing_desk import state_of
from tests.world import NOW, PASSWORD, World
from vanthu.outgoing.states import State

_WRONG = "87654321"


@pytest.fixture
def arrived(committed: World) -> list[UUID]:
    """Three letters at the records office, in the order in which they came."""
    return [arrivals.arrived(committed, now=NOW + timedelta(minutes=each)) for each in range(3)]


@pytest.fixture
def signers_at_work(committed: World, keys: KeyRing, settings: Settings) -> World:
    """The cast, with tokens plugged in."""
    keys.plug_in()
    settings.TRUST, settings.TSA_URL = str(keys.pki.trust_dir), keys.pki.tsa_url
    register_credentials(committed, keys)
    return committed


def _top(page: Page) -> float:
    area = page.locator("h1").first.bounding_box()
    assert area is not None
    return area["y"]


class TestWhatWasDone:
    @pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
    def test_is_told_without_moving_the_page_and_the_next_one_is_open(
        self, chromium: Browser, live_server: LiveServer, arrived: list[UUID], size: dict[str, int]
    ) -> None:
        with visiting(chromium, live_server.url, "clerk", size=size) as visit:
            page = visit.open(f"/van-ban-den/{arrived[1]}/?hang=arrived")
            before = _top(page)
            page.get_by_role("link", name="Tiếp nhận, vào sổ").click()
            page.locator("#act-dialog").get_by_role("button", name="Tiếp nhận, vào sổ").click()
            page.wait_for_url(f"**/van-ban-den/{arrived[2]}/?hang=arrived")
            visit.settle()
            said = page.locator("#flash .notice")
            expect(said).to_contain_text("Đã tiếp nhận, vào sổ, số đến 1.")
            expect(said).to_be_in_viewport(ratio=1)
            expect(page.locator("[data-left]")).to_have_text("còn 2")
            assert _top(page) == before
            assert visit.overflow() == 0
            assert visit.faults() == []
            said.get_by_role("link", name="Xem lại").click()
            page.wait_for_url(f"**/van-ban-den/{arrived[1]}/")

    def test_leads_on_without_scripts_too(
        self, chromium: Browser, live_server: LiveServer, arrived: list[UUID]
    ) -> None:
        with visiting(chromium, live_server.url, "clerk", scripts=False) as visit:
            page = visit.page
            page.goto(f"{live_server.url}/van-ban-den/?tab=arrived")
            page.locator("[data-row] a").first.click()
            page.get_by_role("link", name="Tiếp nhận, vào sổ").click()
            page.get_by_role("button", name="Tiếp nhận, vào sổ").click()
            page.wait_for_url(f"**/van-ban-den/{arrived[1]}/?hang=arrived")
            expect(page.locator("#flash")).to_contain_text("Đã tiếp nhận, vào sổ, số đến 1.")
            expect(page.locator("[data-left]")).to_have_text("còn 2")

    def test_j_and_k_go_to_the_neighbours(
        self, chromium: Browser, live_server: LiveServer, arrived: list[UUID]
    ) -> None:
        with visiting(chromium, live_server.url, "clerk") as visit:
            page = visit.open(f"/van-ban-den/{arrived[0]}/?hang=arrived")
            page.keyboard.press("j")
            page.wait_for_url(f"**/{arrived[1]}/?hang=arrived")
            page.keyboard.press("k")
            page.wait_for_url(f"**/{arrived[0]}/?hang=arrived")


class TestBackAfterAWrongPin:
    @pytest.mark.parametrize("who", ["leader", "clerk"])
    def test_opens_the_page_before(
        self, chromium: Browser, live_server: LiveServer, signers_at_work: World, who: str
    ) -> None:
        to_sign, to_seal = path.approved(signers_at_work, now=path.true_time()), path.signed(signers_at_work)
        document, act = (to_sign, "ky") if who == "leader" else (to_seal, "cap-so-dong-dau")
        with visiting(chromium, live_server.url, who) as visit:
            visit.open(f"/van-ban-di/{document}/")
            page = visit.open(f"/van-ban-di/{document}/{act}/")
            for _ in range(2):
                page.get_by_label("Mã PIN của thiết bị ký").fill(_WRONG)
                page.keyboard.press("Enter")
                expect(page.locator(".pin-bar .field-error")).to_contain_text("Mã PIN không đúng")
            for _ in range(2):
                answer = page.go_back()
                assert answer is None or answer.ok
                expect(page.locator("h1").first).to_have_text("V/v rà soát vị trí việc làm")


class TestAPinThatIsKept:
    def test_is_forgotten_when_it_is_refused_and_stands_nowhere(
        self, chromium: Browser, live_server: LiveServer, signers_at_work: World
    ) -> None:
        document = path.signed(signers_at_work)
        with visiting(chromium, live_server.url, "clerk") as visit:
            page = visit.open(f"/van-ban-di/{document}/cap-so-dong-dau/")
            _seal(page, _WRONG)
            expect(page.locator(".pin-bar .field-error")).to_contain_text("Mã PIN không đúng")
            field = page.get_by_label("Mã PIN của thiết bị ký")
            expect(field).to_have_value("")
            expect(field).to_be_focused()
            assert not _is_written(page, _WRONG)

        assert state_of(document) is State.SIGNED

    def test_serves_the_next_letter_which_is_still_asked_about(
        self, chromium: Browser, live_server: LiveServer, signers_at_work: World
    ) -> None:
        first, second = path.signed(signers_at_work), path.signed(signers_at_work)
        with visiting(chromium, live_server.url, "clerk") as visit:
            page = visit.open(f"/van-ban-di/{first}/cap-so-dong-dau/?hang=to_number")
            _seal(page, PIN)
            expect(page.locator("#flash")).to_contain_text("Đã cấp số 01/SNV-CCVC, đóng dấu, phát hành.")
            page.wait_for_url(f"**/van-ban-di/{second}/cap-so-dong-dau/?hang=to_number")
            expect(page.get_by_label("Mã PIN của thiết bị ký")).to_have_value(PIN)
            assert not _is_written(page, PIN)
            page.keyboard.press("Enter")
            expect(page.locator(".acts-ask")).to_contain_text("lần nữa")
            assert state_of(second) is State.SIGNED
            visit.open(f"/van-ban-di/{second}/cap-so-dong-dau/")
            expect(page.get_by_label("Mã PIN của thiết bị ký")).to_have_value("")

        assert state_of(first) is State.ISSUED

    def test_lets_the_browser_forget_what_was_typed_for_the_letter_that_is_sealed(
        self, chromium: Browser, live_server: LiveServer, signers_at_work: World
    ) -> None:
        first, second = path.signed(signers_at_work), path.signed(signers_at_work)
        with visiting(chromium, live_server.url, "clerk") as visit:
            page = visit.open(f"/van-ban-di/{first}/cap-so-dong-dau/?hang=to_number")
            # What is typed for a seal is a secret: a form of the same address stands for one that has words.
            page.evaluate("name => localStorage.setItem(name, `${Date.now()} x`)", _kept_name(page))
            name = _kept_name(page)
            _seal(page, PIN)
            page.wait_for_url(f"**/van-ban-di/{second}/cap-so-dong-dau/?hang=to_number")
            assert page.locator("body").get_attribute("data-arrived") == name.rpartition(" ")[2]
            assert page.evaluate("name => localStorage.getItem(name)", name) is None

    def test_is_forgotten_after_five_minutes_without_a_seal(
        self, chromium: Browser, live_server: LiveServer, signers_at_work: World
    ) -> None:
        with _second_letter(chromium, live_server, signers_at_work, clock=True) as page:
            page.clock.fast_forward(4 * 60 * 1000)
            expect(_field(page)).to_have_value(PIN)
            page.clock.fast_forward(61 * 1000)
            expect(_field(page)).to_have_value("")
            assert not _is_in_a_field(page, PIN)

    def test_is_forgotten_at_back(
        self, chromium: Browser, live_server: LiveServer, signers_at_work: World
    ) -> None:
        with _second_letter(chromium, live_server, signers_at_work) as page:
            for _ in range(2):
                page.go_back()
                expect(page.locator("h1").first).to_have_text("Nội dung vừa thay đổi")
                assert not _is_in_a_field(page, PIN)
                page.go_forward()
                expect(_field(page)).to_have_value("")
                assert not _is_written(page, PIN)

    def test_is_forgotten_when_somebody_else_has_signed_in_in_another_tab(
        self, chromium: Browser, live_server: LiveServer, signers_at_work: World
    ) -> None:
        with _second_letter(chromium, live_server, signers_at_work) as page:
            other = page.context.new_page()
            other.goto(f"{live_server.url}/")
            other.locator("details.me summary").click()
            other.get_by_role("button", name="Đăng xuất").click()
            other.wait_for_url("**/dang-nhap/")
            other.fill("[name=username]", "officer")
            other.fill("[name=password]", PASSWORD)
            other.click("button[type=submit]")
            other.wait_for_url(f"{live_server.url}/")
            page.get_by_role("button", name="Cấp số, đóng dấu và phát hành").click()
            expect(page.locator("form[data-pin-run]")).to_have_count(0)
            page.wait_for_load_state("load")
            assert not _is_in_a_field(page, PIN)
            assert not _is_written(page, PIN)
            assert not _is_written(other, PIN)


def _seal(page: Page, pin: str) -> None:
    page.get_by_label("Mã PIN của thiết bị ký").fill(pin)
    page.get_by_text("Giữ mã PIN trên trang này").click()
    page.get_by_role("button", name="Cấp số, đóng dấu và phát hành").click()


@contextmanager
def _second_letter(
    chromium: Browser, live_server: LiveServer, world: World, *, clock: bool = False
) -> Iterator[Page]:
    """The clerk has sealed one letter with a PIN that is kept; the next stands in the page."""
    first, second = path.signed(world), path.signed(world)
    with visiting(chromium, live_server.url, "clerk") as visit:
        if clock:
            visit.page.clock.install()
        page = visit.open(f"/van-ban-di/{first}/cap-so-dong-dau/?hang=to_number")
        _seal(page, PIN)
        page.wait_for_url(f"**/van-ban-di/{second}/cap-so-dong-dau/?hang=to_number")
        expect(_field(page)).to_have_value(PIN)
        assert not _is_written(page, PIN)
        yield page


def _field(page: Page) -> Locator:
    return page.get_by_label("Mã PIN của thiết bị ký")


def _kept_name(page: Page) -> str:
    """Under which name the browser keeps what is typed into the form of this page."""
    person = page.locator("body").get_attribute("data-person")
    return f"vanthu-kept {person} {urlsplit(page.url).path}"


def _is_in_a_field(page: Page, secret: str) -> bool:
    values = page.evaluate("[...document.querySelectorAll('input, textarea')].map(each => each.value)")
    return secret in values


def _is_written(page: Page, secret: str) -> bool:
    """Whether the secret stands in the markup, the address, or anything the browser stores."""
    kept = page.evaluate(
        "[document.documentElement.outerHTML, location.href, document.cookie,"
        " JSON.stringify(localStorage), JSON.stringify(sessionStorage)].join()"
    )
    return secret in kept
