"""What is typed is kept, in Chromium: through a session's end, a cut network, Back, a tab that was closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests import arrivals, path
from tests.pdfsign.documents import typeset
from tests.web.browser import Visit, visiting
from tests.world import PASSWORD, World
from vanthu.outgoing.models import OutgoingDocument

_DIRECTIVE = "Giao Phòng CCVC chủ trì, tham mưu văn bản trả lời trước ngày 05/12/2026."


@pytest.fixture
def registered(committed: World) -> UUID:
    """A letter that waits for the leader's directive."""
    return arrivals.registered(committed)


def _letter(**layout: str) -> bytes:
    return typeset(name="Phạm Văn Hùng", title_lines=("GIÁM ĐỐC",), **layout)


def _enter(page: Page, username: str) -> None:
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()


def _kept(page: Page) -> int:
    return int(
        page.evaluate("Object.keys(localStorage).filter(each => each.startsWith('vanthu-kept')).length")
    )


def _wait_until_kept(page: Page) -> None:
    page.wait_for_function("Object.keys(localStorage).some(each => each.startsWith('vanthu-kept'))")
    # What was typed last is locked a moment later.
    page.wait_for_timeout(50)


@contextmanager
def _directing(chromium: Browser, live_server: LiveServer, document: UUID) -> Iterator[Visit]:
    """The leader has written a directive and chosen who leads."""
    with visiting(chromium, live_server.url, "leader") as visit:
        page = visit.open(f"/van-ban-den/{document}/chi-dao/")
        page.get_by_label("Ý kiến chỉ đạo").fill(_DIRECTIVE)
        page.get_by_label("Hạn xử lý").fill("5/3/2031")
        _wait_until_kept(page)
        yield visit


def _is_there(page: Page) -> None:
    expect(page.get_by_label("Ý kiến chỉ đạo")).to_have_value(_DIRECTIVE)
    expect(page.get_by_label("Hạn xử lý")).to_have_value("05/03/2031 17:00")


class TestADirective:
    def test_outlives_the_session_it_was_written_in(
        self, chromium: Browser, live_server: LiveServer, registered: UUID
    ) -> None:
        with _directing(chromium, live_server, registered) as visit:
            page = visit.page
            Session.objects.all().delete()
            page.get_by_role("button", name="Chuyển xử lý").click()
            expect(page.locator(".plain-card .notice")).to_contain_text("được giữ, chưa được lưu")
            _enter(page, "leader")
            expect(page.locator("[data-kept]")).to_contain_text("Đã điền lại")
            _is_there(page)
            assert visit.faults() == []
            # Loading the page again loses nothing either.
            page.reload()
            expect(page.locator("[data-kept]")).to_contain_text("Đã điền lại")
            _is_there(page)

    def test_is_not_shown_to_the_next_at_that_browser_and_waits_for_its_writer(
        self, chromium: Browser, live_server: LiveServer, registered: UUID
    ) -> None:
        with _directing(chromium, live_server, registered) as visit:
            page = visit.page
            Session.objects.all().delete()
            page.get_by_role("button", name="Chuyển xử lý").click()
            _enter(page, "clerk")
            expect(page.locator(".shell")).to_be_visible()
            assert _DIRECTIVE not in page.content()
            page.goto(f"{live_server.url}/van-ban-den/{registered}/")
            assert _DIRECTIVE not in page.content()
            held = page.evaluate("JSON.stringify(localStorage)")
            assert "Giao" not in held
            page.context.clear_cookies()
            page.goto(f"{live_server.url}/van-ban-den/{registered}/chi-dao/")
            _enter(page, "leader")
            _is_there(page)

    def test_outlives_a_tab_that_was_closed(
        self, chromium: Browser, live_server: LiveServer, registered: UUID
    ) -> None:
        with _directing(chromium, live_server, registered) as visit:
            context = visit.page.context
            visit.page.close()
            page = context.new_page()
            page.goto(f"{live_server.url}/van-ban-den/{registered}/chi-dao/")
            expect(page.locator("[data-kept]")).to_contain_text("Đã điền lại")
            _is_there(page)
            page.get_by_role("link", name="bỏ những gì đã gõ").click()
            expect(page.locator("[data-kept]")).to_have_count(0)
            expect(page.get_by_label("Ý kiến chỉ đạo")).to_have_value("")
            page.reload()
            expect(page.get_by_label("Ý kiến chỉ đạo")).to_have_value("")
            assert _kept(page) == 0

    def test_outlives_a_network_that_went_away(
        self, chromium: Browser, live_server: LiveServer, registered: UUID
    ) -> None:
        with _directing(chromium, live_server, registered) as visit:
            page = visit.page
            page.context.set_offline(True)
            page.get_by_role("button", name="Chuyển xử lý").click()
            page.wait_for_url("chrome-error://**")
            page.context.set_offline(False)
            page.goto(f"{live_server.url}/van-ban-den/{registered}/chi-dao/")
            _is_there(page)

    def test_is_forgotten_at_signing_out(
        self, chromium: Browser, live_server: LiveServer, registered: UUID
    ) -> None:
        with _directing(chromium, live_server, registered) as visit:
            page = visit.page
            page.locator("details.me summary").click()
            page.get_by_role("button", name="Đăng xuất").click()
            page.wait_for_url("**/dang-nhap/")
            assert _kept(page) == 0


class TestAReason:
    def test_in_a_dialog_is_there_when_it_is_opened_again_and_gone_when_it_arrived(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        document = path.submitted(committed)
        with visiting(chromium, live_server.url, "head") as visit:
            page = visit.open(f"/van-ban-di/{document}/")
            page.get_by_role("link", name="Trả lại").first.click()
            page.locator("#act-dialog textarea").fill("Thiếu căn cứ pháp lý.")
            _wait_until_kept(page)
            page.keyboard.press("Escape")
            page.reload()
            page.get_by_role("link", name="Trả lại").first.click()
            expect(page.locator("#act-dialog textarea")).to_have_value("Thiếu căn cứ pháp lý.")
            expect(page.locator("#act-dialog [data-kept]")).to_be_visible()
            page.locator("#act-dialog button[type=submit]").click()
            expect(page.locator("#flash")).to_contain_text("Đã trả lại")
            assert _kept(page) == 0
            assert visit.complaints == []


class TestADraft:
    def test_saved_and_come_back_to_is_the_same_draft(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        with visiting(chromium, live_server.url, "officer") as visit:
            page = visit.open("/van-ban-di/soan/")
            page.fill("[name=subject]", "V/v lưu một lần")
            page.locator("[name=draft_file]").set_input_files(
                {"name": "a.pdf", "mimeType": "application/pdf", "buffer": _letter()}
            )
            page.get_by_role("button", name="Lưu dự thảo").click()
            expect(page.locator("#flash")).to_contain_text("Đã lưu dự thảo")
            page.go_back()
            expect(page.locator("#flash")).to_contain_text("bạn đang sửa bản đã lưu")
            page.fill("[name=subject]", "V/v lưu hai lần")
            page.get_by_role("button", name="Lưu dự thảo").click()
            expect(page.locator("h1")).to_have_text("V/v lưu hai lần")

        assert [each.document.subject for each in OutgoingDocument.objects.all()] == ["V/v lưu hai lần"]

    def test_is_reached_by_one_key_with_the_cursor_at_its_file(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        with visiting(chromium, live_server.url, "officer") as visit:
            page = visit.open("/van-ban-di/soan/")
            expect(page.locator("[name=draft_file]")).to_be_focused()

    def test_that_was_closed_is_offered_to_whoever_begins_another(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        with visiting(chromium, live_server.url, "officer") as visit:
            page = visit.open("/van-ban-di/soan/")
            page.fill("[name=subject]", "V/v soạn dở")
            _wait_until_kept(page)
            visit.open("/van-ban-di/soan/")
            expect(page.locator("[name=subject]")).to_have_value("")
            expect(page.locator("[data-begun]")).to_contain_text("soạn dở, chưa lưu")
            assert visit.faults() == []
            page.get_by_role("link", name="Soạn tiếp").click()
            expect(page.locator("[name=subject]")).to_have_value("V/v soạn dở")

    def test_without_a_subject_has_its_files_still_and_says_so(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        with visiting(chromium, live_server.url, "officer") as visit:
            page = visit.open("/van-ban-di/soan/")
            page.locator("[name=draft_file]").set_input_files(
                {"name": "giu-lai.pdf", "mimeType": "application/pdf", "buffer": _letter(about="")}
            )
            page.get_by_role("button", name="Lưu dự thảo").click()
            expect(page.locator("[data-held]")).to_contain_text("giu-lai.pdf")
            expect(page.locator("[name=subject]")).to_be_focused()
            assert visit.faults() == []
            page.fill("[name=subject]", "V/v có tệp rồi")
            page.get_by_role("button", name="Lưu dự thảo").click()
            expect(page.locator("h1")).to_have_text("V/v có tệp rồi")


class TestTheEndOfASession:
    def test_is_said_before_it_comes_and_put_off_at_a_press(
        self, chromium: Browser, live_server: LiveServer, committed: World, settings: Settings
    ) -> None:
        with visiting(chromium, live_server.url, "clerk") as visit:
            settings.SESSION_COOKIE_AGE = 302
            page = visit.open("/")
            said = page.locator("[data-session-ends]")
            expect(said).to_contain_text("vì lâu không có thao tác")
            assert visit.faults() == []
            settings.SESSION_COOKIE_AGE = 8 * 3600
            said.get_by_role("button", name="Làm việc tiếp").click()
            expect(said).to_have_count(0)

    def test_in_all_leads_to_signing_in_anew(
        self, chromium: Browser, live_server: LiveServer, committed: World, settings: Settings
    ) -> None:
        with visiting(chromium, live_server.url, "clerk") as visit:
            settings.SESSION_LONGEST = 302
            page = visit.open("/van-ban-den/")
            said = page.locator("[data-session-ends]")
            expect(said).to_contain_text("hãy đăng nhập lại")
            said.get_by_role("link", name="Đăng nhập lại").click()
            _enter(page, "clerk")
            page.wait_for_url("**/van-ban-den/")
