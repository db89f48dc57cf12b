"""Outgoing documents in lists: the tabs, their counts, the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from vanthu.documents import rules as document_rules
from vanthu.documents.states import Urgency
from vanthu.kernel.actor import Actor
from vanthu.kernel.pages import PAGE_SIZE, Page, page_of
from vanthu.organizations.states import Role
from vanthu.outgoing import permissions
from vanthu.outgoing.models import OutgoingDocument, Recipient
from vanthu.outgoing.states import State
from vanthu.workflow.models import ApprovalStep
from vanthu.workflow.states import ApprovalKind, ApprovalState

#: Tabs of the list: which states each shows.
TABS: dict[str, tuple[State, ...]] = {
    "my_drafts": (State.DRAFT,),
    "my_submitted": (State.REVIEWING, State.AWAITING_SIGNATURE),
    "reviewing": (State.REVIEWING,),
    "awaiting_signature": (State.AWAITING_SIGNATURE,),
    "to_number": (State.SIGNED, State.NUMBERED),
    "to_issue": (State.SEALED,),
    "issued": (State.ISSUED,),
    "all": tuple(State),
}
#: Tabs of open work, and whose it is: the author's, the person's whose turn it is, the records clerk's.
QUEUES = {
    "my_drafts": "author",
    "reviewing": "turn",
    "awaiting_signature": "turn",
    "to_number": "clerk",
    "to_issue": "clerk",
}
#: Counts beyond this are shown as «999+».
COUNT_LIMIT = 1000

#: What `OutgoingRow.of` reads: the rest of a record, read and parsed for every line, takes as long again.
_IN_ROWS = (
    *("state", "urgency", "moved_at", "issued_at", "returned_reason", "author__full_name", "unit__name"),
    *(f"document__{name}" for name in ("number", "notation", "subject", "type_name", "signer_name")),
)


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

    @classmethod
    def of(cls, outgoing: OutgoingDocument, recipients: int) -> OutgoingRow:
        """A document with its author, unit and record as a row; `recipients`: how many it is sent to."""
        record = outgoing.document
        return cls(
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


def list_outgoing(
    actor: Actor,
    *,
    tab: str = "all",
    text: str = "",
    type_code: str = "",
    page: int = 1,
    size: int = PAGE_SIZE,
) -> Page[OutgoingRow]:
    """One page of a tab, `size` rows of it, filtered by type and by text with or without diacritics.

    What is filtered is counted.
    """
    rows = _in_tab(actor, tab).select_related("document", "author", "unit").only(*_IN_ROWS)
    rows = _matching(rows, text=text, type_code=type_code)
    is_counted = bool(text.strip() or type_code)
    found = page_of(rows.order_by(*_order(tab)), page, size=size, is_counted=is_counted)
    counts = _recipient_counts([document.pk for document in found.items])
    return found.map(lambda item: OutgoingRow.of(item, counts.get(item.pk, 0)))


def ids_in(actor: Actor, *, tab: str = "all", text: str = "", type_code: str = "") -> list[UUID]:
    """The ids of a tab's documents in its order, COUNT_LIMIT at most: what is worked through one by one."""
    found = _matching(_in_tab(actor, tab), text=text, type_code=type_code).order_by(*_order(tab))
    return list(found.values_list("pk", flat=True)[:COUNT_LIMIT])


def count_outgoing(actor: Actor) -> dict[str, int]:
    """How much open work each tab holds, COUNT_LIMIT at most."""
    states = {state for tab in QUEUES for state in TABS[tab]}
    turns = _current_turns(actor, kinds=(ApprovalKind.REVIEW, ApprovalKind.SIGN))
    # One question for all tabs: every page asks it, and asking costs more than the answer.
    by_state = visible(actor).filter(state__in=states).order_by().values_list("state")
    author, turn = Count("pk", filter=Q(author_id=actor.holder.user_id)), Count("pk", filter=Q(pk__in=turns))
    counted = {"author": Counter[str](), "turn": Counter[str](), "clerk": Counter[str]()}
    for state, of_author, in_turn, in_all in by_state.annotate(author=author, turn=turn, clerk=Count("pk")):
        counted["author"][state], counted["turn"][state] = of_author, in_turn
        counted["clerk"][state] = in_all if Role.RECORDS_CLERK in actor.holder.roles else 0
    counts = {tab: sum(counted[whose][state] for state in TABS[tab]) for tab, whose in QUEUES.items()}
    return {tab: min(count, COUNT_LIMIT) for tab, count in counts.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyUnderWay:
    """An answer somebody is writing: who, and how far it is; what it says is its author's business."""

    id: UUID
    author_name: str
    unit_name: str
    state_label: str
    since: datetime
    can_open: bool


def replies_under_way(actor: Actor, *, document_id: UUID) -> list[ReplyUnderWay]:
    """The answers under way to an incoming document of the actor's agency which he may see, oldest first."""
    under_way = (
        OutgoingDocument.objects.filter(replies_to_id=document_id, agency_id=actor.agency_id)
        .exclude(state__in=[State.ISSUED, State.DISCARDED])
        .select_related("author", "unit")
        .order_by("drafted_at", "pk")
    )
    openable = visible_ids(actor, document_ids=[each.pk for each in under_way])
    return [
        ReplyUnderWay(
            id=each.pk,
            author_name=each.author.full_name,
            unit_name=each.unit.name if each.unit else "",
            state_label=str(State(each.state).label),
            since=each.moved_at,
            can_open=each.pk in openable,
        )
        for each in under_way
    ]


def rows_of(actor: Actor, *, document_ids: Collection[UUID]) -> dict[UUID, OutgoingRow]:
    """The documents of these ids the actor may see, by id: the lines of a register's page."""
    found = visible(actor).select_related("document", "author", "unit").filter(pk__in=document_ids)
    counts = _recipient_counts(list(document_ids))
    return {outgoing.pk: OutgoingRow.of(outgoing, counts.get(outgoing.pk, 0)) for outgoing in found}


def visible_ids(actor: Actor, *, document_ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these documents the actor may open: a link to any other leads nowhere."""
    return frozenset(visible(actor).filter(pk__in=document_ids).values_list("pk", flat=True))


def visible(actor: Actor) -> QuerySet[OutgoingDocument]:
    """Every outgoing document the actor may know of."""
    return OutgoingDocument.objects.filter(permissions.visible(actor))


def _in_tab(actor: Actor, tab: str) -> QuerySet[OutgoingDocument]:
    """A work tab holds what waits for this very person; «issued» and «all» hold what may be seen."""
    states = TABS.get(tab, TABS["all"])
    rows = visible(actor)
    if len(states) < len(State):
        rows = rows.filter(state__in=states)
    if tab in {"my_drafts", "my_submitted"}:
        return rows.filter(author_id=actor.holder.user_id)
    if tab in {"reviewing", "awaiting_signature"}:
        kind = ApprovalKind.REVIEW if tab == "reviewing" else ApprovalKind.SIGN
        return _my_turns(actor, kinds=(kind,)).filter(state__in=states)
    if tab in {"to_number", "to_issue"} and Role.RECORDS_CLERK not in actor.holder.roles:
        return rows.none()
    return rows


def _matching(rows: QuerySet[OutgoingDocument], *, text: str, type_code: str) -> QuerySet[OutgoingDocument]:
    if type_code:
        rows = rows.filter(document__type_code=type_code)
    for word in document_rules.search_words(text):
        rows = rows.filter(document__search_text__contains=word)
    return rows


def _order(tab: str) -> tuple[str, ...]:
    return ("-urgency", "moved_at", "pk") if tab in QUEUES else ("-moved_at", "pk")


def _my_turns(actor: Actor, *, kinds: Collection[ApprovalKind]) -> QuerySet[OutgoingDocument]:
    """What waits for this very person to approve or to sign."""
    return visible(actor).filter(
        state__in=(*TABS["reviewing"], *TABS["awaiting_signature"]),
        pk__in=_current_turns(actor, kinds=kinds),
    )


def _current_turns(actor: Actor, *, kinds: Collection[ApprovalKind]) -> QuerySet[ApprovalStep, Any]:
    """The ids of the documents in whose chain it is this person's turn."""
    turns = ApprovalStep.objects.filter(
        user_id=actor.holder.user_id, state=ApprovalState.CURRENT, kind__in=kinds
    )
    return turns.values("document_id")


def _recipient_counts(document_ids: list[UUID]) -> dict[UUID, int]:
    rows = Recipient.objects.filter(document_id__in=document_ids)
    return dict(rows.values_list("document_id").annotate(Count("pk")))
