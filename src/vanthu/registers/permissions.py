"""Who may see and open registers."""

from __future__ import annotations

from django.db.models import Q

from vanthu.kernel.actor import Actor
from vanthu.organizations.states import Role

#: Registers list every document of the agency, so they are the clerk's, the archivist's and the leader's.
_READERS = frozenset({Role.RECORDS_CLERK, Role.LEADER, Role.ARCHIVIST})


def visible(actor: Actor) -> Q:
    """Registers of the actor's own agency."""
    return Q(agency_id=actor.agency_id)


def may_read_entries(actor: Actor) -> bool:
    """Whether the actor may read what a register holds, line by line."""
    return actor.is_system or not _READERS.isdisjoint(actor.holder.roles)


def may_confirm_time(actor: Actor) -> bool:
    """Whether the actor answers for the registers: their keeping is the clerk's (NĐ 30/2020 Điều 6)."""
    return Role.RECORDS_CLERK in actor.holder.roles


def may_open(actor: Actor) -> bool:
    """Whether the actor opens registers: which there are is the head's decision (NĐ 30/2020 Điều 15)."""
    return actor.is_system or Role.ADMINISTRATOR in actor.holder.roles
