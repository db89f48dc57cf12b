"""Incoming documents of the filled database, each at the state its age suggests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from benchmarks.ledger import Ledger
from benchmarks.province import Office
from vanthu.incoming.models import IncomingDocument
from vanthu.incoming.rules import SUBJECT_TYPE
from vanthu.incoming.states import State
from vanthu.organizations.models import Agency, User
from vanthu.signing.models import Verification
from vanthu.signing.states import Verdict
from vanthu.workflow.models import Assignment
from vanthu.workflow.states import AssignmentRole, AssignmentState

_DAY = timedelta(days=1)
#: One of so many has fifteen files, and the first officer of the first unit in charge.
_RICH = 150
_HELD = "Chữ ký hợp lệ, văn bản không bị thay đổi sau khi ký."


def _signature(field: str, kind: str) -> dict[str, Any]:
    return {
        "field": field,
        "kind": kind,
        "signer": "Trần Thanh Bình",
        "organization": "Bộ Nội vụ",
        "signed_at": "2026-11-20T08:15:00+07:00",
        "intact": True,
        "cryptographically_valid": True,
        "trusted": True,
        "covers_whole_file": kind == "agency",
        "changes_after": "none" if kind == "agency" else "allowed",
        "message": _HELD,
    }


_REPORT = json.dumps(
    {"signatures": [_signature("NguoiKy", "person"), _signature("DauCoQuan", "agency")]}, ensure_ascii=False
)


class Arrivals:
    """Documents sent to the offices from outside."""

    def __init__(self, ledger: Ledger, outside: Sequence[Agency]) -> None:
        self._ledger, self._outside = ledger, outside

    def add(self, office: Office, at: datetime) -> None:
        """One document that came at this time."""
        random, key = self._ledger.random, self._ledger.uuid()
        is_rich = random.randrange(_RICH) == 0
        state = self._state(at)
        sender = random.choice(self._outside)
        number, urgency = random.randint(1, 9000), random.choice((0, 0, 0, 0, 0, 0, 1, 1, 2, 3))
        self._ledger.record(
            key,
            office,
            issuer=(sender.code, sender.name),
            number=number,
            sign="BNV-VP",
            at=at,
            urgency=urgency,
        )
        files = 15 if is_rich else random.choice((1, 1, 2, 2, 3, 4))
        main = self._ledger.files(key, files, at)
        self._ledger.add(
            Verification,
            blob_id=main,
            verdict=Verdict.VALID,
            message=_HELD,
            report=_REPORT,
            checked_at=at,
        )
        moved = at + timedelta(hours=3)
        is_in_book = state not in {State.ARRIVED, State.RETURNED}
        self._ledger.add(
            IncomingDocument,
            document_id=key,
            agency_id=office.agency.id,
            state=state,
            source_key=f"axis:{key}",
            channel_label="Trục liên thông",
            sender_code=sender.code,
            sender_name=sender.name,
            arrived_at=at,
            verdict=Verdict.VALID,
            verdict_message=_HELD,
            arrival_number=self._ledger.number(office.incoming, key, moved) if is_in_book else None,
            arrival_year=moved.year if is_in_book else None,
            registered_at=moved if is_in_book else None,
            submitted_to_id=office.leader.id if is_in_book else None,
            returned_reason="Không thuộc thẩm quyền giải quyết." if state is State.RETURNED else "",
            returned_at=moved if state is State.RETURNED else None,
            directed_at=moved if state in {State.DIRECTED, State.PROCESSING, State.COMPLETED} else None,
            due_at=at + 10 * _DAY if random.random() < 0.4 else None,
            completed_at=moved + 5 * _DAY if state is State.COMPLETED else None,
            urgency=urgency,
        )
        self._assign(office, key, state, moved, to_first=is_rich)
        self._history(office, key, state, at)

    def _assign(self, office: Office, key: UUID, state: State, at: datetime, *, to_first: bool) -> None:
        """A leading person, often through his unit; someone in support; often a unit that is to know."""
        if state not in {State.DIRECTED, State.PROCESSING, State.COMPLETED}:
            return
        random = self._ledger.random
        unit = 0 if to_first else random.randrange(len(office.units))
        officer = office.officers[unit][0] if to_first else random.choice(office.officers[unit])
        progress = {
            State.DIRECTED: AssignmentState.GIVEN,
            State.PROCESSING: AssignmentState.STARTED,
            State.COMPLETED: AssignmentState.DONE,
        }[state]
        parent = None
        if random.random() < 0.5:
            parent = self._part(office, key, AssignmentRole.LEAD, progress, at, unit=unit)
        self._part(office, key, AssignmentRole.LEAD, progress, at, user=officer, parent=parent)
        other = random.randrange(len(office.units))
        colleague = random.choice(office.officers[other])
        if colleague != officer:
            self._part(office, key, AssignmentRole.SUPPORT, progress, at, user=colleague)
        if other != unit and random.random() < 0.4:
            self._part(office, key, AssignmentRole.INFORM, AssignmentState.GIVEN, at, unit=other)

    def _part(
        self,
        office: Office,
        key: UUID,
        role: AssignmentRole,
        state: AssignmentState,
        at: datetime,
        *,
        user: User | None = None,
        unit: int | None = None,
        parent: UUID | None = None,
    ) -> UUID:
        part = self._ledger.uuid()
        self._ledger.add(
            Assignment,
            id=part,
            agency_id=office.agency.id,
            document_id=key,
            parent_id=parent,
            user_id=user.id if user else None,
            unit_id=office.units[unit].id if unit is not None else None,
            role=role,
            state=state,
            instruction="Tham mưu văn bản trả lời, báo cáo kết quả trước khi hết hạn.",
            due_at=at + 10 * _DAY,
            given_by_id=office.leader.id,
            given_at=at,
            started_at=at + _DAY if state != AssignmentState.GIVEN else None,
            finished_at=at + 5 * _DAY if state == AssignmentState.DONE else None,
            result="Đã tham mưu văn bản trả lời." if state == AssignmentState.DONE else "",
        )
        return part

    def _history(self, office: Office, key: UUID, state: State, at: datetime) -> None:
        facts = {
            State.ARRIVED: ("arrived",),
            State.RETURNED: ("arrived", "returned"),
            State.REGISTERED: ("arrived", "registered"),
            State.DIRECTED: ("arrived", "registered", "directed"),
            State.PROCESSING: ("arrived", "registered", "directed", "started"),
            State.COMPLETED: ("arrived", "registered", "directed", "started", "completed"),
        }[state]
        self._ledger.history(office, key, SUBJECT_TYPE, tuple(f"incoming.{fact}" for fact in facts), at)

    def _state(self, at: datetime) -> State:
        age, chance = self._ledger.now - at, self._ledger.random.random()
        if age < _DAY:
            return State.ARRIVED
        if age < 2 * _DAY:
            return State.REGISTERED if chance < 0.6 else State.DIRECTED
        if age < 20 * _DAY:
            return State.COMPLETED if chance < 0.4 else State.PROCESSING if chance < 0.8 else State.DIRECTED
        return State.RETURNED if chance < 0.01 else State.PROCESSING if chance < 0.015 else State.COMPLETED
