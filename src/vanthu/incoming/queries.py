"""Questions about incoming documents. Every one takes the actor first and answers only what may be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from vanthu.documents import queries as documents
from vanthu.documents import rules as document_rules
from vanthu.documents.models import Document, DocumentFile, DocumentRelation
from vanthu.documents.queries import FileRow, Link
from vanthu.documents.states import FileKind, RelationKind, Urgency
from vanthu.incoming import permissions, rules
from vanthu.incoming.models import IncomingDocument
from vanthu.incoming.states import TRANSITIONS, State, Step
from vanthu.kernel import trail
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound
from vanthu.kernel.pages import PAGE_SIZE, Page, page_of
from vanthu.kernel.trail import HistoryRow
from vanthu.organizations import operations as organizations
from vanthu.registers import queries as registers
from vanthu.registers.states import RegisterKind
from vanthu.signing import queries as signing
from vanthu.signing.queries import VerdictView
from vanthu.workflow import permissions as workflow_permissions
from vanthu.workflow import queries as workflow
from vanthu.workflow.models import Assignment
from vanthu.workflow.queries import AssignmentNode, Waiting
from vanthu.workflow.states import AssignmentRole, AssignmentState

#: Tabs of the list: which states each shows. `mine` is what the actor, or the unit, has open.
TABS: dict[str, tuple[State, ...]] = {
    "arrived": (State.ARRIVED,),
    "to_direct": (State.REGISTERED,),
    "in_progress": (State.DIRECTED, State.PROCESSING),
    "mine": (State.DIRECTED, State.PROCESSING),
    "completed": (State.COMPLETED,),
    "returned": (State.RETURNED,),
    "all": tuple(State),
}
#: Tabs of open work, which are ordered by urgency and deadline; the others by time alone.
QUEUES = {"arrived", "to_direct", "in_progress", "mine"}
#: Counts beyond this are shown as «999+»; nobody works from an exact larger number.
COUNT_LIMIT = 1000

#: What `_row` reads. The rest of a record, read and parsed for every line of a list, takes as long again.
_IN_ROWS = (
    *("state", "urgency", "verdict", "verdict_message", "sender_name", "channel_label", "arrival_number"),
    *("arrived_at", "registered_at", "due_at"),
    *(f"document__{name}" for name in ("number", "notation", "subject", "due_on")),
)

_SENTENCES = {
    "incoming.arrived": "Văn bản đến hệ thống",
    "incoming.registered": "Tiếp nhận, vào sổ số đến {arrival_number}",
    "incoming.returned": "Trả lại: {reason}",
    "incoming.directed": "Chỉ đạo, chuyển xử lý",
    "incoming.directed-further": "Bổ sung chỉ đạo",
    "incoming.passed-on": "Phân công tiếp",
    "incoming.started": "Bắt đầu xử lý",
    "incoming.reported": "Báo cáo kết quả: {result}",
    "incoming.completed": "Hoàn thành: {result}",
    "incoming.answered": "Hoàn thành, đã trả lời bằng văn bản {code}",
    "incoming.signature-checked": "Kiểm tra lại chữ ký: {message}",
}
_STATUS_CODES = {
    "incoming.arrived": "01",
    "incoming.returned": "02",
    "incoming.registered": "03",
    "incoming.directed": "04",
    "incoming.started": "05",
    "incoming.completed": "06",
    "incoming.answered": "06",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingRow:
    """An incoming document in a list."""

    id: UUID
    arrival_number: int | None
    code: str
    subject: str
    sender_name: str
    channel_label: str
    arrived_at: datetime
    registered_at: datetime | None
    urgency: int
    urgency_label: str
    state: str
    state_label: str
    verdict: str
    verdict_message: str
    files_count: int
    due_at: datetime | None
    #: The sender's own deadline for an answer, if any.
    due_on: date | None
    is_overdue: bool
    my_role_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingPage:
    """Everything the page of one incoming document shows."""

    row: IncomingRow
    type_name: str
    issuer_name: str
    issued_on: date | None
    signer_name: str
    signer_title: str
    page_count: int | None
    returned_reason: str
    submitted_to: str
    files: tuple[FileRow, ...]
    main_file: FileRow | None
    verdict: VerdictView | None
    assignments: tuple[AssignmentNode, ...]
    waiting_for: Waiting | None
    #: What the actor may do now: values of Step, plus `report`, `reply` and `pass_on`.
    acts: frozenset[str]
    #: The arrival number the register would give now; not promised.
    next_number: int | None
    replies: tuple[Link, ...]
    replied_to: Link | None
    history: tuple[HistoryRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDefaults:
    """What a reply starts with."""

    document_id: UUID
    label: str
    subject: str
    recipient_id: UUID | None
    recipient_name: str
    urgency: int


def list_incoming(
    actor: Actor, *, tab: str = "all", text: str = "", page: int = 1, size: int = PAGE_SIZE, now: datetime
) -> Page[IncomingRow]:
    """One page of a tab, `size` rows of it, filtered by text with or without diacritics."""
    rows = _in_tab(actor, tab).select_related("document").only(*_IN_ROWS)
    for word in document_rules.search_words(text):
        rows = rows.filter(document__search_text__contains=word)
    # What waits to be registered is first come, first entered: arrival numbers follow arrival.
    arrival = "arrived_at" if tab == "arrived" else "-arrived_at"
    order = ("-urgency", "due_at", arrival, "pk") if tab in QUEUES else ("-arrived_at", "pk")
    found = page_of(rows.order_by(*order), page, size=size)
    ids = [document.pk for document in found.items]
    counts = documents.count_files(actor, document_ids=ids)
    roles = workflow.role_labels(actor, document_ids=ids)
    return found.map(lambda item: _row(item, counts.get(item.pk, 0), roles.get(item.pk, ""), now))


def count_incoming(actor: Actor) -> dict[str, int]:
    """How much open work each tab holds, COUNT_LIMIT at most."""
    states = {state for tab in QUEUES for state in TABS[tab]}
    # One question for all tabs: every page asks it, and asking costs more than the answer.
    by_state = (
        _visible(actor)
        .filter(state__in=states)
        .order_by()
        .values_list("state")
        .annotate(every=Count("pk"), own=Count("pk", filter=Exists(_open_parts(actor))))
    )
    every, own = Counter[str](), Counter[str]()
    for state, in_all, of_mine in by_state:
        every[state], own[state] = in_all, of_mine
    counts = {tab: sum((own if tab == "mine" else every)[state] for state in TABS[tab]) for tab in QUEUES}
    return {tab: min(count, COUNT_LIMIT) for tab, count in counts.items()}


def get_incoming(actor: Actor, *, document_id: UUID, now: datetime) -> IncomingPage:
    """The page of one document. Raises NotFound."""
    incoming = _get(actor, document_id)
    record = incoming.document
    files = tuple(documents.files_of(actor, document_id=document_id))
    current = tuple(file for file in files if file.is_current and file.kind != FileKind.SOURCE)
    main = next((file for file in current if file.kind == FileKind.MAIN), None)
    nodes = tuple(workflow.assignments_of(actor, document_id=document_id))
    role = workflow.role_labels(actor, document_ids=[document_id]).get(document_id, "")
    acts = _acts(actor, incoming, nodes)
    return IncomingPage(
        row=_row(incoming, len(current), role, now),
        type_name=record.type_name,
        issuer_name=record.issuer_name,
        issued_on=record.issued_on,
        signer_name=record.signer_name,
        signer_title=record.signer_title,
        page_count=record.page_count,
        returned_reason=incoming.returned_reason,
        submitted_to=incoming.submitted_to.full_name if incoming.submitted_to else "",
        files=current,
        main_file=main,
        verdict=signing.verdict_of(
            actor,
            sha256=main.sha256 if main else "",
            verdict=incoming.verdict,
            message=incoming.verdict_message,
        ),
        assignments=nodes,
        waiting_for=_waiting(actor, incoming),
        acts=acts,
        next_number=_next_number(actor, incoming, now) if Step.REGISTER in acts else None,
        replies=tuple(_replies(document_id)),
        replied_to=_replied_to(document_id),
        history=tuple(
            trail.history(
                subject_type=rules.SUBJECT_TYPE,
                subject_id=document_id,
                texts=_SENTENCES,
                status_codes=_STATUS_CODES,
            )
        ),
    )


def rows_of(actor: Actor, *, document_ids: Collection[UUID], now: datetime) -> dict[UUID, IncomingRow]:
    """The documents of these ids the actor may see, by id: the lines of a register's page."""
    found = _visible(actor).select_related("document").filter(pk__in=document_ids)
    return {incoming.pk: _row(incoming, 0, "", now) for incoming in found}


def visible_ids(actor: Actor, *, document_ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these documents the actor may open: a link to any other leads nowhere."""
    return frozenset(_visible(actor).filter(pk__in=document_ids).values_list("pk", flat=True))


def reply_defaults(actor: Actor, *, document_id: UUID) -> ReplyDefaults:
    """What a reply to this document starts with. Raises NotFound, also before it is registered."""
    incoming = _get(actor, document_id)
    if incoming.state in {State.ARRIVED, State.RETURNED}:
        raise NotFound("Văn bản chưa được tiếp nhận, vào sổ nên chưa trả lời được.")
    record = incoming.document
    sender = organizations.agency_by_code(incoming.sender_code)
    return ReplyDefaults(
        document_id=document_id,
        label=f"{record.code} của {incoming.sender_name}",
        subject=f"V/v trả lời văn bản số {record.code} của {incoming.sender_name}",
        recipient_id=sender.id if sender else None,
        recipient_name=sender.name if sender else incoming.sender_name,
        urgency=incoming.urgency,
    )


def open_file(actor: Actor, *, document_id: UUID, file_id: UUID) -> FileRow:
    """One file of a visible document, to be streamed from its blob. Raises NotFound."""
    _get(actor, document_id)
    return documents.file_of(actor, document_id=document_id, file_id=file_id)


def pdf_hashes(actor: Actor, *, document_id: UUID) -> list[str]:
    """The hashes of the PDFs in force of a visible document. Raises NotFound."""
    _get(actor, document_id)
    files = DocumentFile.objects.filter(
        document_id=document_id, superseded_at__isnull=True, media_type="application/pdf"
    )
    return list(files.order_by("position").values_list("blob_id", flat=True))


def _visible(actor: Actor) -> QuerySet[IncomingDocument]:
    return IncomingDocument.objects.filter(permissions.visible(actor))


def _get(actor: Actor, document_id: UUID) -> IncomingDocument:
    document = _visible(actor).select_related("document", "submitted_to").filter(pk=document_id).first()
    if document is None:
        raise NotFound
    return document


def _in_tab(actor: Actor, tab: str) -> QuerySet[IncomingDocument]:
    states = TABS.get(tab, TABS["all"])
    rows = _visible(actor)
    if len(states) < len(State):
        rows = rows.filter(state__in=states)
    if tab == "mine":
        rows = rows.filter(Exists(_open_parts(actor)))
    return rows


def _open_parts(actor: Actor) -> QuerySet[Assignment]:
    """The parts of one document on which the actor still has to work."""
    return Assignment.objects.filter(
        workflow_permissions.own(actor),
        ~Q(state=AssignmentState.DONE),
        ~Q(role=AssignmentRole.INFORM),
        document_id=OuterRef("pk"),
    )


def _row(incoming: IncomingDocument, files: int, role: str, now: datetime) -> IncomingRow:
    record = incoming.document
    is_open = State(incoming.state) not in {State.COMPLETED, State.RETURNED}
    return IncomingRow(
        id=incoming.pk,
        arrival_number=incoming.arrival_number,
        code=record.code,
        subject=record.subject,
        sender_name=incoming.sender_name,
        channel_label=incoming.channel_label,
        arrived_at=incoming.arrived_at,
        registered_at=incoming.registered_at,
        urgency=incoming.urgency,
        urgency_label=str(Urgency(incoming.urgency).label),
        state=incoming.state,
        state_label=str(State(incoming.state).label),
        verdict=incoming.verdict,
        verdict_message=incoming.verdict_message,
        files_count=files,
        due_at=incoming.due_at,
        due_on=record.due_on,
        is_overdue=bool(is_open and incoming.due_at and incoming.due_at < now),
        my_role_label=role,
    )


def _acts(actor: Actor, incoming: IncomingDocument, nodes: tuple[AssignmentNode, ...]) -> frozenset[str]:
    state = State(incoming.state)
    parts = [node for root in nodes for node in (root, *root.children)]
    working = [
        node
        for node in parts
        if node.is_mine and node.role != AssignmentRole.INFORM and node.state != AssignmentState.DONE
    ]
    leads = any(node.is_mine and node.role == AssignmentRole.LEAD for node in parts)
    allowed = {
        Step.REGISTER.value: permissions.may_register(actor, incoming),
        Step.RETURN.value: permissions.may_return(actor, incoming),
        Step.DIRECT.value: permissions.may_direct(actor, incoming),
        Step.DIRECT_FURTHER.value: permissions.may_direct_further(actor, incoming),
        Step.START.value: any(node.state == AssignmentState.GIVEN for node in working),
        Step.COMPLETE.value: permissions.may_complete(actor, incoming, is_lead=leads),
    }
    acts = {step for step, right in allowed.items() if right and (state, Step(step)) in TRANSITIONS}
    if (state, Step.START) in TRANSITIONS and working:
        acts.add("report")
        acts.add("reply")
    if (state, Step.ASSIGN) in TRANSITIONS and any(node.can_pass_on for node in parts):
        acts.add("pass_on")
    return frozenset(acts)


def _waiting(actor: Actor, incoming: IncomingDocument) -> Waiting | None:
    state = State(incoming.state)
    if state is State.ARRIVED:
        return Waiting(
            who="Văn thư",
            what="tiếp nhận, vào sổ",
            since=incoming.arrived_at,
            is_me=permissions.may_register(actor, incoming),
        )
    if state is State.REGISTERED:
        assert incoming.registered_at is not None, "a registered document has its time"
        leader = incoming.submitted_to.full_name if incoming.submitted_to else "Lãnh đạo"
        return Waiting(
            who=leader,
            what="chỉ đạo",
            since=incoming.registered_at,
            is_me=incoming.submitted_to_id == actor.user_id,
        )
    if state in {State.DIRECTED, State.PROCESSING}:
        return workflow.lead_waiting(actor, document_id=incoming.pk)
    return None


def _next_number(actor: Actor, incoming: IncomingDocument, now: datetime) -> int | None:
    return registers.peek_number(
        actor, kind=RegisterKind.INCOMING, document_type=incoming.document.type_code, now=now
    )


def _replies(document_id: UUID) -> list[Link]:
    """Replies with a number: a draft is its author's business until then."""
    relations = DocumentRelation.objects.filter(target_id=document_id, kind=RelationKind.REPLIES_TO)
    numbered = relations.exclude(source__number="").select_related("source").order_by("id")
    return [Link(id=relation.source_id, label=_label(relation.source)) for relation in numbered]


def _replied_to(document_id: UUID) -> Link | None:
    relation = (
        DocumentRelation.objects.filter(source_id=document_id, kind=RelationKind.REPLIES_TO)
        .select_related("target")
        .first()
    )
    return Link(id=relation.target_id, label=_label(relation.target)) if relation else None


def _label(record: Document) -> str:
    return record.code if record.number else record.subject
