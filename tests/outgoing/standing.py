"""Documents put in a state by hand, for tests of who may see and do what, and not of how it came there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from tests import path
from tests.world import NOW, World
from vanthu.documents.models import Document
from vanthu.documents.operations import current_file
from vanthu.documents.states import FileKind
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.states import State
from vanthu.registers.operations import take_number
from vanthu.registers.states import RegisterKind
from vanthu.signing.models import Credential, SigningSession
from vanthu.signing.states import Provider, SignatureKind
from vanthu.workflow.models import ApprovalStep
from vanthu.workflow.states import ApprovalState

_REACHED_BY_HAND = (State.SIGNED, State.NUMBERED, State.SEALED, State.ISSUED)


def in_state(world: World, state: State, **draft: Any) -> UUID:
    """The officer's document in `state`; from the signature on without signatures, which take a second."""
    if state not in _REACHED_BY_HAND:
        return path.TO_STATE[state](world, **draft)
    document = path.approved(world, **draft)
    ApprovalStep.objects.filter(document_id=document).update(state=ApprovalState.APPROVED, decided_at=NOW)
    _ended_session(world, document)
    changed: dict[str, Any] = {"state": state, "signed_at": NOW}
    if state is not State.SIGNED:
        number = _taken(world, document)
        changed |= {
            "number": number,
            "number_year": NOW.year,
            "given_code": f"{number:02d}/SNV-CCVC",
            "numbered_at": NOW,
        }
        Document.objects.filter(id=document).update(number=f"{number:02d}", issued_on=NOW.date())
    if state in {State.SEALED, State.ISSUED}:
        changed["sealed_at"] = NOW
    if state is State.ISSUED:
        changed["issued_at"] = NOW
    OutgoingDocument.objects.filter(pk=document).update(**changed)
    return document


def _ended_session(world: World, document: UUID) -> None:
    """The session the leader would have signed the draft in."""
    main = current_file(document, FileKind.MAIN)
    assert main is not None, "drafted with its PDF"
    credential, _ = Credential.objects.get_or_create(
        kind=SignatureKind.PERSON,
        agency_id=world.leader.agency_id,
        user_id=world.leader.user_id,
        withdrawn_at=None,
        defaults={
            "provider": Provider.PKCS11,
            "image_id": main.blob_id,
            "valid_from": NOW,
            "valid_until": NOW,
        },
    )
    SigningSession.objects.create(
        kind=SignatureKind.PERSON,
        document_id=document,
        credential=credential,
        base_id=main.blob_id,
        prepared_id=main.blob_id,
        pending={},
        begun_by_id=world.leader.user_id,
        begun_at=NOW,
        ended_at=NOW,
    )


def _taken(world: World, document: UUID) -> int:
    with transaction.atomic():
        taken = take_number(
            agency_id=world.clerk.agency_id,
            kind=RegisterKind.OUTGOING,
            document_type="CV",
            document_id=document,
            now=NOW,
        )
    return taken.number
