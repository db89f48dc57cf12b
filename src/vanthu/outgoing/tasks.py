"""How background jobs enter the domain: files of drafts are read by LibreOffice, few at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from vanthu.documents import intake
from vanthu.documents.intake import AcceptedDraft, AcceptedFile, FileRefused
from vanthu.documents.marks import SecretRefused
from vanthu.documents.settling import ChangesUndecided
from vanthu.documents.states import ChangesChoice
from vanthu.kernel import blobs, custody
from vanthu.kernel.actor import Actor, system
from vanthu.kernel.attempts import written_down
from vanthu.kernel.blobs import BlobVanished
from vanthu.kernel.errors import DomainError
from vanthu.kernel.patience import Patient
from vanthu.kernel.slots import place_in
from vanthu.kernel.use_cases import passes_by_itself
from vanthu.organizations import queries as organizations
from vanthu.outgoing import actions, operations, queries
from vanthu.outgoing.queries import Upload
from vanthu.outgoing.states import UploadOver
from vanthu.outgoing.uploads import SentFile

#: Seconds between two looks whether a place is free.
_LOOK = 1


def _give_up(*, reason: str, died_before: bool, **arguments: Any) -> None:
    """Tell the author that it cannot be done, and how to go on."""
    upload = queries.waiting_upload(_machine(), upload_id=UUID(arguments["upload_id"]))
    if upload is not None:
        _refuse(
            upload,
            "Tệp làm hỏng việc chuyển sang PDF cả hai lần thử. "
            "Hãy mở tệp, xuất ra PDF rồi chọn tệp PDF; tài liệu kèm theo thì lưu lại ở dạng docx.",
        )


@app.task(name="outgoing.convert_upload", queue="documents", retry=Patient())
@written_down("outgoing.convert_upload", about="upload_id", give_up=_give_up)
def convert_upload(*, upload_id: str, **_later: object) -> None:
    """Read the files of an upload and save the draft, when its author and the installation have a place."""
    upload = queries.waiting_upload(_machine(), upload_id=UUID(upload_id))
    if upload is None:
        return
    with place_in((f"convert:{upload.author_id}", 1), ("convert", settings.CONVERSIONS_AT_ONCE)) as is_free:
        if is_free:
            _convert(upload)
            return
    convert_upload.configure(schedule_in={"seconds": _LOOK}).defer(upload_id=upload_id)


@app.task(name="outgoing.clear_upload", queue="documents", retry=Patient())
def clear_upload(*, upload_id: str, **_later: object) -> None:
    """An upload was cancelled: its bytes go."""
    intake.discard_unspoken(queries.cancelled_files(_machine(), upload_id=UUID(upload_id)))


def _convert(upload: Upload) -> None:
    made: list[str] = []
    try:
        actions.begin_upload(actor=_machine(), upload_id=upload.id, now=timezone.now())
        _save(upload, made)
    except UploadOver:
        # Cancelled meanwhile.
        _discard(upload, made)
    except ChangesUndecided as undecided:
        _ask(upload, undecided, made)
    except DomainError as refusal:
        if passes_by_itself(refusal):
            # No fault of the files: the job is done again, and the author waits.
            intake.discard_unspoken(made)
            raise
        _refuse(upload, str(refusal), made, is_held=not isinstance(refusal, SecretRefused))


def _save(upload: Upload, made: list[str]) -> None:
    person = organizations.actor_for_session(upload.author_id, upload.post_id)
    if person is None:
        raise FileRefused("Người soạn không còn giữ vị trí đã gửi tệp này. Hãy đăng nhập lại rồi gửi lại.")
    _require_files(upload)
    draft, attachments = _read(upload, made)
    sent, now = upload.sent, timezone.now()
    if sent.seen is not None:
        actions.revise_draft(
            actor=person,
            document_id=sent.seen.subject,
            seen=sent.seen,
            content=sent.content,
            draft=draft,
            attachments=attachments,
            removed=sent.removed,
            form_key=upload.form_key,
            upload_id=upload.id,
            now=now,
        )
        return
    assert draft is not None, "a new draft is refused without its file"
    actions.draft_document(
        actor=person,
        content=sent.content,
        draft=draft,
        attachments=attachments,
        replies_to=sent.replies_to,
        draft_key=sent.draft_key,
        form_key=upload.form_key,
        upload_id=upload.id,
        now=now,
    )


def _require_files(upload: Upload) -> None:
    """Its author may have chosen so late that the sweep took the bytes. Raises FileRefused, StorageAway."""
    custody.require_storage()
    stored = [file.blob for each in upload.sent.files for file in each.stored]
    if not all(blobs.seems_whole(blob.sha256, size=blob.size) for blob in stored):
        raise FileRefused(
            "Tệp đã gửi để lâu quá hạn lưu tạm nên không còn nữa. Hãy mở lại trang soạn và chọn lại tệp; "
            "những gì đã điền vẫn còn."
        )


def _read(upload: Upload, made: list[str]) -> tuple[AcceptedDraft | None, list[AcceptedFile]]:
    """The draft and the attachments, all of them read; `made` gets the names of what was stored meanwhile."""
    ends_at = time.monotonic() + settings.CONVERSION_SECONDS
    draft, attachments = None, list[AcceptedFile]()
    # Cancelled meanwhile, even a running conversion ends.
    require_wanted = partial(queries.require_under_way, _machine(), upload_id=upload.id)
    for number, each in enumerate(upload.sent.files, start=1):
        require_wanted()
        seconds = int(ends_at - time.monotonic())
        if each.is_unread and seconds < 1:
            raise FileRefused(
                f"Chuyển các tệp mất quá {settings.CONVERSION_SECONDS} giây, đã dừng ở «{each.file.name}». "
                "Hãy xuất ra PDF rồi gửi lại, hoặc gửi ít tệp hơn."
            )
        with _named(each.file.name):
            if each.is_draft:
                draft = _draft(each, seconds, upload.changes, require_wanted)
                made.append(draft.pdf.blob.sha256)
            else:
                if each.is_unread:
                    intake.check_converted(each.file, seconds=seconds, require_wanted=require_wanted)
                attachments.append(each.file)
        operations.count_read(upload.id, number)
    return draft, attachments


def _draft(
    each: SentFile, seconds: int, changes: ChangesChoice | None, require_wanted: Callable[[], None]
) -> AcceptedDraft:
    if not each.is_unread:
        return AcceptedDraft(pdf=each.file, source=each.source, findings=each.findings)
    return intake.convert_draft(each.file, seconds=seconds, changes=changes, require_wanted=require_wanted)


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Say of a refusal which file it is about."""
    try:
        yield
    except ChangesUndecided:
        raise
    except DomainError as refusal:
        if passes_by_itself(refusal):
            raise
        said = str(refusal)
        raise FileRefused(said if name in said else f"«{name}»: {said}") from refusal


def _ask(upload: Upload, undecided: ChangesUndecided, made: Sequence[str]) -> None:
    intake.discard_unspoken(made)
    try:
        actions.ask_about_changes(
            actor=_machine(),
            upload_id=upload.id,
            author_id=upload.author_id,
            findings=undecided.findings,
            now=timezone.now(),
        )
    except UploadOver:
        # Cancelled meanwhile.
        _discard(upload, made)


def _refuse(upload: Upload, reason: str, made: Sequence[str] = (), *, is_held: bool = True) -> None:
    refuse = partial(
        actions.refuse_upload,
        actor=_machine(),
        upload_id=upload.id,
        author_id=upload.author_id,
        reason=reason,
        now=timezone.now(),
    )
    # What was cancelled meanwhile stays cancelled.
    with suppress(UploadOver):
        try:
            refuse(is_held=is_held)
        except BlobVanished:
            # They lay here longer than anything waits.
            refuse(is_held=False)
    _discard(upload, made)


def _discard(upload: Upload, made: Sequence[str]) -> None:
    sent = [file.blob.sha256 for each in upload.sent.files for file in each.stored]
    intake.discard_unspoken([*sent, *made])


def _machine() -> Actor:
    return system("Chuyển sang PDF")
