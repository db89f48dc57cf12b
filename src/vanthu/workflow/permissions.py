"""Whose a part of the work is. One definition for what is seen, offered and done."""

from __future__ import annotations

from django.db.models import Q

from vanthu.kernel.actor import Actor
from vanthu.organizations.states import Role
from vanthu.workflow.models import Assignment


def own(actor: Actor) -> Q:
    """Parts given to the actor, and those given to the unit the actor heads.

    A unit's part is its head's until the head passes it on; others of the unit get theirs from the head.
    """
    mine = Q(user_id=actor.holder.user_id)
    return mine | Q(unit_id=actor.holder.unit_id) if _heads_unit(actor) else mine


def is_own(actor: Actor, part: Assignment) -> bool:
    """Whether the part is one of `own`."""
    return part.user_id == actor.holder.user_id or is_of_own_unit(actor, part)


def is_of_own_unit(actor: Actor, part: Assignment) -> bool:
    """Whether the part was given to the unit the actor heads."""
    return _heads_unit(actor) and part.unit_id == actor.holder.unit_id


def _heads_unit(actor: Actor) -> bool:
    return actor.holder.unit_id is not None and Role.UNIT_HEAD in actor.holder.roles
