"""A list and the document beside it: what is done is done to the selected row, however slow the line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests import path
from tests.exchange import desk, jobs
from tests.web.browser import Visit, visiting
from tests.world import World
from vanthu.incoming.models import IncomingDocument
from vanthu.incoming.states import State

PREVIEW = "**/xem-nhanh/?*"


@pytest.fixture
def letters(committed: World) -> list[UUID]:
    """Three letters at the neighbour's records office, as the list shows them: the first to arrive first."""
    for _ in range(3):
        desk.issue(committed, [committed.neighbour])
    jobs.run_all()
    rows = IncomingDocument.objects.filter(agency=committed.neighbour).order_by("arrived_at", "pk")
    return list(rows.values_list("pk", flat=True))


@pytest.fixture
def to_sign(committed: World) -> set[str]:
    """Two drafts that wait for the leader's signature."""
    return {str(path.approved(committed)) for _ in range(2)}


@contextmanager
def _list(chromium: Browser, server: LiveServer, person: str, address: str) -> Iterator[Visit]:
    """A person before a list whose first document is shown."""
    with visiting(chromium, server.url, person) as visit:
        visit.open(address)
        expect(visit.page.locator("#peek [data-peek]")).to_be_visible()
        yield visit


class _Line:
    """The line between the pane and the server: previews wait here until they are let through or broken."""

    def __init__(self, page: Page) -> None:
        self.held: list[Route] = []
        self._page = page
        page.route(PREVIEW, lambda route: self.held.append(route))

    def wait_for(self, count: int) -> None:
        """Until so many previews have been asked for."""
        for _ in range(200):
            if len(self.held) >= count:
                return
            self._page.wait_for_timeout(20)
        raise AssertionError(f"{len(self.held)} previews were asked for, not {count}")

    def let(self, at: int) -> None:
        """Let one preview through."""
        self.held[at].continue_()

    def mend(self) -> None:
        """From now on previews come at once."""
        self._page.unroute(PREVIEW)


def _row(page: Page, at: int) -> str:
    return page.locator("[data-row]").nth(at).get_attribute("data-document") or ""


def _expect_shown(page: Page, document: object) -> None:
    expect(page.locator("#peek [data-peek]")).to_have_attribute("data-document", str(document))


def _states(documents: list[UUID]) -> list[State]:
    found = dict(IncomingDocument.objects.filter(pk__in=documents).values_list("pk", "state"))
    return [State(found[each]) for each in documents]


class TestASlowPreview:
    def test_keeps_enter_for_the_row_that_is_selected(
        self, chromium: Browser, live_server: LiveServer, letters: list[UUID]
    ) -> None:
        with _list(chromium, live_server, "outsider", "/van-ban-den/") as visit:
            page, line = visit.page, _Line(visit.page)
            page.keyboard.press("j")
            page.keyboard.press("Enter")
            expect(page.locator("#peek")).to_have_attribute("aria-busy", "true")
            expect(page.locator("#peek [data-key]")).to_have_count(0)
            line.wait_for(1)
            line.let(0)
            expect(page.locator("#peek [data-key=Enter]")).to_be_focused()
            expect(page.locator("#peek")).to_contain_text("lần nữa")
            _expect_shown(page, letters[1])
            assert _states(letters) == [State.ARRIVED] * 3
            line.mend()
            page.keyboard.press("Enter")
            expect(page.locator("#flash")).to_contain_text("Đã tiếp nhận, vào sổ, số đến 1.")

        assert _states(letters) == [State.ARRIVED, State.REGISTERED, State.ARRIVED]

    def test_opens_the_return_of_the_row_that_is_selected(
        self, chromium: Browser, live_server: LiveServer, letters: list[UUID]
    ) -> None:
        with _list(chromium, live_server, "outsider", "/van-ban-den/") as visit:
            page, line = visit.page, _Line(visit.page)
            page.keyboard.press("j")
            page.keyboard.press("t")
            line.wait_for(1)
            line.let(0)
            line.mend()
            expect(page.get_by_label("Lý do trả lại")).to_be_focused()
            page.keyboard.press("Tab")
            expect(page.get_by_role("button", name="Trả lại", exact=True)).to_be_focused()
            page.keyboard.press("Shift+Tab")
            assert str(letters[1]) in (page.locator("#act-dialog form").get_attribute("action") or "")
            page.keyboard.type("Gửi nhầm cơ quan.")
            page.keyboard.press("Control+Enter")
            expect(page.locator("#flash")).to_contain_text("Đã trả lại")
            page.wait_for_url("**/van-ban-den/")
            _expect_shown(page, letters[2])

        assert _states(letters) == [State.ARRIVED, State.RETURNED, State.ARRIVED]

    def test_leaves_nothing_under_the_mouse(
        self, chromium: Browser, live_server: LiveServer, letters: list[UUID]
    ) -> None:
        with _list(chromium, live_server, "outsider", "/van-ban-den/") as visit:
            page, line = visit.page, _Line(visit.page)
            button = page.locator("#peek [data-key=Enter]").bounding_box()
            assert button is not None
            page.locator("[data-row]").nth(2).locator("a").click()
            page.mouse.click(button["x"] + button["width"] / 2, button["y"] + button["height"] / 2)
            line.wait_for(1)
            line.let(0)
            line.mend()
            _expect_shown(page, letters[2])
            assert _states(letters) == [State.ARRIVED] * 3
            page.locator("#peek [data-key=Enter]").click()
            expect(page.locator("#flash")).to_contain_text("Đã tiếp nhận, vào sổ, số đến 1.")

        assert _states(letters) == [State.ARRIVED, State.ARRIVED, State.REGISTERED]

    def test_that_comes_after_a_later_one_is_dropped(
        self, chromium: Browser, live_server: LiveServer, letters: list[UUID]
    ) -> None:
        with _list(chromium, live_server, "outsider", "/van-ban-den/") as visit:
            page = visit.page
            # The browser cannot take back what it does not know it was asked to: even an answer to a request
            # that was broken off must change nothing.
            page.evaluate("AbortController.prototype.abort = () => {}")
            line = _Line(page)
            page.keyboard.press("j")
            line.wait_for(1)
            page.keyboard.press("j")
            line.wait_for(2)
            line.let(1)
            _expect_shown(page, letters[2])
            with page.expect_response(f"**/{letters[1]}/xem-nhanh/?*"):
                line.let(0)
            page.wait_for_timeout(200)
            _expect_shown(page, letters[2])
            expect(page.locator("[data-row]").nth(2)).to_have_attribute("aria-current", "true")

    def test_of_an_outgoing_document_leads_to_the_one_selected(
        self, chromium: Browser, live_server: LiveServer, to_sign: set[str]
    ) -> None:
        with _list(chromium, live_server, "leader", "/van-ban-di/?tab=awaiting_signature") as visit:
            page, line = visit.page, _Line(visit.page)
            second = _row(page, 1)
            assert {_row(page, 0), second} == to_sign
            page.keyboard.press("j")
            page.keyboard.press("Enter")
            line.wait_for(1)
            expect(page.locator("#peek [data-key]")).to_have_count(0)
            line.let(0)
            page.wait_for_url(f"**/van-ban-di/{second}/ky/?hang=awaiting_signature")


class TestAPreviewThatFails:
    @pytest.mark.parametrize(
        ("person", "address"),
        [("outsider", "/van-ban-den/"), ("leader", "/van-ban-di/?tab=awaiting_signature")],
        ids=["incoming", "outgoing"],
    )
    @pytest.mark.parametrize("broken", ["line", "server"])
    def test_says_so_and_offers_only_to_try_again(
        self,
        chromium: Browser,
        live_server: LiveServer,
        letters: list[UUID],
        to_sign: set[str],
        person: str,
        address: str,
        broken: str,
    ) -> None:
        with _list(chromium, live_server, person, address) as visit:
            page, line = visit.page, _Line(visit.page)
            before, second = page.url, _row(page, 1)
            page.keyboard.press("j")
            page.keyboard.press("Enter")
            line.wait_for(1)
            line.held[0].abort() if broken == "line" else line.held[0].fulfill(status=500, body="")
            said = page.locator("#peek [role=alert]")
            expect(said).to_contain_text("Không tải được văn bản này. Thử lại.")
            expect(page.locator("#peek [data-key]")).to_have_count(0)
            page.keyboard.press("Enter")
            expect(page.get_by_role("button", name="Thử lại")).to_be_focused()
            assert page.url == before
            line.mend()
            page.keyboard.press("Enter")
            _expect_shown(page, second)

        assert _states(letters) == [State.ARRIVED] * 3


class TestTheFirstEnter:
    def test_only_asks_and_escape_takes_it_back(
        self, chromium: Browser, live_server: LiveServer, letters: list[UUID]
    ) -> None:
        with _list(chromium, live_server, "outsider", "/van-ban-den/") as visit:
            page = visit.page
            page.keyboard.press("Enter")
            expect(page.locator("#peek .acts-ask")).to_contain_text("Tiếp nhận, vào sổ, số đến 1? Nhấn")
            page.keyboard.press("Escape")
            expect(page.locator("#peek .acts-ask")).to_have_count(0)
            expect(page.locator("#peek [data-key=Enter]")).not_to_be_focused()

        assert _states(letters) == [State.ARRIVED] * 3

    def test_held_down_answers_nothing(
        self, chromium: Browser, live_server: LiveServer, letters: list[UUID]
    ) -> None:
        with _list(chromium, live_server, "outsider", "/van-ban-den/") as visit:
            page = visit.page
            for _ in range(5):
                page.keyboard.down("Enter")
            page.keyboard.up("Enter")
            expect(page.locator("#peek .acts-ask")).to_be_visible()

        assert _states(letters) == [State.ARRIVED] * 3

    def test_on_the_page_of_the_document_opens_the_question(
        self, chromium: Browser, live_server: LiveServer, letters: list[UUID]
    ) -> None:
        with visiting(chromium, live_server.url, "outsider") as visit:
            page = visit.open(f"/van-ban-den/{letters[0]}/")
            page.keyboard.press("Enter")
            button = page.locator("#act-dialog").get_by_role("button", name="Tiếp nhận, vào sổ")
            expect(button).to_be_focused()
            assert _states(letters) == [State.ARRIVED] * 3
            page.keyboard.press("Enter")
            expect(page.locator("#flash")).to_contain_text("Đã tiếp nhận, vào sổ, số đến 1.")
            page.wait_for_url(f"**/van-ban-den/{letters[1]}/?hang=arrived")

    def test_on_a_row_reached_with_tab_shows_that_row(
        self, chromium: Browser, live_server: LiveServer, letters: list[UUID]
    ) -> None:
        with _list(chromium, live_server, "outsider", "/van-ban-den/") as visit:
            page = visit.page
            page.locator("[data-row]").nth(1).locator("a").focus()
            page.keyboard.press("Enter")
            _expect_shown(page, letters[1])
            expect(page.locator("#peek .acts-ask")).to_have_count(0)


class TestGoingOn:
    def test_stays_in_the_list_with_the_next_one_selected(
        self, chromium: Browser, live_server: LiveServer, letters: list[UUID]
    ) -> None:
        with _list(chromium, live_server, "outsider", "/van-ban-den/?tab=arrived") as visit:
            page = visit.page
            page.keyboard.press("j")
            for number, (done, following) in enumerate([(1, 2), (2, 0)], start=1):
                _expect_shown(page, letters[done])
                page.keyboard.press("Enter")
                page.keyboard.press("Enter")
                expect(page.locator("#flash")).to_contain_text(f"Đã tiếp nhận, vào sổ, số đến {number}.")
                assert page.url.endswith("/van-ban-den/?tab=arrived")
                _expect_shown(page, letters[following])
                expect(page.locator("[aria-current=true][data-row]")).to_have_attribute(
                    "data-document", str(letters[following])
                )

    def test_back_from_a_document_finds_the_row_one_came_from(
        self, chromium: Browser, live_server: LiveServer, letters: list[UUID]
    ) -> None:
        with _list(chromium, live_server, "outsider", "/van-ban-den/?tab=all") as visit:
            page = visit.page
            page.keyboard.press("j")
            here = _row(page, 1)
            _expect_shown(page, here)
            page.keyboard.press("o")
            page.wait_for_url(f"**/van-ban-den/{here}/")
            page.get_by_role("navigation", name="Đường dẫn").get_by_role("link", name="Văn bản đến").click()
            page.wait_for_url("**/van-ban-den/?tab=all")
            _expect_shown(page, here)
            page.keyboard.press("o")
            page.wait_for_url(f"**/van-ban-den/{here}/")
            page.go_back()
            _expect_shown(page, here)

    def test_of_a_filter_that_finds_nothing_leaves_no_document_beside_it(
        self, chromium: Browser, live_server: LiveServer, letters: list[UUID]
    ) -> None:
        with _list(chromium, live_server, "outsider", "/van-ban-den/") as visit:
            page = visit.page
            page.get_by_label("Lọc theo số").fill("khong co gi nhu the")
            expect(page.locator("#peek")).to_contain_text("Không có văn bản nào để xem.")
            expect(page.locator("#peek [data-key]")).to_have_count(0)


class TestADialog:
    def test_without_fields_is_answered_with_enter(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        draft = path.drafted(committed)
        with visiting(chromium, live_server.url, "officer") as visit:
            page = visit.open(f"/van-ban-di/{draft}/")
            page.keyboard.press("Enter")
            dialog = page.get_by_role("dialog", name="Trình ký dự thảo")
            expect(dialog.get_by_role("button", name="Trình ký")).to_be_focused()
            page.keyboard.press("Enter")
            expect(page.locator("#flash")).to_contain_text("Đã trình ký.")
            assert visit.complaints == []
