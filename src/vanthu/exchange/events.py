"""What is ready to be carried out of this domain's transactions, each by a job of its own."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalDeliveryPlanned:
    """A document is to be put on the desk of a recipient of this installation."""

    delivery_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketPlanned:
    """A document is to be sent to its recipients beyond the axis, in one packet."""

    document_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPlanned:
    """The sender of an incoming document is to be told a state of it over the axis."""

    report_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketReopened:
    """A packet that was put aside is to be opened again."""

    packet_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptResumed:
    """Work that was put aside is to be begun again."""

    attempt_id: UUID
