"""Who may move packets: the machine alone; an administrator has tried again what it put aside.

What people may see of a document on its way follows the document's own rules.
"""

from __future__ import annotations

from django.db.models import Q

from vanthu.kernel.actor import Actor
from vanthu.organizations.states import Role
from vanthu.outgoing.models import OutgoingDocument


def may_exchange(actor: Actor) -> bool:
    """Whether the actor is the machine; people issue, return and register, they do not carry."""
    return actor.is_system


def visible_packets(actor: Actor) -> Q:
    """Packets the actor may know of: an administrator's are those to his agency, and those to nobody here."""
    if actor.is_system:
        return Q()
    if Role.ADMINISTRATOR not in actor.holder.roles:
        return Q(pk__in=[])
    return Q(agency_id=actor.agency_id) | Q(agency__isnull=True)


def may_reopen(actor: Actor) -> bool:
    """Whether the actor may have tried again what was put aside, and see what work that is."""
    return actor.is_system or Role.ADMINISTRATOR in actor.holder.roles


def may_note_return(actor: Actor, document: OutgoingDocument) -> bool:
    """What came back is the business of the sending agency's records clerk, and of the author."""
    if actor.agency_id != document.agency_id:
        return False
    return Role.RECORDS_CLERK in actor.holder.roles or actor.holder.user_id == document.author_id


def notable(actor: Actor) -> Q:
    """The deliveries of those documents: `may_note_return` as a condition."""
    own = Q(document__agency_id=actor.agency_id)
    return (
        own if Role.RECORDS_CLERK in actor.holder.roles else own & Q(document__author_id=actor.holder.user_id)
    )
