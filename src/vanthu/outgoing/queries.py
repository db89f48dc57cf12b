"""Questions about outgoing documents. Every one takes the actor first and answers only what may be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from vanthu import pdfsign
from vanthu.documents import operations as document_operations
from vanthu.documents import queries as documents
from vanthu.documents import rules as document_rules
from vanthu.documents.models import Document
from vanthu.documents.queries import FileRow, Link
from vanthu.documents.states import FileKind, Urgency
from vanthu.kernel import blobs, trail
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound
from vanthu.kernel.pages import PAGE_SIZE, Page, page_of
from vanthu.kernel.trail import HistoryRow
from vanthu.organizations.states import Role
from vanthu.outgoing import permissions, rules
from vanthu.outgoing.models import OutgoingDocument, Recipient
from vanthu.outgoing.states import TRANSITIONS, State, Step
from vanthu.registers import queries as registers
from vanthu.registers.states import RegisterKind
from vanthu.signing import queries as signing
from vanthu.signing.queries import VerdictView
from vanthu.workflow import operations as workflow_operations
from vanthu.workflow import queries as workflow
from vanthu.workflow.models import ApprovalStep
from vanthu.workflow.queries import ApprovalRow, Waiting
from vanthu.workflow.states import ApprovalKind, ApprovalState

#: Tabs of the list: which states each shows.
TABS: dict[str, tuple[State, ...]] = {
    "my_drafts": (State.DRAFT, State.REVIEWING, State.AWAITING_SIGNATURE),
    "reviewing": (State.REVIEWING,),
    "awaiting_signature": (State.AWAITING_SIGNATURE,),
    "to_number": (State.SIGNED, State.NUMBERED),
    "to_issue": (State.SEALED,),
    "issued": (State.ISSUED,),
    "all": tuple(State),
}
#: Tabs of open work, and whose it is: the author's, the person's whose turn it is, the records clerk's.
_QUEUES = {
    "my_drafts": "author",
    "reviewing": "turn",
    "awaiting_signature": "turn",
    "to_number": "clerk",
    "to_issue": "clerk",
}
#: Counts beyond this are shown as «999+».
COUNT_LIMIT = 1000

#: What `_row` reads. The rest of a record, read and parsed for every line of a list, takes as long again.
_IN_ROWS = (
    *("state", "urgency", "moved_at", "issued_at", "returned_reason", "author__full_name", "unit__name"),
    *(f"document__{name}" for name in ("number", "notation", "subject", "type_name", "signer_name")),
)

_SENTENCES = {
    "outgoing.drafted": "Soạn dự thảo",
    "outgoing.draft-revised": "Sửa dự thảo",
    "outgoing.submitted": "Trình duyệt lần {round}",
    "outgoing.content-approved": "Duyệt nội dung",
    "outgoing.returned": "Trả lại: {reason}",
    "outgoing.signed": "Ký số",
    "outgoing.numbered": "Cấp số {code}",
    "outgoing.sealed": "Đóng dấu cơ quan",
    "outgoing.issued": "Phát hành",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRow:
    """An outgoing document in a list."""

    id: UUID
    code: str
    subject: str
    type_name: str
    urgency: int
    urgency_label: str
    state: str
    state_label: str
    author_name: str
    unit_name: str
    signer_name: str
    recipients_count: int
    moved_at: datetime
    issued_at: datetime | None
    returned_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRow:
    """An agency the document is (to be) issued to."""

    agency_id: UUID
    name: str
    code: str
    is_hosted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingPage:
    """Everything the page of one outgoing document shows."""

    row: OutgoingRow
    type_code: str
    signer_id: UUID
    signer_title: str
    issued_on: date | None
    page_count: int | None
    to_places: tuple[str, ...]
    sphere: str
    recipients: tuple[RecipientRow, ...]
    #: pdfsign.Places as a plain dict, and the names of those not found yet.
    places: Mapping[str, Any]
    missing_places: tuple[str, ...]
    files: tuple[FileRow, ...]
    main_file: FileRow | None
    versions: tuple[FileRow, ...]
    approvals: tuple[ApprovalRow, ...]
    waiting_for: Waiting | None
    #: What the actor may do now: values of Step, plus `place`.
    acts: frozenset[str]
    verdict: VerdictView | None
    replies_to: Link | None
    #: The number the register would give now; not promised.
    next_number: int | None
    history: tuple[HistoryRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningView:
    """What placing marks on the pages needs."""

    #: pdfsign.Places as a plain dict.
    places: Mapping[str, Any]
    missing: tuple[str, ...]
    #: Width and height of each page, in PDF points.
    page_sizes: tuple[tuple[float, float], ...]
    signer_name: str
    signer_title: str


def can_draft(actor: Actor) -> bool:
    """Whether the actor may begin a draft."""
    return permissions.may_draft(actor)


def list_outgoing(
    actor: Actor,
    *,
    tab: str = "all",
    text: str = "",
    type_code: str = "",
    page: int = 1,
    size: int = PAGE_SIZE,
) -> Page[OutgoingRow]:
    """One page of a tab, `size` rows of it, filtered by type and by text with or without diacritics."""
    rows = _in_tab(actor, tab).select_related("document", "author", "unit").only(*_IN_ROWS)
    if type_code:
        rows = rows.filter(document__type_code=type_code)
    for word in document_rules.search_words(text):
        rows = rows.filter(document__search_text__contains=word)
    order = ("-urgency", "moved_at", "pk") if tab in _QUEUES else ("-moved_at", "pk")
    found = page_of(rows.order_by(*order), page, size=size)
    counts = _recipient_counts([document.pk for document in found.items])
    return found.map(lambda item: _row(item, counts.get(item.pk, 0)))


def count_outgoing(actor: Actor) -> dict[str, int]:
    """How much open work each tab holds, COUNT_LIMIT at most."""
    states = {state for tab in _QUEUES for state in TABS[tab]}
    turns = _current_turns(actor, kinds=(ApprovalKind.REVIEW, ApprovalKind.SIGN))
    # One question for all tabs: every page asks it, and asking costs more than the answer.
    by_state = _visible(actor).filter(state__in=states).order_by().values_list("state")
    author, turn = Count("pk", filter=Q(author_id=actor.user_id)), Count("pk", filter=Q(pk__in=turns))
    counted = {"author": Counter[str](), "turn": Counter[str](), "clerk": Counter[str]()}
    for state, of_author, in_turn, in_all in by_state.annotate(author=author, turn=turn, clerk=Count("pk")):
        counted["author"][state], counted["turn"][state] = of_author, in_turn
        counted["clerk"][state] = in_all if Role.RECORDS_CLERK in actor.roles else 0
    counts = {tab: sum(counted[whose][state] for state in TABS[tab]) for tab, whose in _QUEUES.items()}
    return {tab: min(count, COUNT_LIMIT) for tab, count in counts.items()}


def get_outgoing(actor: Actor, *, document_id: UUID, now: datetime) -> OutgoingPage:
    """The page of one document. Raises NotFound."""
    outgoing = _get(actor, document_id)
    record = outgoing.document
    files = tuple(documents.files_of(actor, document_id=document_id))
    current = tuple(file for file in files if file.is_current and file.kind != FileKind.SOURCE)
    main = next((file for file in current if file.kind == FileKind.MAIN), None)
    step = workflow_operations.current_step(document_id)
    acts = _acts(actor, outgoing, step)
    recipients = _recipients(outgoing)
    return OutgoingPage(
        row=_row(outgoing, len(recipients)),
        type_code=record.type_code,
        signer_id=outgoing.signer_id,
        signer_title=record.signer_title,
        issued_on=record.issued_on,
        page_count=record.page_count,
        to_places=tuple(record.to_places),
        sphere=record.sphere,
        recipients=recipients,
        places=outgoing.places,
        missing_places=pdfsign.Places.from_dict(outgoing.places).missing,
        files=current,
        main_file=main,
        versions=tuple(file for file in files if file.kind in {FileKind.MAIN, FileKind.SOURCE}),
        approvals=tuple(workflow.approvals_of(actor, document_id=document_id)),
        waiting_for=_waiting(outgoing, step),
        acts=acts,
        verdict=signing.verdict_of(actor, sha256=main.sha256) if main else None,
        replies_to=_replies_to(outgoing),
        next_number=_next_number(actor, outgoing, now) if Step.NUMBER in acts else None,
        history=tuple(
            trail.history(subject_type=rules.SUBJECT_TYPE, subject_id=document_id, texts=_SENTENCES)
        ),
    )


def rows_of(actor: Actor, *, document_ids: Collection[UUID]) -> dict[UUID, OutgoingRow]:
    """The documents of these ids the actor may see, by id: the lines of a register's page."""
    found = _visible(actor).select_related("document", "author", "unit").filter(pk__in=document_ids)
    counts = _recipient_counts(list(document_ids))
    return {outgoing.pk: _row(outgoing, counts.get(outgoing.pk, 0)) for outgoing in found}


def visible_ids(actor: Actor, *, document_ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these documents the actor may open: a link to any other leads nowhere."""
    return frozenset(_visible(actor).filter(pk__in=document_ids).values_list("pk", flat=True))


def signing_view(actor: Actor, *, document_id: UUID) -> SigningView:
    """The pages of the PDF in force and where its marks stand. Raises NotFound."""
    outgoing = _get(actor, document_id)
    main = document_operations.current_file(document_id, FileKind.MAIN)
    assert main is not None, "an outgoing document is drafted with its PDF"
    with blobs.as_path(main.blob_id) as path:
        sizes = pdfsign.page_sizes(path)
    return SigningView(
        places=outgoing.places,
        missing=pdfsign.Places.from_dict(outgoing.places).missing,
        page_sizes=sizes,
        signer_name=outgoing.document.signer_name,
        signer_title=outgoing.document.signer_title,
    )


def open_file(actor: Actor, *, document_id: UUID, file_id: UUID) -> FileRow:
    """One file of a visible document, to be streamed from its blob. Raises NotFound."""
    _get(actor, document_id)
    return documents.file_of(actor, document_id=document_id, file_id=file_id)


def _visible(actor: Actor) -> QuerySet[OutgoingDocument]:
    return OutgoingDocument.objects.filter(permissions.visible(actor))


def _get(actor: Actor, document_id: UUID) -> OutgoingDocument:
    document = (
        _visible(actor)
        .select_related("document", "author", "unit", "signer", "replies_to")
        .filter(pk=document_id)
        .first()
    )
    if document is None:
        raise NotFound
    return document


def _in_tab(actor: Actor, tab: str) -> QuerySet[OutgoingDocument]:
    """A work tab holds what waits for this very person; «issued» and «all» hold what may be seen."""
    states = TABS.get(tab, TABS["all"])
    rows = _visible(actor)
    if len(states) < len(State):
        rows = rows.filter(state__in=states)
    if tab == "my_drafts":
        return rows.filter(author_id=actor.user_id)
    if tab in {"reviewing", "awaiting_signature"}:
        kind = ApprovalKind.REVIEW if tab == "reviewing" else ApprovalKind.SIGN
        return _my_turns(actor, kinds=(kind,)).filter(state__in=states)
    if tab in {"to_number", "to_issue"} and Role.RECORDS_CLERK not in actor.roles:
        return rows.none()
    return rows


def _my_turns(actor: Actor, *, kinds: Collection[ApprovalKind]) -> QuerySet[OutgoingDocument]:
    """What waits for this very person to approve or to sign."""
    return _visible(actor).filter(
        state__in=(*TABS["reviewing"], *TABS["awaiting_signature"]),
        pk__in=_current_turns(actor, kinds=kinds),
    )


def _current_turns(actor: Actor, *, kinds: Collection[ApprovalKind]) -> QuerySet[ApprovalStep, Any]:
    """The ids of the documents in whose chain it is this person's turn."""
    turns = ApprovalStep.objects.filter(user_id=actor.user_id, state=ApprovalState.CURRENT, kind__in=kinds)
    return turns.values("document_id")


def _row(outgoing: OutgoingDocument, recipients: int) -> OutgoingRow:
    record = outgoing.document
    return OutgoingRow(
        id=outgoing.pk,
        code=record.code,
        subject=record.subject,
        type_name=record.type_name,
        urgency=outgoing.urgency,
        urgency_label=str(Urgency(outgoing.urgency).label),
        state=outgoing.state,
        state_label=str(State(outgoing.state).label),
        author_name=outgoing.author.full_name,
        unit_name=outgoing.unit.name if outgoing.unit else "",
        signer_name=record.signer_name,
        recipients_count=recipients,
        moved_at=outgoing.moved_at,
        issued_at=outgoing.issued_at,
        returned_reason=outgoing.returned_reason,
    )


def _recipient_counts(document_ids: list[UUID]) -> dict[UUID, int]:
    rows = Recipient.objects.filter(document_id__in=document_ids)
    return dict(rows.values_list("document_id").annotate(Count("pk")))


def _recipients(outgoing: OutgoingDocument) -> tuple[RecipientRow, ...]:
    rows = outgoing.recipients.select_related("agency").order_by("position")
    return tuple(
        RecipientRow(
            agency_id=row.agency_id,
            name=row.agency.name,
            code=row.agency.code,
            is_hosted=row.agency.is_hosted,
        )
        for row in rows
    )


def _acts(actor: Actor, outgoing: OutgoingDocument, step: ApprovalStep | None) -> frozenset[str]:
    state = State(outgoing.state)
    allowed = {
        Step.EDIT: permissions.may_edit(actor, outgoing),
        Step.SUBMIT: permissions.may_edit(actor, outgoing),
        Step.APPROVE: permissions.may_approve(actor, step),
        Step.RETURN: permissions.may_return(actor, step),
        Step.SIGN: permissions.may_sign(actor, step),
        Step.NUMBER: permissions.may_number(actor, outgoing),
        Step.SEAL: permissions.may_seal(actor, outgoing),
        Step.ISSUE: permissions.may_issue(actor, outgoing),
    }
    acts = {step_.value for step_, right in allowed.items() if right and (state, step_) in TRANSITIONS}
    before_signature = state in {State.DRAFT, State.REVIEWING, State.AWAITING_SIGNATURE}
    if before_signature and permissions.may_place(actor, outgoing, step):
        acts.add("place")
    return frozenset(acts)


def _waiting(outgoing: OutgoingDocument, step: ApprovalStep | None) -> Waiting | None:
    state = State(outgoing.state)
    if step is not None:
        return Waiting(
            who=step.user.full_name,
            what=str(ApprovalKind(step.kind).label).lower(),
            since=step.became_current_at or outgoing.moved_at,
        )
    clerk_work = {
        State.SIGNED: "cấp số, đóng dấu",
        State.NUMBERED: "đóng dấu",
        State.SEALED: "phát hành",
    }
    if state in clerk_work:
        return Waiting(who="Văn thư", what=clerk_work[state], since=outgoing.moved_at)
    if state is State.DRAFT:
        what = "sửa theo ý kiến trả lại" if outgoing.returned_reason else "hoàn thiện dự thảo"
        return Waiting(who=outgoing.author.full_name, what=what, since=outgoing.moved_at)
    return None


def _replies_to(outgoing: OutgoingDocument) -> Link | None:
    record: Document | None = outgoing.replies_to
    return Link(id=record.id, label=f"{record.code} của {record.issuer_name}") if record else None


def _next_number(actor: Actor, outgoing: OutgoingDocument, now: datetime) -> int | None:
    return registers.peek_number(
        actor, kind=RegisterKind.OUTGOING, document_type=outgoing.document.type_code, now=now
    )
