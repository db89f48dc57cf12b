"""Chỉ đạo, phân công: who leads, who supports, who is to know, by when (NĐ 30/2020 Điều 23–24)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from vanthu.incoming import operations, permissions, rules
from vanthu.incoming.states import State, Step, next_state
from vanthu.kernel import audit
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import DomainError, require
from vanthu.kernel.seen import Seen
from vanthu.kernel.use_cases import use_case
from vanthu.organizations import operations as organizations
from vanthu.workflow import operations as workflow
from vanthu.workflow.models import Assignment
from vanthu.workflow.rules import Assignee, named_twice
from vanthu.workflow.states import AssignmentRole, AssignmentState


class DirectionRefused(DomainError):
    """Chưa chuyển xử lý được."""

    code = "incoming.direction-refused"


@use_case
def direct_document(
    *,
    actor: Actor,
    document_id: UUID,
    seen: Seen,
    lead: Assignee,
    support: Sequence[Assignee] = (),
    inform: Sequence[Assignee] = (),
    instruction: str = "",
    due_at: datetime | None = None,
    now: datetime,
) -> None:
    """Chỉ đạo: give the document to one lead, and to whoever supports or is to know.

    Raises NotFound, Stale, NotAllowed, IllegalStep, DirectionRefused, UnknownPerson.
    """
    document = operations.lock(actor, document_id, seen)

    require(permissions.may_direct(actor, document))

    state = next_state(State(document.state), Step.DIRECT)
    everyone = [lead, *support, *inform]
    _refuse_faults(everyone, instruction=instruction, due_at=due_at, now=now)
    _assert_reachable(document.agency_id, everyone)

    workflow.give(
        agency_id=document.agency_id,
        document_id=document.pk,
        to=[
            (AssignmentRole.LEAD, lead),
            *((AssignmentRole.SUPPORT, assignee) for assignee in support),
            *((AssignmentRole.INFORM, assignee) for assignee in inform),
        ],
        instruction=instruction.strip(),
        due_at=due_at,
        given_by=actor.user_id,
        now=now,
    )
    document.state, document.directed_at, document.due_at = state, now, due_at
    operations.change(document, "state", "directed_at", "due_at")

    audit.record(
        action="incoming.directed",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={
            "lead": str(lead.id),
            "support": [str(assignee.id) for assignee in support],
            "inform": [str(assignee.id) for assignee in inform],
            "instruction": instruction,
            "due_at": due_at.isoformat() if due_at else None,
        },
    )
    operations.tell_sender(document, state, at=now, staff=actor.told_as)


@use_case
def direct_further(
    *,
    actor: Actor,
    document_id: UUID,
    seen: Seen,
    support: Sequence[Assignee] = (),
    inform: Sequence[Assignee] = (),
    instruction: str = "",
    due_at: datetime | None = None,
    now: datetime,
) -> None:
    """Bổ sung chỉ đạo: further people and units support or are to know; who leads stays.

    Raises NotFound, Stale, NotAllowed, IllegalStep, DirectionRefused (also for whoever has a part already),
    UnknownPerson.
    """
    document = operations.lock(actor, document_id, seen)

    require(permissions.may_direct_further(actor, document))

    next_state(State(document.state), Step.DIRECT_FURTHER)
    everyone = [*support, *inform]
    if not everyone:
        raise DirectionRefused("Hãy chọn người hoặc đơn vị phối hợp, để biết.")
    _refuse_faults(everyone, instruction=instruction, due_at=due_at, now=now)
    _assert_reachable(document.agency_id, everyone)
    if workflow.have_parts(document_id=document.pk, among=everyone):
        raise DirectionRefused("Có người hoặc đơn vị đã được giao việc này. Hãy tải lại trang rồi chọn lại.")

    workflow.give(
        agency_id=document.agency_id,
        document_id=document.pk,
        to=[
            *((AssignmentRole.SUPPORT, assignee) for assignee in support),
            *((AssignmentRole.INFORM, assignee) for assignee in inform),
        ],
        instruction=instruction.strip(),
        due_at=due_at,
        given_by=actor.user_id,
        now=now,
    )
    operations.change(document)

    audit.record(
        action="incoming.directed-further",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={
            "support": [str(assignee.id) for assignee in support],
            "inform": [str(assignee.id) for assignee in inform],
            "instruction": instruction,
            "due_at": due_at.isoformat() if due_at else None,
        },
    )


@use_case
def pass_on(
    *,
    actor: Actor,
    document_id: UUID,
    seen: Seen,
    assignment_id: UUID,
    user_id: UUID,
    instruction: str = "",
    due_at: datetime | None = None,
    now: datetime,
) -> None:
    """Phân công tiếp: the head of a unit gives the unit's part to one of its people, in the same role.

    Raises NotFound, Stale, NotAllowed, IllegalStep, DirectionRefused, UnknownPerson.
    """
    document, part = operations.lock_part(actor, document_id, seen, assignment_id=assignment_id)

    require(permissions.may_pass_on(actor, part))

    next_state(State(document.state), Step.ASSIGN)
    due_at = due_at or part.due_at
    fault = rules.direction_fault(
        instruction=instruction, due_at=due_at if due_at != part.due_at else None, now=now
    )
    if fault:
        raise DirectionRefused(fault)
    if part.state == AssignmentState.DONE:
        raise DirectionRefused("Phần việc này đã hoàn thành nên không phân công tiếp được.")
    if part.children.exists():
        raise DirectionRefused("Phần việc này đã được phân công tiếp. Hãy tải lại trang.")
    assert part.unit_id is not None, "only a unit's part is passed on"
    if not organizations.is_member(unit_id=part.unit_id, user_id=user_id):
        raise organizations.UnknownPerson
    if Assignment.objects.filter(document_id=document.pk, user_id=user_id).exists():
        raise DirectionRefused("Người này đã có phần việc trong văn bản. Hãy chọn người khác.")

    workflow.give(
        agency_id=document.agency_id,
        document_id=document.pk,
        to=[(AssignmentRole(part.role), Assignee(kind="user", id=user_id))],
        instruction=instruction.strip(),
        due_at=due_at,
        given_by=actor.user_id,
        now=now,
        parent=part,
    )
    operations.change(document)

    audit.record(
        action="incoming.passed-on",
        actor=actor,
        at=now,
        subject_type=operations.SUBJECT_TYPE,
        subject_id=document.pk,
        acted_on=document.acted_on,
        data={"assignment": str(part.id), "to": str(user_id), "instruction": instruction},
    )


def _refuse_faults(
    everyone: Sequence[Assignee], *, instruction: str, due_at: datetime | None, now: datetime
) -> None:
    fault = rules.direction_fault(instruction=instruction, due_at=due_at, now=now)
    if fault:
        raise DirectionRefused(fault)
    if named_twice(everyone):
        raise DirectionRefused("Mỗi người hoặc đơn vị chỉ giữ một vai trò. Hãy bỏ tên bị chọn hai lần.")


def _assert_reachable(agency_id: UUID, everyone: Sequence[Assignee]) -> None:
    """Everyone works at the agency now, and every unit has a head to take its part."""
    units = [assignee.id for assignee in everyone if assignee.kind == "unit"]
    organizations.assert_works_here(
        agency_id=agency_id,
        user_ids=[assignee.id for assignee in everyone if assignee.kind == "user"],
        unit_ids=units,
    )
    if any(organizations.unit_head(unit_id) is None for unit_id in units):
        raise DirectionRefused(
            "Có đơn vị chưa có trưởng đơn vị để nhận việc. Hãy giao cho một người của đơn vị đó."
        )
