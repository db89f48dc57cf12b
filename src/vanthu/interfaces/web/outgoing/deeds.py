"""What is done with an outgoing document at one press: submit, approve, issue, and the ways back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vanthu.interfaces.web.acting import ActPage, act_page, require_act
from vanthu.interfaces.web.forms import Form
from vanthu.interfaces.web.http import WebRequest, posted
from vanthu.interfaces.web.outgoing.acts import bar_title, ways_to_mend
from vanthu.interfaces.web.outgoing.forms import CommentForm, ConfirmingForm, ReasonForm
from vanthu.interfaces.web.outgoing.views import crumbs
from vanthu.interfaces.web.seeing import seen_by
from vanthu.outgoing import actions, queries
from vanthu.outgoing.states import State, Step


def _back(document_id: UUID) -> str:
    return reverse("outgoing:document", args=[document_id])


@require_http_methods(["GET", "POST"])
def submit(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Trình ký."""
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    form = ConfirmingForm(posted(request), doubts=document.unanswered)
    seen = seen_by(request, document.seen, form)
    require_act(document, Step.SUBMIT)
    screen = ActPage(
        title="Trình ký dự thảo",
        text=f"{document.row.subject}. Người ký: {document.row.signer_name}. Nơi nhận: "
        f"{len(document.recipients)} cơ quan.{_not_sent(document)} Sau khi trình, chỉ sửa được khi dự thảo "
        "được trả lại hoặc khi bạn rút lại.",
        submit="Trình ký",
        icon="send",
        back=_back(document_id),
        crumbs=crumbs(document, "Trình ký"),
        progress="Đang trình…",
        said="Đã trình ký.",
    )
    return act_page(
        request,
        screen,
        form,
        seen,
        lambda _: actions.submit_draft(
            actor=request.actor,
            document_id=document_id,
            seen=seen,
            confirmed=form.confirmed,
            now=timezone.now(),
        ),
        **_told(document),
    )


def _told(document: queries.OutgoingPage) -> dict[str, Any]:
    """What there is to say of the letter where it is acted on, before the button is pressed."""
    return {
        "faults": document.faults,
        "bar_title": bar_title(document),
        "ways": ways_to_mend(document),
        "answered": document.answered,
        "remarks": document.remarks,
        "findings": document.findings,
    }


def _not_sent(document: queries.OutgoingPage) -> str:
    """The lines of «Nơi nhận» that are no agency, lest anybody think they are sent to."""
    return f" Chỉ ghi trên văn bản, không gửi: {'; '.join(document.to_places)}." if document.to_places else ""


@require_http_methods(["GET", "POST"])
def approve(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Duyệt nội dung."""
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    form = CommentForm(posted(request), doubts=document.unanswered)
    seen = seen_by(request, document.seen, form)
    require_act(document, Step.APPROVE)
    screen = ActPage(
        title="Duyệt nội dung, trình ký",
        text=f"{document.row.subject}. Dự thảo sẽ chuyển tới {document.row.signer_name} để ký.",
        submit="Duyệt, trình ký",
        icon="check",
        back=_back(document_id),
        queue="reviewing",
        crumbs=crumbs(document, "Duyệt"),
        progress="Đang duyệt…",
        said="Đã duyệt nội dung và trình ký.",
    )
    return act_page(
        request,
        screen,
        form,
        seen,
        lambda words: actions.approve_content(
            actor=request.actor,
            document_id=document_id,
            seen=seen,
            comment=words["comment"],
            confirmed=form.confirmed,
            now=timezone.now(),
        ),
        **_told(document),
    )


@require_http_methods(["GET", "POST"])
def return_to_author(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Trả lại người soạn."""
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    # Whoever gives a malformed letter back need not write down again what is wrong with it.
    form = ReasonForm(posted(request), initial={"reason": "\n".join(document.faults)})
    seen = seen_by(request, document.seen, form)
    require_act(document, Step.RETURN)
    screen = ActPage(
        title="Trả lại người soạn",
        text=f"{document.row.subject}. {document.row.author_name} sẽ nhận lại dự thảo kèm lý do.",
        submit="Trả lại",
        icon="arrow-back-up",
        tone="harm",
        back=_back(document_id),
        queue="reviewing" if document.row.state == State.REVIEWING else "awaiting_signature",
        crumbs=crumbs(document, "Trả lại"),
        progress="Đang trả lại…",
        said="Đã trả lại dự thảo cho người soạn.",
    )
    return act_page(
        request,
        screen,
        form,
        seen,
        lambda words: actions.return_draft(
            actor=request.actor,
            document_id=document_id,
            seen=seen,
            reason=words["reason"],
            now=timezone.now(),
        ),
    )


@require_http_methods(["GET", "POST"])
def return_signed(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Trả lại để sửa what is signed and not yet issued: the draft is the author's again."""
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    form = ReasonForm(posted(request), initial={"reason": "\n".join(document.faults)})
    seen = seen_by(request, document.seen, form)
    require_act(document, Step.RETURN_SIGNED)
    given = f" Số {document.row.code} bị hủy và không dùng lại." if document.issued_on else ""
    screen = ActPage(
        title="Trả lại để sửa",
        text=f"{document.row.subject}. {document.row.author_name} sửa, trình lại; "
        f"{document.row.signer_name} ký lại từ đầu.{given}",
        submit="Trả lại để sửa",
        icon="arrow-back-up",
        tone="harm",
        back=_back(document_id),
        queue="to_issue" if document.row.state == State.SEALED else "to_number",
        crumbs=crumbs(document, "Trả lại để sửa"),
        progress="Đang trả lại…",
        said="Đã trả lại văn bản cho người soạn.",
    )
    return act_page(
        request,
        screen,
        form,
        seen,
        lambda words: actions.return_signed(
            actor=request.actor,
            document_id=document_id,
            seen=seen,
            reason=words["reason"],
            now=timezone.now(),
        ),
    )


@require_http_methods(["GET", "POST"])
def withdraw(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Rút lại what was submitted and nobody has signed."""
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    form = Form(posted(request))
    seen = seen_by(request, document.seen, form)
    require_act(document, Step.WITHDRAW)
    screen = ActPage(
        title="Rút lại dự thảo",
        text=f"{document.row.subject}. Dự thảo trở về với bạn để sửa; sửa xong thì trình lại từ đầu.",
        submit="Rút lại",
        icon="arrow-back",
        back=_back(document_id),
        crumbs=crumbs(document, "Rút lại"),
        progress="Đang rút lại…",
        said="Đã rút lại dự thảo.",
    )
    return act_page(
        request,
        screen,
        form,
        seen,
        lambda _: actions.withdraw_draft(
            actor=request.actor, document_id=document_id, seen=seen, now=timezone.now()
        ),
    )


@require_http_methods(["GET", "POST"])
def discard(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Hủy dự thảo."""
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    form = Form(posted(request))
    seen = seen_by(request, document.seen, form)
    require_act(document, Step.DISCARD)
    screen = ActPage(
        title="Hủy dự thảo",
        text=f"{document.row.subject}. Dự thảo đã hủy không sửa, không trình được nữa; tệp và lịch sử "
        "vẫn được giữ.",
        submit="Hủy dự thảo",
        icon="trash",
        tone="harm",
        back=_back(document_id),
        after=f"{reverse('outgoing:list')}?tab=my_drafts",
        crumbs=crumbs(document, "Hủy dự thảo"),
        progress="Đang hủy…",
        said="Đã hủy dự thảo.",
    )
    return act_page(
        request,
        screen,
        form,
        seen,
        lambda _: actions.discard_draft(
            actor=request.actor, document_id=document_id, seen=seen, now=timezone.now()
        ),
    )


@require_http_methods(["GET", "POST"])
def issue(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Phát hành (NĐ 30/2020 Điều 18): from now on it is official and on its way."""
    document = queries.get_outgoing(request.actor, document_id=document_id, now=timezone.now())
    form = Form(posted(request))
    seen = seen_by(request, document.seen, form)
    require_act(document, Step.ISSUE)
    names = ", ".join(recipient.name for recipient in document.recipients)
    screen = ActPage(
        title=f"Phát hành {document.row.code}",
        text=f"{document.row.subject}. Gửi {len(document.recipients)} nơi: {names}.{_not_sent(document)}",
        submit="Phát hành",
        icon="send-2",
        back=_back(document_id),
        done=reverse("outgoing:deliveries", args=[document_id]),
        queue="to_issue",
        crumbs=crumbs(document, "Phát hành"),
        progress="Đang phát hành…",
        said=f"Đã phát hành {document.row.code}; đang gửi {len(document.recipients)} nơi.",
    )
    return act_page(
        request,
        screen,
        form,
        seen,
        lambda _: actions.issue_document(
            actor=request.actor, document_id=document_id, seen=seen, now=timezone.now()
        ),
        verdict=document.verdict,
    )
