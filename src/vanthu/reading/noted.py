"""What an office file holds that its printed page does not show, or not so: counted, and some named."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

#: Of each kind, so many are named; all are counted.
NAMED = 30
#: Letters of what is quoted from a file.
QUOTED = 80


class Kind(StrEnum):
    """Kinds of what is found."""

    CHANGE = "change"
    COMMENT = "comment"
    HIDDEN = "hidden"
    FIELD = "field"
    BROKEN = "broken"


class OfficeUnread(Exception):
    """Không đọc được nội dung tệp để biết có thay đổi chưa duyệt, ghi chú, chữ ẩn hay không.

    Its text says what to do; a file that is not understood is not converted.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(
            message
            or "Không đọc được nội dung tệp để biết có thay đổi chưa duyệt hoặc chữ ẩn hay không. "
            "Hãy mở tệp, lưu lại ở dạng docx, hoặc xuất ra PDF rồi chọn tệp mới."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """One thing found."""

    kind: Kind
    #: What it is, in Vietnamese, quoting the file.
    text: str
    #: The words around it, by which it is found again in Word.
    where: str


class Notes:
    """All that was found in one file."""

    def __init__(self) -> None:
        self.named: list[Noted] = []
        self.counts: Counter[Kind] = Counter()

    def wants(self, kind: Kind) -> bool:
        """Count one more; whether it is still to be named."""
        self.counts[kind] += 1
        return self.counts[kind] <= NAMED

    def add(self, kind: Kind, text: str, where: str) -> None:
        """Name what `wants` has counted."""
        self.named.append(Noted(kind=kind, text=text, where=where))


def quoted(text: str) -> str:
    """Text of a file between quotes, on one line, cut where it is long; "" of what has no letter."""
    plain = " ".join(text.split())
    if not plain:
        return ""
    return f"«{plain}»" if len(plain) <= QUOTED else f"«{plain[:QUOTED].rstrip()}…»"
