"""To whom the actor sent last: offered again to whoever drafts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Subquery

from vanthu.kernel.actor import Actor
from vanthu.outgoing import permissions
from vanthu.outgoing.models import OutgoingDocument, Recipient
from vanthu.outgoing.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientsBefore:
    """The recipients of one document the actor drafted before."""

    document_id: UUID
    subject: str
    count: int


def recipients_before(actor: Actor, *, limit: int = 3) -> list[RecipientsBefore]:
    """The latest documents the actor drafted for the agency and that have recipients, the last one first."""
    own = OutgoingDocument.objects.filter(author_id=actor.user_id, agency_id=actor.agency_id)
    sent_to = Recipient.objects.filter(document=OuterRef("pk")).order_by()
    rows = (
        own.filter(Exists(sent_to))
        .exclude(state=State.DISCARDED)
        .annotate(count=Subquery(sent_to.values("document").annotate(count=Count("*")).values("count")))
        .order_by("-drafted_at", "pk")
        .values_list("pk", "document__subject", "count")
    )
    return [
        RecipientsBefore(document_id=pk, subject=subject, count=count) for pk, subject, count in rows[:limit]
    ]


def recipient_ids(actor: Actor, *, document_id: UUID) -> list[UUID]:
    """The agencies a document goes to, in its order; none of a document the actor may not see."""
    seen = OutgoingDocument.objects.filter(permissions.visible(actor), pk=document_id)
    rows = Recipient.objects.filter(document__in=seen).order_by("position", "id")
    return list(rows.values_list("agency_id", flat=True))
