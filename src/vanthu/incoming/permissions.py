"""Who may see an incoming document, and who may take which step. One function per verb."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from vanthu.incoming.models import IncomingDocument
from vanthu.kernel.actor import Actor
from vanthu.organizations.states import Role
from vanthu.workflow import permissions as workflow
from vanthu.workflow.models import Assignment

#: Who sees everything that comes to the agency.
_SEE_ALL = {Role.RECORDS_CLERK, Role.LEADER, Role.ARCHIVIST, Role.MONITOR}


def visible(actor: Actor) -> Q:
    """What the actor may know exists. Reads and writes share this one definition.

    Records clerk, leaders, archivist and monitor see all that came to the agency; others what they were
    given a part of, and heads of units what their unit was.
    """
    if actor.is_system:
        return Q()
    here = Q(agency_id=actor.agency_id)
    if actor.holder.roles & _SEE_ALL:
        return here
    parts = Assignment.objects.filter(workflow.own(actor), document_id=OuterRef("pk"))
    return here & Q(Exists(parts))


def may_register(actor: Actor, document: IncomingDocument) -> bool:
    """The agency's records clerk takes documents in (NĐ 30/2020 Điều 21–22)."""
    return actor.agency_id == document.agency_id and Role.RECORDS_CLERK in actor.holder.roles


may_return = may_register
may_present = may_register


def presented_to(actor: Actor) -> Q:
    """What is for this leader to direct: what was presented to him, and what was presented to nobody yet."""
    return Q(submitted_to_id=actor.holder.user_id) | Q(submitted_to__isnull=True)


def is_presented_to(actor: Actor, document: IncomingDocument) -> bool:
    """Whether the document is one of `presented_to`."""
    return document.submitted_to_id in {None, actor.holder.user_id}


def may_direct(actor: Actor, document: IncomingDocument) -> bool:
    """The leader of the agency it was presented to directs (NĐ 30/2020 Điều 23–24).

    Another leader does after the records clerk has presented it to him.
    """
    return (
        actor.agency_id == document.agency_id
        and Role.LEADER in actor.holder.roles
        and is_presented_to(actor, document)
    )


may_direct_further = may_direct


def may_pass_on(actor: Actor, part: Assignment) -> bool:
    """The head of a unit gives the unit's part to one of its people."""
    return workflow.is_of_own_unit(actor, part)


def may_complete(actor: Actor, document: IncomingDocument, *, is_lead: bool) -> bool:
    """Whoever leads the work completes it; so may whoever directs it, and the machine when it is answered."""
    return actor.is_system or is_lead or may_direct(actor, document)


def may_settle(actor: Actor) -> bool:
    """Verdicts are the machine's to write; nobody may argue one."""
    return actor.is_system
