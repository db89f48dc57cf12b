"""Base classes of every anticipated failure. Concrete errors live beside their raiser."""

from __future__ import annotations


class DomainError(Exception):
    """Yêu cầu không thực hiện được."""

    #: Stable code for programs; the message is for people.
    code = "domain.error"
    #: HTTP status at the edge.
    status = 422

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


def require(allowed: bool) -> None:
    """Refuse with NotAllowed unless `allowed`."""
    if not allowed:
        raise NotAllowed
