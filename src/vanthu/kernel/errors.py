"""Base classes of every anticipated failure. Concrete errors live beside their raiser."""

from __future__ import annotations

import errno
import socket

#: What the machine refused, in words; anything else is said as the system says it.
_REASONS = {
    errno.ENOENT: "không tìm thấy tệp hoặc thư mục",
    errno.EISDIR: "là thư mục, không phải tệp",
    errno.ENOTDIR: "không phải thư mục",
    errno.EEXIST: "không phải thư mục",
    errno.EACCES: "không có quyền đọc hoặc ghi",
    errno.EPERM: "không có quyền đọc hoặc ghi",
    errno.EROFS: "ổ đĩa chỉ cho đọc",
    errno.EIO: "không đọc hoặc ghi được, ổ đĩa hoặc tệp có lỗi",
    errno.ENOSPC: "ổ đĩa đã đầy",
    errno.ENAMETOOLONG: "tên dài quá",
    errno.EADDRINUSE: "đang có chương trình khác dùng",
    errno.EADDRNOTAVAIL: "địa chỉ không phải của máy này",
    socket.EAI_NONAME: "không có địa chỉ ấy",
}


class DomainError(Exception):
    """Yêu cầu không thực hiện được."""

    #: Stable code for programs; the message is for people.
    code = "domain.error"
    #: HTTP status at the edge.
    status = 422
    #: The one thing written that it is about, by its name; empty when it is about the whole.
    about = ""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class NotAllowed(DomainError):
    """Bạn không có quyền thực hiện thao tác này."""

    code = "domain.not-allowed"
    status = 403


class NotFound(DomainError):
    """Không tìm thấy nội dung này, hoặc bạn không được xem."""

    code = "domain.not-found"
    status = 404


class Conflict(DomainError):
    """Dữ liệu đã được người khác thay đổi. Hãy tải lại trang rồi làm lại."""

    code = "domain.conflict"
    status = 409


class Busy(DomainError):
    """Hệ thống đang có nhiều người cùng làm việc này nên chưa ghi được. Hãy thử lại sau ít giây."""

    code = "domain.busy"
    status = 503


def require(allowed: bool) -> None:
    """Refuse with NotAllowed unless `allowed`."""
    if not allowed:
        raise NotAllowed


def why(error: OSError) -> str:
    """The reason of `error` in a few Vietnamese words, to stand after a colon."""
    return _REASONS.get(error.errno or 0) or f"máy báo «{error.strerror or error}»"
