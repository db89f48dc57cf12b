"""Screens of drafting: a new draft, a reply, a revision."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vanthu.documents.intake import AcceptedDraft, AcceptedFile
from vanthu.documents.queries import FileRow
from vanthu.incoming import queries as incoming
from vanthu.interfaces.web import kept
from vanthu.interfaces.web.acting import NotNow, require_act
from vanthu.interfaces.web.agencies.choosing import Recipients
from vanthu.interfaces.web.conflicts import Conflict, conflict_of
from vanthu.interfaces.web.http import WebRequest, go, page
from vanthu.interfaces.web.outgoing import holding, uploading
from vanthu.interfaces.web.outgoing.forms import DraftForm
from vanthu.interfaces.web.outgoing.views import crumbs
from vanthu.interfaces.web.picking import is_search, look_up, typed_so_far
from vanthu.interfaces.web.screens import Crumb
from vanthu.interfaces.web.seeing import seen_by
from vanthu.interfaces.web.share import taking_in
from vanthu.interfaces.web.written import written_otherwise
from vanthu.kernel.errors import NotFound, require
from vanthu.kernel.seen import NotShown, Seen, Stale
from vanthu.organizations import queries as organizations
from vanthu.outgoing import actions, queries
from vanthu.outgoing.states import Step
from vanthu.outgoing.uploads import SentFile

_SAVED = "Đã lưu dự thảo. Xem lại bản PDF rồi trình ký."
Accepted = TypeVar("Accepted", AcceptedDraft, AcceptedFile)


@require_http_methods(["GET", "POST"])
@taking_in
def draft(request: WebRequest) -> HttpResponse:
    """Soạn văn bản, or with «tra-loi» the reply to an incoming document."""
    require(queries.can_draft(request.actor))
    if (before := _sent_before(request)) is not None:
        return before
    answered = _answered(request)
    if request.method == "GET" and kept.DRAFT not in request.GET:
        # Each new draft has an address of its own, so that Back leads to that draft and to no second one.
        return redirect(f"{request.path}?{urlencode({**request.GET.dict(), kept.DRAFT: uuid4()})}")
    initial = _answer_to(answered) | {"draft_key": request.GET.get(kept.DRAFT) or uuid4()}
    form_key = _key(request)
    held = holding.held_for(request, form_key)
    form = _form(request, initial | uploading.filled_before(request), is_revision=False, held=held)
    if _is_sent(request):
        form.is_valid()
        replies_to = answered.document_id if answered else None

        def save(files: Sequence[SentFile]) -> HttpResponse | None:
            if any(each.is_unread for each in files):
                return uploading.send(
                    request, form, files, form_key=form_key, seen=None, replies_to=replies_to
                )
            chosen = holding.draft_of(files)
            assert chosen is not None, "a new draft is refused without its file"
            document_id = actions.draft_document(
                actor=request.actor,
                content=form.content,
                draft=chosen,
                attachments=holding.attachments_of(files),
                replies_to=replies_to,
                draft_key=form.cleaned_data["draft_key"],
                form_key=form_key,
                now=timezone.now(),
            )
            return go(request, reverse("outgoing:document", args=[document_id]), said=_SAVED)

        if (answer := holding.save_or_hold(request, form, form_key, save)) is not None:
            return uploading.instead_of(request, answer)
        # The same form, sent at the same moment, may have been saved meanwhile, with what was held.
        if (before := _sent_before(request)) is not None:
            return before
    title = "Soạn văn bản trả lời" if answered else "Soạn văn bản"
    way = [Crumb(label="Văn bản đi", url=reverse("outgoing:list")), Crumb(label=title)]
    context = {"answered": answered, "crumbs": way, "page_title": title, "back": reverse("outgoing:list")}
    return _screen(request, form, context)


def _answer_to(answered: incoming.ReplyDefaults | None) -> dict[str, Any]:
    """What the form of a reply starts with."""
    if answered is None:
        return {}
    recipient = [answered.recipient_id] if answered.recipient_id else []
    # What it is about stands in the answer itself, and is read from there.
    return {"recipients": recipient, "urgency": answered.urgency}


def _sent_before(request: WebRequest) -> HttpResponse | None:
    """The answer to whoever comes back to a form that was sent, or sends it twice; None for a new one."""
    key = _key(request)
    if key is None:
        return None
    document_id = queries.drafted_with(request.actor, draft_key=key)
    if document_id is not None:
        return _saved_before(request, document_id)
    upload = queries.under_way_with(request.actor, draft_key=key)
    if upload is None:
        return None
    form = _form(request, {}, is_revision=False)
    is_same = form.is_valid() and form.content == upload.sent.content and not _brings_unsent(request, upload)
    if _is_sent(request) and not is_same:
        raise NotNow("Dự thảo này đang được chuyển sang PDF. Chờ chuyển xong rồi lưu những gì vừa sửa.")
    return go(request, "outgoing:upload", upload.id)


def _brings_unsent(request: WebRequest, upload: queries.Upload) -> bool:
    """Whether files came that are not those being converted."""
    has = {stored.blob.sha256 for each in upload.sent.files for stored in each.stored}
    return any(_hash_of(file) not in has for _, several in request.FILES.lists() for file in several)


def _key(request: WebRequest) -> UUID | None:
    """Which of several new drafts the form is; None when it does not say."""
    try:
        return UUID(request.POST.get("draft_key") or request.GET.get(kept.DRAFT, ""))
    except ValueError:
        return None


def _saved_before(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Lead whoever comes back to a form that is saved to the draft itself.

    Sent again as it was, the form says where it went. Sent again with other words, it does not make a second
    draft: the author gets what is saved with his words beside it, and saves over it or not.
    """
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    page_of_it = reverse("outgoing:document", args=[document_id])
    is_open = Step.EDIT in document.acts
    if not _is_sent(request):
        said = "Dự thảo này đã được lưu; bạn đang sửa bản đã lưu." if is_open else "Dự thảo này đã được lưu."
        to = reverse("outgoing:edit", args=[document_id]) if is_open else page_of_it
        return go(request, to, said=said, tone="info")
    form = _form(request, _as_it_is(document), is_revision=True, attached=document.attachments)
    otherwise = list(written_otherwise(form))
    if not otherwise and not _brings_other_files(request, document):
        return go(request, page_of_it, said=_SAVED)
    request.written = form
    conflict = conflict_of(request, Stale(document.seen, document.seen), document, document.history)
    said = "Dự thảo này đã được lưu trước đó; bản đang gửi khác bản đã lưu."
    context = {
        **_revision_screen(document, document.seen),
        "conflict": replace(_with_files_held(request, form, conflict, document_id), message=said),
        "otherwise": otherwise,
        "action": reverse("outgoing:edit", args=[document_id]),
    }
    if not is_open:
        raise NotNow("Dự thảo này đã được lưu và đã trình, nên không sửa được nữa.")
    return _screen(request, form, context, status=Stale.status)


def _with_files_held(request: WebRequest, form: DraftForm, conflict: Conflict, form_key: UUID) -> Conflict:
    """The conflict, with the files that came held for the form that is shown with it."""
    form.is_valid()
    holding.save_or_hold(request, form, form_key, lambda _: None)
    return conflict if form.brings_secrets else replace(conflict, files=())


def _brings_other_files(request: WebRequest, document: queries.OutgoingPage) -> bool:
    """Whether files came that the saved draft does not have, by their names and every one of their bytes."""
    has = {(file.name, file.sha256) for file in (*document.versions, *document.attachments)}
    return any(
        (file.name, _hash_of(file)) not in has for _, several in request.FILES.lists() for file in several
    )


def _hash_of(file: UploadedFile[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


@require_http_methods(["GET", "POST"])
@taking_in
def revise(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Sửa dự thảo; the earlier versions of its file are kept.

    Who saves over a draft that was changed meanwhile gets it back with his own words, beside what stands
    there now; saved again, it is saved over that.
    """
    try:
        return _revise(request, document_id)
    except (NotShown, Stale) as late:
        document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
        if Step.EDIT not in document.acts:
            raise
        form = _form(request, _as_it_is(document), is_revision=True, attached=document.attachments)
        conflict = conflict_of(request, late, document, document.history)
        context = {
            **_revision_screen(document, document.seen),
            "conflict": _with_files_held(request, form, conflict, document_id),
            "otherwise": list(written_otherwise(form)),
        }
        return _screen(request, form, context, status=late.status)


def _as_it_is(document: queries.OutgoingPage) -> dict[str, Any]:
    """What the form starts with."""
    return {
        "type_code": document.type_code,
        "subject": document.row.subject,
        "urgency": document.row.urgency,
        "due_on": document.due_on,
        "signer_id": str(document.signer_id),
        "recipients": [recipient.agency_id for recipient in document.recipients],
        "to_places": "\n".join(document.to_places),
    }


def _revision_screen(document: queries.OutgoingPage, seen: Seen) -> dict[str, Any]:
    return {
        "document": document,
        "seen": seen,
        "crumbs": crumbs(document, "Sửa dự thảo"),
        "page_title": "Sửa dự thảo",
        "back": reverse("outgoing:document", args=[document.row.id]),
    }


def _revise(request: WebRequest, document_id: UUID) -> HttpResponse:
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    initial = _as_it_is(document) | uploading.filled_before(request)
    if request.GET.get("trich-yeu") and document.other_subject:
        initial["subject"] = document.other_subject
    held = holding.held_for(request, document_id)
    form = _form(request, initial, is_revision=True, attached=document.attachments, held=held)
    seen = seen_by(request, document.seen, form, is_act=_is_sent(request))
    require_act(document, Step.EDIT)
    if _is_sent(request):
        form.is_valid()

        def save(files: Sequence[SentFile]) -> HttpResponse | None:
            if any(each.is_unread for each in files):
                return uploading.send(request, form, files, form_key=document_id, seen=seen, replies_to=None)
            actions.revise_draft(
                actor=request.actor,
                document_id=document_id,
                seen=seen,
                content=form.content,
                draft=holding.draft_of(files),
                attachments=holding.attachments_of(files),
                removed=form.cleaned_data["removed"],
                form_key=document_id,
                now=timezone.now(),
            )
            return go(request, reverse("outgoing:document", args=[document_id]), said="Đã lưu dự thảo.")

        if (answer := holding.save_or_hold(request, form, document_id, save)) is not None:
            return uploading.instead_of(request, answer)
    return _screen(request, form, _revision_screen(document, seen))


def _answered(request: WebRequest) -> incoming.ReplyDefaults | None:
    asked = request.GET.get("tra-loi")
    if not asked:
        return None
    try:
        document_id = UUID(asked)
    except ValueError:
        raise NotFound from None
    return incoming.reply_defaults(request.actor, document_id=document_id)


def _is_sent(request: WebRequest) -> bool:
    """Whether the draft itself was sent, and not only a search for recipients (without scripts)."""
    return request.method == "POST" and not is_search(request)


def _form(
    request: WebRequest,
    initial: Mapping[str, Any],
    *,
    is_revision: bool,
    attached: Sequence[FileRow] = (),
    held: Sequence[SentFile] = (),
) -> DraftForm:
    if is_search(request):
        initial = {**initial, **typed_so_far(DraftForm, request.POST)}
    form = DraftForm(
        request.POST if _is_sent(request) else None,
        request.FILES if _is_sent(request) else None,
        initial=initial,
        signers=organizations.list_signers(request.actor),
        limit=settings.UPLOAD_LIMIT,
        agencies=Recipients(request.actor),
        is_revision=is_revision,
        attached=attached,
        held=held,
    )
    look_up(request, form)
    return form


def _screen(
    request: WebRequest, form: DraftForm, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    shown = {
        **context,
        "form": form,
        "limit": settings.UPLOAD_LIMIT,
        # No browser sends back the files of a form that is shown again; of a secret, none is held.
        "files_lost": form.brings_secrets and bool(request.FILES),
    }
    return page(
        request, "outgoing/draft.html", shown, status=422 if form.errors and status == 200 else status
    )
