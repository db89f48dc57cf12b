"""Steps shared by the use cases of outgoing documents, inside their transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from vanthu import pdfsign
from vanthu.documents import operations as documents
from vanthu.documents import rules as document_rules
from vanthu.documents.models import DocumentFile
from vanthu.documents.states import FileKind, Urgency
from vanthu.kernel import blobs, outbox
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import DomainError, NotFound
from vanthu.kernel.folding import fold
from vanthu.kernel.seen import Seen, require_seen
from vanthu.organizations.models import User
from vanthu.outgoing import letters, permissions, rules, uploads
from vanthu.outgoing.events import DraftUploadCancelled
from vanthu.outgoing.letter_rules import Weight
from vanthu.outgoing.letters import LetterRead
from vanthu.outgoing.models import DraftUpload, OutgoingDocument
from vanthu.outgoing.rules import SUBJECT_TYPE as SUBJECT_TYPE
from vanthu.outgoing.states import REPLACEABLE, WAITED_FOR, State, UploadState, UploadStep, next_upload_state
from vanthu.outgoing.uploads import SentFile
from vanthu.room import papers
from vanthu.workflow.rules import text_fault


class NotReady(DomainError):
    """Văn bản chưa đủ điều kiện để làm bước này."""

    code = "outgoing.not-ready"


class NotConfirmed(NotReady):
    """Văn bản có điều phải xác nhận. Hãy đánh dấu từng điều, hoặc sửa văn bản."""

    code = "outgoing.not-confirmed"


class ReasonMissing(DomainError):
    """Hãy ghi rõ lý do trả lại để người soạn biết cần sửa gì."""

    code = "outgoing.reason-missing"


class CommentRefused(DomainError):
    """Ý kiến không ghi được."""

    code = "outgoing.comment-refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What a version of the PDF tells by its own text."""

    #: pdfsign.Places as a plain dict.
    places: dict[str, Any]
    #: Ký hiệu as written; empty when it cannot be read.
    notation: str
    year: int | None
    letter: LetterRead


def lock(actor: Actor, document_id: UUID, seen: Seen) -> OutgoingDocument:
    """The document, locked until the caller commits, if the actor may know of it and it is what he saw.

    Raises NotFound, then Stale: of what he may not see nobody learns that it has changed.
    """
    document = (
        OutgoingDocument.objects.select_for_update(of=("self",), no_key=True)
        .select_related("document")
        .filter(permissions.visible(actor), pk=document_id)
        .first()
    )
    if document is None:
        raise NotFound
    document.acted_on = document.as_seen(main_file(document).blob_id)
    require_seen(seen, document.acted_on)
    return document


def lock_upload(actor: Actor, upload_id: UUID) -> DraftUpload:
    """The actor's own upload (any, for the machine), locked until the caller commits. Raises NotFound."""
    found = DraftUpload.objects.select_for_update(of=("self",), no_key=True)
    upload = found.filter(permissions.own_uploads(actor), pk=upload_id).first()
    if upload is None:
        raise NotFound
    return upload


def hold(
    files: Sequence[SentFile],
    *,
    author_id: UUID,
    agency_id: UUID,
    post_id: UUID | None,
    form_key: UUID,
    now: datetime,
) -> DraftUpload:
    """Giữ lại tệp of a form, in place of those held for it before; none are none.

    The caller holds the author's row, so that one form sent twice is taken one after the other. Raises
    BlobVanished when bytes of them are gone.
    """
    assert transaction.get_connection().in_atomic_block, "hold needs a transaction"
    for stored in (stored for each in files for stored in each.stored):
        blobs.borrow(stored.blob)
    key = uploads.held_key(form_key, agency_id=agency_id)
    upload, _ = DraftUpload.objects.get_or_create(
        author_id=author_id,
        agency_id=agency_id,
        draft_key=key,
        defaults={"post_id": post_id, "state": UploadState.HELD, "sent_at": now},
    )
    upload.state = next_upload_state(UploadState(upload.state), UploadStep.HOLD)
    upload.files, upload.sent_at = uploads.files_of(files), now
    upload.save(update_fields=["state", "files", "sent_at"])
    return upload


def is_waited_for(sha256: str) -> bool:
    """Whether something may still come of these bytes: a file that is being converted, or is held.

    Not for longer than bytes nobody speaks of are left alone in any case: a form nobody came back to holds
    nothing for ever.
    """
    found = DraftUpload.objects.filter(state__in=WAITED_FOR)
    if settings.BLOB_SWEEP_DAYS:
        found = found.filter(sent_at__gt=Now() - timedelta(days=settings.BLOB_SWEEP_DAYS))
    named = Q(files__contains=[{"sha256": sha256}]) | Q(files__contains=[{"source": {"sha256": sha256}}])
    return found.filter(named).exists()


def use_held(actor: Actor, form_key: UUID | None, now: datetime) -> DraftUpload | None:
    """Dùng tệp giữ lại: what was held for the form goes on with it, in the transaction that takes it on.

    None when nothing was held.
    """
    if form_key is None:
        return None
    found = DraftUpload.objects.select_for_update(of=("self",), no_key=True)
    key = uploads.held_key(form_key, agency_id=actor.agency_id)
    upload = found.filter(permissions.own_uploads(actor), draft_key=key, state=UploadState.HELD).first()
    if upload is not None:
        upload.state = next_upload_state(UploadState(upload.state), UploadStep.USE)
        upload.ended_at = now
        upload.save(update_fields=["state", "ended_at"])
    return upload


def held_facts(upload: DraftUpload | None) -> dict[str, Any]:
    """What was held and went on, for the audit trail of the act that took it on; nothing when nothing was."""
    return {"held": [file["sha256"] for file in upload.files]} if upload else {}


def lock_author(user_id: UUID) -> None:
    """Take what one author sends one after the other, so that a form sent twice finds what the first made."""
    User.objects.select_for_update(no_key=True).get(pk=user_id)


def end_uploads_of(actor: Actor, draft_key: UUID, now: datetime, *, but: UUID | None = None) -> None:
    """End what else the author's form sent and nothing has come of: the form was sent again, otherwise."""
    found = DraftUpload.objects.select_for_update(of=("self",), no_key=True).filter(
        permissions.own_uploads(actor), author_id=actor.user_id, draft_key=draft_key, state__in=REPLACEABLE
    )
    for upload in found.order_by("pk"):
        if upload.pk != but:
            _end_upload(upload, now)


def end_upload(actor: Actor, upload_id: UUID, now: datetime) -> None:
    """End an upload nothing is to come of any more. Raises NotFound, UploadOver."""
    _end_upload(lock_upload(actor, upload_id), now)


def _end_upload(upload: DraftUpload, now: datetime) -> None:
    upload.state = next_upload_state(UploadState(upload.state), UploadStep.CANCEL)
    upload.ended_at, upload.draft_key = now, None
    upload.save(update_fields=["state", "ended_at", "draft_key"])
    outbox.publish(DraftUploadCancelled(upload_id=upload.id))


def save_upload(actor: Actor, upload_id: UUID, document: OutgoingDocument, now: datetime) -> None:
    """Say that what was sent has become `document`, in the transaction that makes it. Raises UploadOver."""
    upload = lock_upload(actor, upload_id)
    upload.state = next_upload_state(UploadState(upload.state), UploadStep.SAVE)
    upload.document, upload.ended_at = document, now
    upload.save(update_fields=["state", "document", "ended_at"])


def count_read(upload_id: UUID, number: int) -> None:
    """Show the author how many of the files are read; nothing else depends on it."""
    DraftUpload.objects.filter(pk=upload_id).update(read_files=number)


def main_file(document: OutgoingDocument) -> DocumentFile:
    """The version in force of the PDF. Every outgoing document has one from its first moment."""
    file = documents.current_file(document.pk, FileKind.MAIN)
    assert file is not None, "an outgoing document is drafted with its PDF"
    return file


def move(document: OutgoingDocument, state: State, now: datetime, *, also: tuple[str, ...] = ()) -> None:
    """Write the new state, and the fields in `also` that changed with it."""
    document.state, document.moved_at = state, now
    change(document, "state", "moved_at", *also)


def change(document: OutgoingDocument, *fields: str) -> None:
    """Write what an act changed: whoever was shown the document before was shown another one."""
    document.version += 1
    document.save(update_fields=["version", *fields])


def as_filled_in(document: OutgoingDocument) -> dict[str, tuple[str, ...]]:
    """What the form of a draft says, by its fields, in words: several where several may be chosen."""
    record = document.document
    recipients = document.recipients.order_by("position").values_list("agency__name", flat=True)
    return {
        "type_code": (record.type_name,),
        "subject": (record.subject,),
        "urgency": (str(Urgency(record.urgency).label),),
        "due_on": (f"{record.due_on:%d/%m/%Y}",) if record.due_on else (),
        "signer_id": (record.signer_name,),
        "recipients": tuple(recipients),
        "to_places": tuple(record.to_places),
        "attachments": tuple(
            file.name for file in documents.current_files(document.pk) if file.kind == FileKind.ATTACHMENT
        ),
    }


def read_paper(
    sha256: str, *, signer_name: str, signer_title: str, places: pdfsign.Places | None = None
) -> Paper:
    """Read a stored PDF for the person who is to sign it. Raises NotReady, RoomClosed.

    `places` are those somebody has put already: they stay, and what lies beneath them is told.
    """
    try:
        with blobs.as_path(sha256) as path:
            letter = papers.read_letter(path, signer_name=signer_name, signer_title=signer_title)
            stands = letter.places if places is None else places
            lying = papers.beneath(path, stands)
    except pdfsign.PdfSignError as error:
        raise NotReady(str(error)) from error
    notation = letter.heading.notation
    return Paper(
        places=stands.to_dict(),
        notation=notation if len(notation) <= document_rules.NOTATION_LIMIT else "",
        year=letter.heading.year,
        letter=LetterRead(says=letter.says, beneath=lying),
    )


def index(document: OutgoingDocument) -> None:
    """Write what the document is found by: what it is, who signs it, and whom it goes to.

    Not the issuer: every document of the agency would be found by the agency's own name.
    """
    record = document.document
    recipients = document.recipients.order_by("position").values_list("agency__name", flat=True)
    words = [
        record.code,
        record.subject,
        record.type_name,
        record.signer_name,
        *recipients,
        *record.to_places,
    ]
    record.search_text = " ".join(map(fold, filter(None, words)))
    record.save(update_fields=["search_text"])


def require_sound(
    document: OutgoingDocument, now: datetime, *, confirmed: Collection[str], anew: bool = False
) -> dict[str, str]:
    """Refuse with NotReady a letter that may not be signed as it is, with all that is wrong.

    What is right only for a reason of somebody's own must be `confirmed`, matter by matter, here or by those
    before in the same words; `anew`: here in any case, as at each submission. Returns what was confirmed
    here, words by matter. Raises NotConfirmed for what was not.
    """
    told = document.told_of_letter(timezone.localdate(now))
    faults = letters.weighing(told, Weight.STOPS)
    if faults:
        raise NotReady(" ".join(each.words for each in faults))
    doubts = letters.weighing(told, Weight.CONFIRM)
    known = {} if anew else document.confirmed
    asked = [each for each in doubts if known.get(each.matter) != each.words]
    unanswered = [each.words for each in asked if each.matter not in confirmed]
    if unanswered:
        raise NotConfirmed(f"Hãy xác nhận trước, hoặc sửa văn bản: {' '.join(unanswered)}")
    return {str(each.matter): each.words for each in asked}


def require_year(document: OutgoingDocument, now: datetime) -> None:
    """Refuse with NotReady when the year on the paper is not the present one."""
    fault = rules.year_fault(written_year=document.written_year, year=timezone.localtime(now).year)
    if fault:
        raise NotReady(fault)


def require_date(document: OutgoingDocument, now: datetime) -> None:
    """Refuse with NotReady when the paper cannot bear the present day: another year or month is in print."""
    require_year(document, now)
    fault = letters.month_fault(document.letter_read, timezone.localdate(now))
    if fault:
        raise NotReady(fault)


def refuse_long(text: str, what: str) -> None:
    """Refuse with CommentRefused what is longer than a comment may be; `what` it is, e.g. «Ý kiến»."""
    fault = text_fault(text, what=what)
    if fault:
        raise CommentRefused(fault)


def require_reason(reason: str) -> None:
    """Whoever gives work back says why. Raises ReasonMissing, CommentRefused."""
    if not reason.strip():
        raise ReasonMissing
    refuse_long(reason, "Lý do")
