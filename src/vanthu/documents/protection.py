"""Whether strangers' files are read as safely here as they could be: told to the administrator."""

from __future__ import annotations

from collections.abc import Iterator

from vanthu.kernel.health import Ailment
from vanthu.room.errors import RoomClosed
from vanthu.room.pool import room

#: docs/how-to/give-the-room-its-rights.md says how each is given.
_NAMES = {
    "namespaces": "không gian riêng (bubblewrap)",
    "landlock": "giới hạn tệp (Landlock)",
    "seccomp": "giới hạn lời gọi hệ thống (seccomp)",
}


def look_at_room() -> Iterator[Ailment]:
    """Which protections the room of this process lacks, or that it does not open; acts go on meanwhile."""
    try:
        protections = room().protections()
    except RoomClosed:
        yield Ailment(
            sentence="Không mở được phòng đọc tệp: tệp từ ngoài chưa được nhận. "
            "Hãy xem nhật ký và tài liệu «quyền cho phòng đọc tệp».",
            stops_acts=False,
        )
        return
    missing = [_NAMES.get(name, name) for name, there in protections.items() if not there]
    if missing:
        yield Ailment(
            sentence=f"Phòng đọc tệp thiếu lớp bảo vệ: {', '.join(missing)}. Tệp vẫn được đọc nhưng kém an "
            "toàn hơn. Hãy cấp quyền theo tài liệu «quyền cho phòng đọc tệp».",
            stops_acts=False,
        )
