"""Documents arriving at the department, and the steps after, each by the right person and the real action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from tests import path
from tests.pdfsign.documents import typeset
from tests.seeing import now_seen, part_seen
from tests.world import NOW, World
from vanthu.documents.operations import NewFile, NewRecord
from vanthu.documents.states import FileKind
from vanthu.incoming import actions, operations
from vanthu.incoming.operations import Arrival
from vanthu.incoming.states import State
from vanthu.organizations.models import Agency
from vanthu.signing.operations import Examination
from vanthu.signing.states import Verdict
from vanthu.workflow.rules import Assignee
from vanthu.workflow.states import AssignmentStep

SUBJECT = "V/v báo cáo công tác hòa giải ở cơ sở"
GOOD = "Chữ ký hợp lệ, văn bản nguyên vẹn."


def examined(
    verdict: Verdict = Verdict.VALID, message: str = GOOD, *, problem: str | None = "revocation_unknown"
) -> Examination:
    """What a check came to, told and not made: for tests of everything but checking.

    An indeterminate one found the revocation service silent, or met another `problem`.
    """
    doubtful = {"kind": "agency", "details": {"problem": problem}}
    signatures = [doubtful] if verdict is Verdict.INDETERMINATE else []
    report = {"verdict": str(verdict), "message": message, "signatures": signatures}
    return Examination(verdict=verdict, message=message, report=report, checked_at=NOW)


def main_file(content: bytes | None = None) -> NewFile:
    """The PDF of a letter."""
    file = path.stored(content or typeset(), "cong-van.pdf")
    return NewFile(
        kind=FileKind.MAIN, name=file.name, media_type=file.media_type, blob=file.blob, page_count=1
    )


def arrival(
    world: World,
    *,
    to: Agency | None = None,
    key: str | None = None,
    files: Sequence[NewFile] | None = None,
    examinations: Mapping[str, Examination] | None = None,
    verdict: Verdict = Verdict.VALID,
    **record: Any,
) -> Arrival:
    """A letter of the agency far away, delivered to the department over the axis."""
    told: dict[str, Any] = {
        "agency_id": (to or world.department).id,
        "issuer_code": world.remote.code,
        "issuer_name": world.remote.name,
        "type_code": "CV",
        "type_name": "Công văn",
        "number": "15",
        "notation": "UBND-NC",
        "subject": SUBJECT,
        "document_code": f"{world.remote.code},2026/11/20,15/UBND-NC",
    }
    kept = list(files) if files is not None else [main_file()]
    return Arrival(
        source_key=key or f"trục:{uuid4()}",
        channel_label="Trục liên thông",
        sender_code=world.remote.code,
        sender_name=world.remote.name,
        record=NewRecord(**told | record),
        files=kept,
        examinations=(
            dict(examinations)
            if examinations is not None
            else {file.blob.sha256: examined(verdict) for file in kept if file.kind == FileKind.MAIN}
        ),
    )


def arrived(world: World, *, now: datetime = NOW, **told: Any) -> UUID:
    """A document waiting for the clerk."""
    with transaction.atomic():
        received = operations.receive(actor=world.machine, arrival=arrival(world, **told), now=now)
    return received.document_id


def returned(world: World, *, now: datetime = NOW, **told: Any) -> UUID:
    """A document the clerk has sent back."""
    document = arrived(world, now=now, **told)
    actions.return_document(
        actor=world.clerk, document_id=document, seen=now_seen(document), reason="Sai nơi nhận", now=now
    )
    return document


def registered(world: World, *, now: datetime = NOW, **told: Any) -> UUID:
    """A document in the register, submitted to the leader."""
    document = arrived(world, now=now, **told)
    actions.register_document(
        actor=world.clerk,
        document_id=document,
        seen=now_seen(document),
        leader_id=world.leader.user_id,
        now=now,
    )
    return document


def directed(
    world: World,
    *,
    lead: Assignee | None = None,
    support: Sequence[Assignee] = (),
    inform: Sequence[Assignee] = (),
    due_at: datetime | None = None,
    now: datetime = NOW,
    **told: Any,
) -> UUID:
    """A document the officer is to lead, unless told otherwise."""
    document = registered(world, now=now, **told)
    actions.direct_document(
        actor=world.leader,
        document_id=document,
        seen=now_seen(document),
        lead=lead or Assignee(kind="user", id=world.officer.user_id),
        support=support,
        inform=inform,
        instruction="Tham mưu trả lời",
        due_at=due_at,
        now=now,
    )
    return document


def processing(world: World, *, now: datetime = NOW, **told: Any) -> UUID:
    """A document the officer works on."""
    document = directed(world, now=now, **told)
    actions.start_work(
        actor=world.officer,
        document_id=document,
        seen=part_seen(document, world.officer, AssignmentStep.START),
        now=now,
    )
    return document


def completed(world: World, *, now: datetime = NOW, **told: Any) -> UUID:
    """A document that needs nothing more."""
    document = processing(world, now=now, **told)
    actions.complete_document(
        actor=world.officer, document_id=document, seen=now_seen(document), result="Đã xử lý", now=now
    )
    return document


#: How a document comes to each state.
TO_STATE = {
    State.ARRIVED: arrived,
    State.RETURNED: returned,
    State.REGISTERED: registered,
    State.DIRECTED: directed,
    State.PROCESSING: processing,
    State.COMPLETED: completed,
}
