"""The islands and the look of the pages in Chromium: keyboard, paper, places, dialogs, phone, no scripts."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, FilePayload, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from tests import path
from tests.exchange import desk, jobs
from tests.pdfsign.documents import typeset
from tests.web.browser import DESK, PHONE, visiting
from tests.world import PASSWORD, World
from vanthu.incoming.models import IncomingDocument
from vanthu.incoming.states import State
from vanthu.outgoing.models import OutgoingDocument


@pytest.fixture
def arrived(committed: World) -> list[UUID]:
    """Two letters at the neighbour's records office, the urgent one first."""
    for urgency in (3, 0):
        desk.issue(committed, [committed.neighbour], main=_letter(), urgency=urgency)
    jobs.run_all()
    rows = IncomingDocument.objects.filter(agency=committed.neighbour).order_by("-urgency")
    return list(rows.values_list("pk", flat=True))


def _letter() -> bytes:
    return typeset(name="Phạm Văn Hùng", title_lines=("GIÁM ĐỐC",))


def _state(document: UUID) -> State:
    return State(IncomingDocument.objects.values_list("state", flat=True).get(pk=document))


class TestEveryPage:
    @pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
    def test_is_accessible_fits_the_window_and_breaks_no_policy(
        self,
        chromium: Browser,
        live_server: LiveServer,
        committed: World,
        arrived: list[UUID],
        size: dict[str, int],
    ) -> None:
        draft, waiting = path.drafted(committed), path.approved(committed)
        issued = OutgoingDocument.objects.filter(state="issued").values_list("pk", flat=True)[0]
        letter = arrived[0]
        rounds = {
            "outsider": ["/", "/van-ban-den/", f"/van-ban-den/{letter}/", f"/van-ban-den/{letter}/tra-lai/"],
            "officer": ["/", "/van-ban-di/soan/", f"/van-ban-di/{draft}/", f"/van-ban-di/{draft}/vi-tri/"],
            "leader": ["/", "/van-ban-di/", f"/van-ban-di/{waiting}/ky/", f"/van-ban-di/{issued}/gui-nhan/"],
            "": ["/dang-nhap/"],
        }
        wrong = []
        for person, addresses in rounds.items():
            with visiting(chromium, live_server.url, person, size=size) as visit:
                for address in addresses:
                    visit.open(address)
                    wrong += [f"{person} {address} {fault}" for fault in visit.faults()]
                    wrong += [f"{person} {address} rộng hơn màn hình"] * (visit.overflow() > 0)
                wrong += [f"{person} {complaint}" for complaint in visit.complaints]

        assert wrong == []


class TestTheClerksKeyboard:
    def test_reads_registers_and_returns_without_a_mouse(
        self, chromium: Browser, live_server: LiveServer, arrived: list[UUID]
    ) -> None:
        with visiting(chromium, live_server.url, "outsider") as visit:
            page = visit.open("/van-ban-den/")
            expect(page.locator("#peek")).to_contain_text("Tiếp nhận, vào sổ, số đến 1")
            visit.settle()
            page.keyboard.press("j")
            expect(page.locator("[data-row]").nth(1)).to_have_attribute("aria-current", "true")
            expect(page.locator(f"#peek [href^='/van-ban-den/{arrived[1]}/?']")).to_be_visible()
            page.keyboard.press("t")
            expect(page.get_by_label("Lý do trả lại")).to_be_focused()
            page.keyboard.type("Gửi nhầm cơ quan.")
            page.get_by_role("button", name="Trả lại", exact=True).click()
            expect(page.locator("#flash")).to_contain_text("Đã trả lại")
            assert _state(arrived[1]) is State.RETURNED

            visit.open("/van-ban-den/")
            expect(page.locator("#peek [data-key=Enter]")).to_be_visible()
            page.keyboard.press("Enter")
            expect(page.locator("#peek [data-key=Enter]")).to_be_focused()
            assert _state(arrived[0]) is State.ARRIVED, "the first Enter asks"
            page.keyboard.press("Enter")
            expect(page.locator("#flash")).to_contain_text("Đã tiếp nhận, vào sổ, số đến 1.")
            assert _state(arrived[0]) is State.REGISTERED
            assert visit.complaints == []

    def test_finds_the_search_box_and_the_list_of_keys(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        with visiting(chromium, live_server.url, "clerk") as visit:
            page = visit.open("/")
            page.keyboard.press("?")
            expect(page.get_by_role("dialog", name="Phím tắt")).to_be_visible()
            page.keyboard.press("Escape")
            page.keyboard.press("/")
            expect(page.locator("[data-search]")).to_be_focused()
            page.keyboard.press("Tab")
            page.locator("main").focus()
            page.keyboard.press("g")
            page.keyboard.press("d")
            page.wait_for_url("**/van-ban-den/")
            page.keyboard.press("g")
            page.keyboard.press("k")
            page.wait_for_url("**/so-dang-ky/")

    def test_pressed_twice_does_it_once(
        self, chromium: Browser, live_server: LiveServer, arrived: list[UUID]
    ) -> None:
        with visiting(chromium, live_server.url, "outsider") as visit:
            page = visit.open(f"/van-ban-den/{arrived[0]}/vao-so/")
            page.get_by_role("button", name="Tiếp nhận, vào sổ").dblclick()
            expect(page.locator("#flash")).to_contain_text("Đã tiếp nhận, vào sổ, số đến 1.")


class TestThePlaces:
    def test_are_moved_by_keyboard_and_by_mouse(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        draft = path.drafted(committed)
        with visiting(chromium, live_server.url, "officer") as visit:
            page = visit.open(f"/van-ban-di/{draft}/vi-tri/")
            box = page.locator(".place-box", has_text="Chữ ký")
            left, bottom = page.locator("[name=signature-x]"), page.locator("[name=signature-y]")
            before = float(left.input_value()), float(bottom.input_value())
            box.focus()
            for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp"):
                page.keyboard.press(key)
            assert (float(left.input_value()), float(bottom.input_value())) == pytest.approx(
                (before[0] + 2, before[1] + 10), abs=0.11
            )
            area = box.bounding_box()
            assert area is not None
            middle = (area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
            page.mouse.move(*middle)
            page.mouse.down()
            page.mouse.move(middle[0] - 60, middle[1], steps=4)
            page.mouse.up()
            moved = float(left.input_value())
            assert moved < before[0] - 10
            page.get_by_role("button", name="Lưu vị trí").click()
            expect(page.locator("#flash")).to_contain_text("Đã lưu vị trí")
            assert visit.complaints == []

        places = OutgoingDocument.objects.values_list("places", flat=True).get(pk=draft)
        assert places["signature"]["x0"] == pytest.approx(moved, abs=0.11)


class TestDrafting:
    def test_finds_recipients_while_typing_and_keeps_them(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        with visiting(chromium, live_server.url, "officer") as visit:
            page = visit.open("/van-ban-di/soan/")
            for words, name in (("phu vinh", committed.remote.name), ("hoa binh", committed.neighbour.name)):
                page.get_by_role("combobox", name="Nơi nhận").fill(words)
                page.get_by_role("option", name=name).click()
                expect(page.get_by_role("button", name=f"Bỏ {name}")).to_be_visible()
            page.fill("[name=subject]", "V/v thử chọn nơi nhận")
            page.locator("[name=draft_file]").set_input_files(
                {"name": "du-thao.pdf", "mimeType": "application/pdf", "buffer": _letter()}
            )
            expect(page.locator(".chosen").first).to_contain_text("du-thao.pdf")
            page.get_by_role("button", name="Lưu dự thảo").click()
            expect(page.locator("#flash")).to_contain_text("Đã lưu dự thảo")
            assert visit.complaints == []

        (draft,) = OutgoingDocument.objects.all()
        assert draft.recipients.count() == 2

    def test_types_in_again_what_a_session_that_ended_would_have_lost(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        with visiting(chromium, live_server.url, "officer") as visit:
            page = visit.open("/van-ban-di/soan/")
            page.fill("[name=subject]", "V/v gõ mất công")
            page.locator("[name=urgency][value='2']").check(force=True)
            Session.objects.all().delete()
            page.get_by_role("button", name="Lưu dự thảo").click()
            expect(page.locator(".plain-card .notice")).to_contain_text("chưa được lưu")
            page.fill("[name=username]", "officer")
            page.fill("[name=password]", PASSWORD)
            page.get_by_role("button", name="Đăng nhập").click()
            expect(page.locator("[data-kept]")).to_contain_text("Đã điền lại")
            expect(page.locator("[name=subject]")).to_have_value("V/v gõ mất công")
            expect(page.locator("[name=urgency][value='2']")).to_be_checked()

    def test_does_not_show_one_persons_words_to_the_next(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        with visiting(chromium, live_server.url, "officer") as visit:
            page = visit.open("/van-ban-di/soan/")
            page.fill("[name=subject]", "V/v của người trước")
            Session.objects.all().delete()
            page.get_by_role("button", name="Lưu dự thảo").click()
            page.fill("[name=username]", "head")
            page.fill("[name=password]", PASSWORD)
            page.get_by_role("button", name="Đăng nhập").click()
            expect(page.locator("[name=subject]")).to_have_value("")
            expect(page.locator("[data-kept]")).to_have_count(0)
            assert "V/v" not in page.evaluate("JSON.stringify([localStorage, sessionStorage])")

    def test_refuses_a_file_past_the_limit_before_it_is_sent_and_drops_it_at_a_press(
        self, chromium: Browser, live_server: LiveServer, committed: World, settings: Settings
    ) -> None:
        settings.UPLOAD_LIMIT = 1024 * 1024
        large: FilePayload = {
            "name": "to.pdf",
            "mimeType": "application/pdf",
            "buffer": b"%" * (1024 * 1024 + 1),
        }
        small: FilePayload = {"name": "nho.pdf", "mimeType": "application/pdf", "buffer": _letter()}
        with visiting(chromium, live_server.url, "officer") as visit:
            page = visit.open("/van-ban-di/soan/")
            page.fill("[name=subject]", "V/v tệp lớn")
            page.locator("[name=draft_file]").set_input_files(small)
            page.locator("[name=attachments]").set_input_files([small, large])
            sent: list[str] = []
            page.on("request", lambda request: sent.append(request.method))
            page.get_by_role("button", name="Lưu dự thảo").click()
            expect(page.locator(".chosen").nth(1)).to_contain_text("lớn hơn 1,0 MB")
            assert "POST" not in sent

            page.get_by_role("button", name="Bỏ tệp to.pdf").click()
            expect(page.locator(".chosen").nth(1).locator("li")).to_have_count(1)
            assert visit.faults() == []
            page.get_by_role("button", name="Lưu dự thảo").click()
            expect(page.locator("#flash")).to_contain_text("Đã lưu dự thảo")
            assert visit.complaints == []

        (draft,) = OutgoingDocument.objects.all()
        assert draft.document.files.filter(name="nho.pdf").count() == 2


class TestWithoutScripts:
    def test_the_clerk_registers_and_the_leader_directs(
        self, chromium: Browser, live_server: LiveServer, committed: World, arrived: list[UUID]
    ) -> None:
        officer = committed.users["outsider_officer"]
        with visiting(chromium, live_server.url, "outsider", scripts=False) as visit:
            page = visit.page
            page.goto(f"{live_server.url}/van-ban-den/{arrived[0]}/")
            expect(page.get_by_role("link", name="Mở tệp")).to_be_visible()
            page.get_by_role("link", name="Tiếp nhận, vào sổ, số đến 1").click()
            page.get_by_role("button", name="Tiếp nhận, vào sổ").click()
            expect(page.locator("#flash")).to_contain_text("vào sổ, số đến 1")
        with visiting(chromium, live_server.url, "outsider_leader", scripts=False) as visit:
            page = visit.page
            page.goto(f"{live_server.url}/van-ban-den/{arrived[0]}/chi-dao/")
            page.fill("[name=instruction]", "Xử lý đúng hạn.")
            page.get_by_role("textbox", name="Giao cho").fill(officer.full_name)
            page.get_by_role("button", name="Tìm", exact=True).click()
            page.get_by_label(officer.full_name).select_option(label="Chủ trì")
            page.get_by_role("button", name="Chuyển xử lý").click()
            expect(page.locator("#flash")).to_contain_text("Đã chuyển xử lý")

        assert _state(arrived[0]) is State.DIRECTED


class TestOnAPhone:
    def test_the_drawer_leads_everywhere(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        with visiting(chromium, live_server.url, "leader", size=PHONE) as visit:
            page = visit.open("/")
            page.get_by_role("button", name="Mở danh mục").click()
            page.get_by_role("navigation", name="Điều hướng chính").get_by_role(
                "link", name="Văn bản đi"
            ).click()
            page.wait_for_url("**/van-ban-di/")
            expect(page.get_by_role("navigation", name="Lối tắt")).to_be_visible()
