"""Signing in three steps, none inside another's transaction: begin, ask the key, record what it made.

When the key refuses (wrong PIN, token gone), nothing about the document has changed.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from vanthu.kernel.actor import Actor
from vanthu.outgoing import actions
from vanthu.outgoing.states import State
from vanthu.signing import desk
from vanthu.signing.states import SignatureKind


def sign_here(*, actor: Actor, document_id: UUID, pin: str, now: datetime) -> None:
    """Ký số with the person's own key. Raises what the three steps raise; SigningFailed for the key's no."""
    session_id = actions.begin_signature(actor=actor, document_id=document_id, now=now)
    file = desk.sign_here(actor=actor, session_id=session_id, kind=SignatureKind.PERSON, pin=pin, now=now)
    actions.record_signature(actor=actor, document_id=document_id, file=file, now=now)


def seal_here(*, actor: Actor, document_id: UUID, state: str, pin: str, now: datetime) -> None:
    """Cấp số rồi đóng dấu: the number first, when the document has none yet, then the agency's key.

    A wrong PIN or a missing token is found out before the number is given. A seal that fails after that
    leaves the number given: it is tried again with the same number.
    """
    if state == State.SIGNED:
        desk.check_pin(actor=actor, kind=SignatureKind.AGENCY, pin=pin, now=now)
        actions.assign_number(actor=actor, document_id=document_id, now=now)
    session_id = actions.begin_seal(actor=actor, document_id=document_id, now=now)
    file = desk.sign_here(actor=actor, session_id=session_id, kind=SignatureKind.AGENCY, pin=pin, now=now)
    actions.record_seal(actor=actor, document_id=document_id, file=file, now=now)
