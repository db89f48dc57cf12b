"""What a connected system may see and do. The actor's agency is the system that signed the request."""

from __future__ import annotations

from django.db.models import Q

from vanthu.axis.models import Agency
from vanthu.axis.rules import OPERATOR
from vanthu.axis.statements import Party
from vanthu.kernel.actor import SYSTEM_ID, Actor


def visible_mail(actor: Actor) -> Q:
    """The mailbox items the actor may know of: those of the agencies its system holds."""
    return Q(recipient__system_id=actor.agency_id)


def visible_sent(actor: Actor) -> Q:
    """The mailbox items the actor caused by sending."""
    return Q(packet__sender__system_id=actor.agency_id)


def may_send_as(actor: Actor, agency: Agency | Party) -> bool:
    """Whether packets From this agency may come from the actor: it is open and of the actor's system."""
    return agency.system_id == actor.agency_id and agency.closed_at is None


def may_change(actor: Actor, agency: Agency) -> bool:
    """Whether the actor may change or close the agency: the system that holds it, or the operator."""
    return agency.system_id == actor.agency_id or may_operate(actor)


def may_operate(actor: Actor) -> bool:
    """Whether the actor stands at the axis's own console."""
    return OPERATOR in actor.holder.roles and actor.agency_id == SYSTEM_ID
