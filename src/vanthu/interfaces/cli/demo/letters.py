"""Letters of the demo: typeset with typst in the layout of NĐ 30/2020, with blanks for number and date."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import typst

from vanthu.interfaces.cli.demo.cast import AgencyPlan, PersonPlan

_TEMPLATE = Path(__file__).with_name("letter.typ")
#: Debian's fonts-liberation2: the metrics of Times New Roman, with every Vietnamese letter.
_FONTS = "/usr/share/fonts/truetype/liberation2"

#: What the letters of the demo are about.
SAMPLE_BODY = (
    "Thực hiện Kế hoạch số 88/KH-UBND ngày 10 tháng 11 năm 2026 của Ủy ban nhân dân tỉnh về rà soát, "
    "điều chỉnh vị trí việc làm trong các cơ quan hành chính, đơn vị sự nghiệp công lập năm 2027, "
    "đề nghị quý cơ quan phối hợp thực hiện một số nội dung sau:",
    "1. Rà soát, thống kê số lượng người làm việc theo từng vị trí việc làm tại thời điểm "
    "ngày 30 tháng 11 năm 2026.",
    "2. Đề xuất điều chỉnh, bổ sung danh mục vị trí việc làm gắn với chức năng, nhiệm vụ sau sắp xếp.",
    "3. Gửi văn bản trả lời qua Hệ thống quản lý văn bản và điều hành trước ngày 05 tháng 12 năm 2026./.",
)


def typeset(
    *,
    agency: AgencyPlan,
    unit: str,
    signer: PersonPlan,
    notation: str,
    subject: str,
    to: Sequence[str],
    body: Sequence[str],
    year: int,
) -> bytes:
    """The PDF of an official letter, unsigned, with the places for number, date, signature and seal empty.

    `unit` is the abbreviation of the drafting unit, `to` the names after «Kính gửi», `body` its paragraphs.
    """
    short = agency.name.removesuffix(f" {agency.parent_name.removeprefix('UBND ').lower()}")
    letter = {
        "agency": agency.name,
        "short_agency": _short_name(agency, short),
        "parent": agency.parent_name,
        "place": agency.place,
        "notation": notation,
        "year": str(year),
        "subject": subject,
        "to": list(to),
        "body": list(body),
        "places": ["Như trên"],
        "unit": unit,
        "title": signer.signing_title.split("\n"),
        "signer": signer.full_name,
    }
    options = {"letter": json.dumps(letter, ensure_ascii=False)}
    compiled: bytes = typst.compile(
        str(_TEMPLATE),
        sys_inputs=options,
        font_paths=[_FONTS],
        ignore_system_fonts=True,
        pdf_standards=["a-2b"],
    )
    return compiled


def _short_name(agency: AgencyPlan, fallback: str) -> str:
    """The agency's name without the province its parent already names."""
    name, _, _ = agency.name.partition(" tỉnh ")
    return name if agency.parent_name else fallback
