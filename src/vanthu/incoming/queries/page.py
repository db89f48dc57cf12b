"""The page of one incoming document: what it is, what may be done with it, whom it waits for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from vanthu.documents import queries as documents
from vanthu.documents.models import Document, DocumentFile, DocumentRelation
from vanthu.documents.queries import FileRow, Link
from vanthu.documents.states import FileKind, RelationKind
from vanthu.incoming import permissions, rules
from vanthu.incoming.models import IncomingDocument
from vanthu.incoming.queries.lists import IncomingRow, visible
from vanthu.incoming.states import TRANSITIONS, State, Step
from vanthu.kernel import trail
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound
from vanthu.kernel.seen import Seen
from vanthu.kernel.trail import HistoryRow
from vanthu.organizations import operations as organizations
from vanthu.pdfsign import RULES_VERSION
from vanthu.registers import queries as registers
from vanthu.registers.states import RegisterKind
from vanthu.signing import queries as signing
from vanthu.signing.queries import VerdictView
from vanthu.signing.rules import Reader
from vanthu.workflow import queries as workflow
from vanthu.workflow.queries import AssignmentNode, Waiting
from vanthu.workflow.states import WORKING, AssignmentRole, AssignmentState, AssignmentStep, place_in_turn

_SENTENCES = {
    "incoming.arrived": "Văn bản đến hệ thống",
    "incoming.registered": "Tiếp nhận, vào sổ, số đến {arrival_number}",
    "incoming.returned": "Trả lại: {reason}",
    "incoming.presented": "Trình lãnh đạo {leader}",
    "incoming.directed": "Chỉ đạo, chuyển xử lý",
    "incoming.directed-further": "Bổ sung chỉ đạo",
    "incoming.passed-on": "Phân công tiếp",
    "incoming.started": "Bắt đầu xử lý",
    "incoming.reported": "Báo cáo kết quả: {result}",
    "incoming.completed": "Hoàn thành: {result}",
    "incoming.answered": "Hoàn thành, đã trả lời bằng văn bản {code}",
    "incoming.signature-checked": "Kiểm tra lại chữ ký: {message}",
    "incoming.judged-again": "Kiểm tra lại chữ ký theo quy tắc mới: {message}",
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
class IncomingPage:
    """Everything the page of one incoming document shows."""

    row: IncomingRow
    #: What whoever acts on it acts on.
    seen: Seen
    #: The same of one's own part of the work, by what is done with it: `start`, `report` and `pass_on`.
    parts_seen: Mapping[str, Seen]
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
    #: Steps the actor has the right to, and for which the document stands elsewhere.
    untimely: frozenset[str]
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
    recipient_id: UUID | None
    recipient_name: str
    urgency: int


def get_incoming(actor: Actor, *, document_id: UUID, now: datetime) -> IncomingPage:
    """The page of one document. Raises NotFound."""
    incoming = _get(actor, document_id)
    record = incoming.document
    files = tuple(documents.files_of(actor, document_id=document_id))
    current = tuple(file for file in files if file.is_current and file.kind != FileKind.SOURCE)
    main = next((file for file in current if file.kind == FileKind.MAIN), None)
    sha256 = main.sha256 if main else ""
    nodes = tuple(workflow.assignments_of(actor, document_id=document_id))
    role = workflow.role_labels(actor, document_ids=[document_id]).get(document_id, "")
    acts, untimely = _acts(actor, incoming, nodes)
    return IncomingPage(
        row=IncomingRow.of(incoming, files=len(current), role=role, now=now),
        seen=incoming.as_seen(sha256),
        parts_seen=_parts_seen(nodes, sha256),
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
            sha256=sha256,
            reader=Reader.CLERK,
            verdict=incoming.verdict,
            message=incoming.verdict_message,
        ),
        assignments=nodes,
        waiting_for=_waiting(actor, incoming),
        acts=acts,
        untimely=untimely,
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


def _parts_seen(nodes: tuple[AssignmentNode, ...], sha256: str) -> dict[str, Seen]:
    parts = [node for root in nodes for node in (root, *root.children)]
    shown = {
        "start": _own_part(parts, AssignmentStep.START),
        "report": _own_part(parts, AssignmentStep.FINISH),
        "pass_on": next((node for node in parts if node.can_pass_on), None),
    }
    return {
        act: Seen(subject=node.id, state=node.state, version=node.version, sha256=sha256)
        for act, node in shown.items()
        if node is not None
    }


def _own_part(parts: Sequence[AssignmentNode], step: AssignmentStep) -> AssignmentNode | None:
    """The actor's unfinished part the step is done with, as workflow.operations.open_part finds it."""
    own = [node for node in parts if node.is_mine and node.role in WORKING]
    return min(
        (node for node in own if node.state != AssignmentState.DONE),
        key=lambda node: place_in_turn(
            AssignmentState(node.state), step, is_unit=node.is_unit, role=node.role, at=node.given_at
        ),
        default=None,
    )


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


def judged_by_older_rules(actor: Actor, *, most: int) -> list[UUID]:
    """Visible documents that were judged by older rules, the newest first; at most so many."""
    found = visible(actor).filter(rules_version__lt=RULES_VERSION).order_by("-arrived_at", "pk")
    return list(found.values_list("pk", flat=True)[:most])


def _get(actor: Actor, document_id: UUID) -> IncomingDocument:
    document = visible(actor).select_related("document", "submitted_to").filter(pk=document_id).first()
    if document is None:
        raise NotFound
    return document


def _acts(
    actor: Actor, incoming: IncomingDocument, nodes: tuple[AssignmentNode, ...]
) -> tuple[frozenset[str], frozenset[str]]:
    """What the actor may do now, and what he might do were the document elsewhere in its life."""
    state = State(incoming.state)
    parts = [node for root in nodes for node in (root, *root.children)]
    working = [
        node
        for node in parts
        if node.is_mine and node.role != AssignmentRole.INFORM and node.state != AssignmentState.DONE
    ]
    has_part = any(node.is_mine and node.role != AssignmentRole.INFORM for node in parts)
    leads = any(node.is_mine and node.role == AssignmentRole.LEAD for node in parts)
    allowed = {
        Step.REGISTER.value: permissions.may_register(actor, incoming),
        Step.RETURN.value: permissions.may_return(actor, incoming),
        Step.PRESENT.value: permissions.may_present(actor, incoming),
        Step.DIRECT.value: permissions.may_direct(actor, incoming),
        Step.DIRECT_FURTHER.value: permissions.may_direct_further(actor, incoming),
        Step.START.value: any(node.state == AssignmentState.GIVEN for node in working),
        Step.COMPLETE.value: permissions.may_complete(actor, incoming, is_lead=leads),
    }
    acts = {step for step, right in allowed.items() if right and (state, Step(step)) in TRANSITIONS}
    if (state, Step.START) in TRANSITIONS:
        # Whoever has reported may still be the one to write the answer.
        acts |= ({"report"} if working else set()) | ({"reply"} if has_part else set())
    if (state, Step.ASSIGN) in TRANSITIONS and any(node.can_pass_on for node in parts):
        acts.add("pass_on")
    rights = {step for step, right in allowed.items() if right}
    return frozenset(acts), frozenset(rights - acts)


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
            is_me=permissions.may_direct(actor, incoming),
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
