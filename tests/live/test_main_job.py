"""The main job in the browser: a letter goes out, is handled elsewhere, and its answer comes back."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.live.letters import letter, new_subject
from tests.live.people import Desks, Person
from tests.live.province import wait_for

HOA_BINH = "Ủy ban nhân dân xã Hòa Bình"
THUAN_PHUOC = "Sở Nội vụ tỉnh Thuận Phước"
AN_BINH = "Sở Nội vụ tỉnh An Bình"


def arrives(clerk: Person, subject: str) -> None:
    """The letter stands in «Chờ tiếp nhận» of the clerk, sooner or later; its page is opened."""

    def look() -> bool | None:
        clerk.go("/van-ban-den/?tab=arrived")
        return clerk.page.get_by_role("link", name=subject).count() > 0 or None

    wait_for(look, f"{subject} ở {clerk.username}")
    clerk.open(subject, "/van-ban-den/?tab=arrived")


def test_a_signed_letter_goes_out_and_its_answer_comes_back(desks: Desks, tmp_path: Path) -> None:
    subject = new_subject("rà soát vị trí việc làm năm 2027")
    recipients = [HOA_BINH, THUAN_PHUOC]

    # 1 The officer drafts.
    officer = desks("snv.chuyenvien")
    officer.go("/van-ban-di/soan/")
    pdf = letter(tmp_path, signer="snv.giamdoc", unit="CCVC", subject=subject, to=recipients)
    letter_id = officer.draft(
        pdf, subject=subject, signer="Trần Thanh Bình – GIÁM ĐỐC", recipients=recipients
    )
    expect(officer.page.locator("canvas").first).to_be_visible()
    officer.confirm("Trình ký")
    officer.sees_state("reviewing")

    # 2 The unit head returns it with a reason, then approves; every version is kept.
    head = desks("snv.truongphong")
    head.open(subject, "/van-ban-di/?tab=reviewing")
    dialog = head.act("Trả lại…")
    dialog.get_by_label("Lý do trả lại").fill("Bổ sung thời hạn gửi báo cáo.")
    dialog.get_by_role("button", name="Trả lại").click()
    head.done(letter_id)
    head.sees_state("draft")
    officer.go(f"/van-ban-di/{letter_id}/")
    officer.sees("Bổ sung thời hạn gửi báo cáo.")
    officer.page.get_by_role("link", name="Sửa dự thảo").click()
    officer.page.locator("input[name=draft_file]").set_input_files(pdf)
    officer.page.get_by_role("button", name=re.compile("Lưu")).click()
    officer.sees_state("draft")
    officer.confirm("Trình ký")
    head.go(f"/van-ban-di/{letter_id}/")
    head.confirm("Duyệt, trình ký")
    head.done(letter_id)
    head.sees_state("awaiting_signature")

    # 3 The leader signs, on a phone.
    leader = desks("snv.giamdoc", viewport={"width": 390, "height": 844})
    leader.open(subject, "/van-ban-di/?tab=awaiting_signature")
    leader.sign()

    # 4–5 The records clerk numbers, seals and issues.
    clerk = desks("snv.vanthu")
    clerk.open(subject, "/van-ban-di/?tab=to_number")
    clerk.number_and_seal()
    clerk.sees("Chữ ký hợp lệ")
    clerk.confirm("Phát hành")
    clerk.sees("Đã phát hành")
    clerk.page.locator("#flash").get_by_role("link", name="Xem lại").click()
    expect(clerk.page).to_have_url(re.compile("/gui-nhan/"))

    # 6–7 Both recipients have it, with the verdict in one sentence.
    neighbour = desks("hoabinh.vanthu")
    arrives(neighbour, subject)
    neighbour.sees("Chữ ký hợp lệ, văn bản nguyên vẹn")
    outside = desks("tp.vanthu")
    arrives(outside, subject)
    outside.sees("Chữ ký hợp lệ, văn bản nguyên vẹn")
    outside.sees("Trục liên thông")

    # 8 Registered there.
    arrived_id = outside.document_id
    outside.act(label="Tiếp nhận, vào sổ").get_by_role("button", name="Tiếp nhận, vào sổ").click()
    outside.done(arrived_id, "van-ban-den")
    outside.sees_state("registered")

    # 9 Directed, handled, answered.
    director = desks("tp.giamdoc")
    director.open(subject, "/van-ban-den/?tab=to_direct")
    director.page.get_by_role("link", name="Chỉ đạo, chuyển xử lý").click()
    page = director.page
    director.choose("Giao cho", "Lục Thị Xuân")
    director.choose("Giao cho", "Triệu Quang Phúc")
    page.get_by_role("radiogroup", name="Vai trò của Triệu Quang Phúc").get_by_label("Để biết").check()
    page.get_by_label("Ý kiến chỉ đạo").fill("Tham mưu văn bản trả lời.")
    due = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")) + timedelta(days=3)
    page.get_by_label("Hạn xử lý").fill(due.strftime("%Y-%m-%dT17:00"))
    page.get_by_role("button", name="Chuyển xử lý").click()
    director.done(arrived_id, "van-ban-den")
    director.sees_state("directed")

    handler = desks("tp.chuyenvien")
    handler.open(subject, "/van-ban-den/?tab=mine")
    handler.sees("Tham mưu văn bản trả lời.")
    handler.page.get_by_role("button", name="Bắt đầu xử lý").click()
    handler.sees_state("processing")
    answer = new_subject("trả lời về rà soát vị trí việc làm")
    handler.page.get_by_role("link", name="Soạn văn bản trả lời").click()
    expect(handler.page.get_by_role("button", name=f"Bỏ {AN_BINH}")).to_be_visible()
    reply_pdf = letter(tmp_path, signer="tp.giamdoc", unit="TCBC", subject=answer, to=[AN_BINH])
    handler.draft(reply_pdf, subject=answer, signer="Đoàn Ngọc Hải – GIÁM ĐỐC", recipients=[])
    handler.confirm("Trình ký")
    reply_head = desks("tp.truongphong")
    reply_head.open(answer, "/van-ban-di/?tab=reviewing")
    reply_head.confirm("Duyệt, trình ký")
    director.open(answer, "/van-ban-di/?tab=awaiting_signature")
    director.sign()
    outside.open(answer, "/van-ban-di/?tab=to_number")
    outside.number_and_seal()
    outside.confirm("Phát hành")

    def completed() -> bool | None:
        handler.go(f"/van-ban-den/{arrived_id}/")
        state = handler.page.locator("[data-state]").first.get_attribute("data-state")
        return state == "completed" or None

    wait_for(completed, "văn bản đến hoàn thành")

    # 10 The first sender sees every state with its time, and the reply.
    def answered() -> bool | None:
        clerk.go(f"/van-ban-di/{letter_id}/gui-nhan/")
        rows = clerk.page.locator("tr[data-delivery-state='06']").filter(has_text=THUAN_PHUOC)
        return rows.locator("[data-reply]").count() > 0 or None

    wait_for(answered, "trạng thái 06 và văn bản trả lời")
    row = clerk.page.locator("tr[data-delivery-state]").filter(has_text=THUAN_PHUOC)
    codes = row.locator("[data-status]").evaluate_all("nodes => nodes.map(node => node.dataset.status)")
    assert {"01", "03", "04", "05", "06"} <= set(codes)
    local = clerk.page.locator("tr[data-delivery-state='01']").filter(has_text=HOA_BINH)
    assert local.count() == 1, "the neighbour of the same installation has it, and nobody there touched it"
    arrives(clerk, answer)
    clerk.sees("Chữ ký hợp lệ, văn bản nguyên vẹn")
