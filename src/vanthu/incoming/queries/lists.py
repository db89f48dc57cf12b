"""Incoming documents in lists: the tabs, their counts, the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from vanthu.documents import queries as documents
from vanthu.documents import rules as document_rules
from vanthu.documents.states import Urgency
from vanthu.incoming import permissions
from vanthu.incoming.models import IncomingDocument
from vanthu.incoming.states import State
from vanthu.kernel.actor import Actor
from vanthu.kernel.pages import PAGE_SIZE, Page, page_of
from vanthu.organizations.states import Role
from vanthu.workflow import permissions as workflow_permissions
from vanthu.workflow import queries as workflow
from vanthu.workflow.models import Assignment
from vanthu.workflow.states import AssignmentRole, AssignmentState

#: Tabs of the list: which states each shows. `mine` is what the actor, or the unit, has open; for a leader
#: `to_direct` is what waits for him, and `with_others` what waits for another leader.
TABS: dict[str, tuple[State, ...]] = {
    "arrived": (State.ARRIVED,),
    "to_direct": (State.REGISTERED,),
    "with_others": (State.REGISTERED,),
    "in_progress": (State.DIRECTED, State.PROCESSING),
    "mine": (State.DIRECTED, State.PROCESSING),
    "completed": (State.COMPLETED,),
    "returned": (State.RETURNED,),
    "all": tuple(State),
}
#: Tabs of open work, which are ordered by urgency and deadline; the others by time alone.
QUEUES = {"arrived", "to_direct", "with_others", "in_progress", "mine"}
#: Counts beyond this are shown as «999+»; nobody works from an exact larger number.
COUNT_LIMIT = 1000

#: What `IncomingRow.of` reads: the rest of a record, read and parsed for every line, takes as long again.
_IN_ROWS = (
    *("state", "urgency", "verdict", "verdict_message", "sender_name", "channel_label", "arrival_number"),
    *("arrived_at", "registered_at", "due_at"),
    *(f"document__{name}" for name in ("number", "notation", "subject", "due_on")),
)


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

    @classmethod
    def of(cls, incoming: IncomingDocument, *, files: int, role: str, now: datetime) -> IncomingRow:
        """A document with its record as a row; `role`: what the actor is to it."""
        record = incoming.document
        is_open = State(incoming.state) not in {State.COMPLETED, State.RETURNED}
        return cls(
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


def list_incoming(
    actor: Actor, *, tab: str = "all", text: str = "", page: int = 1, size: int = PAGE_SIZE, now: datetime
) -> Page[IncomingRow]:
    """One page of a tab, `size` rows of it, filtered by text with or without diacritics, and then counted."""
    rows = _matching(_in_tab(actor, tab), text).select_related("document").only(*_IN_ROWS)
    order = _order(tab)
    found = page_of(rows.order_by(*order), page, size=size, is_counted=bool(text.strip()))
    ids = [document.pk for document in found.items]
    counts = documents.count_files(actor, document_ids=ids)
    roles = workflow.role_labels(actor, document_ids=ids)
    return found.map(
        lambda item: IncomingRow.of(item, files=counts.get(item.pk, 0), role=roles.get(item.pk, ""), now=now)
    )


def count_incoming(actor: Actor) -> dict[str, int]:
    """How much open work each tab holds, COUNT_LIMIT at most."""
    states = {state for tab in QUEUES for state in TABS[tab]}
    # One question for all tabs: every page asks it, and asking costs more than the answer.
    by_state = (
        visible(actor)
        .filter(state__in=states)
        .order_by()
        .values_list("state")
        .annotate(
            every=Count("pk"),
            own=Count("pk", filter=Exists(_open_parts(actor))),
            presented=Count("pk", filter=permissions.presented_to(actor)),
        )
    )
    every, own, presented = Counter[str](), Counter[str](), Counter[str]()
    for state, in_all, of_mine, to_him in by_state:
        every[state], own[state], presented[state] = in_all, of_mine, to_him
    of_tab = {"mine": own, "with_others": every - presented}
    if Role.LEADER in actor.holder.roles:
        of_tab["to_direct"] = presented
    else:
        of_tab["with_others"] = Counter()
    counts = {tab: sum(of_tab.get(tab, every)[state] for state in TABS[tab]) for tab in QUEUES}
    return {tab: min(count, COUNT_LIMIT) for tab, count in counts.items()}


def ids_in(actor: Actor, *, tab: str = "all", text: str = "") -> list[UUID]:
    """The ids of a tab's documents in its order, COUNT_LIMIT at most: what is worked through one by one."""
    found = _matching(_in_tab(actor, tab), text).order_by(*_order(tab))
    return list(found.values_list("pk", flat=True)[:COUNT_LIMIT])


def rows_of(actor: Actor, *, document_ids: Collection[UUID], now: datetime) -> dict[UUID, IncomingRow]:
    """The documents of these ids the actor may see, by id: the lines of a register's page."""
    found = visible(actor).select_related("document").filter(pk__in=document_ids)
    return {incoming.pk: IncomingRow.of(incoming, files=0, role="", now=now) for incoming in found}


def visible_ids(actor: Actor, *, document_ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these documents the actor may open: a link to any other leads nowhere."""
    return frozenset(visible(actor).filter(pk__in=document_ids).values_list("pk", flat=True))


def visible(actor: Actor) -> QuerySet[IncomingDocument]:
    """Every incoming document the actor may know of."""
    return IncomingDocument.objects.filter(permissions.visible(actor))


def _in_tab(actor: Actor, tab: str) -> QuerySet[IncomingDocument]:
    states = TABS.get(tab, TABS["all"])
    rows = visible(actor)
    if len(states) < len(State):
        rows = rows.filter(state__in=states)
    if tab == "mine":
        rows = rows.filter(Exists(_open_parts(actor)))
    if tab == "to_direct" and Role.LEADER in actor.holder.roles:
        rows = rows.filter(permissions.presented_to(actor))
    if tab == "with_others":
        rows = (
            rows.exclude(permissions.presented_to(actor))
            if Role.LEADER in actor.holder.roles
            else rows.none()
        )
    return rows


def _matching(rows: QuerySet[IncomingDocument], text: str) -> QuerySet[IncomingDocument]:
    for word in document_rules.search_words(text):
        rows = rows.filter(document__search_text__contains=word)
    return rows


def _open_parts(actor: Actor) -> QuerySet[Assignment]:
    """The parts of one document on which the actor still has to work.

    Whoever leads has it until the document is completed, also after reporting the result. What the head has
    passed on waits for whom it was passed on to, and comes back when he supports and has reported.
    """
    with_another = Assignment.objects.filter(parent_id=OuterRef("pk")).exclude(
        ~Q(role=AssignmentRole.LEAD), state=AssignmentState.DONE
    )
    return Assignment.objects.filter(
        workflow_permissions.own(actor),
        ~Exists(with_another),
        ~Q(state=AssignmentState.DONE) | Q(role=AssignmentRole.LEAD),
        ~Q(role=AssignmentRole.INFORM),
        document_id=OuterRef("pk"),
    )


def _order(tab: str) -> tuple[str, ...]:
    if tab == "arrived":
        # Numbers are given in the order documents came in (NĐ 30/2020 Điều 22).
        return ("-urgency", "arrived_at", "pk")
    return ("-urgency", "due_at", "-arrived_at", "pk") if tab in QUEUES else ("-arrived_at", "pk")
