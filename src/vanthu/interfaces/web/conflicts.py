"""The page of whoever comes too late: who did what meanwhile, what is different now, and his own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from vanthu.documents.queries import FileRow
from vanthu.exchange import queries as exchange
from vanthu.exchange.states import DeliveryState
from vanthu.incoming import queries as incoming
from vanthu.incoming.states import IllegalStep as IncomingStep
from vanthu.incoming.states import State as IncomingState
from vanthu.interfaces.web import kept
from vanthu.interfaces.web.errors import refuse_domain
from vanthu.interfaces.web.http import WebRequest, page, wants_partial
from vanthu.interfaces.web.outgoing.forms import DraftForm
from vanthu.interfaces.web.written import Written, written_in
from vanthu.kernel.errors import Conflict as Gone
from vanthu.kernel.errors import DomainError
from vanthu.kernel.seen import NotShown, Stale
from vanthu.kernel.trail import Change, HistoryRow
from vanthu.outgoing import queries as outgoing
from vanthu.outgoing.rules import SEVERAL
from vanthu.outgoing.states import IllegalStep as OutgoingStep
from vanthu.outgoing.states import State as OutgoingState
from vanthu.workflow.states import AssignmentState
from vanthu.workflow.states import IllegalStep as PartStep

#: What has gone on without whoever now wants to act on it.
OVERTAKEN = (Gone, IncomingStep, OutgoingStep, PartStep)
TooLate: TypeAlias = Gone | IncomingStep | OutgoingStep | PartStep
DocumentPage: TypeAlias = outgoing.OutgoingPage | incoming.IncomingPage

#: Of a part or a delivery it is not written what came after it was shown: so many latest acts are named.
_LATEST = 3
_STATES = (OutgoingState, IncomingState, AssignmentState, DeliveryState)
_TITLE_SENT = "Việc này chưa được ghi nhận"
_TITLE_ASKED = "Không còn làm được việc này"
_FROM_ELSEWHERE = "Biểu mẫu vừa gửi được mở từ nội dung khác. Hãy xem văn bản hiện nay rồi làm lại."


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One act that came between, and what it changed of what is filled in, in words."""

    at: datetime
    who: str
    text: str
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What was shown, and what stands now; files have their numbers and addresses."""

    label: str
    before: str
    now: str
    before_url: str = ""
    now_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """What the conflict page says."""

    title: str
    message: str
    deeds: tuple[Deed, ...]
    differences: tuple[Difference, ...]
    written: tuple[Written, ...]
    #: Names of the files that were chosen: no browser sends them a second time.
    files: tuple[str, ...]


def answer(request: HttpRequest, error: TooLate) -> HttpResponse:
    """The conflict page, 409; an alert where htmx asks for a part of a page."""
    match = request.resolver_match
    if match is None or wants_partial(request):
        return refuse_domain(request, error)
    if "document_id" not in match.kwargs and not isinstance(error, NotShown | Stale):
        return refuse_domain(request, error)
    if "document_id" not in match.kwargs:
        return _show_words(request, error)  # type: ignore[arg-type]  # only signed-in people act
    try:
        return _show(request, error, match.namespace, **match.kwargs)  # type: ignore[arg-type]  # only signed-in people act
    except DomainError as gone:
        # What changed meanwhile may be that he sees it no more.
        return refuse_domain(request, gone)


def _show(
    request: WebRequest, error: TooLate, area: str, *, document_id: UUID, delivery_id: UUID | None = None
) -> HttpResponse:
    get = outgoing.get_outgoing if area == "outgoing" else incoming.get_incoming
    document: DocumentPage = get(request.actor, document_id=document_id, now=timezone.now())
    history, back = document.history, reverse(f"{area}:document", args=[document_id])
    if delivery_id is not None:
        history = _history_of(request, document_id, delivery_id)
        back = reverse("outgoing:deliveries", args=[document_id])
    context = {
        "carried": kept.carried(request),
        "conflict": conflict_of(request, error, document, history),
        "document": document,
        "back": back,
        "page_title": "Nội dung vừa thay đổi",
    }
    return page(request, "errors/conflict.html", context, status=error.status)


def _show_words(request: WebRequest, error: TooLate) -> HttpResponse:
    """The page of an act on what is no document: its sentence, and his own words."""
    conflict = Conflict(
        title=_TITLE_SENT,
        message=str(error),
        deeds=(),
        differences=(),
        written=tuple(written_in(request.written)),
        files=(),
    )
    context = {"conflict": conflict, "back": request.path, "page_title": "Nội dung vừa thay đổi"}
    return page(request, "errors/conflict.html", context, status=error.status)


def conflict_of(
    request: WebRequest, error: TooLate, document: DocumentPage, history: Sequence[HistoryRow]
) -> Conflict:
    """What to say of acts on `document` to somebody who comes too late; `history` is of what he acted on."""
    # A page that was only asked for has no words in it yet.
    written = getattr(request, "written", None)
    rows: Sequence[HistoryRow] = ()
    differences: tuple[Difference, ...] = ()
    message = str(error)
    if isinstance(error, Stale):
        rows = _since(error, document, history)
        if error.seen.subject == error.current.subject:
            differences = tuple(_differences(error, document))
        elif error.seen.subject not in _parts(document):
            message, rows = _FROM_ELSEWHERE, ()
    elif not isinstance(error, NotShown):
        rows = history[:_LATEST]
    return Conflict(
        title=_TITLE_SENT if request.method == "POST" else _TITLE_ASKED,
        message=message,
        deeds=tuple(_deed(row) for row in rows),
        differences=differences,
        written=tuple(written_in(written)) if written else (),
        files=tuple(file.name or "" for _, several in request.FILES.lists() for file in several),
    )


def _since(stale: Stale, document: DocumentPage, history: Sequence[HistoryRow]) -> Sequence[HistoryRow]:
    """What was done after it was shown, the latest first."""
    if stale.seen.subject == document.row.id == stale.current.subject:
        return [row for row in history if row.version >= stale.seen.version]
    return history[:_LATEST]


def _parts(document: DocumentPage) -> set[UUID]:
    """The document and the parts of the work on it: what a form of one of its pages may speak of."""
    nodes = document.assignments if isinstance(document, incoming.IncomingPage) else ()
    return {document.row.id, *(node.id for root in nodes for node in (root, *root.children))}


def _deed(row: HistoryRow) -> Deed:
    return Deed(
        at=row.at, who=row.who, text=row.text, changes=tuple(_in_words(change) for change in row.changes)
    )


def _in_words(change: Change) -> str:
    label = str(DraftForm.base_fields[change.field].label)
    if change.field not in SEVERAL:
        return f"{label}: “{change.before or 'trống'}” thành “{change.after or 'trống'}”"
    parts = [
        f"bớt {change.before}" if change.before else "",
        f"thêm {change.after}" if change.after else "",
    ]
    return f"{label}: {', '.join(part for part in parts if part) or 'đổi thứ tự'}"


def _differences(stale: Stale, document: DocumentPage) -> Iterator[Difference]:
    seen, current = stale.seen, stale.current
    if seen.state != current.state:
        yield Difference(label="Trạng thái", before=_label(seen.state), now=_label(current.state))
    if seen.sha256 != current.sha256:
        before, now = _file(document, seen.sha256), _file(document, current.sha256)
        yield Difference(
            label="Tệp văn bản",
            before=f"bản {before.version}" if before else "bản khác",
            now=f"bản {now.version}" if now else "bản khác",
            before_url=_address(document, before),
            now_url=_address(document, now),
        )


def _label(state: str) -> str:
    found = next((states for states in _STATES if state in states.values), None)
    return str(found(state).label) if found else state


def _file(document: DocumentPage, sha256: str) -> FileRow | None:
    versions = document.versions if isinstance(document, outgoing.OutgoingPage) else document.files
    return next((file for file in versions if file.sha256 == sha256), None)


def _address(document: DocumentPage, file: FileRow | None) -> str:
    if file is None:
        return ""
    area = "outgoing" if isinstance(document, outgoing.OutgoingPage) else "incoming"
    return reverse(f"files:{area}", args=[document.row.id, file.id])


def _history_of(request: WebRequest, document_id: UUID, delivery_id: UUID) -> tuple[HistoryRow, ...]:
    """What happened to one delivery, the latest first."""
    sent = exchange.deliveries(request.actor, document_id=document_id, now=timezone.now())
    row = next(row for row in sent.rows if row.id == delivery_id)
    rows = [
        HistoryRow(at=status.at, text=f"{status.state_label}: {status.note}".rstrip(": "), who=status.staff)
        for status in row.statuses
    ]
    if row.noted:
        word = f"Đã biết, đã xử lý: {row.noted.word}".rstrip(": ")
        rows.append(HistoryRow(at=row.noted.at, text=word, who=row.noted.who))
    return tuple(sorted(rows, key=lambda each: each.at, reverse=True))
