"""Để riêng: packets and work the machine could not finish, for whoever may have them tried again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from vanthu.exchange import permissions
from vanthu.exchange.axis_client import WaitingPacket
from vanthu.exchange.models import ReceivedPacket
from vanthu.exchange.states import PacketKind, PacketState
from vanthu.kernel.actor import Actor
from vanthu.kernel.blobs import StoredBlob
from vanthu.kernel.models import Attempt
from vanthu.kernel.pages import PAGE_SIZE, Page, page_of
from vanthu.kernel.states import AttemptState
from vanthu.organizations.models import Agency

#: What people read of a task that was put aside.
_WORK: Mapping[str, str] = MappingProxyType(
    {
        "exchange.poll_axis": "Xem hộp nhận trên Trục liên thông",
        "exchange.refresh_directory": "Cập nhật danh bạ từ Trục liên thông",
        "exchange.deliver_here": "Chuyển một văn bản tới cơ quan cùng hệ thống",
        "incoming.check_signatures": "Kiểm tra lại chữ ký số của một văn bản đến",
    }
)
#: These try by themselves after a rest.
_BY_THEMSELVES = frozenset({"exchange.poll_axis", "exchange.refresh_directory"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AsidePacket:
    """A packet that was put aside."""

    id: UUID
    kind_label: str
    sender: str
    recipient: str
    at: datetime
    reason: str
    #: What its sender was told.
    told: str
    may_reopen: bool
    #: Whether it is just now waiting to be opened again.
    is_reopening: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideWork:
    """Work of the machine that was put aside."""

    id: UUID
    label: str
    subject: str
    at: datetime
    reason: str
    #: Whether it also tries by itself after a rest.
    tries_itself: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenedPacket:
    """A packet that is to be opened again."""

    waiting: WaitingPacket
    #: Its kept bytes; None where they must be fetched again.
    content: StoredBlob | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumedWork:
    """Work that is to be begun again."""

    task: str
    arguments: dict[str, Any]


def list_aside_packets(actor: Actor, *, page: int = 1, size: int = PAGE_SIZE) -> Page[AsidePacket]:
    """Packets put aside that the actor may know of, the latest first."""
    found = ReceivedPacket.objects.filter(permissions.visible_packets(actor)).exclude(state=PacketState.TAKEN)
    rows = page_of(found.select_related("agency").order_by("-taken_at", "pk"), page, size=size)
    names = dict(
        Agency.objects.filter(code__in=[row.sender_code for row in rows.items]).values_list("code", "name")
    )
    return rows.map(
        lambda row: AsidePacket(
            id=row.id,
            kind_label=str(PacketKind(row.kind).label),
            sender=_party(row.sender_code, names.get(row.sender_code, "")),
            recipient=_party(row.recipient_code, row.agency.name if row.agency else ""),
            at=row.taken_at,
            reason=row.reason,
            told=row.told,
            may_reopen=row.may_reopen and row.state == PacketState.FAILED,
            is_reopening=row.state == PacketState.REOPENING,
        )
    )


def list_aside_work(actor: Actor) -> list[AsideWork]:
    """Work of the machine that was put aside, the latest first; nothing for who may not resume it."""
    if not permissions.may_reopen(actor):
        return []
    found = Attempt.objects.filter(state=AttemptState.PUT_ASIDE).order_by("-put_aside_at", "pk")
    return [
        AsideWork(
            id=row.pk,
            label=_WORK.get(row.task, "Việc nền của hệ thống"),
            subject=row.subject,
            at=row.put_aside_at or row.begun_at,
            reason=row.reason,
            tries_itself=row.task in _BY_THEMSELVES,
        )
        for row in found[:PAGE_SIZE]
    ]


def count_aside(actor: Actor) -> int:
    """How many packets and works wait for this actor to look at them."""
    if not permissions.may_reopen(actor):
        return 0
    packets = ReceivedPacket.objects.filter(permissions.visible_packets(actor), state=PacketState.FAILED)
    return packets.count() + Attempt.objects.filter(state=AttemptState.PUT_ASIDE).count()


def reopened_packet(actor: Actor, *, packet_id: UUID) -> ReopenedPacket | None:
    """The packet that is to be opened again; None when that was done already."""
    row = (
        ReceivedPacket.objects.filter(permissions.visible_packets(actor), pk=packet_id)
        .filter(state=PacketState.REOPENING)
        .select_related("packet")
        .first()
    )
    if row is None:
        return None
    return ReopenedPacket(
        waiting=WaitingPacket(
            doc_id=row.axis_doc_id,
            kind=row.kind,
            sender_code=row.sender_code,
            recipient_code=row.recipient_code,
            received_at=None,
            status="",
        ),
        content=StoredBlob(sha256=row.packet.sha256, size=row.packet.size) if row.packet else None,
    )


def resumed_attempt(actor: Actor, *, attempt_id: UUID) -> ResumedWork | None:
    """The work that is to be begun again; None when it is done, put aside once more, or not the actor's."""
    if not permissions.may_reopen(actor):
        return None
    row = Attempt.objects.filter(pk=attempt_id, state=AttemptState.BEGUN).first()
    return ResumedWork(task=row.task, arguments=row.arguments) if row else None


def _party(code: str, name: str) -> str:
    return f"{name} ({code})" if name and code else name or code or "không nêu"
