"""Steps that several use cases of the axis share, inside their transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from vanthu.axis import permissions, statements
from vanthu.axis.rules import Refusal, Refused
from vanthu.kernel.actor import Actor


def spend_signature(actor: Actor, signature: str, *, subject: str, now: datetime) -> None:
    """Let a signed request change `subject` now, and never again (ADR 0014).

    Called only when something is about to change, so a client that repeats a request whose answer it did
    not hear is not refused. The operator at the console signs nothing.
    Raises Refused (REPEATED_SIGNATURE).
    """
    assert transaction.get_connection().in_atomic_block, "spend_signature needs a transaction"
    if permissions.may_operate(actor):
        return
    if not statements.spend_signature(actor.agency_id, signature, subject, now=now):
        raise Refused(Refusal.REPEATED_SIGNATURE)
