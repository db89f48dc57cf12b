"""Files of drafts that LibreOffice must read first: how far they have come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from vanthu.documents.findings import Findings
from vanthu.documents.states import ChangesChoice
from vanthu.kernel import blobs
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound
from vanthu.outgoing import permissions
from vanthu.outgoing.models import DraftUpload
from vanthu.outgoing.states import UploadOver, UploadState
from vanthu.outgoing.uploads import Sent, SentFile, files_from, form_key_in, held_key, sent_from

_UNDER_WAY = [UploadState.WAITING, UploadState.CONVERTING]
#: Not sent: files of a form that was refused.
_HELD = [UploadState.HELD, UploadState.USED]
#: How many of one person's uploads his home page names.
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What was sent, and how far it has come."""

    id: UUID
    author_id: UUID
    post_id: UUID | None
    sent: Sent
    state: UploadState
    #: The document it revises, or has become.
    document_id: UUID | None
    is_revision: bool
    #: The form it came from.
    form_key: UUID | None
    subject: str
    reason: str
    file_names: Sequence[str]
    read_files: int
    #: Uploads sent before it that are still under way; of those, the author's own.
    ahead: int
    own_ahead: int
    sent_at: datetime
    begun_at: datetime | None
    #: What stands in the way of converting, while its author must choose.
    findings: Findings
    #: What he chose for the tracked changes.
    changes: ChangesChoice | None

    @property
    def must_choose(self) -> bool:
        """Whether its author must say what becomes of the tracked changes."""
        return self.state is UploadState.CHOOSING

    @property
    def is_under_way(self) -> bool:
        """Whether something may still come of it by itself."""
        return self.state in _UNDER_WAY

    @property
    def current_file(self) -> str:
        """The file being read now."""
        return self.file_names[min(self.read_files, len(self.file_names) - 1)]


def get_upload(actor: Actor, *, upload_id: UUID) -> Upload:
    """One upload of the actor's own. Raises NotFound."""
    sent = DraftUpload.objects.exclude(state__in=_HELD)
    row = sent.filter(permissions.own_uploads(actor), pk=upload_id).first()
    if row is None:
        raise NotFound
    return _upload(row)


def waiting_upload(actor: Actor, *, upload_id: UUID) -> Upload | None:
    """The upload, while something may still come of it; None afterwards."""
    row = DraftUpload.objects.filter(
        permissions.own_uploads(actor), pk=upload_id, state__in=_UNDER_WAY
    ).first()
    return _upload(row) if row else None


def under_way_with(actor: Actor, *, draft_key: UUID) -> Upload | None:
    """The actor's upload by the form with this key, while something may still come of it."""
    row = DraftUpload.objects.filter(
        author_id=actor.user_id, draft_key=draft_key, state__in=_UNDER_WAY
    ).first()
    return _upload(row) if row else None


def held_files(actor: Actor, *, form_key: UUID) -> list[SentFile]:
    """The files held for the actor's form at his agency; those whose bytes are gone meanwhile are not."""
    key = held_key(form_key, agency_id=actor.agency_id)
    held = DraftUpload.objects.filter(
        permissions.own_uploads(actor), draft_key=key, state=UploadState.HELD
    ).first()
    files = files_from(held.files) if held else []
    return [
        each
        for each in files
        if all(blobs.seems_whole(stored.blob.sha256, size=stored.blob.size) for stored in each.stored)
    ]


def require_under_way(actor: Actor, *, upload_id: UUID) -> None:
    """Raises UploadOver when the author cancelled it."""
    if waiting_upload(actor, upload_id=upload_id) is None:
        raise UploadOver


def cancelled_files(actor: Actor, *, upload_id: UUID) -> list[str]:
    """The names of the bytes of a cancelled upload."""
    found = DraftUpload.objects.filter(
        permissions.own_uploads(actor), pk=upload_id, state=UploadState.CANCELLED
    )
    sent = [sent_from(row.words, row.files, draft_key=None) for row in found]
    return [file.blob.sha256 for each in sent for sent_file in each.files for file in sent_file.stored]


def list_uploads(actor: Actor) -> list[Upload]:
    """The actor's uploads of which something may still come, or of which he must hear; the latest first."""
    rows = DraftUpload.objects.filter(
        permissions.own_uploads(actor),
        author_id=actor.user_id,
        state__in=[*_UNDER_WAY, UploadState.CHOOSING, UploadState.REFUSED],
    )
    return [_upload(row) for row in rows.order_by("-sent_at", "pk")[:_NAMED]]


def _upload(row: DraftUpload) -> Upload:
    before = DraftUpload.objects.filter(state__in=_UNDER_WAY, sent_at__lt=row.sent_at)
    is_waiting = row.state == UploadState.WAITING
    return Upload(
        id=row.id,
        author_id=row.author_id,
        post_id=row.post_id,
        sent=sent_from(row.words, row.files, draft_key=row.draft_key),
        state=UploadState(row.state),
        document_id=row.document_id,
        is_revision=row.is_revision,
        form_key=form_key_in(row.words),
        # One that was left to be read from the letter is not known yet.
        subject=row.words["content"]["subject"] or row.files[0]["name"],
        reason=row.reason,
        file_names=[file["name"] for file in row.files],
        read_files=row.read_files,
        ahead=before.count() if is_waiting else 0,
        own_ahead=before.filter(author_id=row.author_id).count() if is_waiting else 0,
        sent_at=row.sent_at,
        begun_at=row.begun_at,
        findings=Findings.from_dict(row.findings),
        changes=ChangesChoice(row.changes) if row.changes else None,
    )
