"""How background jobs enter the domain. Each takes ids, is idempotent and calls one action."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from vanthu.incoming import actions, queries
from vanthu.incoming.states import IllegalStep
from vanthu.kernel import blobs
from vanthu.kernel.actor import Actor, system
from vanthu.kernel.attempts import written_down
from vanthu.kernel.errors import NotAllowed, NotFound
from vanthu.kernel.patience import Patient
from vanthu.signing import operations as signing
from vanthu.signing import rules as signing_rules
from vanthu.signing.operations import Examination
from vanthu.workflow.states import IllegalStep as IllegalAssignmentStep

#: What the domain refuses today it refuses tomorrow.
_FINAL = (NotFound, NotAllowed, IllegalStep, IllegalAssignmentStep)
_PATIENT = Patient(final=_FINAL)


@app.task(name="incoming.complete_answered", queue="documents", retry=_PATIENT)
def complete_answered(
    *, document_id: str, replies_to: str | None, code: str, staff: str, **_later: object
) -> None:
    """A document was issued: what it replies to is done."""
    if replies_to is None:
        return
    actions.complete_answered(
        actor=system("Hệ thống"),
        document_id=UUID(replies_to),
        reply_id=UUID(document_id),
        reply_code=code,
        staff=staff,
        now=timezone.now(),
    )


@app.task(name="incoming.check_again", queue="documents", retry=_PATIENT)
def check_again(*, document_id: str, attempt: int = 1, **_later: object) -> None:
    """Look for a verdict again, later and later, until it is settled or the tries are used up."""
    minutes = signing_rules.next_check_minutes(attempt)
    if minutes is None:
        return
    check_signatures.configure(schedule_in={"minutes": minutes}).defer(
        document_id=document_id, attempt=attempt
    )


@app.task(name="incoming.check_signatures", queue="documents", retry=_PATIENT)
@written_down("incoming.check_signatures", about="document_id", elsewhere=_FINAL)
def check_signatures(*, document_id: str, attempt: int, **_later: object) -> None:
    """Check every PDF of the document; the services may be asked, so no transaction is open meanwhile."""
    actor, now = system("Hệ thống"), timezone.now()
    examinations = _examined(actor, UUID(document_id), now)
    settled = actions.settle_signature(
        actor=actor,
        document_id=UUID(document_id),
        examinations=examinations,
        is_last=signing_rules.next_check_minutes(attempt + 1) is None,
        now=now,
    )
    if not settled:
        check_again(document_id=document_id, attempt=attempt + 1)


def judge_again(*, document_id: str) -> bool:
    """Check a document by the rules of now; returns whether its verdict changed. Asked for by a command."""
    actor, now = system("Kiểm tra lại theo quy tắc mới"), timezone.now()
    return actions.judge_again(
        actor=actor,
        document_id=UUID(document_id),
        examinations=_examined(actor, UUID(document_id), now),
        now=now,
    )


def _examined(actor: Actor, document_id: UUID, now: datetime) -> dict[str, Examination]:
    """What checking every PDF of the document comes to, by its hash. Raises NotFound, BlobDamaged."""
    examinations = {}
    for sha256 in queries.pdf_hashes(actor, document_id=document_id):
        with blobs.as_path(sha256) as path:
            examinations[sha256] = signing.examine(path, now=now)
    return examinations
