"""The picker in Chromium: by keys alone, by finger alone, for axe, and when it is put back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import arrivals
from tests.pdfsign.documents import typeset
from tests.web.browser import DESK, PHONE, Visit, visiting
from tests.web.crowds import many_agencies, many_staff
from tests.world import World
from vanthu.outgoing.models import OutgoingDocument
from vanthu.workflow.models import Assignment

#: The width of the words of a placeholder, beside that of the room for them.
_ROOM = """box => {
    const style = getComputedStyle(box), pen = document.createElement("canvas").getContext("2d");
    pen.font = style.font;
    const room = box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return [pen.measureText(box.placeholder).width, room];
}"""
_POSTED = """form => [...new FormData(form)].map(([name, value]) => `${name}=${value}`)"""


def recipients(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Nơi nhận")


def assignees(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Giao cho")


def active(page: Page) -> Locator:
    """The line the box says is the active one."""
    return page.locator("[role=option].is-active")


def chips(page: Page) -> list[str]:
    return page.locator(".chip [data-name]").all_text_contents()


def said(page: Page) -> Locator:
    """What a screen reader is told."""
    return page.locator("[data-picker] [role=status]")


@contextmanager
def drafting(
    chromium: Browser, live_server: LiveServer, size: dict[str, int] = DESK, *, agencies: int = 60
) -> Iterator[Visit]:
    """The officer at the form of a new draft, with many agencies to write to."""
    many_agencies(agencies)
    with visiting(chromium, live_server.url, "officer", size=size) as visit:
        visit.open("/van-ban-di/soan/")
        yield visit
        assert visit.complaints == []


@contextmanager
def directing(
    chromium: Browser, live_server: LiveServer, world: World, size: dict[str, int] = DESK
) -> Iterator[tuple[Visit, UUID]]:
    """The leader at the form of a direction."""
    document = arrivals.registered(world)
    with visiting(chromium, live_server.url, "leader", size=size) as visit:
        visit.open(f"/van-ban-den/{document}/chi-dao/")
        yield visit, document
        assert visit.complaints == []


class TestByKeys:
    def test_what_is_typed_is_chosen_with_enter_and_gone_from_the_box(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        with drafting(chromium, live_server) as visit:
            page, box = visit.page, recipients(visit.page)
            box.focus()
            page.keyboard.type("ubnd xa hoa binh")
            expect(active(page)).to_contain_text("xã Hòa Bình")
            expect(box).to_have_attribute("aria-expanded", "true")
            expect(box).to_have_attribute("aria-activedescendant", str(active(page).get_attribute("id")))
            page.keyboard.press("Enter")
            expect(box).to_have_value("")
            expect(box).to_have_attribute("aria-expanded", "false")
            expect(said(page)).to_have_text("Đã chọn Ủy ban nhân dân xã Hòa Bình. Đã chọn 1.")

            # What was reported: the next Space took the first one away again.
            page.keyboard.type(" phu vinh")
            expect(active(page)).to_contain_text("tỉnh Phú Vinh")
            page.keyboard.press("Enter")
            assert chips(page) == [committed.neighbour.name, committed.remote.name]

            page.keyboard.type("so an lac")
            expect(active(page)).to_contain_text("Sở An Lạc")
            first = active(page).text_content()
            page.keyboard.press("ArrowDown")
            assert active(page).text_content() != first
            page.keyboard.press("ArrowUp")
            assert active(page).text_content() == first
            page.keyboard.press("ArrowUp")
            expect(page.locator("[role=option]").last).to_have_class(re.compile("is-active"))
            page.keyboard.press("Home")
            expect(box).not_to_have_attribute("aria-activedescendant", re.compile("."))
            page.keyboard.press("Escape")
            expect(page.locator("[role=listbox]")).to_be_hidden()
            expect(box).to_have_value("so an lac")
            page.keyboard.press("Escape")
            expect(box).to_have_value("")
            assert len(chips(page)) == 2

    def test_chips_are_gone_to_and_dropped_with_two_presses(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        with drafting(chromium, live_server) as visit:
            page, box = visit.page, recipients(visit.page)
            box.focus()
            page.keyboard.press("ArrowDown")
            expect(active(page)).to_have_text(re.compile("Các sở, ban, ngành của tỉnh"))
            page.keyboard.press("Enter")
            expect(page.locator(".chip")).to_have_count(20)
            names = chips(page)
            expect(box).to_be_focused()
            page.keyboard.press("Backspace")
            expect(page.get_by_role("button", name=f"Bỏ {names[-1]}", exact=True)).to_be_focused()
            assert chips(page) == names, "the first press only goes there"
            page.keyboard.press("Backspace")
            expect(box).to_be_focused()
            assert chips(page) == names[:-1]
            page.keyboard.press("ArrowLeft")
            page.keyboard.press("ArrowLeft")
            page.keyboard.press("Delete")
            assert chips(page) == [*names[:-3], names[-2]]
            page.keyboard.press("Home")
            page.keyboard.press("Enter")
            assert chips(page) == [*names[1:-3], names[-2]]
            expect(page.get_by_role("button", name=f"Bỏ {names[1]}", exact=True)).to_be_focused()
            # One stop of the Tab key for all chips.
            assert page.locator(".chip-drop[tabindex='0']").count() == 1

            page.get_by_role("button", name="Bỏ tất cả").click()
            assert chips(page) == []
            page.get_by_role("button", name="Lấy lại 17 dòng").click()
            assert len(chips(page)) == 17

    def test_a_direction_needs_no_mouse(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        with directing(chromium, live_server, committed) as (visit, document):
            page = visit.page
            expect(assignees(page)).to_be_focused()
            for typed, name in (
                ("cong chuc vien chuc", "Phòng Công chức"),
                ("mai", "Đỗ Thị Mai"),
                ("lan van thu", "Hoàng Thị Lan"),
            ):
                page.keyboard.type(typed)
                expect(active(page)).to_contain_text(name)
                page.keyboard.press("Enter")
                expect(page.locator(".chip").last).to_contain_text(name)
            # Back to the radios of the last chip: the box, its ×, then its roles.
            for _ in range(2):
                page.keyboard.press("Shift+Tab")
            page.keyboard.press("ArrowRight")
            posted = page.locator("form[method=post].panel").evaluate(_POSTED)
            tokens = [each for each in posted if each.startswith("assignees=")]
            assert [token.rpartition(":")[0] for token in tokens[0].split()] == [
                "assignees=lead",
                "support",
                "inform",
            ]
            assert not [each for each in posted if "-role-" in each]
            page.get_by_label("Ý kiến chỉ đạo").fill("Tham mưu trả lời.")
            page.get_by_role("button", name="Chuyển xử lý").press("Enter")
            expect(page.locator("#flash")).to_contain_text("Đã chuyển xử lý")

        roles = Assignment.objects.filter(document_id=document).order_by("role")
        assert [(part.role, part.unit_id or part.user_id) for part in roles] == [
            ("inform", committed.clerk.user_id),
            ("lead", committed.civil_service.id),
            ("support", committed.deputy.user_id),
        ]

    def test_one_leads_and_the_other_supports_when_it_is_given_to_another(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        with directing(chromium, live_server, committed) as (visit, _):
            page = visit.page
            for typed in ("nguyen van an", "tran thi binh"):
                page.keyboard.type(typed)
                expect(active(page)).to_be_visible()
                page.keyboard.press("Enter")
            page.get_by_role("radiogroup", name="Vai trò của Trần Thị Bình").get_by_label("Chủ trì").check()
            held = page.get_by_role("radiogroup", name="Vai trò của Nguyễn Văn An")
            expect(held.get_by_label("Phối hợp")).to_be_checked()

    def test_letters_left_in_the_box_are_asked_about_and_no_file_is_lost(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        with drafting(chromium, live_server) as visit:
            page = visit.page
            page.locator("[name=draft_file]").set_input_files(
                {"name": "du-thao.pdf", "mimeType": "application/pdf", "buffer": typeset()}
            )
            page.fill("[name=subject]", "V/v nơi nhận gõ dở")
            recipients(page).fill("hoa binh")
            page.get_by_role("button", name="Lưu dự thảo").click()
            expect(page.locator(".picker-said")).to_contain_text("Đã gõ «hoa binh» nhưng chưa chọn dòng nào.")
            expect(recipients(page)).to_be_focused()
            expect(active(page)).to_contain_text("Hòa Bình")
            page.keyboard.press("Enter")
            page.get_by_role("button", name="Lưu dự thảo").click()
            expect(page.locator("#flash")).to_contain_text("Đã lưu dự thảo")

        (draft,) = OutgoingDocument.objects.all()
        assert [each.agency_id for each in draft.recipients.all()] == [committed.neighbour.id]


class TestByFinger:
    def test_a_leader_directs_on_a_phone_with_five_thousand_people(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        many_staff(committed, units=50, people=4_950)
        with directing(chromium, live_server, committed, PHONE) as (visit, document):
            page = visit.page
            assert page.evaluate("document.querySelector('main').scrollHeight") < 2_000
            assignees(page).tap()
            page.get_by_role("option", name="Phòng Công chức, viên chức").tap()
            assignees(page).fill("le minh duc")
            page.get_by_role("option", name="Lê Minh Đức").tap()
            expect(page.locator(".chip")).to_have_count(2)
            page.get_by_role("radiogroup", name="Vai trò của Lê Minh Đức").get_by_label("Để biết").tap()
            assignees(page).fill("nguoi thu 3000")
            page.get_by_role("option", name="Người Thứ 3000").tap()
            cross = page.get_by_role("button", name="Bỏ Người Thứ 3000")
            size = cross.bounding_box()
            assert size is not None
            assert min(size["width"], size["height"]) >= 44
            cross.tap()
            expect(page.locator(".chip")).to_have_count(2)
            assert visit.overflow() <= 0
            page.get_by_label("Ý kiến chỉ đạo").fill("Xử lý đúng hạn.")
            page.get_by_role("button", name="Chuyển xử lý").tap()
            expect(page.locator("#flash")).to_contain_text("Đã chuyển xử lý")

        parts = Assignment.objects.filter(document_id=document).order_by("role")
        assert [part.role for part in parts] == ["inform", "lead"]

    def test_a_recipient_is_chosen_and_the_words_in_the_box_are_whole(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        with drafting(chromium, live_server, PHONE) as visit:
            page, box = visit.page, recipients(visit.page)
            words, room = box.evaluate(_ROOM)
            assert words <= room
            box.tap()
            page.get_by_role("option", name="UBND các xã, phường, đặc khu trong tỉnh").tap()
            expect(page.locator(".chip")).to_have_count(41)
            expect(page.locator(".picker-said")).to_contain_text("Đã thêm 41")
            assert visit.overflow() <= 0
            chosen = page.locator(".picker-chosen").bounding_box()
            assert chosen is not None
            assert chosen["height"] < 400


class TestForEverybody:
    @pytest.mark.parametrize("size", [DESK, PHONE], ids=["1440", "390"])
    def test_has_no_fault_that_axe_finds_whatever_is_open(
        self, chromium: Browser, live_server: LiveServer, committed: World, size: dict[str, int]
    ) -> None:
        faults = []
        with drafting(chromium, live_server, size) as visit:
            page = visit.page
            recipients(page).click()
            expect(page.locator("[role=option]").first).to_be_visible()
            faults += visit.faults()
            page.locator("[role=option]").first.click()
            recipients(page).fill("phuong")
            expect(active(page)).to_be_visible()
            faults += visit.faults()
        with directing(chromium, live_server, committed, size) as (visit, _):
            page = visit.page
            assignees(page).fill("nguyen van an")
            expect(active(page)).to_be_visible()
            page.keyboard.press("Enter")
            assignees(page).fill("van phong")
            expect(page.locator("[role=option]").first).to_be_visible()
            faults += visit.faults()
            page.keyboard.press("Escape")
            faults += visit.faults()

        assert faults == []

    def test_crosses_are_large_enough_for_a_mouse(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        with drafting(chromium, live_server) as visit:
            recipients(visit.page).fill("hoa binh")
            visit.page.get_by_role("option", name="Hòa Bình").first.click()
            size = visit.page.locator(".chip-drop").bounding_box()
            assert size is not None
            assert min(size["width"], size["height"]) >= 24


class TestKeeping:
    def test_takes_over_what_is_put_back_into_its_field_and_names_it(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        with directing(chromium, live_server, committed) as (visit, _):
            page = visit.page
            tokens = f"lead:user-{committed.officer.user_id} inform:unit-{committed.civil_service.id}"
            page.locator("[name=assignees][data-tokens]").evaluate(
                """(field, tokens) => {
                    field.value = tokens;
                    field.dispatchEvent(new Event("input", {bubbles: true}));
                }""",
                tokens,
            )
            expect(page.locator(".chip [data-name]").first).to_have_text("Nguyễn Văn An")
            held = page.get_by_role("radiogroup", name="Vai trò của Phòng Công chức, viên chức")
            expect(held.get_by_label("Để biết")).to_be_checked()

    def test_comes_back_with_the_browsers_own_back_button(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        with drafting(chromium, live_server) as visit:
            page = visit.page
            recipients(page).fill("phu vinh")
            page.get_by_role("option", name="Phú Vinh").click()
            page.get_by_role("link", name="Văn bản đến").first.click()
            page.wait_for_url("**/van-ban-den/**")
            page.go_back()
            expect(page.locator(".chip [data-name]")).to_have_text(committed.remote.name)
