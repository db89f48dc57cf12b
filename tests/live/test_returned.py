"""Refusals: a tampered document is shown as such and returned; its sender reads why (NĐ 30/2020 Điều 21)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.live.letters import new_subject
from tests.live.people import Desks, Person
from tests.live.province import Province, wait_for
from tests.pdfsign.tampering import append_revision, change_number
from vanthu import edxml
from vanthu.exchange.axis_client import AxisClient

#: The agency outside the province, and the one of the province it writes to.
SENDER = edxml.Party(organ_id="H98.02", name="Sở Nội vụ tỉnh Thuận Phước")
RECEIVER = edxml.Party(organ_id="H99.02", name="Sở Nội vụ tỉnh An Bình")


def send_over_the_axis(province: Province, pdf: Path, *, subject: str, folder: Path) -> None:
    """Put a packet with this PDF on the axis, as the outside system."""
    now = datetime.now(UTC)
    number = str(now.timestamp()).replace(".", "")[-9:]
    packet = edxml.Packet(
        sender=SENDER,
        recipients=(RECEIVER,),
        document_id=edxml.build_document_id(SENDER.organ_id, now.date(), number, "SNV-TCBC"),
        code=edxml.DocumentCode(number=number, notation="SNV-TCBC"),
        promulgation=edxml.Promulgation(place="Thuận Phước", promulgation_date=now.date()),
        document_type=edxml.DocumentType(type=2, name="Công văn"),
        subject=subject,
        trace=(edxml.TraceHeader(organ_id=SENDER.organ_id, timestamp=now),),
        business=edxml.Business(type=edxml.BusinessType.NEW),
    )
    path = folder / "goi-tin.edxml"
    edxml.write(packet, [edxml.AttachmentSource(path=pdf, name="van-ban.pdf")], path)
    secret = (province.var / "secrets" / "outside-axis").read_text(encoding="utf-8")
    with AxisClient(province.address("axis"), "he-thong-ngoai-tinh", secret) as client:
        client.send(path, "edoc", SENDER.organ_id, [RECEIVER.organ_id])


def arrival(clerk: Person, subject: str) -> None:
    """Wait for the document and open its page."""

    def look() -> bool | None:
        clerk.go("/van-ban-den/?tab=arrived")
        return clerk.page.get_by_role("link", name=subject).count() > 0 or None

    wait_for(look, subject)
    clerk.open(subject, "/van-ban-den/?tab=arrived")


def test_a_number_changed_after_the_seal_is_shown_and_returned(
    province: Province, played: dict[str, Any], desks: Desks, tmp_path: Path
) -> None:
    original = tmp_path / "original.pdf"
    original.write_bytes(Path(played["reply_pdf"]).read_bytes())
    subject = new_subject("điều chỉnh biên chế")
    send_over_the_axis(province, append_revision(original, change_number), subject=subject, folder=tmp_path)

    clerk = desks("snv.vanthu")
    arrival(clerk, subject)
    expect(clerk.page.locator("[data-verdict]").first).to_have_attribute("data-verdict", "invalid")
    clerk.sees("bị sửa")

    document_id = clerk.document_id
    dialog = clerk.act("Trả lại…")
    # Blanks are no reason.
    dialog.get_by_label("Lý do").fill("   ")
    dialog.get_by_role("button", name="Trả lại").click()
    clerk.sees("Hãy ghi lý do để bên gửi biết")
    clerk.page.get_by_label("Lý do").fill("Văn bản đã bị sửa sau khi đóng dấu; đề nghị gửi lại bản gốc.")
    clerk.page.get_by_role("button", name="Trả lại").click()
    clerk.done(document_id, "van-ban-den")
    clerk.sees_state("returned")
    clerk.sees("đề nghị gửi lại bản gốc")
    expect(clerk.page.locator(".acts").get_by_role("link", name=re.compile("vào sổ"))).to_have_count(0)


def test_the_sender_reads_who_returned_it_and_why(desks: Desks, played: dict[str, Any]) -> None:
    neighbour = desks("hoabinh.vanthu")
    neighbour.go("/van-ban-den/?tab=arrived")
    subject = neighbour.page.locator(".row1 a", has_text="(diễn thử").first.inner_text()
    neighbour.open(subject, "/van-ban-den/?tab=arrived")
    document_id = neighbour.document_id
    dialog = neighbour.act("Trả lại…")
    dialog.get_by_label("Lý do").fill("Gửi nhầm, xã không quản lý viên chức này.")
    dialog.get_by_role("button", name="Trả lại").click()
    neighbour.done(document_id, "van-ban-den")
    neighbour.sees_state("returned")

    clerk = desks("snv.vanthu")
    clerk.open(subject, "/van-ban-di/?tab=issued")
    address = f"/van-ban-di/{clerk.document_id}/gui-nhan/"

    def told() -> bool | None:
        clerk.go(address)
        return clerk.page.locator("tr[data-delivery-state='02']").count() > 0 or None

    wait_for(told, "trạng thái 02")
    row = clerk.page.locator("tr[data-delivery-state='02']")
    expect(row).to_contain_text("Ủy ban nhân dân xã Hòa Bình")
    expect(row).to_contain_text("Bị trả lại: “Gửi nhầm, xã không quản lý viên chức này.”")

    # Nobody had to look for it: it waits at home for the clerk and for the author until one of them notes it.
    queue = "a[href='/van-ban-di/?tab=returned'].queue-card"
    for person in (clerk, desks("snv.chuyenvien")):
        person.go("/")
        expect(person.page.locator(queue)).to_contain_text("Bị trả lại")
        person.open(subject, "/van-ban-di/?tab=returned")
        expect(person.page.locator("[data-returned]")).to_contain_text("“Gửi nhầm, xã không quản lý")
    clerk.page.locator("[data-returned]").get_by_role("link", name="Gửi nhận").click()
    clerk.confirm("Đã biết, đã xử lý")
    expect(clerk.page.locator("[data-noted]")).to_contain_text("Đã xử lý:")
    clerk.go("/van-ban-di/?tab=returned")
    expect(clerk.page.get_by_role("link", name=subject)).to_have_count(0)
