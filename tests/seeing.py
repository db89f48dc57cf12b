"""What people see at this moment, for tests that are not about somebody who comes too late."""

from __future__ import annotations

from uuid import UUID, uuid4

from tests.world import NOW
from vanthu.documents.operations import current_file
from vanthu.documents.states import FileKind
from vanthu.exchange.models import Delivery
from vanthu.incoming import queries as incoming
from vanthu.incoming.models import IncomingDocument
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound
from vanthu.kernel.seen import Seen
from vanthu.outgoing.models import OutgoingDocument
from vanthu.workflow.models import Assignment
from vanthu.workflow.states import AssignmentStep


def now_seen(document: UUID) -> Seen:
    """A document as its page shows it now; something made up when there is none."""
    for kind in (OutgoingDocument, IncomingDocument):
        found = kind.objects.filter(pk=document).first()
        if found is not None:
            return found.as_seen(_sha256(document))
    return Seen(subject=uuid4(), state="draft", version=1)


def part_seen(document: UUID, actor: Actor, step: AssignmentStep) -> Seen:
    """The actor's own part of a document as its page shows it now, or for want of one the document."""
    act = {AssignmentStep.START: "start", AssignmentStep.FINISH: "report"}[step]
    try:
        shown = incoming.get_incoming(actor, document_id=document, now=NOW).parts_seen
    except NotFound:
        return now_seen(document)
    return shown.get(act) or now_seen(document)


def assignment_seen(assignment: UUID) -> Seen:
    """One part of the work; something made up when there is none."""
    part = Assignment.objects.filter(id=assignment).first()
    return part.as_seen(_sha256(part.document_id)) if part else now_seen(assignment)


def delivery_seen(delivery: UUID) -> Seen:
    """One delivery; something made up when there is none."""
    found = Delivery.objects.filter(id=delivery).first()
    return found.as_seen(_sha256(found.document_id)) if found else now_seen(delivery)


def _sha256(document: UUID) -> str:
    file = current_file(document, FileKind.MAIN)
    return file.blob_id if file else ""
