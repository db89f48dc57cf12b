"""A department on a busy morning: the lists, the papers and the book as its people find them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from tests import arrivals, path
from tests.exchange import desk, jobs
from tests.pdfsign.documents import typeset
from tests.world import World
from vanthu.exchange.axis_client import AxisUnreachable
from vanthu.incoming import operations
from vanthu.signing.states import Verdict

#: What waits at the records office: urgency, sender, code, subject.
_LETTERS = (
    (3, "Văn phòng UBND tỉnh An Bình", "1204/UBND-KSTT", "V/v khẩn trương ứng phó mưa lũ các xã ven sông"),
    (2, "Sở Tài chính tỉnh An Bình", "3310/STC-QLNS", "V/v báo cáo giải ngân vốn đầu tư công quý IV/2026"),
    (
        1,
        "Ủy ban nhân dân xã Hòa Bình",
        "214/UBND-VHXH",
        "V/v rà soát, tổng hợp nhu cầu bố trí công chức cấp xã sau sắp xếp tổ chức bộ máy; đề nghị bổ sung "
        "biên chế sự nghiệp giáo dục, y tế cho các xã đảo, xã biên giới và các xã có đông đồng bào dân tộc",
    ),
    (0, "Ban Quản lý dự án tỉnh An Bình", "145/BQL-TCHC", "V/v thẩm định đề án vị trí việc làm"),
    (0, "Văn phòng UBND tỉnh An Bình", "598/TB-VP", "Thông báo kết luận của Chủ tịch UBND tỉnh ngày 20/11"),
    (0, "Ủy ban nhân dân xã Hòa Bình", "209/BC-UBND", "Báo cáo công tác văn thư, lưu trữ năm 2026"),
    (0, "Ủy ban nhân dân phường Tân An", "612/UBND-VHXH", "V/v đăng ký nhu cầu đào tạo, bồi dưỡng năm 2027"),
    (0, "Thanh tra tỉnh An Bình", "377/TTr-P2", "V/v cung cấp hồ sơ công chức phục vụ thanh tra"),
    (0, "Văn phòng UBND tỉnh An Bình", "611/GM-VP", "Giấy mời họp giao ban công tác nội vụ tuần 49"),
    (0, "Ủy ban nhân dân tỉnh An Bình", "301/KH-UBND", "Kế hoạch kiểm tra cải cách hành chính năm 2027"),
    (0, "Sở Nội vụ tỉnh Thuận Phước", "418/SNV-VP", "V/v lấy ý kiến dự thảo Quy chế văn thư, lưu trữ"),
    (0, "Sở Giáo dục và Đào tạo tỉnh An Bình", "2210/QĐ-SGDĐT", "Quyết định về việc điều động công chức"),
    (0, "Sở Y tế tỉnh An Bình", "1755/SYT-TCCB", "V/v cử công chức tham gia Hội đồng xét tuyển viên chức"),
    (0, "Ủy ban nhân dân phường Tân An", "87/TTr-UBND", "Tờ trình đề nghị phê duyệt biên chế năm 2027"),
    (0, "Sở Khoa học và Công nghệ tỉnh An Bình", "902/SKHCN-CĐS", "V/v mời tập huấn sử dụng chữ ký số"),
    (0, "Bộ Nội vụ", "6120/BNV-CCVC", "V/v hướng dẫn xếp lương viên chức sau sắp xếp đơn vị hành chính"),
    (0, "Ủy ban nhân dân xã Hòa Bình", "213/BC-UBND", "Báo cáo kết quả rà soát vị trí việc làm tháng 11"),
    (
        0,
        "Sở Tài chính tỉnh An Bình",
        "3321/STC-QLNS",
        "V/v đề nghị bổ sung dự toán kinh phí đào tạo năm 2027",
    ),
    (0, "Sở Xây dựng tỉnh An Bình", "1502/SXD-VP", "V/v cử người tham gia tổ công tác liên ngành"),
    (0, "Sở Công Thương tỉnh An Bình", "877/SCT-TTr", "Báo cáo công tác phòng, chống tham nhũng quý IV"),
    (0, "Ủy ban nhân dân xã Trà Sơn", "96/UBND-NV", "V/v xin ý kiến về phân loại thôn, tổ dân phố"),
    (0, "Ủy ban nhân dân xã Đông Giang", "41/BC-UBND", "Báo cáo tổng kết phong trào thi đua năm 2026"),
)

#: One paper for all of them: typesetting takes longer than all the rest.
_PAPER = typeset()


@dataclass(frozen=True, slots=True)
class FullDesk:
    """Documents by what they are shown for."""

    waiting: tuple[UUID, ...]
    at_work: UUID
    to_sign: UUID
    draft: UUID
    issued: UUID


def fill(world: World, *, now: datetime | None = None) -> FullDesk:
    """Twenty-two letters before the clerk, and something before everybody else."""
    now = now or timezone.now()
    waiting = [
        _letter(world, at, now=now - timedelta(minutes=11 * (len(_LETTERS) - at)))
        for at in range(len(_LETTERS))
    ]
    at_work = arrivals.processing(
        world,
        now=now - timedelta(hours=26),
        due_at=now + timedelta(hours=6),
        subject="V/v quyết toán kinh phí tinh giản biên chế năm 2026",
        number="3318",
        notation="STC-QLNS",
        due_on=date(2026, 12, 5),
    )
    for at in range(3, 10):
        _registered(world, at, now=now - timedelta(hours=24 - at))
    for subject in ("V/v cử công chức dự tập huấn", "V/v báo cáo công tác tháng 11 năm 2026"):
        path.approved(world, now=now - timedelta(hours=2), subject=subject)
        path.submitted(world, now=now - timedelta(hours=1), subject=f"{subject} (bổ sung)")
    return FullDesk(
        waiting=tuple(waiting),
        at_work=at_work,
        to_sign=path.approved(world, now=now - timedelta(hours=3)),
        draft=path.drafted(world, now=now - timedelta(minutes=20)),
        issued=_issued(world),
    )


def _letter(world: World, at: int, *, now: datetime) -> UUID:
    urgency, sender, code, subject = _LETTERS[at]
    number, _, notation = code.partition("/")
    files = [arrivals.main_file(_PAPER)]
    verdict = (Verdict.VALID, Verdict.VALID, Verdict.VALID, Verdict.INDETERMINATE, Verdict.UNSIGNED)[at % 5]
    told = arrivals.arrival(
        world,
        files=files,
        verdict=verdict,
        number=number,
        notation=notation,
        subject=subject,
        urgency=urgency,
        issuer_name=sender,
        due_on=date(2026, 12, 5) if at % 4 == 2 else None,
    )
    with transaction.atomic():
        received = operations.receive(actor=world.machine, arrival=replace(told, sender_name=sender), now=now)
    return UUID(str(received.document_id))


def _registered(world: World, at: int, *, now: datetime) -> UUID:
    _, _, code, subject = _LETTERS[at]
    number, _, notation = code.partition("/")
    return arrivals.registered(world, now=now, number=number, notation=notation, subject=subject)


def _issued(world: World) -> UUID:
    far = [
        desk.far_agency(f"H99.{50 + at}", name)
        for at, name in enumerate(("UBND xã Trà Sơn", "UBND xã Đông Giang"))
    ]
    issued = desk.issue(world, [world.neighbour, *far])
    with suppress(AxisUnreachable):
        jobs.run_all()
    return UUID(str(issued.pk))
