"""Marks are placed in Chromium on pages that begin elsewhere than 0, 0, are cut, or are turned."""

from __future__ import annotations

import io

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests import path
from tests.pdfsign import sheets
from tests.pdfsign.documents import typeset
from tests.web.browser import visiting
from tests.world import NOW, World
from vanthu.documents import intake
from vanthu.outgoing import queries
from vanthu.outgoing.models import OutgoingDocument

_LETTER = typeset(name="Phạm Văn Hùng", title_lines=("GIÁM ĐỐC",))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(sheets.moved(_LETTER, by=(100, 50)), id="begins at 100, 50"),
        pytest.param(sheets.moved(_LETTER, by=(-700, -900)), id="ends before 0, 0"),
        pytest.param(sheets.laid(_LETTER, CropBox=(20, 30, 560, 800)), id="cut"),
        pytest.param(sheets.turned(270, letter=_LETTER), id="turned"),
    ],
)
def test_a_mark_stays_where_it_was_put(
    chromium: Browser, live_server: LiveServer, committed: World, content: bytes
) -> None:
    draft = path.drafted(committed, draft=intake.accept_draft(io.BytesIO(content), "a.pdf", limit=10**7))
    (area,) = queries.signing_view(committed.officer, document_id=draft).page_areas
    assert area is not None
    assert queries.get_outgoing(committed.officer, document_id=draft, now=NOW).missing_places == ()

    with visiting(chromium, live_server.url, "officer") as visit:
        page = visit.open(f"/van-ban-di/{draft}/vi-tri/")
        box = page.locator(".place-box", has_text="Chữ ký")
        box.focus()
        for key in ("ArrowLeft", "Shift+ArrowUp"):
            page.keyboard.press(key)
        shown, sheet = box.bounding_box(), page.locator(".viewer-page").bounding_box()
        page.get_by_role("button", name="Lưu vị trí").click()
        expect(page.locator("#flash")).to_contain_text("Đã lưu vị trí")
        assert visit.complaints == []

    signature = OutgoingDocument.objects.values_list("places", flat=True).get(pk=draft)["signature"]
    assert shown is not None
    assert sheet is not None
    left = area[0] + (shown["x"] - sheet["x"]) / sheet["width"] * (area[2] - area[0])
    top = area[3] - (shown["y"] - sheet["y"]) / sheet["height"] * (area[3] - area[1])
    assert (signature["x0"], signature["y1"]) == pytest.approx((left, top), abs=2)
    assert (area[0] < signature["x0"], signature["y1"] < area[3]) == (True, True)
