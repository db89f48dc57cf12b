"""What is odd about the time a signer claims, beside a time stamp, or beside now.

Signing tools write the local time as if it were UTC: in Vietnam seven hours ahead.
"""

from __future__ import annotations

from datetime import datetime, timedelta

#: Clocks of signers are that far ahead of time-stamping authorities' and nobody minds.
_USUAL = timedelta(minutes=20)
_ZONE = timedelta(hours=7)


def odd_time(claimed: datetime | None, *, stamped: datetime | None, now: datetime) -> str:
    """One sentence on a claimed time that is later than it can be; "" for any other.

    `stamped`: the time of the time stamp over the signature, if there is one.
    """
    if claimed is None:
        return ""
    ahead = claimed - (stamped or now)
    if ahead <= _USUAL:
        return ""
    beside = "dấu thời gian" if stamped else "giờ hiện tại"
    said = f"Giờ máy người ký ghi trong chữ ký sau {beside} {_told(ahead)}"
    if abs(ahead - _ZONE) <= _USUAL or (stamped is None and ahead < _ZONE):
        said += ", có thể do ghi giờ Việt Nam thành giờ quốc tế (UTC)"
    shown = "lấy giờ của dấu thời gian" if stamped else "không có dấu thời gian nên chưa rõ ký lúc nào"
    return f"{said}; {shown}."


def _told(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24} ngày"
    parts = [f"{hours} giờ" if hours else "", f"{rest} phút" if rest else ""]
    return " ".join(part for part in parts if part)
