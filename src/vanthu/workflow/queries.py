"""Assignments and approval chains as the screens show them, for documents already found visible."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from vanthu.kernel.actor import Actor
from vanthu.organizations.models import Post
from vanthu.organizations.rules import initials_among
from vanthu.workflow import permissions
from vanthu.workflow.models import ApprovalStep, Assignment
from vanthu.workflow.rules import Assignee
from vanthu.workflow.states import ApprovalKind, ApprovalState, AssignmentRole, AssignmentState


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentNode:
    """One part of the work, and the parts given on from it."""

    id: UUID
    who: str
    #: Tells whoever has it apart from everybody else in the tree.
    initials: str
    is_unit: bool
    #: The account, or the unit, it was given to.
    assignee_id: UUID
    role: str
    role_label: str
    state: str
    version: int
    state_label: str
    instruction: str
    due_at: datetime | None
    given_by: str
    given_by_initials: str
    given_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    result: str
    #: Whether the actor, or the actor's unit, was given it.
    is_mine: bool
    can_pass_on: bool
    children: tuple[AssignmentNode, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRow:
    """One turn in the chain of a draft."""

    round: int
    kind: str
    kind_label: str
    person: str
    #: Whether it is, was or is to be the actor's turn.
    is_mine: bool
    position: str
    state: str
    state_label: str
    since: datetime | None
    decided_at: datetime | None
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Vì sao chưa xong: who has it, since when, to do what, by when."""

    who: str
    what: str
    since: datetime
    due_at: datetime | None = None
    #: Whether it is the actor who is waited for.
    is_me: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectionBefore:
    """To whom the actor gave work in one act before; `parts` are roles with units or people."""

    document_id: UUID
    parts: tuple[tuple[AssignmentRole, Assignee], ...]
    #: As it is told, e.g. «Phòng Tổ chức chủ trì; 2 phối hợp».
    label: str


def assignments_of(actor: Actor, *, document_id: UUID) -> list[AssignmentNode]:
    """The tree of parts under a document: lead first, then support, then who is to know."""
    parts = list(
        Assignment.objects.filter(document_id=document_id)
        .select_related("user", "unit", "given_by")
        .order_by("given_at", "id")
    )
    parts.sort(key=lambda part: _weight(part.role))
    below: dict[UUID | None, list[Assignment]] = defaultdict(list)
    for part in parts:
        below[part.parent_id].append(part)
    people = {part.given_by_id: part.given_by.full_name for part in parts}
    marks = initials_among(people | {_assignee_id(part): _who(part) for part in parts})
    return [_node(actor, part, below, marks) for part in below[None]]


def role_labels(actor: Actor, *, document_ids: Sequence[UUID]) -> dict[UUID, str]:
    """What the actor is to each of these documents, e.g. «Chủ trì»; own parts win over the unit's."""
    parts = Assignment.objects.filter(permissions.own(actor), document_id__in=document_ids)
    labels: dict[UUID, str] = {}
    # Written last, kept: own parts over the unit's, and the weightier role over the lighter.
    for _, _, document_id, role in sorted(
        (user_id is not None, -_weight(role), document_id, role)
        for document_id, user_id, role in parts.values_list("document_id", "user_id", "role")
    ):
        labels[document_id] = str(AssignmentRole(role).label)
    return labels


def lead_waiting(actor: Actor, *, document_id: UUID) -> Waiting | None:
    """Who leads a document: the person it was passed on to, else the unit; None when nobody was given it.

    Whoever has reported the result still has to say that the document needs nothing more.
    """
    leads = list(
        Assignment.objects.filter(document_id=document_id, role=AssignmentRole.LEAD)
        .select_related("user", "unit")
        .order_by("given_at", "id")
    )
    if not leads:
        return None
    last = next((part for part in reversed(leads) if part.user_id), leads[-1])
    what, since = {
        AssignmentState.GIVEN: ("bắt đầu xử lý", last.given_at),
        AssignmentState.STARTED: ("xử lý", last.started_at),
        AssignmentState.DONE: ("hoàn thành xử lý", last.finished_at),
    }[AssignmentState(last.state)]
    return Waiting(
        who=_who(last),
        what=what,
        since=since or last.given_at,
        due_at=last.due_at,
        is_me=permissions.is_own(actor, last),
    )


def directions_before(actor: Actor, *, limit: int = 3) -> list[DirectionBefore]:
    """To whom the actor gave work last at his agency, each composition once, the last one first."""
    given = Assignment.objects.filter(
        given_by_id=actor.user_id, agency_id=actor.agency_id, parent__isnull=True
    )
    # Some more than asked for, because most directions are like the one before.
    latest = given.values("document_id").annotate(at=Max("given_at")).order_by("-at")[: 5 * limit]
    times = {row["document_id"]: row["at"] for row in latest}
    acts: dict[UUID, list[Assignment]] = {document_id: [] for document_id in times}
    for part in given.filter(document_id__in=times).select_related("user", "unit").order_by("given_at", "id"):
        acts[part.document_id].append(part)
    found: dict[frozenset[tuple[AssignmentRole, Assignee]], DirectionBefore] = {}
    for document_id, parts in acts.items():
        parts.sort(key=lambda part: _weight(part.role))
        to = tuple((AssignmentRole(part.role), _assignee(part)) for part in parts)
        row = DirectionBefore(document_id=document_id, parts=to, label=_told(parts))
        found.setdefault(frozenset(to), row)
    return list(found.values())[:limit]


def approvals_of(actor: Actor, *, document_id: UUID) -> list[ApprovalRow]:
    """Every turn of every round, newest round first, in the order of turns."""
    steps = list(
        ApprovalStep.objects.filter(document_id=document_id)
        .select_related("user")
        .order_by("-round", "position")
    )
    positions = _positions([step.user_id for step in steps], [step.agency_id for step in steps])
    return [
        ApprovalRow(
            round=step.round,
            kind=step.kind,
            kind_label=str(ApprovalKind(step.kind).label),
            person=step.user.full_name,
            is_mine=step.user_id == actor.holder.user_id,
            position=positions.get(step.user_id, ""),
            state=step.state,
            state_label=_decided(step),
            since=step.became_current_at,
            decided_at=step.decided_at,
            comment=step.comment,
        )
        for step in steps
    ]


def _node(
    actor: Actor, part: Assignment, below: dict[UUID | None, list[Assignment]], marks: Mapping[UUID, str]
) -> AssignmentNode:
    open_part = part.state != AssignmentState.DONE
    return AssignmentNode(
        id=part.id,
        who=_who(part),
        initials=marks[_assignee_id(part)],
        is_unit=part.unit_id is not None,
        assignee_id=_assignee_id(part),
        role=part.role,
        role_label=str(AssignmentRole(part.role).label),
        state=part.state,
        version=part.version,
        state_label=str(AssignmentState(part.state).label),
        instruction=part.instruction,
        due_at=part.due_at,
        given_by=part.given_by.full_name,
        given_by_initials=marks[part.given_by_id],
        given_at=part.given_at,
        started_at=part.started_at,
        finished_at=part.finished_at,
        result=part.result,
        is_mine=permissions.is_own(actor, part),
        can_pass_on=permissions.is_of_own_unit(actor, part) and open_part and not below[part.id],
        children=tuple(_node(actor, child, below, marks) for child in below[part.id]),
    )


def _assignee(part: Assignment) -> Assignee:
    return Assignee(kind="unit" if part.unit_id else "user", id=_assignee_id(part))


def _told(parts: Sequence[Assignment]) -> str:
    """Who leads by name, the others counted: the line must fit on a phone."""
    leads = [_who(part) for part in parts if part.role == AssignmentRole.LEAD]
    counts = Counter(part.role for part in parts if part.role != AssignmentRole.LEAD)
    words = [f"{name} chủ trì" for name in leads]
    words += [f"{counts[role]} {role.label.lower()}" for role in AssignmentRole if counts[role]]
    return "; ".join(words)


def _decided(step: ApprovalStep) -> str:
    """A turn to sign that was approved is signed."""
    if (step.kind, step.state) == (ApprovalKind.SIGN, ApprovalState.APPROVED):
        return "Đã ký"
    return str(ApprovalState(step.state).label)


def _assignee_id(part: Assignment) -> UUID:
    assignee_id = part.unit_id or part.user_id
    assert assignee_id is not None, "a part is given to exactly one"
    return assignee_id


def _weight(role: str) -> int:
    return list(AssignmentRole).index(AssignmentRole(role))


def _who(part: Assignment) -> str:
    return str(part.user) if part.user_id else str(part.unit)


def _positions(user_ids: Sequence[UUID], agency_ids: Sequence[UUID]) -> dict[UUID, str]:
    posts = Post.objects.filter(user_id__in=user_ids, agency_id__in=agency_ids, ended_at__isnull=True)
    rows = posts.select_related("position").order_by("-position__rank")
    return {post.user_id: post.position.name for post in rows}
