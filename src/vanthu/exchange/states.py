"""States of deliveries and received packets."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import TextChoices


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
    REFUSED = "refused", "Trục từ chối"


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


class PacketState(TextChoices):
    """What became of a packet taken from the axis."""

    TAKEN = "taken", "Đã nhận"
    FAILED = "failed", "Không đọc được"


class PacketKind(TextChoices):
    """messagetype on the axis."""

    DOCUMENT = "edoc", "Văn bản"
    STATUS = "status", "Trạng thái"
