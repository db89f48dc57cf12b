"""A draft of a Word file in Chromium: stopped, mended, confirmed, issued; renamed, withdrawn, given up."""

from __future__ import annotations

import io
import zipfile
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, FilePayload, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests import path
from tests.exchange import jobs
from tests.keys import PIN, KeyRing, register_credentials
from tests.pdfsign.documents import minimal_docx
from tests.web.browser import DESK, PHONE, visiting
from tests.world import World
from vanthu.kernel.models import AuditEntry
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.states import State

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def tokens(committed: World, keys: KeyRing, settings: Settings) -> None:
    """The leader's token and the agency's are plugged in."""
    keys.plug_in()
    settings.TRUST, settings.TSA_URL = str(keys.pki.trust_dir), keys.pki.tsa_url
    register_credentials(committed, keys)


def _word(*, number: str, month: str) -> FilePayload:
    """The letter in Word, with what stands after «Số:» and «tháng»."""
    today = timezone.localdate()
    parts = minimal_docx(name="Phạm Văn Hùng", title="GIÁM ĐỐC")
    text = parts["word/document.xml"]
    text = text.replace("Số:…………/SNV-VP", f"Số:{number}/SNV-CCVC")
    text = text.replace("tháng      năm 2026", f"tháng {month} năm {today.year}")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in (parts | {"word/document.xml": text}).items():
            archive.writestr(name, part)
    return {"name": "cong-van.docx", "mimeType": _WORD, "buffer": content.getvalue()}


def _send(page: Page, file: FilePayload) -> None:
    """Send the form with the Word file and have it read, as the worker does."""
    page.locator("input[name=draft_file]").set_input_files(file)
    page.get_by_role("button", name="Lưu dự thảo").click()
    page.wait_for_url("**/dang-chuyen/**")
    (job,) = jobs.waiting("outgoing.convert_upload")
    job.run()
    job.finish()
    page.wait_for_url(lambda url: "dang-chuyen" not in url and "soan" not in url and "sua" not in url)


def _press(page: Page, act: str, button: str = "") -> None:
    page.locator(".acts").get_by_role("link", name=act).first.click()
    page.get_by_role("dialog").get_by_role("button", name=button or act, exact=True).click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def _state(document: UUID) -> State:
    return State(OutgoingDocument.objects.values_list("state", flat=True).get(pk=document))


def test_a_word_letter_is_stopped_mended_confirmed_and_issued(
    chromium: Browser, live_server: LiveServer, committed: World, tokens: None
) -> None:
    """Its month stands in print; its typed number stops it; its doubt goes with it to the leader's phone."""
    month = f"{timezone.localdate():%m}"
    document = path.drafted(committed, now=path.true_time(), subject="Báo cáo kết quả")
    here = f"/van-ban-di/{document}/"

    with visiting(chromium, live_server.url, "officer") as visit:
        page = visit.open(f"{here}sua/")
        _send(page, _word(number=" 125", month=month))
        expect(page.locator("[data-faults]")).to_contain_text("Số đã được ghi sẵn: «Số: 125/…»")
        expect(page.locator(".acts").get_by_role("button", name="Trình ký")).to_be_disabled()

        page.locator("[data-faults]").get_by_role("link", name="Sửa dự thảo").click()
        _send(page, _word(number="…………", month=month))
        expect(page.locator("[data-faults]")).to_have_count(0)
        _press(page, "Trình ký")
    assert _state(document) is State.REVIEWING

    with visiting(chromium, live_server.url, "head") as visit:
        _press(visit.open(here), "Duyệt, trình ký")
    with visiting(chromium, live_server.url, "leader", size=PHONE) as visit:
        page = visit.open(f"{here}ky/")
        expect(page.locator("pdf-viewer .place-box .place-label")).to_have_text(
            ["Số", "Ngày", "Chữ ký", "Dấu cơ quan"]
        )
        page.get_by_label("Mã PIN của thiết bị ký").fill(PIN)
        page.get_by_role("button", name="Ký số").click()
        expect(page.locator("#flash")).to_contain_text("Đã ký")
    with visiting(chromium, live_server.url, "clerk") as visit:
        page = visit.open(f"{here}cap-so-dong-dau/")
        page.get_by_label("Mã PIN của thiết bị ký").fill(PIN)
        page.get_by_role("button", name="Cấp số, đóng dấu và phát hành").click()
        expect(page.locator("#flash")).to_contain_text("Đã cấp số 01/SNV-CCVC, đóng dấu, phát hành.")
    assert _state(document) is State.ISSUED
    assert OutgoingDocument.objects.get(pk=document).marks.month_in_print


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_doubt_is_met_at_each_act_and_ticked_at_the_first(
    chromium: Browser, live_server: LiveServer, committed: World, tokens: None, size: dict[str, int]
) -> None:
    document = path.drafted(committed, now=path.true_time(), subject="V/v biên chế năm 2027")
    here, said = f"/van-ban-di/{document}/", "Văn bản ghi: «V/v rà soát vị trí việc làm»"

    with visiting(chromium, live_server.url, "officer", size=size) as visit:
        page = visit.open(here)
        page.locator(".acts").get_by_role("link", name="Trình ký").first.click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="Trình ký", exact=True).click()
        assert _state(document) is State.DRAFT
        tick = dialog.get_by_label(said)
        assert tick.evaluate("each => each.validationMessage") == (
            "Hãy đánh dấu nếu điều này đúng; nếu không, hãy sửa văn bản."
        )
        tick.check()
        assert visit.faults() == []
        assert visit.overflow() <= 0
        dialog.get_by_role("button", name="Trình ký", exact=True).click()
        expect(dialog).to_be_hidden()
    entry = AuditEntry.objects.filter(subject_id=document, action="outgoing.submitted").get()
    assert said in entry.data["confirmed"]["subject_other"]

    with visiting(chromium, live_server.url, "head", size=size) as visit:
        page = visit.open(here)
        page.locator(".acts").get_by_role("link", name="Duyệt, trình ký").first.click()
        expect(page.get_by_role("dialog").locator("[data-answered]")).to_contain_text(said)
        page.get_by_role("dialog").get_by_role("button", name="Duyệt, trình ký", exact=True).click()
        expect(page.get_by_role("dialog")).to_be_hidden()
    # As of a letter that was submitted before its matters were weighed: the leader is asked himself.
    OutgoingDocument.objects.filter(pk=document).update(confirmed={})
    with visiting(chromium, live_server.url, "leader", size=size) as visit:
        page = visit.open(f"{here}ky/")
        page.get_by_label("Mã PIN của thiết bị ký").fill(PIN)
        page.get_by_role("button", name="Ký số").click()
        assert _state(document) is State.AWAITING_SIGNATURE
        page.get_by_label(said).check()
        assert visit.faults() == []
        assert visit.overflow() <= 0
        page.get_by_label("Mã PIN của thiết bị ký").fill("000000")
        page.get_by_role("button", name="Ký số").click()
        expect(page.locator(".field-error")).to_be_visible()
        # A wrong PIN is typed again; what was confirmed stays confirmed.
        expect(page.get_by_label(said)).to_be_checked()
        page.get_by_label("Mã PIN của thiết bị ký").fill(PIN)
        page.get_by_role("button", name="Ký số").click()
        expect(page.locator("#flash")).to_contain_text("Đã ký")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_draft_is_renamed_withdrawn_and_given_up(
    chromium: Browser, live_server: LiveServer, committed: World, size: dict[str, int]
) -> None:
    document = path.drafted(committed, now=path.true_time(), subject="Tên cũ")
    here = f"/van-ban-di/{document}/"

    with visiting(chromium, live_server.url, "officer", size=size) as visit:
        page = visit.open(f"{here}sua/")
        page.fill("[name=subject]", path.SUBJECT)
        page.get_by_role("button", name="Lưu dự thảo").click()
        expect(page.locator("#flash")).to_contain_text("Đã lưu dự thảo")
        expect(page.get_by_text(path.SUBJECT).first).to_be_visible()
        _press(page, "Trình ký")
        assert _state(document) is State.REVIEWING

        _more(page)
        _press(page, "Rút lại")
        expect(page.locator("#flash")).to_contain_text("Đã rút lại dự thảo.")
        assert _state(document) is State.DRAFT

        # «Đóng» gives nothing up.
        _more(page)
        page.locator(".acts").get_by_role("link", name="Hủy dự thảo…").first.click()
        page.get_by_role("dialog").get_by_role("link", name="Đóng", exact=True).first.click()
        expect(page.get_by_role("dialog")).to_be_hidden()
        assert _state(document) is State.DRAFT

        _more(page)
        _press(page, "Hủy dự thảo…", "Hủy dự thảo")
        expect(page.locator("#flash")).to_contain_text("Đã hủy dự thảo.")
        expect(page.locator("[data-row]")).to_have_count(0)
        assert visit.faults() == []
        page = visit.open(here)
        expect(page.locator(".acts").get_by_role("link", name="Sửa dự thảo")).to_have_count(0)
    assert _state(document) is State.DISCARDED


def _more(page: Page) -> None:
    """Open the acts a narrow page keeps behind one button."""
    more = page.locator(".acts .acts-more")
    if more.is_visible():
        more.click()
