"""Files of a draft's form: taken in, and held while the form is not yet right, so that nobody chooses twice.

A form that brings a state secret is the exception: of it nothing stays, not even what came beside the secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from vanthu.documents import intake
from vanthu.documents.intake import AcceptedDraft, AcceptedFile, SecretRefused, Tray
from vanthu.interfaces.web.forms import refusals_into
from vanthu.interfaces.web.http import WebRequest
from vanthu.interfaces.web.outgoing.forms import MOST_FILES, DraftForm
from vanthu.outgoing import actions, queries
from vanthu.outgoing.uploads import SentFile

#: The boxes by which a held file is dropped: its hash.
DROPPED = "dropped"
#: What the form says it showed as held: the hash of each.
SHOWN = "held"

Save = Callable[[Sequence[SentFile]], HttpResponse | None]


def held_for(request: WebRequest, form_key: UUID | None) -> list[SentFile]:
    """What is held for the form: on a visit all of it, afterwards what it showed and does not drop now.

    What another window of the same form brought meanwhile goes nowhere its person has not seen it.
    """
    if form_key is None:
        return []
    found = queries.held_files(request.actor, form_key=form_key)
    if request.method != "POST":
        return found
    wanted = set(request.POST.getlist(SHOWN)) - set(request.POST.getlist(DROPPED))
    return [each for each in found if each.file.blob.sha256 in wanted]


def _refuse_lost(request: WebRequest, form: DraftForm, held: Sequence[SentFile]) -> None:
    """Refuse a form that showed a file as held which is so no more: nothing is saved without it unsaid."""
    wanted = set(request.POST.getlist(SHOWN)) - set(request.POST.getlist(DROPPED))
    if wanted <= {each.file.blob.sha256 for each in held}:
        return
    said = "Có tệp đã gửi lên trước đó nay không còn ở nơi giữ tạm. Hãy xem danh sách và chọn lại tệp đó."
    form.add_error("attachments", said)


def save_or_hold(
    request: WebRequest, form: DraftForm, form_key: UUID | None, save: Save
) -> HttpResponse | None:
    """Take in what the form brought and `save` it with what was held; what is not saved is held.

    The act that saves says of what was held that it is used.

    None when the form was refused, by itself, for a file or by the act, as it then says.
    """
    held = held_for(request, form_key)
    if form_key is not None:
        _refuse_lost(request, form, held)
    with Tray(limit=settings.UPLOAD_LIMIT) as tray:
        files = _taken_in(form, tray, held)
        answer = None
        if not form.errors:
            with refusals_into(form):
                answer = save(files)
            if answer is not None:
                return answer
        if form.brings_secrets or form_key is None:
            tray.empty()
            files = []
        if form_key is not None:
            hold(request, form, form_key, files)
    return None


def hold(request: WebRequest, form: DraftForm, form_key: UUID, files: Sequence[SentFile]) -> None:
    """Keep `files` for the form, in place of those before; those that are dropped leave no byte."""
    before = queries.held_files(request.actor, form_key=form_key)
    # What another window of this form brought is not this one's to throw away.
    shown = set(request.POST.getlist(SHOWN))
    others = [each for each in before if each.file.blob.sha256 not in shown | _names(files)]
    if form.brings_secrets:
        others = []
    kept = [*others, *files]
    if kept or before:
        actions.hold_files(actor=request.actor, form_key=form_key, files=kept, now=timezone.now())
    intake.discard_unspoken(_names(before) - _names(kept))
    form.hold(files)


def _names(files: Iterable[SentFile]) -> set[str]:
    return {stored.blob.sha256 for each in files for stored in each.stored}


def draft_of(files: Iterable[SentFile]) -> AcceptedDraft | None:
    """The draft among files of which none needs LibreOffice."""
    return next(
        (
            AcceptedDraft(pdf=each.file, source=each.source, findings=each.findings)
            for each in files
            if each.is_draft
        ),
        None,
    )


def attachments_of(files: Iterable[SentFile]) -> list[AcceptedFile]:
    """The files that go with the draft."""
    return [each.file for each in files if not each.is_draft]


def _taken_in(form: DraftForm, tray: Tray, held: Sequence[SentFile]) -> list[SentFile]:
    """What the form brought that may be used, after what was held; a new draft takes the place of that held.

    Nothing is looked at of a form that says itself that it is secret.
    """
    if form.brings_secrets:
        return list(held)
    chosen = form.files.get("draft_file")
    brought = [(chosen, True)] if chosen else []
    others = form.files.getlist("attachments")
    brought += [(each, False) for each in others if len(others) <= MOST_FILES]
    taken = [found for file, is_draft in brought if (found := _accepted(form, tray, file, is_draft=is_draft))]
    is_replaced = any(each.is_draft for each in taken)
    return [*(each for each in held if not (is_replaced and each.is_draft)), *taken]


def _accepted(form: DraftForm, tray: Tray, file: Any, *, is_draft: bool) -> SentFile | None:
    """The file, stored; None for what the form refused already, or now does."""
    field = "draft_file" if is_draft else "attachments"
    if any(f"«{file.name}»" in said for said in form.errors.get(field, [])):
        return None
    found = None
    # It may have been read before, by an act that came too late.
    file.seek(0)
    with refusals_into(form, field=field, of=file.name):
        try:
            found = _sent(tray, file, is_draft=is_draft)
        except SecretRefused:
            form.brings_secrets = True
            raise
    return found


def _sent(tray: Tray, file: Any, *, is_draft: bool) -> SentFile:
    name = file.name
    if intake.needs_conversion(name, is_draft=is_draft):
        return SentFile(file=tray.unconverted(file, name), is_draft=is_draft, is_unread=True)
    if not is_draft:
        return SentFile(file=tray.attachment(file, name), is_draft=False, is_unread=False)
    draft = tray.draft(file, name)
    return SentFile(
        file=draft.pdf, source=draft.source, findings=draft.findings, is_draft=True, is_unread=False
    )
