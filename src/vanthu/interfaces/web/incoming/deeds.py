"""What is done with an incoming document, from its own small pages and dialogs.

What is done from a list says so in `next`, and leads back to that list: the next document waits there. What
is done on the document's own page leads to the next document of the queue (`runs`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vanthu.incoming import actions, queries
from vanthu.interfaces.web.acting import ActPage, act_page, require_act
from vanthu.interfaces.web.forms import Form, refusals_into
from vanthu.interfaces.web.http import WebRequest, page, posted
from vanthu.interfaces.web.incoming.acts import is_broken, register_label
from vanthu.interfaces.web.incoming.directing import direction_form
from vanthu.interfaces.web.incoming.forms import (
    DirectForm,
    FurtherForm,
    PassOnForm,
    PresentForm,
    RegisterForm,
    ResultForm,
    ReturnForm,
)
from vanthu.interfaces.web.incoming.views import crumbs
from vanthu.interfaces.web.picking import is_search
from vanthu.interfaces.web.runs import course_of, go_on, place_of
from vanthu.interfaces.web.seeing import seen_by
from vanthu.kernel.errors import NotAllowed
from vanthu.kernel.seen import Seen
from vanthu.organizations import queries as organizations
from vanthu.organizations.states import Role
from vanthu.workflow.queries import AssignmentNode
from vanthu.workflow.states import AssignmentRole


def _back(document_id: UUID) -> str:
    return reverse("incoming:document", args=[document_id])


@require_http_methods(["GET", "POST"])
def register(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Tiếp nhận, vào sổ (NĐ 30/2020 Điều 21–22)."""
    document = queries.get_incoming(request.actor, document_id=document_id, now=timezone.now())
    leaders = organizations.list_people(request.actor, roles=frozenset({Role.LEADER}))
    first = str(leaders[0].user_id) if leaders else ""
    form = RegisterForm(posted(request), initial={"leader": first}, leaders=leaders)
    seen = seen_by(request, document.seen, form)
    screen = ActPage(
        title=register_label(document.next_number),
        text=f"{document.row.sender_name}: {document.row.subject}",
        submit="Tiếp nhận, vào sổ",
        icon="book-upload",
        back=_back(document_id),
        queue="arrived",
        crumbs=crumbs(document, "Vào sổ"),
        progress="Đang vào sổ…",
        said="Đã tiếp nhận, vào sổ, số đến {result}.",
    )
    return act_page(
        request,
        screen,
        form,
        seen,
        lambda words: actions.register_document(
            actor=request.actor,
            document_id=document_id,
            seen=seen,
            leader_id=words["leader"],
            now=timezone.now(),
        ),
        verdict=document.verdict,
    )


@require_http_methods(["GET", "POST"])
def present(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Trình lãnh đạo: the first time, or another leader than the one named at registering."""
    document = queries.get_incoming(request.actor, document_id=document_id, now=timezone.now())
    leaders = organizations.list_people(request.actor, roles=frozenset({Role.LEADER}))
    now_with = f" Đang trình: {document.submitted_to}." if document.submitted_to else " Chưa trình ai."
    form = PresentForm(posted(request), leaders=leaders)
    seen = seen_by(request, document.seen, form)
    screen = ActPage(
        title="Trình lãnh đạo",
        text=f"{document.row.sender_name}: {document.row.subject}.{now_with}",
        submit="Trình lãnh đạo",
        icon="user-up",
        back=_back(document_id),
        crumbs=crumbs(document, "Trình lãnh đạo"),
        progress="Đang trình…",
        said="Đã trình lãnh đạo.",
    )
    return act_page(
        request,
        screen,
        form,
        seen,
        lambda words: actions.present_document(
            actor=request.actor,
            document_id=document_id,
            seen=seen,
            leader_id=words["leader"],
            now=timezone.now(),
        ),
    )


@require_http_methods(["GET", "POST"])
def return_to_sender(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Trả lại bên gửi, with the reason in words."""
    document = queries.get_incoming(request.actor, document_id=document_id, now=timezone.now())
    verdict = document.verdict
    initial = {"reason": verdict.message if verdict and is_broken(document) else ""}
    form = ReturnForm(posted(request), initial=initial)
    seen = seen_by(request, document.seen, form)
    screen = ActPage(
        title="Trả lại bên gửi",
        text=f"{document.row.sender_name}: {document.row.subject}",
        submit="Trả lại",
        icon="arrow-back-up",
        tone="harm",
        back=_back(document_id),
        queue="arrived",
        crumbs=crumbs(document, "Trả lại"),
        progress="Đang trả lại…",
        said="Đã trả lại văn bản; bên gửi sẽ nhận được lý do.",
    )
    return act_page(
        request,
        screen,
        form,
        seen,
        lambda words: actions.return_document(
            actor=request.actor,
            document_id=document_id,
            seen=seen,
            reason=words["reason"],
            now=timezone.now(),
        ),
        verdict=verdict,
    )


@require_http_methods(["GET", "POST"])
def direct(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Chỉ đạo, chuyển xử lý (NĐ 30/2020 Điều 23)."""
    document = queries.get_incoming(request.actor, document_id=document_id, now=timezone.now())
    form = direction_form(request, document, DirectForm)
    seen = seen_by(request, document.seen, form, is_act=not is_search(request))
    require_act(document, "direct")
    return _direction_page(
        request,
        document,
        form,
        seen,
        lambda: actions.direct_document(
            actor=request.actor,
            document_id=document_id,
            seen=seen,
            instruction=form.cleaned_data["instruction"],
            due_at=form.cleaned_data["due_at"],
            lead=form.chosen(AssignmentRole.LEAD)[0],
            support=form.chosen(AssignmentRole.SUPPORT),
            inform=form.chosen(AssignmentRole.INFORM),
            now=timezone.now(),
        ),
        title="Chỉ đạo, chuyển xử lý",
        queue="to_direct",
        following="direct",
        said="Đã chuyển xử lý; người được giao thấy việc ngay.",
    )


@require_http_methods(["GET", "POST"])
def direct_further(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Bổ sung chỉ đạo: those who have no part yet."""
    document = queries.get_incoming(request.actor, document_id=document_id, now=timezone.now())
    form = direction_form(request, document, FurtherForm)
    seen = seen_by(request, document.seen, form, is_act=not is_search(request))
    require_act(document, "direct_further")
    return _direction_page(
        request,
        document,
        form,
        seen,
        lambda: actions.direct_further(
            actor=request.actor,
            document_id=document_id,
            seen=seen,
            instruction=form.cleaned_data["instruction"],
            due_at=form.cleaned_data["due_at"],
            support=form.chosen(AssignmentRole.SUPPORT),
            inform=form.chosen(AssignmentRole.INFORM),
            now=timezone.now(),
        ),
        title="Bổ sung chỉ đạo",
        said="Đã bổ sung chỉ đạo; người được giao thấy việc ngay.",
    )


def _direction_page(
    request: WebRequest,
    document: queries.IncomingPage,
    form: DirectForm,
    seen: Seen,
    carry_out: Callable[[], object],
    *,
    title: str,
    said: str,
    queue: str = "",
    following: str = "document",
) -> HttpResponse:
    """`queue` and `following`: whose next document is opened, and in which page of it."""
    if form.is_valid():
        course = course_of(request, own=queue)
        with refusals_into(form):
            carry_out()
        if not form.errors:
            return go_on(request, course, back=_back(document.row.id), said=said, page=following)
    context = {
        "place": place_of(request, page=following),
        "document": document,
        "form": form,
        "seen": seen,
        "crumbs": crumbs(document, title),
        "page_title": title,
    }
    return page(request, "incoming/direct.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def pass_on(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Phân công tiếp: the head gives the unit's part to one of the unit."""
    document = queries.get_incoming(request.actor, document_id=document_id, now=timezone.now())
    assignment = _part_of_unit(document.assignments)
    people = [
        person
        for person in organizations.list_people(request.actor)
        if person.unit_id == request.actor.unit_id and person.user_id != request.actor.user_id
    ]
    form = PassOnForm(
        posted(request), initial={"due_at": assignment.due_at if assignment else None}, people=people
    )
    seen = seen_by(request, document.parts_seen.get("pass_on", document.seen), form)
    if assignment is None:
        raise NotAllowed
    screen = ActPage(
        title="Phân công tiếp trong đơn vị",
        text=document.row.subject,
        submit="Phân công",
        icon="user-share",
        back=_back(document_id),
        queue="mine",
        crumbs=crumbs(document, "Phân công"),
        said="Đã phân công.",
    )
    return act_page(
        request,
        screen,
        form,
        seen,
        lambda words: actions.pass_on(
            actor=request.actor,
            document_id=document_id,
            seen=seen,
            assignment_id=assignment.id,
            user_id=words["user_id"],
            instruction=words["instruction"],
            due_at=words["due_at"],
            now=timezone.now(),
        ),
    )


def _part_of_unit(nodes: Iterable[AssignmentNode]) -> AssignmentNode | None:
    """The unit's part the actor may give on; None when there is none, or none any more."""
    return next((node for root in nodes for node in (root, *root.children) if node.can_pass_on), None)


@require_http_methods(["GET", "POST"])
def start(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Bắt đầu xử lý one's own part."""
    document = queries.get_incoming(request.actor, document_id=document_id, now=timezone.now())
    form = Form(posted(request))
    seen = seen_by(request, document.parts_seen.get("start", document.seen), form)
    screen = ActPage(
        title="Bắt đầu xử lý",
        text=f"{document.row.subject}. Bên gửi được báo là văn bản đang được xử lý.",
        submit="Bắt đầu xử lý",
        icon="player-play",
        back=_back(document_id),
        stays=True,
        crumbs=crumbs(document, "Bắt đầu xử lý"),
        said="Đã ghi nhận bạn bắt đầu xử lý.",
    )
    return act_page(
        request,
        screen,
        form,
        seen,
        lambda _: actions.start_work(
            actor=request.actor, document_id=document_id, seen=seen, now=timezone.now()
        ),
    )


@require_http_methods(["GET", "POST"])
def report(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Báo cáo kết quả of one's own part."""
    document = queries.get_incoming(request.actor, document_id=document_id, now=timezone.now())
    form = ResultForm(posted(request))
    seen = seen_by(request, document.parts_seen.get("report", document.seen), form)
    screen = ActPage(
        title="Báo cáo kết quả",
        text=document.row.subject,
        submit="Gửi báo cáo",
        icon="message-check",
        back=_back(document_id),
        queue="mine",
        crumbs=crumbs(document, "Báo cáo"),
        said="Đã báo cáo kết quả.",
    )
    return act_page(
        request,
        screen,
        form,
        seen,
        lambda words: actions.report_work(
            actor=request.actor,
            document_id=document_id,
            seen=seen,
            result=words["result"],
            now=timezone.now(),
        ),
    )


@require_http_methods(["GET", "POST"])
def complete(request: WebRequest, document_id: UUID) -> HttpResponse:
    """Hoàn thành xử lý without a reply."""
    document = queries.get_incoming(request.actor, document_id=document_id, now=timezone.now())
    form = ResultForm(posted(request))
    seen = seen_by(request, document.seen, form)
    screen = ActPage(
        title="Hoàn thành xử lý văn bản",
        text=f"{document.row.subject}. Nếu cần trả lời bên gửi, hãy soạn văn bản trả lời thay vì "
        "hoàn thành ở đây: phát hành văn bản trả lời thì văn bản này tự hoàn thành.",
        submit="Hoàn thành xử lý",
        icon="circle-check",
        back=_back(document_id),
        queue="mine",
        crumbs=crumbs(document, "Hoàn thành"),
        said="Đã hoàn thành xử lý văn bản.",
    )
    return act_page(
        request,
        screen,
        form,
        seen,
        lambda words: actions.complete_document(
            actor=request.actor,
            document_id=document_id,
            seen=seen,
            result=words["result"],
            now=timezone.now(),
        ),
    )
