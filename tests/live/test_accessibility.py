"""axe-core finds no serious fault on the screens, at a desk and on a phone; nothing runs off the side."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.live.people import DESKTOP, PHONE, Person
from tests.live.province import Province

AXE = Path("node_modules/axe-core/axe.min.js")

#: Who looks at what: the lists and forms of each role, and the first document of a list.
SCREENS = [
    ("snv.vanthu", "/"),
    ("snv.vanthu", "/van-ban-den/?tab=arrived"),
    ("snv.vanthu", "/van-ban-den/ →"),
    ("snv.vanthu", "/van-ban-di/?tab=issued"),
    ("snv.vanthu", "/van-ban-di/?tab=issued →"),
    ("snv.vanthu", "/van-ban-di/?tab=issued → gui-nhan/"),
    ("snv.vanthu", "/so-dang-ky/"),
    ("snv.giamdoc", "/"),
    ("snv.chuyenvien", "/van-ban-di/soan/"),
    ("tp.giamdoc", "/van-ban-den/?tab=all →"),
    ("snv.quantri", "/"),
]


def open_screen(person: Person, screen: str) -> None:
    """Open an address, then, after «→», the first document of the list, and what follows in its address."""
    path, _, further = screen.partition(" →")
    person.go(path)
    if " →" not in screen:
        return
    folder = path.strip("/").split("/")[0]
    links = person.page.locator(f"a[href^='/{folder}/']").evaluate_all("all => all.map(a => a.pathname)")
    first = next(link for link in links if re.fullmatch(rf"/{folder}/[0-9a-f-]{{36}}/", link))
    person.go(first + further.strip())


def serious_faults(page: Page) -> list[str]:
    """What axe calls serious or critical: rule and the first element it meets."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:150]}"
        for fault in found["violations"]
        if fault["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["1440", "390"])
def test_no_screen_has_a_serious_fault(
    province: Province, browser: Browser, played: dict[str, Any], viewport: ViewportSize
) -> None:
    faults: dict[str, list[str]] = {}
    people: dict[str, Person] = {}
    for username, screen in SCREENS:
        if username not in people:
            context = browser.new_context(viewport=viewport, locale="vi-VN", bypass_csp=True)
            installation = "outside" if username.startswith("tp.") else "province"
            people[username] = Person(context.new_page(), province.address(installation), username)
        person = people[username]
        open_screen(person, screen)
        found = serious_faults(person.page)
        wider = person.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wider > 0:
            found.append(f"runs {wider} px off the side")
        if found:
            faults[f"{username} {screen}"] = found
    for person in people.values():
        person.page.context.close()
    assert faults == {}
