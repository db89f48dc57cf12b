"""Kiểm tra lại chữ ký: a verdict that could not be reached at arrival is looked for again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from vanthu.documents import operations as documents
from vanthu.incoming import operations, permissions
from vanthu.incoming.events import SignatureUnsettled
from vanthu.kernel import audit, outbox
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import require
from vanthu.kernel.use_cases import use_case
from vanthu.pdfsign import RULES_VERSION
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
        document.rules_version = RULES_VERSION
        operations.change(document, "verdict", "verdict_message", "rules_version")

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


@use_case
def judge_again(
    *, actor: Actor, document_id: UUID, examinations: Mapping[str, Examination], now: datetime
) -> bool:
    """Write what checking the document's PDFs by newer rules came to; returns whether the verdict changed.

    `examinations` is by the hash of the file. The verdict before stays in the record. What the new check
    leaves open about a certificate alone takes nothing back. The actor is the machine. Raises NotFound,
    NotAllowed.
    """
    document = operations.lock_as_it_is(actor, document_id)

    require(permissions.may_settle(actor))

    before = document.verdict, document.verdict_message
    found = {
        sha256: signing.by_newer_rules(sha256, examination) for sha256, examination in examinations.items()
    }
    changes = any(found[sha256] is examination for sha256, examination in examinations.items())
    judgement = operations.judge(
        [(file.kind, file.blob_id) for file in documents.current_files(document.pk)],
        found,
        issuer_name=document.document.issuer_name,
        signer_name=document.document.signer_name,
    )
    changes = changes or judgement.verdict != document.verdict
    after = (judgement.verdict, judgement.sentence(checked_again=True)) if changes else before

    for sha256, examination in sorted(found.items()):
        signing.keep_verification(sha256, examination)
    document.rules_version = RULES_VERSION
    document.save(update_fields=["rules_version"])
    if before != after:
        document.verdict, document.verdict_message = after
        operations.change(document, "verdict", "verdict_message")

    audit.record(
        action="incoming.judged-again",
        actor=actor,
        at=now,
        agency_id=document.agency_id,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={
            "rules": RULES_VERSION,
            "verdict": after[0],
            "message": after[1],
            "verdict_before": before[0],
            "message_before": before[1],
        },
    )
    if before != after and judgement.may_answer_itself:
        outbox.publish(SignatureUnsettled(document_id=document.pk))
    return before != after
