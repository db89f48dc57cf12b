"""Rules of drafting and issuing. Plain values in, plain values out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from vanthu.documents.rules import DOCUMENT_TYPES

#: What the audit trail calls an outgoing document.
SUBJECT_TYPE = "outgoing.document"

#: Degrees of secrecy a drafter may name; only the first may enter (seed regulations; QĐ 28/2018 Điều 1).
SECRECY: Mapping[str, str] = MappingProxyType(
    {"normal": "Thường", "secret": "Mật", "top_secret": "Tối mật", "absolute_secret": "Tuyệt mật"}
)

SUBJECT_LIMIT = 500
SPHERE_LIMIT = 100
#: One line of «Nơi nhận».
PLACE_LIMIT = 200
#: Agencies one document is issued to: more than any province has.
RECIPIENTS_LIMIT = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftContent:
    """What the drafter fills in."""

    type_code: str
    subject: str
    signer_id: UUID
    #: Agencies of the directory the document is to be issued to, in the order of «Nơi nhận».
    recipient_ids: Sequence[UUID] = ()
    #: Further lines of «Nơi nhận» that are no agency of the directory, e.g. «Lưu: VT, CCVC».
    to_places: Sequence[str] = ()
    urgency: int = 0
    sphere: str = ""
    #: By when an answer is asked for; None: no answer, or none by a certain day.
    due_on: date | None = None
    #: A key of SECRECY.
    secrecy: str = "normal"


#: What is filled in as a list; a change of it is what was taken out and what was added.
SEVERAL = frozenset({"recipients", "to_places", "attachments"})


def changes(
    before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, str]]:
    """What was filled in otherwise, by field: as it read before, and as it reads after.

    Of a list, what was taken out and what was added; both are empty when only the order is another.
    """
    changed = {}
    for field in before:
        was, now = before[field], after[field]
        if was == now:
            continue
        if field in SEVERAL:
            was, now = [each for each in was if each not in now], [each for each in now if each not in was]
        changed[field] = ("; ".join(was), "; ".join(now))
    return changed


def draft_faults(content: DraftContent, *, today: date) -> list[str]:
    """What keeps the content from being a draft on this day, in Vietnamese; empty when nothing does."""
    faults = []
    if content.type_code not in DOCUMENT_TYPES:
        faults.append("Hãy chọn loại văn bản.")
    if content.urgency not in range(4):
        faults.append("Hãy chọn độ khẩn.")
    if content.due_on is not None and content.due_on < today:
        faults.append("Hạn trả lời đã qua. Hãy chọn ngày khác hoặc để trống.")
    return faults + _faults_of_length(content)


def _faults_of_length(content: DraftContent) -> list[str]:
    faults = []
    if content.subject.strip() and (fault := subject_fault(content.subject)):
        faults.append(fault)
    if len(content.sphere) > SPHERE_LIMIT:
        faults.append(f"Lĩnh vực dài quá {SPHERE_LIMIT} ký tự.")
    if any(len(place) > PLACE_LIMIT for place in content.to_places):
        faults.append(f"Mỗi dòng nơi nhận dài không quá {PLACE_LIMIT} ký tự.")
    if len(content.recipient_ids) > RECIPIENTS_LIMIT:
        faults.append(f"Một văn bản gửi tới nhiều nhất {RECIPIENTS_LIMIT} nơi. Hãy bỏ bớt nơi nhận.")
    return faults


def subject_fault(subject: str, *, is_read: bool = False) -> str:
    """Why this may not be the subject, or empty; `is_read`: from the letter, for none was filled in."""
    if not subject.strip():
        return "Hãy ghi trích yếu nội dung" + (
            ": văn bản không có dòng «V/v …» đọc được." if is_read else "."
        )
    if len(subject) <= SUBJECT_LIMIT:
        return ""
    whose = "Trích yếu trên văn bản" if is_read else "Trích yếu"
    return f"{whose} dài {len(subject)} ký tự, nhiều nhất {SUBJECT_LIMIT}. Hãy ghi trích yếu gọn hơn."


def year_fault(*, written_year: int | None, year: int) -> str:
    """Why a document may not be signed or numbered in `year`, the Vietnam calendar year; empty when it may.

    Day and month are filled in when the number is given, the year is already on the paper.
    """
    if written_year is None or written_year == year:
        return ""
    return f"Văn bản ghi năm {written_year}, nay là năm {year}. Hãy trả lại người soạn để sửa."


def is_secret(content: DraftContent) -> bool:
    """Whether the drafter named any degree of state secrecy."""
    return content.secrecy != "normal"


def are_on_pages(
    boxes: Sequence[Mapping[str, Any]], areas: Sequence[tuple[float, float, float, float] | None]
) -> bool:
    """Whether every box (of pdfsign.Places, plain) lies on its page.

    `areas`: what is seen of each page: left, bottom, right, top, in points; None where nothing can stand.
    """
    return all(_is_on_page(box, areas) for box in boxes)


def _is_on_page(box: Mapping[str, Any], areas: Sequence[tuple[float, float, float, float] | None]) -> bool:
    area = areas[box["page"] - 1] if box["page"] <= len(areas) else None
    if area is None:
        return False
    left, bottom, right, top = area
    return bool(left <= box["x0"] and bottom <= box["y0"] and box["x1"] <= right and box["y1"] <= top)


def submission_faults(*, recipients: int, letter: Sequence[str] = (), headless_unit: str = "") -> list[str]:
    """What a draft still lacks before it may be submitted; all of it at once.

    `letter`: what is wrong with the letter itself. `headless_unit`: the author's unit, when it has nobody to
    answer for the content (NĐ 30/2020 Điều 12).
    """
    faults = []
    if headless_unit:
        faults.append(
            f"{headless_unit} chưa có trưởng đơn vị để duyệt nội dung. Hãy đề nghị quản trị bổ nhiệm."
        )
    if recipients == 0:
        faults.append("Chưa có nơi nhận.")
    return [*faults, *letter]
