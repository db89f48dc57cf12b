"""What a connected system, or the axis's operator, may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min, Q

from vanthu.axis import permissions, statements
from vanthu.axis.models import Agency, MailboxItem, Packet, System
from vanthu.axis.rules import LIST_LIMIT
from vanthu.axis.states import PENDING, MailState, PacketKind
from vanthu.edxml import transport
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import require

#: Rows taken from the database at a time where a list has no bound.
_BATCH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemKey:
    """A connected system and the keys its requests may be signed with."""

    system_id: UUID
    code: str
    #: The present one, then the former one while it is accepted.
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRow:
    """A connected system, as the operator sees it: never its keys."""

    code: str
    opened_at: datetime
    agencies: int
    #: Since when its former key is accepted beside the present one; None when it is not.
    changing_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyRow:
    """One line of the directory."""

    id: UUID
    parent_id: UUID | None
    code: str
    old_code: str
    name: str
    mail: str
    centre_code: str
    system_code: str
    changed_at: datetime
    closed_at: datetime | None
    successor_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRow:
    """One packet in one mailbox, as its recipient or its sender sees it."""

    item_id: UUID
    packet_id: UUID
    kind: PacketKind
    sender_code: str
    recipient_code: str
    state: MailState
    description: str
    subject: str
    symbol: str
    received_at: datetime
    updated_at: datetime
    fetched_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleMailbox:
    """A mailbox that nobody empties."""

    agency_code: str
    system_code: str
    waiting: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisCounts:
    """The axis at a glance."""

    systems: int
    agencies: int
    packets: int
    #: Mailbox items by state.
    items: dict[MailState, int]
    oldest_waiting_at: datetime | None


def find_system_key(actor: Actor, *, code: str) -> SystemKey | None:
    """The keys of a connected system, for the gate that checks signatures; or None. Raises NotAllowed."""
    require(permissions.may_operate(actor))
    found = statements.system_keys(code)
    return SystemKey(system_id=found[0], code=code, secrets=found[1]) if found else None


def list_received(
    actor: Actor,
    *,
    kind: PacketKind,
    recipient_code: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[MailRow]:
    """What still waits for the actor's agencies, at most LIST_LIMIT, new before half-taken, oldest first.

    New ones come first so that packets a receiver took up and never ended cannot hide the rest.
    `recipient_code` narrows to one agency; `since` and `until` (exclusive) narrow by time of arrival.
    """
    wanted = permissions.visible_mail(actor) & Q(packet__kind=kind, state__in=PENDING)
    if recipient_code:
        wanted &= Q(recipient__code=recipient_code) | Q(recipient__old_code=recipient_code)
    if since is not None:
        wanted &= Q(created_at__gte=since)
    if until is not None:
        wanted &= Q(created_at__lt=until)
    return _mail(wanted, "state", "created_at", "id")


def list_sent(actor: Actor, *, kind: PacketKind, packet_id: UUID | None = None) -> list[MailRow]:
    """What became of the actor's own packets, per recipient, newest first, at most LIST_LIMIT."""
    wanted = permissions.visible_sent(actor) & Q(packet__kind=kind)
    if packet_id is not None:
        wanted &= Q(packet_id=packet_id)
    return _mail(wanted, "-packet__received_at", "packet_id", "recipient__code")


def count_received(actor: Actor, *, kind: PacketKind) -> int:
    """How many packets still wait for the actor's agencies."""
    return MailboxItem.objects.filter(
        permissions.visible_mail(actor), packet__kind=kind, state__in=PENDING
    ).count()


def list_agencies(actor: Actor, *, closed_too: bool = False) -> Iterator[AgencyRow]:
    """The whole directory, open to every connected system, in order of code; a stream, not a list."""
    rows = Agency.objects.select_related("system", "successor").order_by("code")
    for agency in (rows if closed_too else rows.filter(closed_at=None)).iterator(_BATCH):
        yield AgencyRow(
            id=agency.id,
            parent_id=agency.parent_id,
            code=agency.code,
            old_code=agency.old_code,
            name=agency.name,
            mail=agency.mail,
            centre_code=agency.centre_code,
            system_code=agency.system.code,
            changed_at=agency.changed_at,
            closed_at=agency.closed_at,
            successor_code=agency.successor.code if agency.successor is not None else "",
        )


def find_system_id(actor: Actor, *, code: str) -> UUID | None:
    """The connected system of that code, for the operator; or None. Raises NotAllowed."""
    require(permissions.may_operate(actor))
    found = System.objects.filter(code=code).values_list("id", flat=True)
    return found.first() if transport.is_writable(code) else None


def list_systems(actor: Actor) -> list[SystemRow]:
    """Every connected system, for the operator. Raises NotAllowed."""
    require(permissions.may_operate(actor))
    rows = System.objects.annotate(held=Count("agencies")).order_by("code")
    return [
        SystemRow(
            code=system.code,
            opened_at=system.opened_at,
            agencies=system.held,
            changing_since=system.secret_changed_at if system.former_secret else None,
        )
        for system in rows
    ]


def count_everything(actor: Actor) -> AxisCounts:
    """The axis at a glance, for the operator. Raises NotAllowed."""
    require(permissions.may_operate(actor))
    by_state = dict(MailboxItem.objects.order_by().values_list("state").annotate(Count("id")))
    waiting = MailboxItem.objects.filter(state=MailState.WAITING)
    return AxisCounts(
        systems=System.objects.count(),
        agencies=Agency.objects.count(),
        packets=Packet.objects.count(),
        items={state: by_state.get(state, 0) for state in MailState},
        oldest_waiting_at=waiting.aggregate(oldest=Min("created_at"))["oldest"],
    )


def list_stale_mailboxes(actor: Actor, *, before: datetime) -> list[StaleMailbox]:
    """Mailboxes with packets untouched since `before`, oldest first, for the operator. Raises NotAllowed."""
    require(permissions.may_operate(actor))
    rows = (
        MailboxItem.objects.filter(state=MailState.WAITING, created_at__lt=before)
        .values("recipient__code", "recipient__system__code")
        .annotate(waiting=Count("id"), oldest=Min("created_at"))
        .order_by("oldest", "recipient__code")
    )
    return [
        StaleMailbox(
            agency_code=row["recipient__code"],
            system_code=row["recipient__system__code"],
            waiting=row["waiting"],
            oldest_at=row["oldest"],
        )
        for row in rows
    ]


def _mail(wanted: Q, *order: str) -> list[MailRow]:
    rows = MailboxItem.objects.filter(wanted).select_related("packet__sender", "recipient").order_by(*order)
    return [
        MailRow(
            item_id=item.id,
            packet_id=item.packet_id,
            kind=PacketKind(item.packet.kind),
            sender_code=item.packet.sender.code,
            recipient_code=item.recipient.code,
            state=MailState(item.state),
            description=item.description,
            subject=item.packet.subject,
            symbol=item.packet.symbol,
            received_at=item.created_at,
            updated_at=item.updated_at,
            fetched_at=item.fetched_at,
        )
        for item in rows[:LIST_LIMIT]
    ]
