"""Signing in three steps, none inside another's transaction: begin, ask the key, record what it made.

When the key refuses (wrong PIN, token gone), nothing about the document has changed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from vanthu.kernel.actor import Actor
from vanthu.kernel.seen import Seen
from vanthu.outgoing import actions
from vanthu.outgoing.states import State
from vanthu.signing import desk
from vanthu.signing.states import SignatureKind


def sign_here(
    *, actor: Actor, document_id: UUID, seen: Seen, pin: str, confirmed: Collection[str] = (), now: datetime
) -> None:
    """Ký số with the person's own key. Raises what the three steps raise; SigningFailed for the key's no."""
    session_id = actions.begin_signature(
        actor=actor, document_id=document_id, seen=seen, confirmed=confirmed, now=now
    )
    file = desk.sign_here(actor=actor, session_id=session_id, kind=SignatureKind.PERSON, pin=pin, now=now)
    actions.record_signature(actor=actor, document_id=document_id, seen=seen, file=file, now=now)


def number_here(*, actor: Actor, document_id: UUID, seen: Seen, pin: str, now: datetime) -> Seen:
    """Cấp số, when the document has none yet; returns what the clerk seals.

    A wrong PIN or a missing token is found out before the number is given.
    """
    if seen.state != State.SIGNED:
        return seen
    desk.check_pin(actor=actor, kind=SignatureKind.AGENCY, pin=pin, now=now)
    actions.assign_number(actor=actor, document_id=document_id, seen=seen, now=now)
    return seen.after(State.NUMBERED)


def seal_here(*, actor: Actor, document_id: UUID, seen: Seen, pin: str, now: datetime) -> Seen:
    """Đóng dấu the numbered document with the agency's key; returns what the clerk issues.

    A seal that fails leaves the number given: it is tried again with the same number.
    """
    session_id = actions.begin_seal(actor=actor, document_id=document_id, seen=seen, now=now)
    file = desk.sign_here(actor=actor, session_id=session_id, kind=SignatureKind.AGENCY, pin=pin, now=now)
    actions.record_seal(actor=actor, document_id=document_id, seen=seen, file=file, now=now)
    return replace(seen.after(State.SEALED), sha256=file.blob.sha256)
