"""Outgoing documents of the filled database, each at the state its age suggests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from benchmarks.ledger import Ledger
from benchmarks.province import Office
from vanthu.exchange.models import Delivery
from vanthu.exchange.states import Channel, DeliveryState
from vanthu.organizations.models import Agency, User
from vanthu.outgoing.models import OutgoingDocument, Recipient
from vanthu.outgoing.rules import SUBJECT_TYPE
from vanthu.outgoing.states import State
from vanthu.workflow.models import ApprovalStep
from vanthu.workflow.states import ApprovalKind, ApprovalState

_DAY = timedelta(days=1)


class Drafts:
    """Documents the offices write to others outside."""

    def __init__(self, ledger: Ledger, outside: Sequence[Agency]) -> None:
        self._ledger, self._outside = ledger, outside

    def add(self, office: Office, at: datetime) -> None:
        """One document drafted at this time."""
        random, key = self._ledger.random, self._ledger.uuid()
        state = self._state(at)
        unit = random.randrange(len(office.units))
        author = random.choice(office.officers[unit])
        number = (
            self._ledger.number(office.outgoing, key, at) if state in {State.SEALED, State.ISSUED} else None
        )
        issuer = (office.agency.code, office.agency.name)
        self._ledger.record(key, office, issuer=issuer, number=number, sign="SNV-NV", at=at, urgency=0)
        self._ledger.files(key, random.choice((1, 1, 2, 3)), at)
        is_signed = number is not None or state is State.SIGNED
        self._ledger.add(
            OutgoingDocument,
            document_id=key,
            agency_id=office.agency.id,
            state=state,
            author_id=author.id,
            unit_id=office.units[unit].id,
            signer_id=office.leader.id,
            places="{}",
            round=0 if state is State.DRAFT else 1,
            number=number,
            number_year=at.year if number else None,
            drafted_at=at,
            submitted_at=None if state is State.DRAFT else at,
            signed_at=at if is_signed else None,
            numbered_at=at if number else None,
            sealed_at=at if number else None,
            issued_at=at if state is State.ISSUED else None,
            moved_at=at,
        )
        self._turns(office, key, state, office.heads[unit], at)
        self._send(key, state, at)
        self._ledger.history(
            office, key, SUBJECT_TYPE, ("outgoing.drafted", "outgoing.submitted", "outgoing.signed"), at
        )

    def _turns(self, office: Office, key: UUID, state: State, head: User, at: datetime) -> None:
        if state is State.DRAFT:
            return
        review = ApprovalState.CURRENT if state is State.REVIEWING else ApprovalState.APPROVED
        sign = {
            State.REVIEWING: ApprovalState.WAITING,
            State.AWAITING_SIGNATURE: ApprovalState.CURRENT,
        }.get(state, ApprovalState.APPROVED)
        turns = ((ApprovalKind.REVIEW, head, review), (ApprovalKind.SIGN, office.leader, sign))
        for position, (kind, user, decided) in enumerate(turns, start=1):
            self._ledger.add(
                ApprovalStep,
                id=self._ledger.uuid(),
                agency_id=office.agency.id,
                document_id=key,
                round=1,
                position=position,
                kind=kind,
                user_id=user.id,
                state=decided,
                became_current_at=at,
                decided_at=at if decided == ApprovalState.APPROVED else None,
            )

    def _send(self, key: UUID, state: State, at: datetime) -> None:
        recipients = self._ledger.random.sample(self._outside, self._ledger.random.choice((1, 1, 2, 4)))
        for position, recipient in enumerate(recipients):
            self._ledger.add(Recipient, document_id=key, agency_id=recipient.id, position=position)
            if state is State.ISSUED:
                self._ledger.add(
                    Delivery,
                    id=self._ledger.uuid(),
                    document_id=key,
                    recipient_id=recipient.id,
                    recipient_name=recipient.name,
                    channel=Channel.AXIS,
                    state=DeliveryState.FINISHED,
                    state_at=at + 5 * _DAY,
                    created_at=at,
                )

    def _state(self, at: datetime) -> State:
        if self._ledger.now - at > 3 * _DAY:
            return State.ISSUED if self._ledger.random.random() < 0.995 else State.DRAFT
        waiting = (State.DRAFT, State.REVIEWING, State.AWAITING_SIGNATURE, State.SIGNED, State.SEALED)
        return self._ledger.random.choice((*waiting, State.ISSUED, State.ISSUED, State.ISSUED))
