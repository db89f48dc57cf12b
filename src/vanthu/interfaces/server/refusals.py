"""What the server itself refuses, before the program is asked; each program says it in its own form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from vanthu.kernel.trouble import Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer that is ready to be sent."""

    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = field(default=())

    @property
    def line(self) -> str:
        """As the status line has it."""
        return f"{self.status} {HTTPStatus(self.status).phrase}"


#: How a program says a status and a sentence.
Voice = Callable[[int, str], Refusal]
#: A program's word on who may send much, from the environment of WSGI without a body: None lets him.
Admission = Callable[[dict[str, Any]], Refusal | None]

_SENTENCES = {
    HTTPStatus.BAD_REQUEST: "Trang web gửi dữ liệu không đọc được. Hãy tải lại trang rồi làm lại.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "Yêu cầu dài quá. Hãy mở lại trang từ đầu rồi làm lại.",
    HTTPStatus.NOT_IMPLEMENTED: "Máy chủ không nhận dữ liệu gửi theo cách này.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Máy chủ đang nhận nhiều tệp. Hãy gửi lại sau ít phút.",
}
_FAULT = "Hệ thống gặp lỗi. Hãy thử lại sau ít phút; nếu vẫn lỗi, báo quản trị hệ thống."
#: Said to who waited long for his turn.
BUSY = "Máy chủ đang bận, hãy thử lại sau ít giây."
#: Seconds after which a client that met a full server may come again.
RETRY_AFTER = 10


def sentence(status: int, *, limit: int) -> str:
    """What is said of `status`; `limit` is the largest body in bytes."""
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return f"Các tệp gửi một lần không được quá {limit // (1024 * 1024)} MB. Hãy bớt tệp rồi gửi lại."
    return _SENTENCES.get(HTTPStatus(status), _FAULT)


def sentence_of(trouble: Unavailable) -> str:
    """What is said when the database or the disk stops the system before a request is whole."""
    return f"{trouble} Việc bạn vừa làm chưa được ghi; hãy làm lại sau ít phút."
