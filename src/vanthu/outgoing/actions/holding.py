"""Giữ lại tệp: files of a form that was refused wait, with their author, for the form to be sent again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from vanthu.kernel import audit
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import require
from vanthu.kernel.use_cases import use_case
from vanthu.outgoing import operations, permissions
from vanthu.outgoing.models import DraftUpload
from vanthu.outgoing.uploads import SentFile

_SUBJECT_TYPE = "outgoing.upload"


@use_case
def hold_files(*, actor: Actor, form_key: UUID, files: Sequence[SentFile], now: datetime) -> None:
    """Giữ lại tệp of the form `form_key`, in place of those held for it before; none are none.

    Nothing comes of them by themselves. Raises NotAllowed, BlobVanished.
    """
    operations.lock_author(actor.user_id)

    require(permissions.may_draft(actor))

    upload = operations.hold(
        files,
        author_id=actor.user_id,
        agency_id=actor.agency_id,
        post_id=actor.post_id,
        form_key=form_key,
        now=now,
    )

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
