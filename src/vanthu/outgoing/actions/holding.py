"""Giữ lại tệp: files of a form that was refused wait, with their author, for the form to be sent again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from vanthu.kernel import audit
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import require
from vanthu.kernel.use_cases import use_case
from vanthu.organizations.models import User
from vanthu.outgoing import operations, permissions, uploads
from vanthu.outgoing.models import DraftUpload
from vanthu.outgoing.states import UploadState, UploadStep, next_upload_state
from vanthu.outgoing.uploads import SentFile

_SUBJECT_TYPE = "outgoing.upload"


@use_case
def hold_files(*, actor: Actor, form_key: UUID, files: Sequence[SentFile], now: datetime) -> None:
    """Giữ lại tệp of the form `form_key`, in place of those held for it before; none are none.

    Nothing comes of them by themselves. Raises NotAllowed.
    """
    # One form sent twice is taken one after the other.
    User.objects.select_for_update(no_key=True).get(pk=actor.user_id)
    upload = operations.held_upload(actor, form_key, now)

    require(permissions.may_draft(actor))

    state = next_upload_state(UploadState(upload.state), UploadStep.HOLD)

    upload.state, upload.files, upload.sent_at = state, uploads.files_of(files), now
    upload.save(update_fields=["state", "files", "sent_at"])

    _record(upload, actor, now)


def _record(upload: DraftUpload, actor: Actor, now: datetime) -> None:
    audit.record(
        action="outgoing.files-held",
        actor=actor,
        at=now,
        agency_id=upload.agency_id,
        subject_type=_SUBJECT_TYPE,
        subject_id=upload.id,
        data={"files": [file["sha256"] for file in upload.files]},
    )
