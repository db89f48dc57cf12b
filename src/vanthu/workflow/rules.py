"""Rules of who works on what. Plain values in, plain values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignee:
    """A person or a unit that is given a part."""

    kind: Literal["user", "unit"]
    id: UUID


#: The longest instruction, comment, reason or result, in characters.
TEXT_LIMIT = 2000


def text_fault(text: str, *, what: str) -> str | None:
    """Why `text` cannot be kept as `what` («Lý do», «Kết quả»); None when it can."""
    if len(text) > TEXT_LIMIT:
        return f"{what} dài quá {TEXT_LIMIT} ký tự. Hãy ghi gọn lại."
    return None


def named_twice(everyone: Sequence[Assignee]) -> bool:
    """Whether somebody stands in more than one role: each has exactly one (NĐ 30/2020 Điều 24)."""
    return len(set(everyone)) != len(everyone)
