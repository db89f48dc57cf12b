"""Screens of files that LibreOffice must read before they become a draft: progress, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from vanthu.documents.states import ChangesChoice
from vanthu.interfaces.web import kept
from vanthu.interfaces.web.http import WebRequest, go, page
from vanthu.interfaces.web.outgoing.forms import ChangesForm, DraftForm
from vanthu.interfaces.web.screens import Crumb
from vanthu.kernel.errors import NotFound
from vanthu.kernel.seen import Seen
from vanthu.outgoing import actions, queries
from vanthu.outgoing.states import UploadOver, UploadState
from vanthu.outgoing.uploads import Sent, SentFile

#: Seconds between two looks of a page that waits for a short conversion.
_LOOK = 0.1


@require_safe
def upload(request: WebRequest, upload_id: UUID) -> HttpResponse:
    """How far the files have come; when they are saved, on to the draft."""
    found = queries.get_upload(request.actor, upload_id=upload_id)
    if found.state is UploadState.SAVED:
        return _to_the_draft(request, found)
    if request.htmx and not found.is_under_way:
        return go(request, request.path)
    again = (
        reverse("outgoing:edit", args=[found.document_id]) if found.is_revision else reverse("outgoing:draft")
    )
    asked = {"tu": str(found.id)}
    if found.form_key and not found.is_revision:
        # The same form again, so that what is held for it is there.
        asked[kept.DRAFT] = str(found.form_key)
    context = {
        "upload": found,
        "again": f"{again}?{urlencode(asked)}",
        "seconds": int((timezone.now() - found.begun_at).total_seconds()) if found.begun_at else 0,
        "limit": settings.CONVERSION_SECONDS,
        "choices": ChangesChoice,
        "crumbs": [Crumb(label="Văn bản đi", url=reverse("outgoing:list")), Crumb(label="Chuyển sang PDF")],
        "page_title": found.state.label,
    }
    return page(request, "outgoing/upload.html", context, partial="progress")


@require_POST
def cancel_upload(request: WebRequest, upload_id: UUID) -> HttpResponse:
    """Hủy chuyển; what was filled in can be filled in again."""
    actions.cancel_upload(actor=request.actor, upload_id=upload_id, now=timezone.now())
    return go(request, "outgoing:upload", upload_id, said="Đã hủy chuyển. Tệp đã gửi không được giữ lại.")


@require_POST
def choose_changes(request: WebRequest, upload_id: UUID) -> HttpResponse:
    """Chọn cách xử lý thay đổi in the text sent; it is converted with that."""
    form = ChangesForm(request.POST)
    if not form.is_valid():
        return go(request, "outgoing:upload", upload_id)
    changes = ChangesChoice(form.cleaned_data["changes"])
    actions.choose_changes(actor=request.actor, upload_id=upload_id, changes=changes, now=timezone.now())
    return go(request, "outgoing:upload", upload_id)


def send(
    request: WebRequest,
    form: DraftForm,
    files: Sequence[SentFile],
    *,
    form_key: UUID | None,
    seen: Seen | None,
    replies_to: UUID | None,
) -> HttpResponse | None:
    """Leave the files to the job that reads them; None when it refused them at once, as the form says."""
    sent = Sent(
        content=form.content,
        files=files,
        seen=seen,
        replies_to=replies_to,
        draft_key=form.cleaned_data.get("draft_key") if seen is None else None,
        removed=form.cleaned_data["removed"],
    )
    upload_id = actions.send_draft(actor=request.actor, sent=sent, form_key=form_key, now=timezone.now())
    return follow(request, form, upload_id)


def follow(request: WebRequest, form: DraftForm, upload_id: UUID) -> HttpResponse | None:
    """Where to go after `send`: a short conversion is waited for, a long one shows its progress.

    None when the files were refused meanwhile, as the form says.
    """
    ends_at = time.monotonic() + settings.CONVERSION_PATIENCE
    found = queries.get_upload(request.actor, upload_id=upload_id)
    while found.is_under_way and time.monotonic() < ends_at:
        time.sleep(_LOOK)
        found = queries.get_upload(request.actor, upload_id=upload_id)
    if found.state is UploadState.REFUSED:
        form.add_error("draft_file", found.reason)
        if found.form_key is not None:
            # Of a secret the job has kept nothing; nobody may bring it back.
            held = queries.held_files(request.actor, form_key=found.form_key)
            form.brings_secrets = not held
        _told(request, found)
        return None
    if found.state is UploadState.SAVED:
        return _to_the_draft(request, found)
    return go(request, "outgoing:upload", upload_id)


def instead_of(request: WebRequest, answer: HttpResponse) -> HttpResponse:
    """`answer` of a form that was sent in place of files that came to nothing («tu»), which end with it."""
    before = _before(request)
    if before is not None:
        _told(request, before)
    return answer


def filled_before(request: WebRequest) -> dict[str, Any]:
    """What was filled in beside files that came to nothing («tu»), to be filled in again."""
    before = _before(request)
    if before is None:
        return {}
    content = before.sent.content
    return {
        "type_code": content.type_code,
        "subject": content.subject,
        "urgency": content.urgency,
        "due_on": content.due_on,
        "signer_id": str(content.signer_id),
        "recipients": list(content.recipient_ids),
        "to_places": "\n".join(content.to_places),
    }


def _before(request: WebRequest) -> queries.Upload | None:
    asked = request.GET.get("tu")
    if not asked:
        return None
    try:
        return queries.get_upload(request.actor, upload_id=UUID(asked))
    except ValueError:
        raise NotFound from None


def _told(request: WebRequest, before: queries.Upload) -> None:
    """The author has heard why nothing came of it, or sends another; it leaves his pages."""
    if before.state in {UploadState.REFUSED, UploadState.CHOOSING}:
        with suppress(UploadOver):
            actions.cancel_upload(
                actor=request.actor, upload_id=before.id, is_given_up=False, now=timezone.now()
            )


def _to_the_draft(request: WebRequest, saved: queries.Upload) -> HttpResponse:
    said = "Đã lưu dự thảo. Xem lại bản PDF rồi trình ký."
    return go(request, reverse("outgoing:document", args=[saved.document_id]), said=said)
