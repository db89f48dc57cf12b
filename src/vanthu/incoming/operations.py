"""Receiving: how a delivered document comes to stand among the incoming ones, exactly once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from vanthu.documents import operations as documents
from vanthu.documents.operations import NewFile, NewRecord
from vanthu.documents.states import FileKind
from vanthu.incoming import permissions
from vanthu.incoming.events import IncomingProgressed, SignatureUnsettled
from vanthu.incoming.models import IncomingDocument
from vanthu.incoming.rules import SUBJECT_TYPE as SUBJECT_TYPE
from vanthu.incoming.states import State
from vanthu.kernel import audit, outbox
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound
from vanthu.kernel.seen import Seen, require_seen
from vanthu.pdfsign import RULES_VERSION
from vanthu.signing import operations as signing
from vanthu.signing import rules as signing_rules
from vanthu.signing.operations import Examination
from vanthu.workflow import operations as workflow
from vanthu.workflow.models import Assignment
from vanthu.workflow.states import AssignmentStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A document as it was delivered, with what checking its signatures came to."""

    #: Names the delivery, once, whatever is retried: `<kênh>:<khóa>`, 300 characters at most.
    source_key: str
    channel_label: str
    sender_code: str
    sender_name: str
    record: NewRecord
    files: Sequence[NewFile]
    #: One for every PDF of `files`, by the hash of its bytes.
    examinations: dict[str, Examination]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What receiving came to: the document, and whether it was there already."""

    document_id: UUID
    is_new: bool


def receive(*, actor: Actor, arrival: Arrival, now: datetime) -> Received:
    """Put a delivered document into «Chờ tiếp nhận» of the agency of `arrival.record`, with its verdict.

    The same delivery received again changes nothing and answers with the document it made. The sender hears
    of the arrival by itself (QĐ 28/2018 Điều 9). The actor is the machine acting for that agency.
    """
    assert transaction.get_connection().in_atomic_block, "receive needs a transaction"
    known = _known(arrival)
    if known is not None:
        return Received(document_id=known, is_new=False)
    record = documents.create_document(arrival.record, arrival.files, now=now)
    for sha256, examination in sorted(arrival.examinations.items()):
        signing.keep_verification(sha256, examination)
    judgement = judge(
        [(file.kind, file.blob.sha256) for file in arrival.files],
        arrival.examinations,
        issuer_name=record.issuer_name,
        signer_name=record.signer_name,
    )
    incoming = IncomingDocument.objects.create(
        document=record,
        agency_id=record.agency_id,
        source_key=arrival.source_key,
        channel_label=arrival.channel_label,
        sender_code=arrival.sender_code,
        sender_name=arrival.sender_name,
        arrived_at=now,
        verdict=judgement.verdict,
        verdict_message=judgement.sentence(checked_again=True),
        rules_version=RULES_VERSION,
        urgency=record.urgency,
    )
    audit.record(
        action="incoming.arrived",
        actor=actor,
        at=now,
        agency_id=record.agency_id,
        subject_type=SUBJECT_TYPE,
        subject_id=record.id,
        data={
            "sender": arrival.sender_code,
            "code": record.code,
            "verdict": judgement.verdict,
            "source": arrival.source_key,
            "files": [file.blob.sha256 for file in arrival.files],
        },
    )
    tell_sender(incoming, State.ARRIVED, at=now, staff=actor.told_as)
    if judgement.may_answer_itself:
        outbox.publish(SignatureUnsettled(document_id=record.id))
    return Received(document_id=record.id, is_new=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the checks of a document's files come to."""

    verdict: str
    message: str
    #: Whether a later check may come to something else (see signing.rules).
    may_answer_itself: bool

    def sentence(self, *, checked_again: bool) -> str:
        """The message, with what comes of an open question: another check, or none any more."""
        if not self.may_answer_itself:
            return self.message
        add = signing_rules.with_promise if checked_again else signing_rules.with_farewell
        return signing_rules.kept_message(add(self.message))


def judge(
    files: Iterable[tuple[str, str]],
    examinations: Mapping[str, Examination],
    *,
    issuer_name: str,
    signer_name: str,
) -> Judgement:
    """The verdict on a document of these files, each its kind and its hash, from the checks of its PDFs.

    The main file must be sealed by the issuer and signed by the signer its record names.
    """
    main: list[tuple[str, str]] = []
    attached: list[tuple[str, str]] = []
    reports: list[Mapping[str, Any]] = []
    for kind, sha256 in files:
        examination = examinations.get(sha256)
        if examination is None:
            continue
        conclusion = str(examination.verdict), examination.message
        if kind != FileKind.MAIN:
            attached.append(conclusion)
            continue
        reports.append(examination.report)
        signatures = examination.report["signatures"]
        main.append(
            signing_rules.conclude_names(
                conclusion, signatures, issuer_name=issuer_name, signer_name=signer_name
            )
        )
    verdict, message = signing_rules.conclude_document(main, attached)
    return Judgement(
        verdict=verdict,
        message=message,
        may_answer_itself=signing_rules.may_answer_itself(verdict, reports),
    )


def tell_sender(
    document: IncomingDocument, progress: State, *, at: datetime, note: str = "", staff: str = ""
) -> None:
    """Announce a state the sender must hear of."""
    outbox.publish(
        IncomingProgressed(document_id=document.pk, progress=progress.value, at=at, note=note, staff=staff)
    )


def lock(actor: Actor, document_id: UUID, seen: Seen) -> IncomingDocument:
    """The document, locked until the caller commits, if the actor may know of it and it is what he saw.

    Raises NotFound, then Stale: of what he may not see nobody learns that it has changed.
    """
    document = lock_as_it_is(actor, document_id)
    require_seen(seen, document.acted_on)
    return document


def lock_as_it_is(actor: Actor, document_id: UUID) -> IncomingDocument:
    """The document, locked, for acts of the machine, and on one's own part (see `lock_own_part`).

    Raises NotFound.
    """
    document = (
        IncomingDocument.objects.select_for_update(of=("self",), no_key=True)
        .select_related("document")
        .filter(permissions.visible(actor), pk=document_id)
        .first()
    )
    if document is None:
        raise NotFound
    document.acted_on = document.as_seen(_main_sha256(document))
    return document


def lock_own_part(
    actor: Actor, document_id: UUID, seen: Seen, *, step: AssignmentStep
) -> tuple[IncomingDocument, Assignment | None]:
    """The document and the actor's own part of it that `step` is done with, locked, if it is what he saw.

    The part is compared, not the document: two who work on their own parts at the same time change nothing
    of what the other was shown. Who has no open part was shown the document. Raises NotFound, Stale.
    """
    document = lock_as_it_is(actor, document_id)
    part = workflow.open_part(document_id=document.pk, actor=actor, step=step)
    require_seen(seen, part.as_seen(document.acted_on.sha256) if part else document.acted_on)
    return document, part


def lock_part(
    actor: Actor, document_id: UUID, seen: Seen, *, assignment_id: UUID
) -> tuple[IncomingDocument, Assignment]:
    """The document and one part of it, locked, if the part is what was shown. Raises NotFound, Stale."""
    document = lock_as_it_is(actor, document_id)
    parts = Assignment.objects.select_for_update(no_key=True)
    part = parts.filter(id=assignment_id, document_id=document.pk).first()
    if part is None:
        raise NotFound
    require_seen(seen, part.as_seen(document.acted_on.sha256))
    return document, part


def change(document: IncomingDocument, *fields: str) -> None:
    """Write what an act changed: whoever was shown the document before was shown another one."""
    document.version += 1
    document.save(update_fields=["version", *fields])


def _main_sha256(document: IncomingDocument) -> str:
    file = documents.current_file(document.pk, FileKind.MAIN)
    return file.blob_id if file else ""


def _known(arrival: Arrival) -> UUID | None:
    """The document this delivery made before; two deliveries at once wait for each other here."""
    key = f"incoming:{arrival.record.agency_id}:{arrival.source_key}"
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    return (
        IncomingDocument.objects.filter(agency_id=arrival.record.agency_id, source_key=arrival.source_key)
        .values_list("pk", flat=True)
        .first()
    )
