"""Who may see and manage agencies, posts and people."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from vanthu.kernel.actor import Actor
from vanthu.organizations.models import Post, User
from vanthu.organizations.states import Role


def visible_people(actor: Actor) -> Q:
    """Users the actor may know of: those who hold or held a post of his agency; the machine knows all."""
    if actor.is_system:
        return Q()
    return Q(Exists(Post.objects.filter(user_id=OuterRef("id"), agency_id=actor.agency_id)))


def may_administer(actor: Actor) -> bool:
    """Whether the actor manages the units, positions, people and posts of his own agency."""
    return actor.is_system or Role.ADMINISTRATOR in actor.holder.roles


def may_manage_account(actor: Actor, user: User) -> bool:
    """Whether the actor may disable, open or give a new password to the account.

    An administrator manages only accounts whose present posts are all in his agency: through a password he
    sets he could otherwise act in another. He manages neither his own nor that of whom he stands in for.
    """
    if actor.is_system:
        return True
    elsewhere = user.posts.filter(ended_at__isnull=True).exclude(agency_id=actor.agency_id)
    is_own = user.id in {actor.user_id, actor.holder.user_id}
    return may_administer(actor) and not is_own and not elsewhere.exists()


def may_open_agencies(actor: Actor) -> bool:
    """Whether the actor keeps the list of agencies: the machine, on behalf of who runs the installation."""
    return actor.is_system
