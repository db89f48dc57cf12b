"""A malformed letter in Chromium: stopped before anybody signs it, mended, given back once, and issued."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests import path
from tests.keys import PIN, KeyRing, register_credentials
from tests.pdfsign.documents import typeset
from tests.web.browser import DESK, PHONE, visiting
from tests.world import World
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.states import State
from vanthu.registers.models import RegisterEntry

#: Where pictures of the pages go, for whoever wants to look at them; nowhere by default.
_PICTURES = os.environ.get("VANTHU_PICTURES", "")
PLACES = ["Số", "Ngày", "Tháng", "Chữ ký", "Dấu cơ quan"]


@pytest.fixture
def tokens(committed: World, keys: KeyRing, settings: Settings) -> None:
    """The leader's token and the agency's are plugged in."""
    keys.plug_in()
    settings.TRUST, settings.TSA_URL = str(keys.pki.trust_dir), keys.pki.tsa_url
    register_credentials(committed, keys)


def _picture(page: Page, name: str) -> None:
    if _PICTURES:
        page.screenshot(path=Path(_PICTURES) / f"{name}.png")


def _pdf(content: bytes) -> FilePayload:
    return {"name": "du-thao.pdf", "mimeType": "application/pdf", "buffer": content}


def _state(document: UUID) -> State:
    return State(OutgoingDocument.objects.values_list("state", flat=True).get(pk=document))


def _labels(page: Page) -> Locator:
    return page.locator("pdf-viewer .place-box .place-label")


def _shows_every_place(page: Page) -> None:
    """Five boxes on the paper, each with its name where it can be read, and no name over another."""
    expect(_labels(page)).to_have_text(PLACES)
    boxes = [dict(box) for label in _labels(page).all() if (box := label.bounding_box())]
    for label in _labels(page).all():
        expect(label).to_be_visible()
    assert [pair for pair in itertools.combinations(boxes, 2) if _overlap(*pair)] == []


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(
        one[at] < other[at] + other[size] and other[at] < one[at] + one[size]
        for at, size in (("x", "width"), ("y", "height"))
    )


def _confirm(page: Page, act: str, button: str = "") -> None:
    """Press an act of the document's page and the button of the dialog it opens."""
    page.locator(".acts").get_by_role("link", name=act).first.click()
    page.get_by_role("dialog").get_by_role("button", name=button or act, exact=True).click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def _sign(chromium: Browser, live_server: LiveServer, document: UUID) -> None:
    with visiting(chromium, live_server.url, "leader", size=PHONE) as visit:
        page = visit.open(f"/van-ban-di/{document}/ky/")
        _shows_every_place(page)
        assert visit.faults() == []
        assert visit.overflow() <= 0
        _picture(page, "ky-390")
        page.get_by_label("Mã PIN của thiết bị ký").fill(PIN)
        page.get_by_role("button", name="Ký số").click()
        expect(page.locator("#flash")).to_contain_text("Đã ký «V/v rà soát vị trí việc làm»")


def _approve(chromium: Browser, live_server: LiveServer, document: UUID) -> None:
    with visiting(chromium, live_server.url, "head", size=PHONE) as visit:
        page = visit.open(f"/van-ban-di/{document}/")
        _shows_every_place(page)
        _picture(page, "duyet-390")
        _confirm(page, "Duyệt, trình ký")
        expect(page.locator("#flash")).to_contain_text("Đã duyệt")


def test_is_stopped_mended_and_issued(
    chromium: Browser, live_server: LiveServer, committed: World, tokens: None
) -> None:
    malformed = path.paper(number_line="", typed_name="Phạm Văn Hùn")
    document = path.drafted(committed, draft=malformed, now=path.true_time())
    here = f"/van-ban-di/{document}/"

    with visiting(chromium, live_server.url, "officer") as visit:
        # Told before the click: the button is shut and says why.
        page = visit.open(here)
        button = page.locator(".acts").get_by_role("button", name="Trình ký")
        expect(button).to_be_disabled()
        told = page.locator(f"#{button.get_attribute('aria-describedby')}")
        expect(told).to_contain_text("Chưa trình được: 2 lỗi phải sửa")
        expect(told).to_contain_text("Không thấy dòng «Số: …» ở đầu trang 1.")
        expect(told).to_contain_text("Dưới chỗ ký ghi «Phạm Văn Hùn», người ký đã chọn là «Phạm Văn Hùng».")
        assert visit.faults() == []
        _picture(page, "stopped-1440")

        # Boxes that were only shown are not placed by being saved.
        told.get_by_role("link", name="Đặt vị trí").click()
        visit.settle()
        expect(page.locator("[data-place=number] .tag")).to_have_text("đặt tạm")
        expect(page.locator(".place-box.is-guess")).to_have_count(3)
        assert visit.faults() == []
        _picture(page, "places-1440")
        page.get_by_role("button", name="Lưu vị trí").click()
        expect(page.locator("[data-faults]")).to_contain_text("Không thấy dòng «Số: …» ở đầu trang 1.")

        # Mended in Word.
        page.locator("[data-faults]").get_by_role("link", name="Sửa dự thảo").click()
        mended = typeset(name="Phạm Văn Hùng", year="……")
        page.locator("input[name=draft_file]").set_input_files(_pdf(mended))
        page.get_by_role("button", name="Lưu dự thảo").click()
        expect(page.locator("#flash")).to_contain_text("Đã lưu dự thảo")
        expect(page.locator("[data-faults]")).to_have_count(0)
        visit.settle()
        _shows_every_place(page)
        _picture(page, "mended-1440")
        _confirm(page, "Trình ký")
        assert _state(document) is State.REVIEWING

    _approve(chromium, live_server, document)
    _sign(chromium, live_server, document)

    with visiting(chromium, live_server.url, "clerk") as visit:
        # The clerk finds another fault while no number is taken.
        page = visit.open(f"{here}cap-so-dong-dau/")
        _shows_every_place(page)
        expect(page.locator("[data-name=number] .place-sample")).to_have_text("01")
        _picture(page, "seal-1440")
        page.get_by_role("link", name="Trả lại để sửa").click()
        page.get_by_label("Lý do trả lại").fill("Thiếu phụ lục kèm theo.")
        page.get_by_role("button", name="Trả lại để sửa", exact=True).click()
        expect(page.locator("#flash")).to_contain_text("Đã trả lại văn bản cho người soạn.")
    assert _state(document) is State.DRAFT
    assert not RegisterEntry.objects.filter(document_id=document).exists()

    with visiting(chromium, live_server.url, "officer") as visit:
        page = visit.open("/van-ban-di/?tab=my_drafts")
        expect(page.locator("[data-row]").first).to_contain_text("Thiếu phụ lục kèm theo.")
        page = visit.open(here)
        expect(page.get_by_text("Dự thảo bị trả lại")).to_be_visible()
        # What the leader signed is kept, beside the version without his signature.
        expect(page.locator("#versions-title + ol")).to_contain_text("Phạm Văn Hùng ký số")
        _confirm(page, "Trình ký")

    _approve(chromium, live_server, document)
    _sign(chromium, live_server, document)

    with visiting(chromium, live_server.url, "clerk") as visit:
        page = visit.open(f"{here}cap-so-dong-dau/")
        page.get_by_label("Mã PIN của thiết bị ký").fill(PIN)
        page.get_by_role("button", name="Cấp số, đóng dấu và phát hành").click()
        expect(page.locator("#flash")).to_contain_text("Đã cấp số 01/SNV-CCVC, đóng dấu, phát hành.")
    assert _state(document) is State.ISSUED
    issued = OutgoingDocument.objects.get(pk=document)
    assert (issued.number, issued.round) == (1, 2)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_box_that_is_moved_or_confirmed_counts(
    chromium: Browser, live_server: LiveServer, committed: World, size: dict[str, int]
) -> None:
    document = path.drafted(committed, draft=path.paper(date_line=""))
    with visiting(chromium, live_server.url, "officer", size=size) as visit:
        page = visit.open(f"/van-ban-di/{document}/vi-tri/")
        expect(page.locator(".place-box.is-guess .place-label")).to_have_text(["Ngày", "Tháng"])
        day = page.locator(".place-box[data-name=day]")
        day.focus()
        page.keyboard.press("Shift+ArrowDown")
        expect(page.locator("[data-place=day] .tag")).to_have_text("đã đặt")
        page.get_by_label("Tháng: khung đặt tạm đã đúng chỗ").check()
        expect(page.locator(".place-box.is-guess")).to_have_count(0)
        _picture(page, f"confirmed-{size['width']}")
        page.get_by_role("button", name="Lưu vị trí").click()
        expect(page.locator("#flash")).to_contain_text("Đã lưu vị trí")

    places = OutgoingDocument.objects.values_list("places", flat=True).get(pk=document)
    assert places["day"] is not None
    assert places["month"] is not None


def test_on_a_phone_the_reason_is_one_press_from_the_shut_button(
    chromium: Browser, live_server: LiveServer, committed: World
) -> None:
    document = path.drafted(committed, draft=path.paper(number_line=""))
    with visiting(chromium, live_server.url, "officer", size=PHONE) as visit:
        page = visit.open(f"/van-ban-di/{document}/")
        bar = page.locator(".act-bar")
        expect(bar.get_by_role("button", name="Trình ký")).to_be_disabled()
        expect(page.locator("#barred")).not_to_be_in_viewport(ratio=0.9)
        bar.get_by_role("link", name="Vì sao?").click()
        page.wait_for_function(
            """() => {
                const [told, head] = ["#barred", ".top-phone"].map((each) =>
                    document.querySelector(each).getBoundingClientRect());
                return head.top === 0 && told.top >= head.bottom && told.top < head.bottom + 40;
            }"""
        )
        _picture(page, "why-390")
        assert visit.faults() == []
        assert visit.overflow() <= 0


def test_a_month_in_print_is_no_fault_and_no_box_is_asked_for(
    chromium: Browser, live_server: LiveServer, committed: World
) -> None:
    month = f"{timezone.localdate():%m}"
    document = path.drafted(committed, draft=path.paper(month_blank=f"[ {month} ]"))
    with visiting(chromium, live_server.url, "officer") as visit:
        page = visit.open(f"/van-ban-di/{document}/vi-tri/")
        expect(page.locator("[data-faults]")).to_have_count(0)
        expect(_labels(page)).to_have_text(["Số", "Ngày", "Chữ ký", "Dấu cơ quan"])
        expect(page.locator("[data-place=month]")).to_have_count(0)


def test_a_subject_too_long_is_counted_and_nothing_is_lost(
    chromium: Browser, live_server: LiveServer, committed: World
) -> None:
    """2,509 letters: refused where they are written, with the files still chosen."""
    with visiting(chromium, live_server.url, "officer") as visit:
        page = visit.open("/van-ban-di/soan/")
        page.locator("input[name=draft_file]").set_input_files(_pdf(typeset(name="Phạm Văn Hùng")))
        page.fill("[name=subject]", "đ" * 2509)
        expect(page.locator(".letter-count")).to_have_text(
            "Quá dài: 2.509 ký tự, nhiều nhất 500. Hãy viết gọn lại."
        )
        page.get_by_role("button", name="Lưu dự thảo").click()
        expect(page.locator("[name=subject]")).to_be_focused()
        expect(page.locator("[name=subject]")).to_have_value("đ" * 2509)
        assert page.locator("input[name=draft_file]").evaluate("each => each.files.length") == 1
        _picture(page, "long-subject-1440")
        page.fill("[name=subject]", "V/v rà soát vị trí việc làm")
        page.get_by_label("Người ký").select_option(label="Phạm Văn Hùng – GIÁM ĐỐC")
        page.get_by_role("button", name="Lưu dự thảo").click()
        expect(page.locator("#flash")).to_contain_text("Đã lưu dự thảo")


def test_the_letters_own_subject_is_one_press_away(
    chromium: Browser, live_server: LiveServer, committed: World
) -> None:
    document = path.drafted(committed, subject="V/v biên chế năm 2027")
    with visiting(chromium, live_server.url, "officer") as visit:
        page = visit.open(f"/van-ban-di/{document}/")
        told = page.locator("[data-doubts]")
        expect(told).to_contain_text("Văn bản ghi: «V/v rà soát vị trí việc làm»")
        _picture(page, "other-subject-1440")
        told.get_by_role("link", name="Dùng trích yếu trên văn bản").click()
        expect(page.locator("[name=subject]")).to_have_value("V/v rà soát vị trí việc làm")
        page.get_by_role("button", name="Lưu dự thảo").click()
        expect(page.locator("[data-doubts]")).to_have_count(0)
