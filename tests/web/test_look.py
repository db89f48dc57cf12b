"""Lists, papers and books as they look: measured in Chromium on the screen, and read from what it prints."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from playwright.sync_api import Browser, FilePayload, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests import arrivals, path
from tests.pdfsign.documents import typeset
from tests.web import full_desk
from tests.web.browser import PHONE, Visit, visiting
from tests.web.conftest import SignIn
from tests.world import World
from vanthu.documents.intake import AcceptedDraft
from vanthu.incoming.models import IncomingDocument
from vanthu.outgoing.models import OutgoingDocument
from vanthu.workflow.rules import Assignee

_WEB = Path("src/vanthu/interfaces/web")
#: Rows of a list that are whole on the screen, with what each looks like.
_ROWS = """() => {
    const rows = [...document.querySelectorAll('[data-row]')];
    const end = document.querySelector('.keys').getBoundingClientRect().top;
    return rows.map(row => {
        const area = row.getBoundingClientRect(), subject = row.querySelector('.sub');
        const style = getComputedStyle(subject);
        return {
            whole: area.top >= 0 && area.bottom <= end,
            height: area.height,
            weight: Number(style.fontWeight),
            lines: Math.round(subject.clientHeight / parseFloat(style.lineHeight)),
            cut: subject.scrollHeight > subject.clientHeight + 1,
            title: subject.querySelector('a').title,
        };
    });
}"""
_OUTLINES = """() => [...document.querySelectorAll('[data-row]')].map(row => {
    const style = getComputedStyle(row);
    return style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth);
})"""
#: What can be pressed and is smaller than a thumb; links within a sentence are as tall as its lines.
_SMALL = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')]
    .filter(each => each.checkVisibility() && !each.closest('.sub, p, dd, .skip-link, .crumbs'))
    .map(each => [each.outerHTML.slice(0, 90), each.getBoundingClientRect().height])
    .filter(([, height]) => height > 1 && height < 44)"""


#: Sends a form and stops it once it has said how long it takes; Playwright itself would wait for the answer.
_SEND_AND_STOP = """button => {
    setTimeout(() => button.click(), 0);
    const clock = setInterval(() => {
        if (!/\\d giây/.test(button.textContent)) return;
        clearInterval(clock);
        globalThis.told = button.textContent;
        document.querySelector('[data-stop]').click();
    }, 50);
}"""


@pytest.fixture
def full(committed: World) -> full_desk.FullDesk:
    """The department on a busy morning."""
    return full_desk.fill(committed)


@pytest.fixture
def clerk(chromium: Browser, live_server: LiveServer, full: full_desk.FullDesk) -> Iterator[Visit]:
    """The clerk at a desk."""
    with visiting(chromium, live_server.url, "clerk") as visit:
        yield visit


def _outlined(page: Page) -> list[int]:
    return [at for at, width in enumerate(page.evaluate(_OUTLINES)) if width >= 2]


def _subjects(full: full_desk.FullDesk) -> list[str]:
    rows = IncomingDocument.objects.filter(pk__in=full.waiting).select_related("document")
    return [row.document.subject for row in rows]


class TestTheList:
    def test_shows_eighteen_documents_at_once_in_bold_and_frames_the_one_with_the_focus(
        self, clerk: Visit
    ) -> None:
        page = clerk.open("/van-ban-den/?tab=arrived")
        expect(page.locator("#peek [data-peek]")).to_be_visible()
        rows: list[dict[str, Any]] = page.evaluate(_ROWS)

        assert sum(row["whole"] for row in rows) >= 18
        assert max(row["height"] for row in rows) <= 42
        assert {row["weight"] for row in rows} == {600}
        assert max(row["lines"] for row in rows) == 2
        assert [len(row["title"]) > 100 for row in rows if row["cut"]] == [True]
        assert clerk.faults() == []

        page.keyboard.press("j")
        assert _outlined(page) == [1]
        page.keyboard.press("j")
        assert _outlined(page) == [2]
        page.locator("[data-row] a").nth(4).click()
        assert _outlined(page) == [4], "whoever comes by mouse goes on with the keys"

    def test_counts_what_the_one_search_box_finds(self, clerk: Visit, full: full_desk.FullDesk) -> None:
        page = clerk.open("/van-ban-den/?tab=arrived")
        expect(page.get_by_role("searchbox")).to_have_count(1)
        page.keyboard.press("/")
        page.keyboard.type("bien che")
        expect(page.locator(".found")).to_contain_text("2 văn bản khớp «bien che»")
        expect(page.locator("[data-row]")).to_have_count(2)
        page.get_by_role("link", name="Tìm trong mọi văn bản").click()
        page.wait_for_url("**/tim/?q=bien%20che")
        expect(page.get_by_role("searchbox")).to_have_count(1)
        expect(page.get_by_role("searchbox")).to_have_value("bien che")
        expect(page.get_by_role("heading", name="3 văn bản đến")).to_be_visible()
        assert clerk.faults() == []
        assert clerk.complaints == []

    def test_is_comfortable_to_the_thumb(
        self, chromium: Browser, live_server: LiveServer, full: full_desk.FullDesk
    ) -> None:
        with visiting(chromium, live_server.url, "clerk", size=PHONE) as visit:
            for address in (
                "/",
                "/van-ban-den/",
                "/van-ban-den/?tab=arrived&q=hoa",
                "/van-ban-di/?tab=all",
                "/tim/?q=hoa",
            ):
                page = visit.open(address)
                expect(page.get_by_role("searchbox")).to_have_count(0 if address == "/" else 1)
                expect(page.locator("a[aria-label='Tìm văn bản']:visible")).to_have_count(int(address == "/"))
                heights = page.evaluate(
                    "[...document.querySelectorAll('[data-row]')].map(row => row.offsetHeight)"
                )
                assert min(heights) >= 64, address
                assert page.evaluate(_SMALL) == [], address
                assert visit.overflow() == 0
                assert visit.faults() == [], address


class TestTheStatus:
    """What the tab says of all its documents is not said again of each."""

    def test_is_said_by_the_tab_or_by_the_row(self, sign_in: SignIn, world: World) -> None:
        registered, moving = arrivals.registered(world), arrivals.processing(world)
        clerk = sign_in("clerk")

        assert _said(clerk, "/van-ban-den/?tab=to_direct") == {str(registered): ""}
        assert _said(clerk, "/van-ban-den/?tab=in_progress") == {str(moving): "Đang xử lý"}
        assert _said(clerk, "/van-ban-den/?tab=all") == {
            str(registered): "Đã vào sổ",
            str(moving): "Đang xử lý",
        }
        assert _said(clerk, "/tim/?q=hoa+giai")[str(registered)] == "Đã vào sổ"

    def test_of_a_draft_that_came_back_is_said_among_the_drafts(self, sign_in: SignIn, world: World) -> None:
        fresh, back = path.drafted(world), path.drafted(world)
        path_back = path.submitted(world)
        page = sign_in("officer")

        assert _said(page, "/van-ban-di/?tab=my_drafts") == {str(fresh): "", str(back): ""}
        assert _said(page, "/van-ban-di/?tab=my_submitted") == {str(path_back): "Chờ duyệt nội dung"}


def _said(browser: Client, address: str) -> dict[str, str]:
    """The state each row says, by document."""
    shown = browser.get(address).content.decode()
    rows = re.findall(r'data-row data-document="([^"]+)".*?</article>', shown, re.DOTALL)
    bodies = re.findall(r"data-row data-document=.*?</article>", shown, re.DOTALL)
    states = [re.search(r'class="state [^"]*">([^<]*)<', body) for body in bodies]
    return {document: state[1] if state else "" for document, state in zip(rows, states, strict=True)}


class TestTheSheet:
    """Ctrl+P."""

    def test_of_a_list_has_every_row_over_the_whole_width_and_nothing_to_press(
        self, clerk: Visit, full: full_desk.FullDesk
    ) -> None:
        page = clerk.open("/van-ban-den/?tab=arrived")
        expect(page.locator("#peek [data-peek]")).to_be_visible()
        sheets, text = _printed(page)

        assert len(sheets) == 2
        assert re.match(r"(1/\d )?SỞ NỘI VỤ TỈNH AN BÌNH", text)
        assert re.search(r"Hoàng Thị Lan in lúc \d\d/\d\d/\d{4} \d\d:\d\d", text)
        assert [subject for subject in _subjects(full) if subject not in text] == []
        assert "Chờ tiếp nhận" in text
        for gone in (
            "Tiếp nhận, vào sổ, số đến",
            "Trả lại",
            "lên xuống",
            "Trang 1/1",
            "Việc của tôi",
            "Đã hoàn thành",
        ):
            assert gone not in text, gone
        left, right = _spread(sheets[0])
        assert (left < 60, right > 595 - 60) == (True, True)

    def test_of_a_document_is_one_column_then_its_paper_page_by_page(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        long = _many_pages(12)
        draft = path.drafted(committed, draft=AcceptedDraft(pdf=path.stored(long, pages=12)))
        with visiting(chromium, live_server.url, "officer") as visit:
            page = visit.open(f"/van-ban-di/{draft}/")
            page.evaluate("void (window.print = () => { document.body.dataset.printed = 'yes'; })")
            page.keyboard.press("Control+p")
            page.wait_for_selector("body[data-printed]")
            sheets, text = _printed(page)
            assert visit.complaints == []

        assert len(sheets) == 1 + 12
        assert all(_has_picture(sheet) for sheet in sheets[1:])
        assert "Thông tin văn bản" in text
        assert "Còn trang chưa in" not in text
        for gone in ("Trình ký\n", "Sửa dự thảo", "Hủy dự thảo", "100%"):
            assert gone not in text, gone
        left, right = _spread(sheets[0])
        assert (left < 60, right > 595 - 110) == (True, True)

    def test_of_a_book_lies_on_its_side(
        self, clerk: Visit, committed: World, full: full_desk.FullDesk
    ) -> None:
        page = clerk.open(f"/so-dang-ky/{committed.incoming_register.id}/?nam=2026")
        sheets, text = _printed(page)

        assert [round(sheet.get_width()) for sheet in sheets] == [842]
        assert re.match(r"(1/\d )?SỞ NỘI VỤ TỈNH AN BÌNH", text)
        assert "Số, ký hiệu" in text
        assert "3318/STC-QLNS" in text


def _printed(page: Page) -> tuple[list[pypdfium2.PdfPage], str]:
    """What Chromium prints, sheet by sheet, and the words on it."""
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    sheets = [document[at] for at in range(len(document))]
    words = " ".join(" ".join(sheet.get_textpage().get_text_bounded().split()) for sheet in sheets)
    return sheets, words


def _spread(sheet: pypdfium2.PdfPage) -> tuple[float, float]:
    """Where the leftmost and the rightmost letter of a sheet stand, in points."""
    text = sheet.get_textpage()
    boxes = [text.get_charbox(at) for at in range(text.count_chars())]
    return min(box[0] for box in boxes), max(box[2] for box in boxes)


def _has_picture(sheet: pypdfium2.PdfPage) -> bool:
    widths = [each.get_bounds()[2] - each.get_bounds()[0] for each in sheet.get_objects() if each.type == 3]
    return any(width > 500 for width in widths)


def _many_pages(count: int) -> bytes:
    one, document = pypdfium2.PdfDocument(typeset()), pypdfium2.PdfDocument.new()
    for _ in range(count):
        document.import_pages(one)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


class TestPeopleOnOnePage:
    def test_are_told_apart_by_their_marks(self, sign_in: SignIn, world: World) -> None:
        colleague = world.users["colleague"]
        colleague.full_name = "Ngô Thị An"
        colleague.save()
        document = arrivals.directed(world, support=[Assignee(kind="user", id=colleague.pk)])
        shown = sign_in("leader").get(f"/van-ban-den/{document}/").content.decode()

        assert re.findall(r'class="ava [^"]*" aria-hidden="true">([^<]+)<', shown) == ["NVA", "NTA"]


class TestTheWords:
    def test_are_those_of_offices_on_every_screen(self) -> None:
        """What stood there before, and no clerk says; «thôi giữ vị trí» of a post is another thing."""
        left = re.compile(
            r"[Tt]rình duyệt|>Thôi|thôi chuyển|[Qq]ua trục|Đang vẽ|Ai đang làm gì|Kết thúc xử lý"
            r"|Về Việc của tôi|<dt>Ban hành|Bạn đã làm|vào sổ số|vào sổ( số)? đến \{"
        )
        files = [
            file
            for ending in ("html", "mjs", "css", "py")
            for file in _WEB.parents[1].rglob(f"*.{ending}")
            if "vendor" not in file.parts
        ]

        assert [f"{file}: {word[0]}" for file in files for word in left.finditer(file.read_text())] == []


class TestTheListOfKeys:
    def test_has_every_key_an_act_is_done_with(self) -> None:
        listed = set(
            re.findall(r"<kbd>([A-Z])</kbd>", (_WEB / "templates/components/shortcuts.html").read_text())
        )
        used = {
            key
            for file in (*_WEB.rglob("acts.py"), *_WEB.rglob("*.html"))
            for key in re.findall(r'(?:data-)?key="([A-Z])"', file.read_text())
        }

        assert "L" in used
        assert used - listed == set()


class TestAFormWithFilesOnItsWay:
    def test_says_how_long_it_takes_and_can_be_stopped_and_sent_again(
        self, chromium: Browser, live_server: LiveServer, committed: World
    ) -> None:
        with visiting(chromium, live_server.url, "officer") as visit:
            page = visit.open("/van-ban-di/soan/")
            held: list[Route] = []
            page.route(
                "**/soan/?*",
                lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
            )
            page.get_by_label("Trích yếu").fill("V/v cử công chức dự tập huấn")
            letter = FilePayload(name="cong-van.pdf", mimeType="application/pdf", buffer=typeset())
            page.locator("[name=draft_file]").set_input_files(letter)
            save = page.get_by_role("button", name="Lưu dự thảo")
            save.evaluate(_SEND_AND_STOP)
            expect(save).to_be_focused()
            assert re.fullmatch(r"Đang tải lên và chuyển sang PDF… \d+ giây", page.evaluate("told"))
            expect(page.get_by_role("status").filter(has_text="Đã dừng gửi")).to_be_visible()
            expect(page.get_by_role("button", name="Dừng gửi")).to_have_count(0)
            expect(page.get_by_label("Trích yếu")).to_have_value("V/v cử công chức dự tập huấn")
            assert (
                page.locator("[name=draft_file]").evaluate("input => input.files[0].name") == "cong-van.pdf"
            )
            assert visit.faults() == []
            page.unroute("**/soan/?*")
            save.click()
            expect(page.locator("#flash")).to_contain_text("Đã lưu dự thảo.")
            assert len(held) == OutgoingDocument.objects.count() == 1
