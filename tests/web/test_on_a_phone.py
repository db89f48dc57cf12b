"""A leader and a clerk on a phone: the main act at the thumb, a refusal in sight, the paper readable."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests import path
from tests.exchange import desk, jobs
from tests.keys import KeyRing, register_credentials
from tests.web.browser import DESK, PHONE, visiting
from tests.world import World
from vanthu.incoming.models import IncomingDocument
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.states import State


@pytest.fixture
def arrived(committed: World) -> UUID:
    """A letter at the neighbour's records office."""
    desk.issue(committed, [committed.neighbour])
    jobs.run_all()
    return UUID(str(IncomingDocument.objects.get(agency=committed.neighbour).pk))


@pytest.fixture
def to_sign(committed: World, keys: KeyRing, settings: Settings) -> UUID:
    """A letter that waits for the leader's signature; his token is plugged in."""
    keys.plug_in()
    settings.TRUST, settings.TSA_URL = str(keys.pki.trust_dir), keys.pki.tsa_url
    register_credentials(committed, keys)
    return path.approved(committed, now=path.true_time())


def _is_at_hand(button: Locator) -> bool:
    """Whether the whole button is in the window and nothing lies over its middle."""
    return bool(
        button.evaluate(
            """button => {
                const area = button.getBoundingClientRect();
                const [x, y] = [(area.left + area.right) / 2, (area.top + area.bottom) / 2];
                const top = document.elementFromPoint(x, y);
                return area.top >= 0 && area.bottom <= innerHeight && button.contains(top);
            }"""
        )
    )


def _is_clear_of_the_tabs(page: Page) -> bool:
    bar, tabs = page.locator(".act-bar").bounding_box(), page.locator(".tabbar").bounding_box()
    assert bar is not None
    assert tabs is not None
    return bar["y"] + bar["height"] <= tabs["y"] + 1


class TestTheMainAct:
    @pytest.mark.parametrize(
        ("person", "address", "name"),
        [
            ("head", "/van-ban-di/{reviewing}/", "Duyệt, trình ký"),
            ("leader", "/van-ban-di/{approved}/", "Ký số"),
            ("leader", "/van-ban-di/{approved}/ky/", "Ký số"),
            ("officer", "/van-ban-di/{draft}/", "Trình ký"),
            ("officer", "/van-ban-di/{draft}/vi-tri/", "Lưu vị trí"),
            ("outsider", "/van-ban-den/{arrived}/", "Tiếp nhận, vào sổ, số đến 1"),
        ],
    )
    def test_is_at_hand_at_once_wherever_the_paper_ends(
        self,
        chromium: Browser,
        live_server: LiveServer,
        committed: World,
        arrived: UUID,
        person: str,
        address: str,
        name: str,
    ) -> None:
        where = address.format(
            reviewing=path.submitted(committed),
            approved=path.approved(committed),
            draft=path.drafted(committed),
            arrived=arrived,
        )
        with visiting(chromium, live_server.url, person, size=PHONE) as visit:
            page = visit.open(where)
            button = page.locator(".act-bar .btn", has_text=name).first
            assert _is_at_hand(button)
            assert _is_clear_of_the_tabs(page)
            page.mouse.wheel(0, 5000)
            assert _is_at_hand(button)
            assert visit.overflow() == 0
            assert visit.faults() == []

    def test_of_the_leader_who_directs_is_at_hand(
        self, chromium: Browser, live_server: LiveServer, arrived: UUID
    ) -> None:
        with visiting(chromium, live_server.url, "outsider", size=PHONE) as visit:
            page = visit.open(f"/van-ban-den/{arrived}/vao-so/")
            page.get_by_role("button", name="Tiếp nhận, vào sổ").click()
            page.wait_for_url("**/van-ban-den/?tab=arrived")
        with visiting(chromium, live_server.url, "outsider_leader", size=PHONE) as visit:
            page = visit.open(f"/van-ban-den/{arrived}/")
            link = page.get_by_role("link", name="Chỉ đạo, chuyển xử lý")
            assert _is_at_hand(link)
            link.click()
            page.wait_for_url("**/chi-dao/")
            visit.settle()
            send = page.get_by_role("button", name="Chuyển xử lý")
            assert _is_at_hand(send)
            page.get_by_label("Ý kiến chỉ đạo").fill("Tham mưu văn bản trả lời.")
            send.click()
            said = page.locator(".field-error").filter(has_text="chủ trì")
            expect(said).to_be_in_viewport(ratio=1)
            assert _is_at_hand(said)
            assert visit.faults() == []

    def test_keeps_the_other_acts_one_press_away(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        document = path.approved(committed)
        with visiting(chromium, live_server.url, "leader", size=PHONE) as visit:
            page = visit.open(f"/van-ban-di/{document}/")
            back = page.locator(".act-bar").get_by_role("link", name="Trả lại")
            expect(back).to_be_hidden()
            page.get_by_role("button", name="Việc khác").click()
            assert _is_at_hand(back)
            assert visit.faults() == []
            back.click()
            expect(page.get_by_label("Lý do trả lại")).to_be_focused()
        with visiting(chromium, live_server.url, "leader", size=DESK) as visit:
            page = visit.open(f"/van-ban-di/{document}/")
            expect(page.locator(".act-bar").get_by_role("link", name="Trả lại")).to_be_visible()
            expect(page.get_by_role("button", name="Việc khác")).to_be_hidden()
            page.keyboard.press("t")
            expect(page.get_by_label("Lý do trả lại")).to_be_focused()


class TestAWrongPin:
    @pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
    def test_is_said_at_the_field_in_view_with_the_cursor_there(
        self, chromium: Browser, live_server: LiveServer, to_sign: UUID, size: dict[str, int]
    ) -> None:
        with visiting(chromium, live_server.url, "leader", size=size) as visit:
            page = visit.open(f"/van-ban-di/{to_sign}/ky/")
            pin = page.get_by_label("Mã PIN của thiết bị ký")
            expect(pin).to_be_focused()
            pin.fill("87654321")
            page.get_by_role("button", name="Ký số").click()
            said = page.locator(".act-bar .field-error")
            expect(said).to_contain_text("Mã PIN không đúng")
            visit.settle()
            expect(said).to_be_in_viewport(ratio=1)
            assert _is_at_hand(said)
            expect(pin).to_be_focused()
            expect(pin).to_have_value("")
            expect(pin).to_have_attribute("aria-invalid", "true")
            assert visit.faults() == []

        document = OutgoingDocument.objects.get(pk=to_sign)
        assert State(document.state) is State.AWAITING_SIGNATURE


class TestThePaper:
    def test_shows_every_place_and_lets_none_be_moved_until_it_is_asked_for(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        document = path.approved(committed)
        with visiting(chromium, live_server.url, "leader", size=PHONE) as visit:
            page = visit.open(f"/van-ban-di/{document}/ky/")
            boxes = page.locator(".place-box")
            expect(boxes).to_have_count(5)
            for box in boxes.all():
                expect(box).to_be_visible()
                expect(box).to_have_css("pointer-events", "none")
            page.get_by_text("Chỉnh vị trí số, ngày tháng, chữ ký, dấu").click()
            expect(page.locator(".place-box[data-kind=signature]")).to_be_in_viewport()
            expect(boxes.first).to_have_css("pointer-events", "auto")
            assert boxes.first.evaluate("box => getComputedStyle(box).backgroundColor") == "rgba(0, 0, 0, 0)"
            assert visit.faults() == []

    def test_has_places_whose_numbers_can_be_read_whole(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        document = path.drafted(committed)
        with visiting(chromium, live_server.url, "officer") as visit:
            page = visit.open(f"/van-ban-di/{document}/vi-tri/")
            clipped = page.locator(".place-inputs input").evaluate_all(
                "all => all.filter(each => each.scrollWidth > each.clientWidth).map(each => each.name)"
            )
            assert clipped == []
