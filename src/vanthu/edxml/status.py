"""The status packet: one body tells another what became of a document.

Addressee is `response_for.organ_id`. For 01–06, 15 and 16 the sender is a receiver of the document;
for 13 it is the document's own sender, asking for it back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from vanthu.edxml.leaves import Moment, StatusCodeText, Text
from vanthu.edxml.schema import Group
from vanthu.edxml.values import Party, ResponseFor, StaffInfo


class StatusCode(StrEnum):
    """The codes seen on the national axis; text, since «01» is not 1."""

    ARRIVED = "01"
    REFUSED = "02"
    ACCEPTED = "03"
    ASSIGNED = "04"
    PROCESSING = "05"
    FINISHED = "06"
    RECALL_REQUESTED = "13"
    CHANGE_AGREED = "15"
    CHANGE_REFUSED = "16"

    @property
    def label(self) -> str:
        """The code in a văn thư's words."""
        return _LABELS[self]


_LABELS = {
    StatusCode.ARRIVED: "Đã đến",
    StatusCode.REFUSED: "Từ chối tiếp nhận",
    StatusCode.ACCEPTED: "Đã tiếp nhận",
    StatusCode.ASSIGNED: "Phân công xử lý",
    StatusCode.PROCESSING: "Đang xử lý",
    StatusCode.FINISHED: "Đã hoàn thành",
    StatusCode.RECALL_REQUESTED: "Yêu cầu lấy lại",
    StatusCode.CHANGE_AGREED: "Đồng ý cập nhật, lấy lại",
    StatusCode.CHANGE_REFUSED: "Từ chối cập nhật, lấy lại",
}

#: Statuses that say nothing without a reason.
REASON_REQUIRED = frozenset({StatusCode.REFUSED, StatusCode.RECALL_REQUESTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPacket:
    """A status packet (messagetype `status`); `status_code` may be one that `StatusCode` does not have."""

    kind: ClassVar[str] = "status"

    sender: Annotated[Party, Group("From", required=True)] = field(default_factory=Party)
    response_for: Annotated[ResponseFor, Group("ResponseFor", required=True)] = field(
        default_factory=ResponseFor
    )
    staff: Annotated[StaffInfo | None, Group("StaffInfo")] = None
    status_code: Annotated[str, StatusCodeText(name="StatusCode", required=True)] = ""
    description: Annotated[str, Text(name="Description", max_length=1000)] = ""
    timestamp: Annotated[datetime | None, Moment(name="Timestamp", required=True)] = None
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @property
    def status(self) -> StatusCode | None:
        """The known status, or None for a code nobody has documented."""
        return StatusCode(self.status_code) if self.status_code in set(StatusCode) else None
