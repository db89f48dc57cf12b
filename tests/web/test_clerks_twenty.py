"""The clerk's twenty documents without the mouse, with keys and page loads counted.

The figures are published in docs/how-to/work-from-the-keyboard.md; `make keys` writes them there.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests import arrivals, path
from tests.keys import PIN, KeyRing, register_credentials
from tests.web.browser import visiting
from tests.web.hands import Effort, Hands
from tests.world import NOW, World
from vanthu.incoming.models import IncomingDocument
from vanthu.incoming.states import State as IncomingState
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.states import State as OutgoingState

_PUBLISHED = Path("docs/how-to/work-from-the-keyboard.md")
_BEGIN, _END = "<!-- figures -->\n", "<!-- end of figures -->\n"
#: Set by `make keys`.
_WRITES = "VANTHU_WRITE_FIGURES"

#: Most keys and page loads a document may take, by task; the PIN counts where it is typed.
_LIMITS = {
    "Đến hàng văn bản đến": (1, 1),
    "Đến bàn đóng dấu": (1, 1),
    "Tiếp nhận, vào sổ": (2, 1),
    "Trả lại bên gửi, có lý do": (3, 1),
    "Cấp số, đóng dấu, phát hành, gõ PIN mỗi văn bản": (len(PIN) + 1, 1),
    "Cấp số, đóng dấu, phát hành, giữ PIN trên trang": (4, 1),
}
_REASON = "Gửi nhầm nơi nhận."


@pytest.fixture
def arrived(committed: World) -> list[UUID]:
    """Ten letters of the morning, in the order in which they came."""
    return [arrivals.arrived(committed, now=NOW + timedelta(minutes=each)) for each in range(10)]


@pytest.fixture
def signed(committed: World, keys: KeyRing, settings: Settings) -> list[UUID]:
    """Ten letters the leader has signed; the agency's token is plugged in."""
    keys.plug_in()
    settings.TRUST, settings.TSA_URL = str(keys.pki.trust_dir), keys.pki.tsa_url
    register_credentials(committed, keys)
    return [path.signed(committed) for _ in range(10)]


class TestTheClerksTwenty:
    def test_are_done_without_the_mouse_in_the_keys_and_page_loads_that_are_published(
        self, chromium: Browser, live_server: LiveServer, arrived: list[UUID], signed: list[UUID]
    ) -> None:
        with visiting(chromium, live_server.url, "clerk") as visit:
            hands = Hands(visit.page)
            with hands.at("Đến hàng văn bản đến") as effort:
                hands.press("g", "d")
                _shown(visit.page)
                effort.documents = 10
            _register(hands, 8)
            _send_back(hands, 2)
            with hands.at("Đến bàn đóng dấu") as effort:
                hands.press("g", "i")
                _shown(visit.page)
                hands.press("Enter")
                effort.documents = 10
            _issue_with_pin(hands, 4)
            _issue_in_one_run(hands, 6)
            assert visit.complaints == []

        states = dict(IncomingDocument.objects.values_list("pk", "state"))
        expected = [IncomingState.REGISTERED] * 8 + [IncomingState.RETURNED] * 2
        assert [states[each] for each in arrived] == expected
        assert set(OutgoingDocument.objects.values_list("state", flat=True)) == {OutgoingState.ISSUED}
        # In the order of their signatures, a number each.
        numbers = dict(OutgoingDocument.objects.values_list("pk", "number"))
        assert [numbers[each] for each in signed] == list(range(1, 11))
        for effort in hands.done:
            most_keys, most_loads = _LIMITS[effort.task]
            assert effort.keys <= most_keys * effort.documents, effort
            assert effort.loads <= most_loads * effort.documents, effort
        _publish(hands.done)


def _shown(page: Page) -> None:
    """Until the pane shows a document, whose buttons the keys press."""
    expect(page.locator("#peek [data-peek] [data-key]").first).to_be_visible()


def _said(page: Page, words: str) -> None:
    expect(page.locator("#flash")).to_contain_text(words)


def _register(hands: Hands, count: int) -> None:
    with hands.at("Tiếp nhận, vào sổ") as effort:
        for number in range(1, count + 1):
            _shown(hands.page)
            hands.press("Enter", "Enter")
            _said(hands.page, f"Đã tiếp nhận, vào sổ, số đến {number}.")
            effort.documents += 1


def _send_back(hands: Hands, count: int) -> None:
    with hands.at("Trả lại bên gửi, có lý do") as effort:
        for left in range(count, 0, -1):
            _shown(hands.page)
            hands.press("t")
            expect(hands.page.get_by_label("Lý do trả lại")).to_be_focused()
            hands.write(_REASON)
            hands.press("Control+Enter")
            _said(hands.page, "Đã trả lại văn bản")
            expect(hands.page.locator("[data-row]")).to_have_count(left - 1)
            effort.documents += 1


def _issue_with_pin(hands: Hands, count: int) -> None:
    with hands.at("Cấp số, đóng dấu, phát hành, gõ PIN mỗi văn bản") as effort:
        for number in range(1, count + 1):
            expect(hands.page.get_by_label("Mã PIN của thiết bị ký")).to_be_focused()
            hands.enter_pin(PIN)
            hands.press("Enter")
            _said(hands.page, f"Đã cấp số {number:02d}/SNV-CCVC, đóng dấu, phát hành.")
            effort.documents += 1


def _issue_in_one_run(hands: Hands, count: int) -> None:
    with hands.at("Cấp số, đóng dấu, phát hành, giữ PIN trên trang") as effort:
        hands.enter_pin(PIN)
        hands.press("Tab", "Space", "Enter")
        for number in range(5, 5 + count):
            _said(hands.page, f"Đã cấp số {number:02d}/SNV-CCVC, đóng dấu, phát hành.")
            effort.documents += 1
            if effort.documents < count:
                hands.press("Enter")
                expect(hands.page.locator(".acts-ask")).to_contain_text("lần nữa")
                hands.press("Enter")


def _publish(done: list[Effort]) -> None:
    """Hold the published figures to those that were counted, or write these."""
    table = "\n".join(effort.row for effort in done) + "\n"
    before, _, rest = _PUBLISHED.read_text(encoding="utf-8").partition(_BEGIN)
    former, _, after = rest.partition(_END)
    head = former[: former.index("|---") + former[former.index("|---") :].index("\n") + 1]
    if os.environ.get(_WRITES):
        _PUBLISHED.write_text(before + _BEGIN + head + table + _END + after, encoding="utf-8")
        return
    assert former == head + table, "run `make keys` to publish what was counted"
