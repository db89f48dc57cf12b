"""Who may see an outgoing document, and who may take which step. One function per verb."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from vanthu.documents.models import Document
from vanthu.kernel.actor import Actor
from vanthu.organizations.states import Role
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.states import State
from vanthu.workflow import permissions as workflow
from vanthu.workflow.models import ApprovalStep, Assignment
from vanthu.workflow.states import ApprovalKind, ApprovalState

#: From here on the document is the records office's business.
_WITH_RECORDS_CLERK = [State.SIGNED, State.NUMBERED, State.SEALED, State.ISSUED]


def visible(actor: Actor) -> Q:
    """What the actor may know exists. Reads and writes share this one definition.

    The author; whoever has or had a turn in its chain; the leaders while it is submitted and after; the head
    of its unit; the records clerk, archivist and monitor once it is signed. What its author withdrew is his
    own business again, as a draft never submitted is.
    """
    if actor.is_system:
        return Q()
    own = Q(author_id=actor.holder.user_id)
    if Role.LEADER in actor.holder.roles:
        own |= ~Q(state__in=[State.DRAFT, State.DISCARDED])
    if actor.holder.roles & {Role.RECORDS_CLERK, Role.ARCHIVIST, Role.MONITOR}:
        own |= Q(state__in=_WITH_RECORDS_CLERK)
    if Role.UNIT_HEAD in actor.holder.roles and actor.holder.unit_id:
        own |= Q(unit_id=actor.holder.unit_id)
    if Role.OFFICER in actor.holder.roles and actor.holder.unit_id:
        own |= Q(unit_id=actor.holder.unit_id, state=State.ISSUED)
    turns = ApprovalStep.objects.filter(document_id=OuterRef("pk"), user_id=actor.holder.user_id)
    # A turn that was dropped, before it came or when the draft was withdrawn, was never used.
    own |= Q(Exists(turns.exclude(state=ApprovalState.DROPPED)))
    return Q(agency_id=actor.agency_id) & own


def own_uploads(actor: Actor) -> Q:
    """Files on their way to a draft are their author's alone, at the agency he sent them from.

    Nobody else is served what is not a draft yet, whomever he stands in for.
    """
    return Q() if actor.is_system else Q(author_id=actor.user_id, agency_id=actor.agency_id)


def may_draft(actor: Actor) -> bool:
    """Everyone who works on documents may draft."""
    return bool(
        actor.holder.roles & {Role.OFFICER, Role.UNIT_HEAD, Role.LEADER, Role.RECORDS_CLERK, Role.ARCHIVIST}
    )


def may_answer(actor: Actor, document_id: UUID) -> bool:
    """Whether the actor may draft the answer to an incoming document.

    Whoever was given a part of it may, and a leader or the records clerk of the agency it came to; nobody
    before it is registered (NĐ 30/2020 Điều 22).
    """
    if actor.holder.roles & {Role.LEADER, Role.RECORDS_CLERK}:
        # An incoming document has its arrival number exactly when it is registered.
        return Document.objects.filter(
            id=document_id, agency_id=actor.agency_id, incoming__arrival_number__isnull=False
        ).exists()
    parts = Assignment.objects.filter(workflow.own(actor), document_id=document_id, agency_id=actor.agency_id)
    return parts.exists()


def may_edit(actor: Actor, document: OutgoingDocument) -> bool:
    """Only its author changes, submits, withdraws or discards a draft."""
    return actor.holder.user_id == document.author_id


may_withdraw = may_edit
may_discard = may_edit


def may_approve(actor: Actor, step: ApprovalStep | None) -> bool:
    """Whose turn it is to review the content (NĐ 30/2020 Điều 12)."""
    return step is not None and step.kind == ApprovalKind.REVIEW and step.user_id == actor.holder.user_id


def may_sign(actor: Actor, step: ApprovalStep | None) -> bool:
    """Whose turn it is to sign (NĐ 30/2020 Điều 13)."""
    return step is not None and step.kind == ApprovalKind.SIGN and step.user_id == actor.holder.user_id


def may_return(actor: Actor, step: ApprovalStep | None) -> bool:
    """Whoever's turn it is may send it back."""
    return step is not None and step.user_id == actor.holder.user_id


def may_place(actor: Actor, document: OutgoingDocument, step: ApprovalStep | None) -> bool:
    """The author while it is a draft, then whoever's turn it is, points out the places on the page."""
    if State(document.state) is State.DRAFT:
        return may_edit(actor, document)
    return may_return(actor, step)


def may_number(actor: Actor, document: OutgoingDocument) -> bool:
    """The agency's records clerk gives numbers, seals and issues (NĐ 30/2020 Điều 6, 15–18)."""
    return actor.agency_id == document.agency_id and Role.RECORDS_CLERK in actor.holder.roles


may_seal = may_number
may_issue = may_number
may_return_signed = may_number
