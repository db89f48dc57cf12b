"""Soạn thảo: making and changing a draft (NĐ 30/2020 Điều 10)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from vanthu import pdfsign
from vanthu.documents import operations as documents
from vanthu.documents import rules as document_rules
from vanthu.documents.intake import AcceptedDraft, AcceptedFile, SecretRefused
from vanthu.documents.operations import NewFile, NewRecord
from vanthu.documents.states import FileKind, RelationKind
from vanthu.kernel import audit, blobs
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import DomainError, NotFound, require
from vanthu.kernel.folding import tidy
from vanthu.kernel.seen import Seen
from vanthu.kernel.use_cases import use_case
from vanthu.organizations import operations as organizations
from vanthu.organizations.models import Agency, User
from vanthu.outgoing import letters, operations, permissions, rules
from vanthu.outgoing.letters import LetterRead
from vanthu.outgoing.models import OutgoingDocument, Recipient
from vanthu.outgoing.operations import Paper
from vanthu.outgoing.rules import DraftContent
from vanthu.outgoing.states import State, Step, next_state
from vanthu.room import papers
from vanthu.workflow import operations as workflow


class DraftRefused(DomainError):
    """Dự thảo chưa ghi được."""

    code = "outgoing.draft-refused"


class SubjectRefused(DraftRefused):
    """Chưa có trích yếu nội dung. Hãy ghi trích yếu."""

    code = "outgoing.subject-refused"
    about = "subject"


@use_case
def draft_document(
    *,
    actor: Actor,
    content: DraftContent,
    draft: AcceptedDraft,
    attachments: Sequence[AcceptedFile] = (),
    replies_to: UUID | None = None,
    draft_key: UUID | None = None,
    form_key: UUID | None = None,
    upload_id: UUID | None = None,
    now: datetime,
) -> UUID:
    """Soạn dự thảo: make the record of a draft with its PDF; find where number, date, signature, seal go.

    `replies_to` is a registered incoming document of the same agency that is being answered. A second act
    of the same author with the same `draft_key` changes nothing and answers with the draft the first made.
    What is held for the form `form_key` goes on with it. `upload_id` is the upload whose files these are,
    saved with it (UploadOver when that was cancelled).
    Raises NotAllowed, DraftRefused, SecretRefused, NotASigner, UnknownRecipient, NotFound (no such document
    to answer).
    """
    agency = organizations.agency(actor.agency_id)

    require(permissions.may_draft(actor))

    known = _drafted_with(actor, draft_key) if draft_key else None
    if known is not None:
        if upload_id:
            # The same form, sent otherwise meanwhile, was saved: there is nothing to wait for any more.
            operations.end_upload(actor, upload_id, now)
        return known

    _refuse_faults(content, now)
    recipients = organizations.recipients(content.recipient_ids)
    if replies_to and not permissions.may_answer(actor, replies_to):
        raise NotFound

    chosen = _chosen(agency, content)
    paper = _read(draft.pdf.blob.sha256, chosen)
    _name_subject(chosen, paper.letter)
    record = documents.create_document(
        NewRecord(
            agency_id=agency.id,
            issuer_code=agency.code,
            issuer_name=agency.name,
            place=agency.place,
            notation=paper.notation,
            **chosen,
        ),
        _files(draft, attachments, note="Dự thảo lần đầu"),
        now=now,
    )
    document = OutgoingDocument(
        document=record,
        agency=agency,
        author_id=actor.user_id,
        unit_id=actor.unit_id,
        signer_id=content.signer_id,
        replies_to_id=replies_to,
        urgency=content.urgency,
        draft_key=draft_key,
        places=paper.places,
        findings=draft.findings.to_dict(),
        letter=paper.letter.to_dict(),
        written_notation=paper.notation,
        written_year=paper.year,
        drafted_at=now,
        moved_at=now,
    )
    _name(document)
    document.save(force_insert=True)
    _set_recipients(document, recipients)
    operations.index(document)
    if replies_to:
        documents.relate(source_id=record.id, target_id=replies_to, kind=RelationKind.REPLIES_TO)
    held = operations.use_held(actor, form_key, now)
    if draft_key:
        operations.end_uploads_of(actor, draft_key, now, but=upload_id)
    if upload_id:
        operations.save_upload(actor, upload_id, document, now)

    audit.record(
        action="outgoing.drafted",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=record.id,
        data={
            "subject": record.subject,
            "type": content.type_code,
            "pdf": draft.pdf.blob.sha256,
            **_found(draft),
            **operations.held_facts(held),
        },
    )
    return record.id


@use_case
def revise_draft(
    *,
    actor: Actor,
    document_id: UUID,
    seen: Seen,
    content: DraftContent,
    draft: AcceptedDraft | None,
    attachments: Sequence[AcceptedFile] = (),
    removed: Collection[UUID] = (),
    form_key: UUID | None = None,
    upload_id: UUID | None = None,
    now: datetime,
) -> None:
    """Sửa dự thảo: change what was filled in, and add a version of the PDF when `draft` is given.

    Versions before it are kept. `attachments` are added to those attached, of which the files `removed` are
    taken out. `form_key` and `upload_id` as in `draft_document`. Raises NotFound, Stale, NotAllowed,
    IllegalStep, DraftRefused, SecretRefused, NotASigner, UnknownRecipient.
    """
    document = operations.lock(actor, document_id, seen)

    require(permissions.may_edit(actor, document))

    state = next_state(State(document.state), Step.EDIT)
    _refuse_faults(content, now)
    recipients = organizations.recipients(content.recipient_ids)

    record, before = document.document, operations.as_filled_in(document)
    chosen = _chosen(document.agency, content)
    is_other_signer = document.signer_id != content.signer_id
    if draft is not None or is_other_signer or not document.letter:
        # Otherwise the places stay, as somebody may have corrected them.
        sha256 = draft.pdf.blob.sha256 if draft else operations.main_file(document).blob_id
        # A draft from before letters were read keeps the places it has.
        stays = draft is None and not is_other_signer
        paper = _read(sha256, chosen, document.places if stays else None)
        document.places = paper.places
        document.letter = paper.letter.to_dict()
        document.written_notation, document.written_year = paper.notation, paper.year
    _name_subject(chosen, document.letter_read)
    for name, value in chosen.items():
        setattr(record, name, value)
    record.save(update_fields=[*chosen])
    document.signer_id, document.urgency = content.signer_id, content.urgency
    if draft is not None:
        document.findings = draft.findings.to_dict()
        for file in _files(draft, (), note="Sửa dự thảo"):
            documents.add_version(record, file, now=now)
    documents.change_attachments(record, removed=removed, added=_attached(attachments), now=now)
    _name(document)
    read = ("places", "letter", "findings", "written_notation", "written_year")
    operations.move(document, state, now, also=("signer", "urgency", *read))
    _set_recipients(document, recipients)
    operations.index(document)
    held = operations.use_held(actor, form_key, now)
    if upload_id:
        operations.save_upload(actor, upload_id, document, now)

    audit.record(
        action="outgoing.draft-revised",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=record.id,
        acted_on=document.acted_on,
        data={
            "subject": record.subject,
            "pdf": draft.pdf.blob.sha256 if draft else None,
            **_found(draft),
            **operations.held_facts(held),
            "removed": [str(file_id) for file_id in removed],
            "changed": rules.changes(before, operations.as_filled_in(document)),
        },
    )


@use_case
def place_marks(
    *, actor: Actor, document_id: UUID, seen: Seen, places: Mapping[str, Any], now: datetime
) -> None:
    """Chỉnh vị trí: say where on the pages number, date, signature and seal stand, before the signature.

    `places` is pdfsign.Places as a plain dict, null where nobody has put a box yet. What they lie on is kept,
    to be told. Raises NotFound, Stale, NotAllowed, DraftRefused.
    """
    document = operations.lock(actor, document_id, seen)

    step = workflow.current_step(document.pk)
    require(permissions.may_place(actor, document, step))

    marks = _marks(places)
    with blobs.as_path(operations.main_file(document).blob_id) as path:
        areas = papers.page_areas(path)
        if not rules.are_on_pages([box for box in marks.to_dict().values() if box], areas):
            raise DraftRefused("Có khung nằm ngoài trang. Hãy đặt lại khung đó.")
        lying = papers.beneath(path, marks)

    document.places = marks.to_dict()
    document.letter = LetterRead(says=document.letter_read.says, beneath=lying).to_dict()
    operations.change(document, "places", "letter")

    audit.record(
        action="outgoing.marks-placed",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={"places": document.places},
    )


def _drafted_with(actor: Actor, draft_key: UUID) -> UUID | None:
    """The draft the actor made with this key, also when it is being made at this very moment."""
    # One form sent twice is taken one after the other, so the second finds what the first made.
    User.objects.select_for_update(no_key=True).get(pk=actor.user_id)
    drafts = OutgoingDocument.objects.filter(author_id=actor.user_id, draft_key=draft_key)
    return drafts.values_list("pk", flat=True).first()


def _marks(places: Mapping[str, Any]) -> pdfsign.Places:
    try:
        # Whether a month stands in print is read from the letter, and taken from nobody's word.
        return pdfsign.Places.from_dict({**places, "month_in_print": False})
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise DraftRefused("Vị trí trên trang không đọc được. Hãy đặt lại các khung.") from error


def _name_subject(chosen: dict[str, Any], letter: LetterRead) -> None:
    """Where no subject was filled in, it is the letter's own. Raises SubjectRefused."""
    if not chosen["subject"]:
        chosen["subject"] = letters.subject_of(letter.says)
        fault = rules.subject_fault(chosen["subject"], is_read=True)
        if fault:
            raise SubjectRefused(fault)


def _refuse_faults(content: DraftContent, now: datetime) -> None:
    if rules.is_secret(content):
        raise SecretRefused
    faults = rules.draft_faults(content, today=timezone.localdate(now))
    if faults:
        raise DraftRefused(" ".join(faults))


def _chosen(agency: Agency, content: DraftContent) -> dict[str, Any]:
    """The record's fields that follow from what the drafter chose. Raises NotASigner."""
    title = organizations.signing_title(agency_id=agency.id, user_id=content.signer_id)
    return {
        "type_code": content.type_code,
        "type_name": document_rules.type_name(content.type_code),
        "subject": tidy(content.subject),
        "urgency": content.urgency,
        "due_on": content.due_on,
        "to_places": list(content.to_places),
        "sphere": content.sphere,
        "signer_name": User.objects.values_list("full_name", flat=True).get(id=content.signer_id),
        "signer_title": title,
    }


def _found(draft: AcceptedDraft | None) -> dict[str, Any]:
    """What the file held that its PDF does not show, and what its author chose, for the audit trail."""
    return {"found": draft.findings.to_dict()} if draft and draft.findings.counts else {}


def _read(sha256: str, chosen: Mapping[str, Any], places: Mapping[str, Any] | None = None) -> Paper:
    return operations.read_paper(
        sha256,
        signer_name=chosen["signer_name"],
        signer_title=chosen["signer_title"],
        places=pdfsign.Places.from_dict(places) if places is not None else None,
    )


def _name(document: OutgoingDocument) -> None:
    """Give the record the symbol on its paper, or the usual one when that cannot be read."""
    record = document.document
    record.notation = document.written_notation or document.usual_notation
    record.save(update_fields=["notation"])


def _set_recipients(document: OutgoingDocument, agencies: Sequence[Agency]) -> None:
    Recipient.objects.filter(document=document).delete()
    Recipient.objects.bulk_create(
        Recipient(document=document, agency=agency, position=position)
        for position, agency in enumerate(agencies)
    )


def _files(draft: AcceptedDraft, attachments: Sequence[AcceptedFile], *, note: str) -> list[NewFile]:
    files = [_new(draft.pdf, FileKind.MAIN, note=note)]
    if draft.source is not None:
        files.append(_new(draft.source, FileKind.SOURCE, note=note))
    return files + _attached(attachments)


def _attached(attachments: Sequence[AcceptedFile]) -> list[NewFile]:
    return [
        _new(file, FileKind.ATTACHMENT, position=position)
        for position, file in enumerate(attachments, start=1)
    ]


def _new(file: AcceptedFile, kind: FileKind, *, position: int = 0, note: str = "") -> NewFile:
    return NewFile(
        kind=kind,
        name=file.name,
        media_type=file.media_type,
        blob=file.blob,
        position=position,
        note=note,
        page_count=file.page_count,
    )
