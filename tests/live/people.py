"""People in front of the browser: what they click, what they type, what they see."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.live.province import Province
from vanthu.interfaces.cli.demo.cast import PASSWORD, PIN

DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
#: From this width on, in pixels, a list shows the chosen document beside it.
WIDE = 1200


class Person:
    """One signed-in person."""

    def __init__(self, page: Page, base_url: str, username: str) -> None:
        self.page, self.base_url, self.username = page, base_url, username
        page.goto(f"{base_url}/dang-nhap/")
        page.get_by_label("Tên đăng nhập").fill(username)
        page.get_by_label("Mật khẩu").fill(PASSWORD)
        page.get_by_role("button", name="Đăng nhập").click()
        expect(page).not_to_have_url(re.compile("/dang-nhap/"))

    def go(self, path: str) -> None:
        """Open an address."""
        self.page.goto(f"{self.base_url}{path}")

    def open(self, subject: str, path: str) -> None:
        """Find a document in a list by its subject, and open its page."""
        self.go(path)
        row = self.page.get_by_role("link", name=subject).first
        address = row.get_attribute("href")
        row.click()
        if (self.page.viewport_size or DESKTOP)["width"] >= WIDE:
            # The document is shown beside the list first; another one may have stood there before.
            beside = self.page.get_by_role("link", name="Mở toàn trang")
            beside.and_(self.page.locator(f"a[href='{address}']")).click()
        expect(self.page.locator("[data-state]")).to_be_visible()

    def act(self, label: str) -> Locator:
        """Press the button of an act; returns the dialog it opens."""
        self.page.locator(".acts").get_by_role("link", name=label).first.click()
        dialog = self.page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        return dialog

    def confirm(self, label: str, submit: str = "") -> None:
        """Press the button of an act and the button of its dialog."""
        self.act(label).get_by_role("button", name=submit or label).click()
        expect(self.page.get_by_role("dialog")).to_be_hidden()

    def sees_state(self, state: str) -> None:
        """The page of the document says it is in this state."""
        expect(self.page.locator("[data-state]").first).to_have_attribute("data-state", state)

    def sees(self, text: str) -> None:
        """The text stands on the page."""
        expect(self.page.get_by_text(text).locator("visible=true").first).to_be_visible()

    @property
    def document_id(self) -> str:
        """The id of the document whose page is open."""
        return self.page.url.split("?")[0].strip("/").split("/")[4]

    def draft(self, pdf: Path, *, subject: str, signer: str, recipients: list[str]) -> str:
        """Fill in the draft form that is open and save it; returns the id of the draft."""
        page = self.page
        page.locator("input[name=draft_file]").set_input_files(pdf)
        page.get_by_label("Trích yếu nội dung").fill(subject)
        page.get_by_label("Người ký").select_option(label=signer)
        for name in recipients:
            self.choose("Nơi nhận", name)
        page.get_by_role("button", name="Lưu dự thảo").click()
        self.sees_state("draft")
        return self.document_id

    def choose(self, field: str, name: str) -> None:
        """Choose the line of this name in a picker: type it, press Enter."""
        page = self.page
        page.get_by_role("combobox", name=field).fill(name)
        expect(page.locator("[role=option].is-active")).to_contain_text(name)
        page.get_by_role("combobox", name=field).press("Enter")
        expect(page.get_by_role("button", name=f"Bỏ {name}")).to_be_visible()

    def done(self, document_id: str, area: str = "van-ban-di") -> None:
        """Something was done with a document, and the next one of the queue is open: go back and look."""
        expect(self.page.locator("#flash .notice")).to_be_visible()
        self.go(f"/{area}/{document_id}/")

    def sign(self) -> None:
        """From the page of a document that waits for this person's signature: sign it."""
        document_id = self.document_id
        self.page.locator(".acts").get_by_role("link", name="Ký số").click()
        self.page.get_by_label("Mã PIN của thiết bị ký").fill(PIN)
        self.page.get_by_role("button", name="Ký số").click()
        self.done(document_id)
        self.sees_state("signed")

    def number_and_seal(self) -> None:
        """From the page of a signed document: number, date and seal."""
        document_id = self.document_id
        self.page.locator(".acts").get_by_role("link", name=re.compile("Cấp số")).click()
        self.page.get_by_label("Mã PIN của thiết bị ký").fill(PIN)
        self.page.get_by_role("button", name="Chỉ cấp số và đóng dấu").click()
        self.done(document_id)
        self.sees_state("sealed")


class Desks:
    """The people of a test, by user name; each signs in when first asked for."""

    def __init__(self, province: Province, browser: Browser) -> None:
        self._province, self._browser = province, browser
        self._people: dict[tuple[str, int], Person] = {}

    def __call__(self, username: str, *, viewport: ViewportSize = DESKTOP) -> Person:
        """The person of this user name, at a screen of this size."""
        key = (username, viewport["width"])
        if key not in self._people:
            installation = "outside" if username.startswith("tp.") else "province"
            context = self._browser.new_context(viewport=viewport, locale="vi-VN", bypass_csp=False)
            page = context.new_page()
            page.set_default_timeout(30_000)
            self._people[key] = Person(page, self._province.address(installation), username)
        return self._people[key]

    def close(self) -> None:
        """Close every window."""
        for person in self._people.values():
            person.page.context.close()
