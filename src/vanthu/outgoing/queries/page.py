"""The page of one outgoing document: what it is, what may be done with it, whom it waits for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from vanthu.documents import operations as document_operations
from vanthu.documents import queries as documents
from vanthu.documents.findings import FindingGroup, Findings
from vanthu.documents.models import Document
from vanthu.documents.queries import FileRow, Link
from vanthu.documents.states import FileKind
from vanthu.kernel import blobs, trail
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound
from vanthu.kernel.seen import Seen
from vanthu.kernel.trail import HistoryRow
from vanthu.outgoing import letters, permissions, rules, telling
from vanthu.outgoing.letter_rules import Weight
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.queries.lists import OutgoingRow, visible
from vanthu.outgoing.states import BEFORE_SIGNATURE, TRANSITIONS, State, Step
from vanthu.outgoing.telling import OVER, Doubt
from vanthu.registers import queries as registers
from vanthu.registers.states import RegisterKind
from vanthu.room import papers
from vanthu.signing import queries as signing
from vanthu.signing.queries import VerdictView
from vanthu.signing.rules import Reader
from vanthu.workflow import operations as workflow_operations
from vanthu.workflow import queries as workflow
from vanthu.workflow.models import ApprovalStep
from vanthu.workflow.queries import ApprovalRow, Waiting
from vanthu.workflow.states import ApprovalKind

#: Pointing out the places of the marks: no step of the life cycle, for it changes no state.
PLACE = "place"
#: What a turn in the chain is for.
_OF_TURN = {
    ApprovalKind.REVIEW: frozenset({Step.APPROVE.value, Step.RETURN.value, PLACE}),
    ApprovalKind.SIGN: frozenset({Step.SIGN.value, Step.RETURN.value, PLACE}),
}
_OVER_A_SOUND_LETTER = frozenset({Step.SUBMIT.value, Step.APPROVE.value, Step.SIGN.value})

_SENTENCES = {
    "outgoing.drafted": "Soạn dự thảo",
    "outgoing.draft-revised": "Sửa dự thảo",
    "outgoing.marks-placed": "Chỉnh vị trí số, ngày, chữ ký, dấu",
    "outgoing.submitted": "Trình ký lần {round}",
    "outgoing.content-approved": "Duyệt nội dung",
    "outgoing.returned": "Trả lại: {reason}",
    "outgoing.signed": "Ký số",
    "outgoing.numbered": "Cấp số {code}",
    "outgoing.sealed": "Đóng dấu cơ quan",
    "outgoing.issued": "Phát hành",
    "outgoing.signed-returned": "Trả lại để sửa: {reason}",
    "outgoing.number-returned": "Trả lại để sửa, hủy số {cancelled}: {reason}",
    "outgoing.withdrawn": "Rút lại dự thảo",
    "outgoing.discarded": "Hủy dự thảo",
}


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
    #: What whoever acts on it acts on.
    seen: Seen
    type_code: str
    signer_id: UUID
    signer_title: str
    issued_on: date | None
    page_count: int | None
    to_places: tuple[str, ...]
    sphere: str
    due_on: date | None
    recipients: tuple[RecipientRow, ...]
    #: pdfsign.Places as a plain dict, and the names of those not found yet.
    places: Mapping[str, Any]
    missing_places: tuple[str, ...]
    #: What keeps it from being submitted, approved or signed; once it is signed, what is wrong with it.
    faults: tuple[str, ...]
    #: What whoever checks the form should look at on the paper; empty once it is issued.
    remarks: tuple[str, ...]
    #: What is right only for a reason of somebody's own, and must be confirmed by name.
    doubts: tuple[Doubt, ...]
    #: Trích yếu as the letter has it, where that is another than the record's.
    other_subject: str
    #: What the file of the draft was found to hold that its PDF does not show, and what became of it.
    findings: tuple[FindingGroup, ...]
    files: tuple[FileRow, ...]
    main_file: FileRow | None
    versions: tuple[FileRow, ...]
    approvals: tuple[ApprovalRow, ...]
    waiting_for: Waiting | None
    #: What the actor may do now: values of Step, plus `place`.
    acts: frozenset[str]
    #: The same of what is the actor's to do at another time, and not in the state the document is in now.
    untimely: frozenset[str]
    verdict: VerdictView | None
    replies_to: Link | None
    #: The number the register would give now; not promised.
    next_number: int | None
    history: tuple[HistoryRow, ...]

    @property
    def barred(self) -> frozenset[str]:
        """Acts that are the actor's and cannot be done for `faults`."""
        return self.acts & _OVER_A_SOUND_LETTER if self.faults else frozenset()

    @property
    def unanswered(self) -> tuple[Doubt, ...]:
        """The doubts that whoever acts on it now must confirm himself."""
        return tuple(doubt for doubt in self.doubts if not doubt.is_confirmed)

    @property
    def answered(self) -> tuple[Doubt, ...]:
        """Those confirmed on the way; he is told of them where he acts."""
        return tuple(doubt for doubt in self.doubts if doubt.is_confirmed)

    @property
    def is_unsealed(self) -> bool:
        """Whether number, date and seal are not on its paper yet."""
        return self.row.state in {*BEFORE_SIGNATURE, State.SIGNED, State.NUMBERED}

    @property
    def is_draft(self) -> bool:
        """Whether it is in its author's hands, or was given up there."""
        return self.row.state in {State.DRAFT, State.DISCARDED}

    @property
    def attachments(self) -> tuple[FileRow, ...]:
        """What goes with the paper, in its order."""
        return tuple(file for file in self.files if file.kind == FileKind.ATTACHMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningView:
    """What placing marks on the pages needs."""

    #: pdfsign.Places as a plain dict.
    places: Mapping[str, Any]
    missing: tuple[str, ...]
    #: What is seen of each page: left, bottom, right, top, in PDF points; None where nothing can stand.
    page_areas: tuple[tuple[float, float, float, float] | None, ...]
    #: Places that need no box: the letter has them filled in already.
    typed: frozenset[str]
    signer_name: str
    signer_title: str


def can_draft(actor: Actor) -> bool:
    """Whether the actor may begin a draft."""
    return permissions.may_draft(actor)


def drafted_with(actor: Actor, *, draft_key: UUID) -> UUID | None:
    """The draft the actor made by the form with this key; None when it made none."""
    own = visible(actor).filter(author_id=actor.user_id, draft_key=draft_key)
    return own.values_list("pk", flat=True).first()


def get_outgoing(actor: Actor, *, document_id: UUID, now: datetime) -> OutgoingPage:
    """The page of one document. Raises NotFound."""
    outgoing = _get(actor, document_id)
    record = outgoing.document
    files = tuple(documents.files_of(actor, document_id=document_id))
    current = tuple(file for file in files if file.is_current and file.kind != FileKind.SOURCE)
    main = next((file for file in current if file.kind == FileKind.MAIN), None)
    step = workflow_operations.current_step(document_id)
    approvals = tuple(workflow.approvals_of(actor, document_id=document_id))
    rights = _rights(actor, outgoing, step)
    acts = _acts(actor, outgoing, step, rights)
    recipients = _recipients(outgoing)
    found = telling.told(outgoing, now)
    return OutgoingPage(
        row=OutgoingRow.of(outgoing, len(recipients)),
        seen=outgoing.as_seen(main.sha256 if main else ""),
        type_code=record.type_code,
        signer_id=outgoing.signer_id,
        signer_title=record.signer_title,
        issued_on=record.issued_on,
        page_count=record.page_count,
        to_places=tuple(record.to_places),
        sphere=record.sphere,
        due_on=record.due_on,
        recipients=recipients,
        places=outgoing.marks.to_dict(),
        missing_places=outgoing.marks.missing,
        faults=telling.faults(outgoing, found, len(recipients), acts, now),
        remarks=tuple(each.words for each in letters.weighing(found, Weight.REMARK)),
        doubts=telling.doubts(outgoing, found),
        other_subject=telling.other_subject(outgoing),
        findings=_findings(outgoing),
        files=current,
        main_file=main,
        versions=_versions(files),
        approvals=approvals,
        waiting_for=_waiting(actor, outgoing, step),
        acts=acts,
        untimely=(rights | _rights_in_turn(approvals)) - acts,
        verdict=signing.verdict_of(actor, sha256=main.sha256, reader=Reader.AUTHOR) if main else None,
        replies_to=_replies_to(outgoing),
        next_number=_next_number(actor, outgoing, now) if Step.NUMBER in acts else None,
        history=tuple(
            trail.history(subject_type=rules.SUBJECT_TYPE, subject_id=document_id, texts=_SENTENCES)
        ),
    )


def signing_view(actor: Actor, *, document_id: UUID) -> SigningView:
    """The pages of the PDF in force and where its marks stand. Raises NotFound."""
    outgoing = _get(actor, document_id)
    main = document_operations.current_file(document_id, FileKind.MAIN)
    assert main is not None, "an outgoing document is drafted with its PDF"
    with blobs.as_path(main.blob_id) as path:
        areas = papers.page_areas(path)
    return SigningView(
        places=outgoing.marks.to_dict(),
        missing=outgoing.marks.missing,
        page_areas=areas,
        typed=outgoing.letter_read.typed,
        signer_name=outgoing.document.signer_name,
        signer_title=outgoing.document.signer_title,
    )


def open_file(actor: Actor, *, document_id: UUID, file_id: UUID) -> FileRow:
    """One file of a visible document, to be streamed from its blob. Raises NotFound."""
    _get(actor, document_id)
    return documents.file_of(actor, document_id=document_id, file_id=file_id)


def _get(actor: Actor, document_id: UUID) -> OutgoingDocument:
    document = (
        visible(actor)
        .select_related("document", "agency", "author", "unit", "signer", "replies_to")
        .filter(pk=document_id)
        .first()
    )
    if document is None:
        raise NotFound
    return document


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


def _rights(actor: Actor, outgoing: OutgoingDocument, step: ApprovalStep | None) -> frozenset[str]:
    """What would be the actor's to do in the state each needs: values of Step, plus `place`."""
    rights = {
        Step.EDIT: permissions.may_edit(actor, outgoing),
        Step.SUBMIT: permissions.may_edit(actor, outgoing),
        Step.WITHDRAW: permissions.may_withdraw(actor, outgoing),
        Step.DISCARD: permissions.may_discard(actor, outgoing),
        Step.APPROVE: permissions.may_approve(actor, step),
        Step.RETURN: permissions.may_return(actor, step),
        Step.SIGN: permissions.may_sign(actor, step),
        Step.NUMBER: permissions.may_number(actor, outgoing),
        Step.SEAL: permissions.may_seal(actor, outgoing),
        Step.ISSUE: permissions.may_issue(actor, outgoing),
        Step.RETURN_SIGNED: permissions.may_return_signed(actor, outgoing),
        PLACE: permissions.may_edit(actor, outgoing) or permissions.may_place(actor, outgoing, step),
    }
    return frozenset(str(step_) for step_, right in rights.items() if right)


def _acts(
    actor: Actor, outgoing: OutgoingDocument, step: ApprovalStep | None, rights: frozenset[str]
) -> frozenset[str]:
    state = State(outgoing.state)
    acts = {step_.value for step_ in Step if step_ in rights and (state, step_) in TRANSITIONS}
    if state in BEFORE_SIGNATURE and permissions.may_place(actor, outgoing, step):
        acts.add(PLACE)
    return frozenset(acts)


def _rights_in_turn(approvals: Iterable[ApprovalRow]) -> frozenset[str]:
    """What is the actor's to do in his turn in the chain, whether it has come, is over or is to come."""
    return frozenset(act for turn in approvals if turn.is_mine for act in _OF_TURN[ApprovalKind(turn.kind)])


def _findings(outgoing: OutgoingDocument) -> tuple[FindingGroup, ...]:
    is_over = State(outgoing.state) in OVER
    return () if is_over else tuple(Findings.from_dict(outgoing.findings).groups)


def _waiting(actor: Actor, outgoing: OutgoingDocument, step: ApprovalStep | None) -> Waiting | None:
    state = State(outgoing.state)
    if step is not None:
        return Waiting(
            who=step.user.full_name,
            what=str(ApprovalKind(step.kind).label).lower(),
            since=step.became_current_at or outgoing.moved_at,
            is_me=step.user_id == actor.holder.user_id,
        )
    clerk_work = {
        State.SIGNED: "cấp số, đóng dấu",
        State.NUMBERED: "đóng dấu",
        State.SEALED: "phát hành",
    }
    if state in clerk_work:
        return Waiting(
            who="Văn thư",
            what=clerk_work[state],
            since=outgoing.moved_at,
            is_me=permissions.may_number(actor, outgoing),
        )
    if state is State.DRAFT:
        what = "sửa theo ý kiến trả lại" if outgoing.returned_reason else "hoàn thiện dự thảo"
        return Waiting(
            who=outgoing.author.full_name,
            what=what,
            since=outgoing.moved_at,
            is_me=outgoing.author_id == actor.holder.user_id,
        )
    return None


def _versions(files: tuple[FileRow, ...]) -> tuple[FileRow, ...]:
    """Every version of the PDF and of the text it was made of, the latest first."""
    kept = [file for file in files if file.kind in {FileKind.MAIN, FileKind.SOURCE}]
    return tuple(sorted(kept, key=lambda file: file.added_at, reverse=True))


def _replies_to(outgoing: OutgoingDocument) -> Link | None:
    record: Document | None = outgoing.replies_to
    return Link(id=record.id, label=f"{record.code} của {record.issuer_name}") if record else None


def _next_number(actor: Actor, outgoing: OutgoingDocument, now: datetime) -> int | None:
    return registers.peek_number(
        actor, kind=RegisterKind.OUTGOING, document_type=outgoing.document.type_code, now=now
    )
