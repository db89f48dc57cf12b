"""What stands in the registers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound, require
from vanthu.kernel.pages import Page, page_of
from vanthu.kernel.seen import Seen
from vanthu.registers import permissions
from vanthu.registers.models import Register, RegisterEntry, RegisterYear
from vanthu.registers.states import RegisterKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """One register of the agency; `years` are those with numbers in them, the latest first.

    `document_types` are the types it counts; none: all that no other register of its kind names.
    """

    id: UUID
    name: str
    kind: RegisterKind
    kind_label: str
    document_types: list[str]
    years: list[int]
    #: When its last number was taken.
    last_taken_at: datetime | None
    #: The register as this row shows it.
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """One number of a register: for which document, when, and whether it was cancelled, and why."""

    number: int
    document_id: UUID
    taken_at: datetime
    is_cancelled: bool
    cancelled_reason: str


def can_read(actor: Actor) -> bool:
    """Whether the actor may read what the registers hold, line by line."""
    return permissions.may_read_entries(actor)


def can_confirm_time(actor: Actor) -> bool:
    """Whether the actor answers for the registers' time."""
    return permissions.may_confirm_time(actor)


def list_registers(actor: Actor) -> list[RegisterRow]:
    """Registers of the actor's agency, incoming first, by name."""
    registers = Register.objects.filter(permissions.visible(actor)).prefetch_related("years")
    return [
        RegisterRow(
            id=register.id,
            name=register.name,
            kind=RegisterKind(register.kind),
            kind_label=RegisterKind(register.kind).label,
            document_types=register.document_types,
            years=sorted((year.year for year in register.years.all()), reverse=True),
            last_taken_at=register.last_taken_at,
            seen=register.as_seen(),
        )
        for register in registers.order_by("kind", "name", "id")
    ]


def peek_number(actor: Actor, *, kind: RegisterKind, document_type: str, now: datetime) -> int | None:
    """The number the agency's next document of this type would get; shown, never promised.

    None when the agency has no register for it.
    """
    register = Register.objects.counting(agency_id=actor.agency_id, kind=kind, document_type=document_type)
    if register is None:
        return None
    year = timezone.localtime(now).year
    counter = RegisterYear.objects.filter(register=register, year=year).first()
    return (counter.last_number if counter else 0) + 1


def register_entries(
    actor: Actor, *, register_id: UUID, year: int, page: int = 1, size: int = 100
) -> Page[EntryRow]:
    """The lines of one register and Vietnam calendar year, from the latest number down.

    What a number was given to is told by the life cycle the document belongs to: the edge hands the
    `document_id`s of this page to `incoming.queries` or `outgoing.queries`, once for the whole page. Raises
    NotFound, NotAllowed.
    """
    register = Register.objects.filter(permissions.visible(actor), id=register_id).first()
    if register is None:
        raise NotFound
    require(permissions.may_read_entries(actor))
    entries = RegisterEntry.objects.filter(register_year__register=register, register_year__year=year)
    counter = RegisterYear.objects.filter(register=register, year=year).first()
    # Numbers are taken without a gap, so the counter is the count.
    total = counter.last_number if counter else 0
    return page_of(entries.order_by("-number"), page, size=size, total=total).map(_entry_row)


def _entry_row(entry: RegisterEntry) -> EntryRow:
    return EntryRow(
        number=entry.number,
        document_id=entry.document_id,
        taken_at=entry.taken_at,
        is_cancelled=entry.cancelled_at is not None,
        cancelled_reason=entry.cancelled_reason,
    )
