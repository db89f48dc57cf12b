"""Chuyển sang PDF: files sent for a draft that LibreOffice must read first, by a job and not in a request."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from vanthu.documents.findings import Findings
from vanthu.documents.states import ChangesChoice
from vanthu.kernel import audit, outbox
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound, require
from vanthu.kernel.use_cases import use_case
from vanthu.organizations.models import User
from vanthu.outgoing import operations, permissions, uploads
from vanthu.outgoing.events import DraftUploadCancelled, DraftUploaded
from vanthu.outgoing.models import DraftUpload
from vanthu.outgoing.states import State, Step, UploadState, UploadStep, next_state, next_upload_state
from vanthu.outgoing.uploads import Sent

_SUBJECT_TYPE = "outgoing.upload"


@use_case
def send_draft(*, actor: Actor, sent: Sent, form_key: UUID | None = None, now: datetime) -> UUID:
    """Gửi tệp dự thảo: keep what a form brought until its files are read; returns the upload.

    The same form sent again (`draft_key`) is the same upload. What is held for the form `form_key` goes on
    with it. Raises NotFound, Stale, NotAllowed,
    IllegalStep.
    """
    # One form sent twice is taken one after the other, so the second finds what the first made.
    User.objects.select_for_update(no_key=True).get(pk=actor.user_id)
    document = operations.lock(actor, sent.seen.subject, sent.seen) if sent.seen else None

    require(permissions.may_edit(actor, document) if document else permissions.may_draft(actor))

    if document:
        next_state(State(document.state), Step.EDIT)
    known = DraftUpload.objects.filter(author_id=actor.user_id, draft_key=sent.draft_key)
    if sent.draft_key and (upload := known.first()) is not None:
        return upload.id

    upload = DraftUpload.objects.create(
        author_id=actor.user_id,
        agency_id=actor.agency_id,
        post_id=actor.post_id,
        document=document,
        is_revision=document is not None,
        words=uploads.words_of(sent),
        files=uploads.files_of(sent.files),
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
def ask_about_changes(*, actor: Actor, upload_id: UUID, findings: Findings, now: datetime) -> None:
    """Hỏi cách xử lý thay đổi: the text has tracked changes, and its author must say what becomes of them.

    The actor is the machine. Raises NotFound, NotAllowed, UploadOver.
    """
    upload = operations.lock_upload(actor, upload_id)

    require(actor.is_system)

    state = next_upload_state(UploadState(upload.state), UploadStep.ASK)

    upload.state, upload.findings = state, findings.to_dict()
    upload.save(update_fields=["state", "findings"])

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
def refuse_upload(*, actor: Actor, upload_id: UUID, reason: str, now: datetime) -> None:
    """Từ chối tệp: what was sent cannot become a draft, for `reason`; what was filled in stays.

    The actor is the machine. Raises NotFound, NotAllowed, UploadOver.
    """
    upload = operations.lock_upload(actor, upload_id)

    require(actor.is_system)

    state = next_upload_state(UploadState(upload.state), UploadStep.REFUSE)

    upload.state, upload.reason, upload.ended_at, upload.draft_key = state, reason[:500], now, None
    upload.save(update_fields=["state", "reason", "ended_at", "draft_key"])

    _record(upload, "refused", actor, now)


@use_case
def cancel_upload(*, actor: Actor, upload_id: UUID, now: datetime) -> None:
    """Hủy chuyển: the author does not want it any more, or has heard that it was refused.

    Nothing comes of it. Raises NotFound, UploadOver.
    """
    upload = operations.lock_upload(actor, upload_id)

    if upload.author_id != actor.user_id:
        raise NotFound

    state = next_upload_state(UploadState(upload.state), UploadStep.CANCEL)

    upload.state, upload.ended_at, upload.draft_key = state, now, None
    upload.save(update_fields=["state", "ended_at", "draft_key"])

    _record(upload, "cancelled", actor, now)

    outbox.publish(DraftUploadCancelled(upload_id=upload.id))


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
