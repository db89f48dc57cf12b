"""The picker of a direction: who may be given a part of a document, and the form that asks."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vanthu.incoming import queries
from vanthu.interfaces.web.acting import require_act
from vanthu.interfaces.web.http import WebRequest, posted
from vanthu.interfaces.web.incoming.choosing import ALL_ROLES, FURTHER_ROLES, Assignees
from vanthu.interfaces.web.incoming.forms import DirectForm
from vanthu.interfaces.web.picking import is_search, look_up, options, typed_so_far
from vanthu.interfaces.web.share import searching

Direction = TypeVar("Direction", bound=DirectForm)


@require_safe
@searching
def assignees(request: WebRequest, document_id: UUID) -> HttpResponse:
    """What the picker asks for while the document is directed, or directed further."""
    document = queries.get_incoming(request.actor, document_id=document_id, now=timezone.now())
    require_act(document, "direct", "direct_further")
    return options(request, _staff(request, document))


def direction_form(request: WebRequest, document: queries.IncomingPage, kind: type[Direction]) -> Direction:
    """The form of a direction as it was sent, or, for a search without scripts, with what was found."""
    searched = is_search(request)
    form = kind(
        None if searched else posted(request),
        initial=typed_so_far(kind, request.POST) if searched else {},
        staff=_staff(request, document),
        url=reverse("incoming:assignees", args=[document.row.id]),
        asked_by=document.row.due_on,
    )
    look_up(request, form)
    return form


def _staff(request: WebRequest, document: queries.IncomingPage) -> Assignees:
    parts = [node for root in document.assignments for node in (root, *root.children)]
    taken = {node.assignee_id: node.role_label for node in parts}
    roles = ALL_ROLES if "direct" in document.acts else FURTHER_ROLES
    return Assignees(request.actor, taken=taken, roles=roles)
