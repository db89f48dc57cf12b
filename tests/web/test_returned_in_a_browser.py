"""What came back, in Chromium: seen at home, read, noted in the dialog; at a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.exchange import desk, jobs
from tests.pdfsign.documents import typeset
from tests.web.browser import DESK, PHONE, visiting
from tests.world import World

REASON = "Gửi nhầm, xã không quản lý viên chức này."


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_what_came_back_is_found_read_and_noted(
    chromium: Browser, live_server: LiveServer, committed: World, size: dict[str, int]
) -> None:
    letter = typeset(name="Phạm Văn Hùng", title_lines=("GIÁM ĐỐC",))
    document = desk.issue(committed, [committed.neighbour], main=letter)
    jobs.run_all()
    desk.send_back(desk.arrived(committed.neighbour, document)[0], REASON)
    jobs.run_all()
    here, wrong = f"/van-ban-di/{document.pk}/", []

    with visiting(chromium, live_server.url, "clerk", size=size) as visit:
        for address in ("/", "/van-ban-di/?tab=returned", here, f"{here}gui-nhan/"):
            page = visit.open(address)
            wrong += [f"{address} {fault}" for fault in visit.faults()]
            wrong += [f"{address} rộng hơn màn hình"] * (visit.overflow() > 0)
            if address != f"{here}gui-nhan/":
                expect(page.get_by_text("trả lại").locator("visible=true").first).to_be_visible()

        page = visit.open(here)
        page.locator("[data-returned]").get_by_role("link", name="Gửi nhận").click()
        page.get_by_role("link", name="Đã biết, đã xử lý").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text(f"“{REASON}”")
        dialog.get_by_label("Đã xử lý thế nào").fill("Đã gọi xã.")
        dialog.get_by_role("button", name="Đã biết, đã xử lý").click()

        expect(page.locator("[data-noted]")).to_contain_text("Hoàng Thị Lan")
        expect(page.locator("[data-noted]")).to_contain_text("“Đã gọi xã.”")
        card = visit.open("/").locator(".queue-card", has_text="Bị trả lại")
        expect(card.locator(".figure")).to_have_text("0")
        assert wrong == []
        assert visit.complaints == []
