"""Who may register certificates."""

from __future__ import annotations

from uuid import UUID

from vanthu.kernel.actor import Actor
from vanthu.organizations.states import Role


def may_register_credential(actor: Actor, agency_id: UUID) -> bool:
    """The agency's administrator, or the machine when it sets an installation up."""
    return actor.is_system or (actor.agency_id == agency_id and Role.ADMINISTRATOR in actor.holder.roles)
