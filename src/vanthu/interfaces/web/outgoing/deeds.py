"""What is done with an outgoing document at one press: submit, approve, return, issue."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vanthu.interfaces.web.acting import ActPage, act_page
from vanthu.interfaces.web.forms import Form
from vanthu.interfaces.web.http import WebRequest, posted
from vanthu.interfaces.web.outgoing.forms import CommentForm, ReasonForm
from vanthu.interfaces.web.outgoing.views import crumbs
from vanthu.outgoing import actions, queries


def _back(document_id: UUID) -> str:
    return reverse("outgoing:document", args=[document_id])


@require_http_methods(["GET", "POST"])
def submit(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Trình duyệt."""
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    screen = ActPage(
        title="Trình duyệt dự thảo",
        text=f"{document.row.subject}. Người ký: {document.row.signer_name}. Nơi nhận: "
        f"{len(document.recipients)} cơ quan. Sau khi trình, chỉ sửa được khi dự thảo được trả lại.",
        submit="Trình duyệt",
        icon="send",
        back=_back(document_id),
        crumbs=crumbs(document, "Trình duyệt"),
        progress="Đang trình…",
        said="Đã trình duyệt.",
    )
    return act_page(
        request,
        screen,
        Form(posted(request)),
        lambda _: actions.submit_draft(actor=request.actor, document_id=document_id, now=timezone.now()),
    )


@require_http_methods(["GET", "POST"])
def approve(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Duyệt nội dung."""
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    screen = ActPage(
        title="Duyệt nội dung, trình ký",
        text=f"{document.row.subject}. Dự thảo sẽ chuyển tới {document.row.signer_name} để ký.",
        submit="Duyệt, trình ký",
        icon="check",
        back=_back(document_id),
        crumbs=crumbs(document, "Duyệt"),
        progress="Đang duyệt…",
        said="Đã duyệt nội dung và trình ký.",
    )
    return act_page(
        request,
        screen,
        CommentForm(posted(request)),
        lambda words: actions.approve_content(
            actor=request.actor, document_id=document_id, comment=words["comment"], now=timezone.now()
        ),
    )


@require_http_methods(["GET", "POST"])
def return_to_author(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Trả lại người soạn."""
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    screen = ActPage(
        title="Trả lại người soạn",
        text=f"{document.row.subject}. {document.row.author_name} sẽ nhận lại dự thảo kèm lý do.",
        submit="Trả lại",
        icon="arrow-back-up",
        tone="harm",
        back=_back(document_id),
        crumbs=crumbs(document, "Trả lại"),
        progress="Đang trả lại…",
        said="Đã trả lại dự thảo cho người soạn.",
    )
    return act_page(
        request,
        screen,
        ReasonForm(posted(request)),
        lambda words: actions.return_draft(
            actor=request.actor, document_id=document_id, reason=words["reason"], now=timezone.now()
        ),
    )


@require_http_methods(["GET", "POST"])
def issue(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Phát hành (NĐ 30/2020 Điều 18): from now on it is official and on its way."""
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    names = ", ".join(recipient.name for recipient in document.recipients)
    screen = ActPage(
        title=f"Phát hành {document.row.code}",
        text=f"{document.row.subject}. Gửi {len(document.recipients)} nơi: {names}.",
        submit="Phát hành",
        icon="send-2",
        back=_back(document_id),
        after=reverse("outgoing:deliveries", args=[document_id]),
        crumbs=crumbs(document, "Phát hành"),
        progress="Đang phát hành…",
        said="Đã phát hành; trạng thái gửi nhận được cập nhật dưới đây.",
    )
    return act_page(
        request,
        screen,
        Form(posted(request)),
        lambda _: actions.issue_document(actor=request.actor, document_id=document_id, now=timezone.now()),
        verdict=document.verdict,
    )
