"""A real browser on the real pages: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.world import PASSWORD

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
_AXE = Path("node_modules/axe-core/axe.min.js")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


@dataclass
class Visit:
    """One person at one browser; `complaints` is what the browser wrote to its console."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a page of the system and wait until its paper, if it has one, is drawn."""
        self.page.goto(self.address + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait for the paper to be drawn and for htmx to be done."""
        if self.page.locator("pdf-viewer:visible").count():
            self.page.wait_for_selector("pdf-viewer[data-ready=yes] .viewer-page[data-page='1'] .textLayer")
        self.page.wait_for_function("!document.querySelector('.htmx-request')")

    def faults(self) -> list[str]:
        """What axe-core finds serious or critical on the page."""
        self.page.evaluate(_AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", _RULES
        )
        return [
            f"{each['id']}: {each['nodes'][0]['html'][:160]}"
            for each in found["violations"]
            if each["impact"] in {"serious", "critical"}
        ]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@contextmanager
def visiting(
    chromium: Browser,
    address: str,
    username: str = "",
    *,
    size: dict[str, int] = DESK,
    scripts: bool = True,
    locale: str = "vi-VN",
) -> Iterator[Visit]:
    """A fresh browser window; signed in through the page when a user name is given."""
    context = chromium.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        java_script_enabled=scripts,
        has_touch=size is PHONE,
        locale=locale,
        timezone_id="Asia/Ho_Chi_Minh",
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    visit = Visit(page, address)
    page.on(
        "console",
        lambda said: visit.complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    try:
        if username:
            page.goto(address + "/dang-nhap/")
            page.fill("[name=username]", username.replace("_", "."))
            page.fill("[name=password]", PASSWORD)
            page.click("button[type=submit]")
            page.wait_for_url(address + "/")
        yield visit
    finally:
        context.close()
