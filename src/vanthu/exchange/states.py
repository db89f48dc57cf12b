"""States of deliveries and received packets."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices

from vanthu.incoming.states import State as IncomingState


class Channel(TextChoices):
    """Kênh gửi."""

    SAME_INSTALLATION = "same_installation", "Cùng hệ thống"
    AXIS = "axis", "Trục liên thông"


class DeliveryState(TextChoices):
    """Where a delivery stands; codes 01–06 are those of the axis (status packets)."""

    QUEUED = "queued", "Chờ gửi"
    SENT = "sent", "Đã gửi"
    ARRIVED = "01", "Đã đến"
    RETURNED = "02", "Bị trả lại"
    ACCEPTED = "03", "Đã tiếp nhận"
    ASSIGNED = "04", "Đã phân công"
    PROCESSING = "05", "Đang xử lý"
    FINISHED = "06", "Đã hoàn thành"
    REFUSED = "refused", "Trục liên thông từ chối"


#: How far along a delivery is; a late packet about an earlier state is kept but does not turn it back.
PROGRESS: Mapping[DeliveryState, int] = MappingProxyType(
    {
        DeliveryState.QUEUED: 0,
        DeliveryState.REFUSED: 1,
        DeliveryState.SENT: 1,
        DeliveryState.ARRIVED: 2,
        DeliveryState.RETURNED: 3,
        DeliveryState.ACCEPTED: 3,
        DeliveryState.ASSIGNED: 4,
        DeliveryState.PROCESSING: 5,
        DeliveryState.FINISHED: 6,
    }
)

#: States in which a document has not reached its recipient and comes back to its sender, with a reason.
COME_BACK = frozenset({DeliveryState.RETURNED, DeliveryState.REFUSED})

#: What the sender of a document hears of each state it comes to at the recipient (QĐ 28/2018 Điều 9).
TOLD: Mapping[IncomingState, DeliveryState] = MappingProxyType(
    {
        IncomingState.ARRIVED: DeliveryState.ARRIVED,
        IncomingState.RETURNED: DeliveryState.RETURNED,
        IncomingState.REGISTERED: DeliveryState.ACCEPTED,
        IncomingState.DIRECTED: DeliveryState.ASSIGNED,
        IncomingState.PROCESSING: DeliveryState.PROCESSING,
        IncomingState.COMPLETED: DeliveryState.FINISHED,
    }
)

#: States the axis has a code for: what a recipient may tell.
RECIPIENT_STATES = frozenset(TOLD.values())


def is_forward(current: DeliveryState, new: DeliveryState) -> bool:
    """Whether `new` lies further along than `current`; only then does a delivery move."""
    return PROGRESS[new] > PROGRESS[current]


class PacketState(TextChoices):
    """What became of a packet taken from the axis."""

    TAKEN = "taken", "Đã nhận"
    FAILED = "failed", "Không đọc được"
    REOPENING = "reopening", "Chờ mở lại"


class PacketKind(TextChoices):
    """messagetype on the axis."""

    DOCUMENT = "edoc", "Văn bản"
    STATUS = "status", "Trạng thái"
