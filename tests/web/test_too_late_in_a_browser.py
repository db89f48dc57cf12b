"""Two windows, in Chromium: who comes second reads what happened, and finds his words again."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import path
from tests.seeing import now_seen
from tests.web.browser import DESK, PHONE, Visit, visiting
from tests.world import NOW, World
from vanthu.outgoing import actions
from vanthu.outgoing.models import OutgoingDocument

#: Where pictures of the pages go, for whoever wants to look at them; nowhere by default.
_PICTURES = os.environ.get("VANTHU_PICTURES", "")


def _picture(page: Page, name: str) -> None:
    if _PICTURES:
        page.screenshot(path=Path(_PICTURES) / f"{name}.png", full_page=True)


def _is_sound(visit: Visit) -> None:
    """Nothing wrong for those who cannot see it, nothing cut off, and nothing the policy forbids."""
    assert visit.faults() == []
    assert visit.overflow() <= 0
    # The browser notes every answer that is no 200; that one is what is looked at here.
    assert [each for each in visit.complaints if "409" not in each] == []


@pytest.mark.parametrize(("size", "scripts"), [(DESK, True), (PHONE, True), (DESK, False)])
def test_two_windows_on_one_draft_lose_nothing(
    chromium: Browser, live_server: LiveServer, committed: World, size: dict[str, int], scripts: bool
) -> None:
    document = path.drafted(committed)
    with (
        visiting(chromium, live_server.url, "officer") as first,
        visiting(chromium, live_server.url, "officer", size=size, scripts=scripts) as second,
    ):
        for visit in (first, second):
            visit.page.goto(f"{live_server.url}/van-ban-di/{document}/sua/")
        first.page.fill("[name=subject]", "V/v cửa sổ thứ nhất")
        first.page.get_by_role("button", name="Lưu dự thảo").click()
        expect(first.page.locator("h1")).to_have_text("V/v cửa sổ thứ nhất")

        late = second.page
        late.fill("[name=subject]", "V/v cửa sổ thứ hai, viết lâu hơn")
        late.fill("[name=to_places]", "Lưu: VT\nNhư trên")
        late.get_by_role("button", name="Lưu dự thảo").click()

        expect(late.locator("[data-conflict]")).to_contain_text("Việc này chưa được ghi nhận")
        expect(late.locator("[data-deeds]")).to_contain_text("Nguyễn Văn An")
        expect(late.locator("[data-otherwise]")).to_contain_text("V/v cửa sổ thứ nhất")
        expect(late.locator("[name=subject]")).to_have_value("V/v cửa sổ thứ hai, viết lâu hơn")
        if scripts:
            _is_sound(second)
        _picture(late, f"draft-{size['width']}-{'js' if scripts else 'plain'}")
        late.get_by_role("button", name="Lưu dự thảo").click()
        expect(late.locator("h1")).to_have_text("V/v cửa sổ thứ hai, viết lâu hơn")

    assert OutgoingDocument.objects.get(pk=document).document.to_places == ["Lưu: VT", "Như trên"]


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_a_reason_written_in_a_dialog_is_kept_when_the_draft_was_replaced(
    chromium: Browser, live_server: LiveServer, committed: World, size: dict[str, int]
) -> None:
    document = path.submitted(committed)
    with visiting(chromium, live_server.url, "head", size=size) as visit:
        page = visit.open(f"/van-ban-di/{document}/")
        if size is PHONE:
            page.locator(".acts-more").click()
        page.get_by_role("link", name="Trả lại").first.click()
        reason = page.locator("#act-dialog textarea")
        reason.fill("Thiếu căn cứ pháp lý.\nBổ sung Nghị định 30/2020/NĐ-CP.")
        _replace(committed, document)
        page.locator("#act-dialog button[type=submit]").click()

        expect(page.locator("[data-written]")).to_contain_text("Bổ sung Nghị định 30/2020/NĐ-CP.")
        expect(page.locator("[data-deeds]")).to_contain_text("Rút lại dự thảo")
        expect(page.locator("[data-differences]")).to_contain_text("bản 2")
        _is_sound(visit)
        _picture(page, f"return-{size['width']}")
        page.get_by_role("link", name="Xem văn bản hiện nay").click()
        expect(page.locator("[data-state]").first).to_have_attribute("data-state", "reviewing")


def _replace(world: World, document: UUID) -> None:
    officer = world.officer
    actions.withdraw_draft(actor=officer, document_id=document, seen=now_seen(document), now=NOW)
    actions.revise_draft(
        actor=officer,
        document_id=document,
        seen=now_seen(document),
        content=path.content(world, recipient_ids=(world.remote.id,)),
        draft=path.paper(page_breaks=1),
        now=NOW,
    )
    actions.submit_draft(actor=officer, document_id=document, seen=now_seen(document), now=NOW)
