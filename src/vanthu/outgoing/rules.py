"""Rules of drafting and issuing. Plain values in, plain values out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    #: A key of SECRECY.
    secrecy: str = "normal"


def draft_faults(content: DraftContent) -> list[str]:
    """What keeps the content from being a draft, in Vietnamese; empty when nothing does."""
    faults = []
    if content.type_code not in DOCUMENT_TYPES:
        faults.append("Hãy chọn loại văn bản.")
    if not content.subject.strip():
        faults.append("Hãy ghi trích yếu nội dung.")
    if len(content.subject) > SUBJECT_LIMIT:
        faults.append(f"Trích yếu dài quá {SUBJECT_LIMIT} ký tự.")
    if content.urgency not in range(4):
        faults.append("Hãy chọn độ khẩn.")
    if len(content.sphere) > SPHERE_LIMIT:
        faults.append(f"Lĩnh vực dài quá {SPHERE_LIMIT} ký tự.")
    if any(len(place) > PLACE_LIMIT for place in content.to_places):
        faults.append(f"Mỗi dòng nơi nhận dài không quá {PLACE_LIMIT} ký tự.")
    return faults


def is_secret(content: DraftContent) -> bool:
    """Whether the drafter named any degree of state secrecy."""
    return content.secrecy != "normal"


def are_on_pages(boxes: Sequence[Mapping[str, Any]], sizes: Sequence[tuple[float, float]]) -> bool:
    """Whether every box (of pdfsign.Places, plain) lies on its page; `sizes`: width and height, in points."""
    return all(
        box["page"] <= len(sizes)
        and box["x0"] >= 0
        and box["y0"] >= 0
        and box["x1"] <= sizes[box["page"] - 1][0]
        and box["y1"] <= sizes[box["page"] - 1][1]
        for box in boxes
    )


def submission_faults(*, recipients: int, missing_places: Sequence[str]) -> list[str]:
    """What a draft still lacks before it may be submitted; all of it at once."""
    faults = []
    if recipients == 0:
        faults.append("Chưa có nơi nhận.")
    if missing_places:
        faults.append(f"Chưa xác định được vị trí trên trang: {', '.join(missing_places)}.")
    return faults
