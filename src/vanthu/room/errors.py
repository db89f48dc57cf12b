"""What the room says when a file could not be read within its limits, each as one sentence that helps."""

from __future__ import annotations

from vanthu.kernel.errors import DomainError
from vanthu.pdfsign.errors import UnreadablePdf


class FileUnread(UnreadablePdf, DomainError):
    """Không đọc được tệp này; hãy mở tệp, xuất lại ra PDF hoặc in ra PDF rồi dùng tệp mới."""

    code = "room.unread"


class TookTooLong(FileUnread):
    """Đọc tệp này lâu quá mức cho phép nên đã dừng; hãy in tệp ra PDF (Print to PDF) rồi dùng tệp mới."""

    code = "room.too-long"


class TookTooMuch(FileUnread):
    """Tệp này khi mở ra quá lớn nên đã dừng đọc; hãy giảm ảnh, tách nhỏ hoặc xuất lại ra PDF."""

    code = "room.too-much"


class ReaderBroke(FileUnread):
    """Tệp này làm hỏng trình đọc nên không nhận được; hãy mở tệp, xuất lại ra PDF rồi dùng tệp mới."""

    code = "room.broke"


class RoomClosed(DomainError):
    """Máy chủ đang bận đọc các tệp khác. Hãy thử lại sau ít phút."""

    code = "room.closed"
    status = 503
