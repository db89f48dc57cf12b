"""Chuyển sang PDF: files sent for a draft that LibreOffice must read first, by a job and not in a request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from vanthu.documents.findings import Findings
from vanthu.documents.states import ChangesChoice
from vanthu.kernel import audit, blobs, outbox
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound, require
from vanthu.kernel.use_cases import use_case
from vanthu.outgoing import operations, permissions, uploads
from vanthu.outgoing.events import DraftUploadCancelled, DraftUploaded
from vanthu.outgoing.models import DraftUpload
from vanthu.outgoing.states import (
    REPLACEABLE,
    State,
    Step,
    UploadState,
    UploadStep,
    next_state,
    next_upload_state,
)
from vanthu.outgoing.uploads import Sent, SentFile

_SUBJECT_TYPE = "outgoing.upload"


@use_case
def send_draft(*, actor: Actor, sent: Sent, form_key: UUID | None = None, now: datetime) -> UUID:
    """Gửi tệp dự thảo: keep what a form brought until its files are read; returns the upload.

    The same form sent again (`draft_key`) is the same upload; with other words or files it takes the place of
    what it sent before, while nothing has come of that. What is held for the form `form_key` goes on with it.
    Raises NotFound, Stale, NotAllowed, IllegalStep, BlobVanished.
    """
    operations.lock_author(actor.user_id)
    document = operations.lock(actor, sent.seen.subject, sent.seen) if sent.seen else None

    require(permissions.may_edit(actor, document) if document else permissions.may_draft(actor))

    if document:
        next_state(State(document.state), Step.EDIT)
    known = DraftUpload.objects.filter(author_id=actor.user_id, draft_key=sent.draft_key)
    words, files = uploads.words_of(sent, form_key=form_key), uploads.files_of(sent.files)
    if sent.draft_key and (upload := known.first()) is not None:
        if upload.state not in REPLACEABLE or (upload.words, upload.files) == (words, files):
            return upload.id
        operations.end_uploads_of(actor, sent.draft_key, now)

    for stored in (stored for each in sent.files for stored in each.stored):
        blobs.borrow(stored.blob)
    upload = DraftUpload.objects.create(
        author_id=actor.user_id,
        agency_id=actor.agency_id,
        post_id=actor.post_id,
        document=document,
        is_revision=document is not None,
        words=words,
        files=files,
        draft_key=sent.draft_key,
        sent_at=now,
    )
    operations.use_held(actor, form_key, now)

    _record(upload, "sent", actor, now)

    outbox.publish(DraftUploaded(upload_id=upload.id))
    return upload.id


@use_case
def begin_upload(*, actor: Actor, upload_id: UUID, now: datetime) -> None:
    """Bắt đầu chuyển: LibreOffice begins to read the files. The actor is the machine.

    Raises NotFound, NotAllowed, UploadOver.
    """
    upload = operations.lock_upload(actor, upload_id)

    require(actor.is_system)

    state = next_upload_state(UploadState(upload.state), UploadStep.BEGIN)

    upload.state, upload.begun_at, upload.read_files = state, now, 0
    upload.save(update_fields=["state", "begun_at", "read_files"])

    _record(upload, "begun", actor, now)


@use_case
def ask_about_changes(
    *, actor: Actor, upload_id: UUID, author_id: UUID, findings: Findings, now: datetime
) -> None:
    """Hỏi cách xử lý thay đổi: the text has tracked changes, and its author must say what becomes of them.

    What came with it is held for its form, should he choose another text. The actor is the machine. Raises
    NotFound, NotAllowed, UploadOver, BlobVanished.
    """
    operations.lock_author(author_id)
    upload = operations.lock_upload(actor, upload_id)

    require(actor.is_system)

    state = next_upload_state(UploadState(upload.state), UploadStep.ASK)

    upload.state, upload.findings = state, findings.to_dict()
    upload.save(update_fields=["state", "findings"])
    _hold(upload, [each for each in uploads.files_from(upload.files) if not each.is_draft], now)

    _record(upload, "asked", actor, now)


@use_case
def choose_changes(*, actor: Actor, upload_id: UUID, changes: ChangesChoice, now: datetime) -> None:
    """Chọn cách xử lý thay đổi: the author accepts, or rejects, all tracked changes of the text he sent.

    His file is converted anew with that. Raises NotFound, UploadOver.
    """
    upload = operations.lock_upload(actor, upload_id)

    if upload.author_id != actor.user_id:
        raise NotFound

    state = next_upload_state(UploadState(upload.state), UploadStep.CHOOSE)

    upload.state, upload.changes, upload.begun_at, upload.read_files = state, changes, None, 0
    upload.save(update_fields=["state", "changes", "begun_at", "read_files"])

    _record(upload, "changes-chosen", actor, now)

    outbox.publish(DraftUploaded(upload_id=upload.id))


@use_case
def refuse_upload(
    *, actor: Actor, upload_id: UUID, author_id: UUID, reason: str, is_held: bool, now: datetime
) -> None:
    """Từ chối tệp: what was sent cannot become a draft, for `reason`; what was filled in stays.

    `is_held`: its files are held for its form, to be sent again without being chosen again; of a secret
    nothing is. The actor is the machine. Raises NotFound, NotAllowed, UploadOver, BlobVanished.
    """
    operations.lock_author(author_id)
    upload = operations.lock_upload(actor, upload_id)

    require(actor.is_system)

    state = next_upload_state(UploadState(upload.state), UploadStep.REFUSE)

    upload.state, upload.reason, upload.ended_at, upload.draft_key = state, reason[:500], now, None
    upload.save(update_fields=["state", "reason", "ended_at", "draft_key"])
    _hold(upload, uploads.files_from(upload.files) if is_held else [], now)

    _record(upload, "refused", actor, now)


@use_case
def cancel_upload(*, actor: Actor, upload_id: UUID, is_given_up: bool = True, now: datetime) -> None:
    """Hủy chuyển: the author does not want it any more, or (not `is_given_up`) has heard that it was refused.

    Nothing comes of it; given up, nothing of it is held for its form either. Raises NotFound, UploadOver.
    """
    operations.lock_author(actor.user_id)
    upload = operations.lock_upload(actor, upload_id)

    if upload.author_id != actor.user_id:
        raise NotFound

    state = next_upload_state(UploadState(upload.state), UploadStep.CANCEL)

    upload.state, upload.ended_at, upload.draft_key = state, now, None
    upload.save(update_fields=["state", "ended_at", "draft_key"])
    if is_given_up:
        _hold(upload, [], now)

    _record(upload, "cancelled", actor, now)

    outbox.publish(DraftUploadCancelled(upload_id=upload.id))


def _hold(upload: DraftUpload, files: Sequence[SentFile], now: datetime) -> None:
    """Hold these files for the form the upload came from, and none of those before."""
    form_key = uploads.form_key_in(upload.words)
    if form_key is None:
        return
    key = uploads.held_key(form_key, agency_id=upload.agency_id)
    if files or DraftUpload.objects.filter(author_id=upload.author_id, draft_key=key).exists():
        operations.hold(
            files,
            author_id=upload.author_id,
            agency_id=upload.agency_id,
            post_id=upload.post_id,
            form_key=form_key,
            now=now,
        )


def _record(upload: DraftUpload, fact: str, actor: Actor, now: datetime) -> None:
    audit.record(
        action=f"outgoing.upload-{fact}",
        actor=actor,
        at=now,
        agency_id=upload.agency_id,
        subject_type=_SUBJECT_TYPE,
        subject_id=upload.id,
        data={
            "files": [file["sha256"] for file in upload.files],
            "reason": upload.reason,
            "found": upload.findings.get("counts", {}),
            "changes": upload.changes,
        },
    )
