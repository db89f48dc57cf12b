"""Who may move packets: the machine alone. What people may see of it follows the document's own rules."""

from __future__ import annotations

from vanthu.kernel.actor import Actor


def may_exchange(actor: Actor) -> bool:
    """Whether the actor is the machine; people issue, return and register, they do not carry."""
    return actor.is_system
