"""Every act on an incoming document: from which states, by whom of the cast, and who may know of it there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.seeing import assignment_seen, now_seen, part_seen
from tests.world import NOW, World
from vanthu.incoming import actions
from vanthu.incoming.states import State
from vanthu.kernel.actor import Actor
from vanthu.kernel.seen import Seen
from vanthu.workflow.models import Assignment
from vanthu.workflow.rules import Assignee
from vanthu.workflow.states import AssignmentStep

#: Fewest rights first.
CAST = (
    "outsider_administrator",
    "outsider_officer",
    "outsider",
    "outsider_leader",
    "administrator",
    "colleague",
    "archivist",
    "officer",
    "head",
    "clerk",
    "deputy",
    "leader",
)

_ALWAYS = {"clerk", "archivist", "leader", "deputy"}
#: The officer leads; his unit supports, so its head knows from then on.
_GIVEN = _ALWAYS | {"officer", "head"}
#: Who may know that the document exists.
SEEN_BY: dict[State, set[str]] = {
    State.ARRIVED: _ALWAYS,
    State.RETURNED: _ALWAYS,
    State.REGISTERED: _ALWAYS,
    State.DIRECTED: _GIVEN,
    State.PROCESSING: _GIVEN,
    State.COMPLETED: _GIVEN,
}


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act: `do(world, actor, document)`, at a document in one of `states`, by one of `by`."""

    states: tuple[State, ...]
    by: tuple[str, ...]
    act: Callable[[World, Actor, UUID, Seen], object]
    #: What its page shows of the document, or of the part of the work that is acted on.
    shown: Callable[[World, Actor, UUID], Seen] = lambda world, actor, document: now_seen(document)

    def do(self, world: World, actor: Actor, document: UUID, seen: Seen | None = None) -> object:
        """Do it over what is there now, or over what was `seen` before."""
        return self.act(world, actor, document, seen or self.shown(world, actor, document))

    @property
    def state(self) -> State:
        """The state the tests do it in."""
        return self.states[0]


def _pass_on(world: World, actor: Actor, document: UUID, seen: Seen) -> None:
    part = Assignment.objects.filter(document_id=document, unit=world.civil_service).first()
    actions.pass_on(
        actor=actor,
        document_id=document,
        seen=seen,
        assignment_id=part.id if part else document,
        user_id=world.posts["second_officer"].user_id,
        now=NOW,
    )


def _unit_part(world: World, actor: Actor, document: UUID) -> Seen:
    part = Assignment.objects.filter(document_id=document, unit=world.civil_service).first()
    return assignment_seen(part.id if part else document)


def _own_part(step: AssignmentStep) -> Callable[[World, Actor, UUID], Seen]:
    return lambda world, actor, document: part_seen(document, actor, step)


ACTS: dict[str, Act] = {
    "register_document": Act(
        states=(State.ARRIVED,),
        by=("clerk",),
        act=lambda world, actor, document, seen: actions.register_document(
            actor=actor,
            document_id=document,
            seen=seen,
            leader_id=world.leader.user_id,
            now=NOW,
        ),
    ),
    "return_document": Act(
        states=(State.ARRIVED,),
        by=("clerk",),
        act=lambda world, actor, document, seen: actions.return_document(
            actor=actor, document_id=document, seen=seen, reason="Sai nơi nhận", now=NOW
        ),
    ),
    "present_document": Act(
        states=(State.REGISTERED,),
        by=("clerk",),
        act=lambda world, actor, document, seen: actions.present_document(
            actor=actor,
            document_id=document,
            seen=seen,
            leader_id=world.deputy.user_id,
            now=NOW,
        ),
    ),
    "direct_document": Act(
        states=(State.REGISTERED,),
        by=("leader",),
        act=lambda world, actor, document, seen: actions.direct_document(
            actor=actor,
            document_id=document,
            seen=seen,
            lead=Assignee(kind="user", id=world.officer.user_id),
            now=NOW,
        ),
    ),
    "direct_further": Act(
        states=(State.DIRECTED, State.PROCESSING),
        by=("leader",),
        act=lambda world, actor, document, seen: actions.direct_further(
            actor=actor,
            document_id=document,
            seen=seen,
            inform=[Assignee(kind="user", id=world.posts["colleague"].user_id)],
            now=NOW,
        ),
    ),
    "pass_on": Act(states=(State.DIRECTED, State.PROCESSING), by=("head",), act=_pass_on, shown=_unit_part),
    "start_work": Act(
        states=(State.DIRECTED, State.PROCESSING),
        by=("officer", "head"),
        shown=_own_part(AssignmentStep.START),
        act=lambda world, actor, document, seen: actions.start_work(
            actor=actor, document_id=document, seen=seen, now=NOW
        ),
    ),
    "report_work": Act(
        states=(State.DIRECTED, State.PROCESSING),
        by=("officer", "head"),
        shown=_own_part(AssignmentStep.FINISH),
        act=lambda world, actor, document, seen: actions.report_work(
            actor=actor,
            document_id=document,
            seen=seen,
            result="Đã xong",
            now=NOW,
        ),
    ),
    "complete_document": Act(
        states=(State.DIRECTED, State.REGISTERED, State.PROCESSING),
        by=("officer", "leader"),
        act=lambda world, actor, document, seen: actions.complete_document(
            actor=actor, document_id=document, seen=seen, result="Đã xong", now=NOW
        ),
    ),
}


def told(document: UUID, progress: str, *, note: str = "", staff: str) -> tuple[str, dict[str, Any]]:
    """The job by which the sender hears."""
    about = {"document_id": str(document), "progress": progress, "at": NOW.isoformat()}
    return "exchange.report_progress", about | {"note": note, "staff": staff}


def user_of(world: World, name: str) -> Assignee:
    """Somebody of the cast, to be given a part."""
    return Assignee(kind="user", id=world.posts[name].user_id)


def unit_of(world: World) -> Assignee:
    """The unit with a head, to be given a part."""
    return Assignee(kind="unit", id=world.civil_service.id)


def parts_of(document: UUID) -> list[tuple[str, str, str]]:
    """Who has which part of a document, and how far."""
    parts = Assignment.objects.filter(document_id=document).select_related("user", "unit")
    return sorted((str(part.user or part.unit), part.role, part.state) for part in parts)
