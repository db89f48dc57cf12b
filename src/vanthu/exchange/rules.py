"""Rules of the exchange: keys, waits, what counts as stuck. Plain values in, plain values out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

#: A document nobody fetched for this long is shown to its sender: somebody should call the recipient.
STUCK_AFTER = timedelta(hours=3)

#: What the sender of a packet that was put aside hears: the axis's own word for it, with the reason.
TOLD_FAILED = (
    "Trục liên thông đã được báo «nhận không thành công» kèm lý do; bên gửi xem được trên Trục liên thông."
)
#: What the sender of a packet that may not be kept hears besides.
TOLD_RETURNED = "Bên gửi đã được báo «trả lại» (trạng thái 02) kèm lý do."

#: `ErrorCode`s of the axis that speak of our connection, not of the packet: wrong system id or secret, our
#: agency not registered (yet), no such call. Once that is mended, the same packet goes through.
CONNECTION_REFUSALS = frozenset({"15", "19", "33", "40"})

_LOCAL, _AXIS = "same_installation:", "axis:"

#: Quyền hạn ký (NĐ 30/2020 Điều 13) at the beginning of a signer's title.
_CAPACITY = re.compile(r"(TM|KT|TL|TUQ|Q)\.")
_TITLE_LINES = re.compile(r"\s*[/\n]\s*")


def is_stuck(*, is_fetched: bool, since: datetime, now: datetime) -> bool:
    """Whether a delivery has been lying unfetched so long that a person must look into it."""
    return not is_fetched and now - since > STUCK_AFTER


def repeats_reply(note: str, *, reply_code: str) -> bool:
    """Whether the note of a state says no more than that the document `reply_code` answers.

    It is what a recipient's system writes by itself when the answer is issued.
    """
    return note.strip().rstrip(".") == f"Đã trả lời bằng văn bản {reply_code}"


def came_back(recipient: str, *, is_refused: bool) -> str:
    """Who did not take a document, the recipient or (`is_refused`) the axis; without a full stop."""
    return f"Trục liên thông từ chối gửi tới {recipient}" if is_refused else f"{recipient} trả lại"


def local_key(delivery_id: UUID) -> str:
    """The source key of a document delivered within this installation."""
    return f"{_LOCAL}{delivery_id}"


def delivery_of(source_key: str) -> UUID | None:
    """The delivery that brought a document within this installation; None when it came another way."""
    return UUID(source_key.removeprefix(_LOCAL)) if source_key.startswith(_LOCAL) else None


def axis_key(*, sender_code: str, parts: Iterable[str]) -> str:
    """The source key of a document from the axis: its sender and all that makes it this document.

    `parts` hold its identifiers and the hashes of its files: the same document sent again has the same key,
    whatever packet carries it, while another document under a used identifier is not lost behind the first.
    """
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return f"{_AXIS}{sender_code}:{digest}"


def is_from_axis(source_key: str) -> bool:
    """Whether the document came over the axis."""
    return source_key.startswith(_AXIS)


def every(seconds: int) -> str:
    """The cron line (seconds last) that comes closest to «every `seconds` seconds»."""
    if seconds < 60:
        return f"* * * * * */{max(seconds, 1)}"
    return f"*/{min(seconds // 60, 59)} * * * *"


def split_title(title: str) -> tuple[str, str]:
    """Quyền hạn and chức vụ out of a signer's title, «KT. GIÁM ĐỐC / PHÓ GIÁM ĐỐC»."""
    lines = [" ".join(line.split()) for line in _TITLE_LINES.split(title) if line.strip()]
    if lines and _CAPACITY.match(lines[0]):
        return lines[0], " ".join(lines[1:])
    return "", " ".join(lines)


def join_title(capacity: str, position: str) -> str:
    """The signer's title as the signature block has it: the capacity's line, then the position's."""
    return "\n".join(part for part in (capacity, position) if part)


def shortened(text: str, limit: int) -> str:
    """`text` in one line of at most `limit` characters; what was cut is shown as «…»."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
