"""Kiểm tra lại chữ ký: a verdict that could not be reached at arrival is looked for again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from vanthu.documents import operations as documents
from vanthu.incoming import operations, permissions
from vanthu.kernel import audit
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import require
from vanthu.kernel.use_cases import use_case
from vanthu.signing import operations as signing
from vanthu.signing.operations import Examination
from vanthu.signing.states import Verdict


@use_case
def settle_signature(
    *,
    actor: Actor,
    document_id: UUID,
    examinations: Mapping[str, Examination],
    is_last: bool,
    now: datetime,
) -> bool:
    """Write what checking the document's PDFs again came to; returns whether the verdict is settled.

    `examinations` is by the hash of the file. A verdict no later check can change is settled, good or not;
    `is_last`: no check follows this one, and the sentence says so. The actor is the machine. Raises
    NotFound, NotAllowed.
    """
    document = operations.lock_as_it_is(actor, document_id)

    require(permissions.may_settle(actor))

    if document.verdict not in {Verdict.INDETERMINATE, Verdict.PENDING}:
        # Settled by the same job run before; a later doubt must not take a verdict back.
        return True

    files = documents.current_files(document.pk)
    judgement = operations.judge(
        [(file.kind, file.blob_id) for file in files],
        examinations,
        issuer_name=document.document.issuer_name,
        signer_name=document.document.signer_name,
    )
    message = judgement.sentence(checked_again=not is_last)

    for sha256, examination in sorted(examinations.items()):
        signing.keep_verification(sha256, examination)
    if (document.verdict, document.verdict_message) != (judgement.verdict, message):
        # Who is about to register the document was shown another verdict; who was shown this one goes on.
        document.verdict, document.verdict_message = judgement.verdict, message
        operations.change(document, "verdict", "verdict_message")

    audit.record(
        action="incoming.signature-checked",
        actor=actor,
        at=now,
        agency_id=document.agency_id,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={"verdict": judgement.verdict, "message": message},
    )
    return not judgement.may_answer_itself
