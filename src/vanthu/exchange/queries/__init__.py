"""What people may read of the exchange: deliveries and returns, and what was put aside."""

from __future__ import annotations

from vanthu.exchange.queries.aside import (
    AsidePacket,
    AsideWork,
    count_aside,
    list_aside_packets,
    list_aside_work,
    reopened_packet,
    resumed_attempt,
)
from vanthu.exchange.queries.deliveries import (
    DeliveriesPage,
    DeliveryRow,
    Link,
    Noted,
    ReturnRow,
    count_returned,
    deliveries,
    list_returned,
    open_returns,
)

__all__ = [
    "AsidePacket",
    "AsideWork",
    "DeliveriesPage",
    "DeliveryRow",
    "Link",
    "Noted",
    "ReturnRow",
    "count_aside",
    "count_returned",
    "deliveries",
    "list_aside_packets",
    "list_aside_work",
    "list_returned",
    "open_returns",
    "reopened_packet",
    "resumed_attempt",
]
