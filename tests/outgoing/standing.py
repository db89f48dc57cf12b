"""Documents put in a state by hand, for tests of who may see and do what, and not of how it came there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests import path
from tests.world import NOW, World
from vanthu.documents.models import Document
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.states import State
from vanthu.workflow.models import ApprovalStep
from vanthu.workflow.states import ApprovalState

_REACHED_BY_HAND = (State.SIGNED, State.NUMBERED, State.SEALED, State.ISSUED)


def in_state(world: World, state: State, **draft: Any) -> UUID:
    """The officer's document in `state`; from the signature on without signatures, which take a second."""
    if state not in _REACHED_BY_HAND:
        return path.TO_STATE[state](world, **draft)
    document = path.approved(world, **draft)
    ApprovalStep.objects.filter(document_id=document).update(state=ApprovalState.APPROVED, decided_at=NOW)
    number = OutgoingDocument.objects.filter(number__isnull=False).count() + 1
    changed: dict[str, Any] = {"state": state, "signed_at": NOW}
    if state is not State.SIGNED:
        changed |= {"number": number, "number_year": 2026, "numbered_at": NOW}
        Document.objects.filter(id=document).update(number=f"{number:02d}", issued_on=NOW.date())
    if state in {State.SEALED, State.ISSUED}:
        changed["sealed_at"] = NOW
    if state is State.ISSUED:
        changed["issued_at"] = NOW
    OutgoingDocument.objects.filter(pk=document).update(**changed)
    return document
