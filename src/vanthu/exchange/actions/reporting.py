"""Báo trạng thái: the sender of a document hears what became of it (QĐ 28/2018 Điều 9)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from vanthu.exchange import operations, permissions, rules
from vanthu.exchange.events import StatusPlanned
from vanthu.exchange.models import StatusReport
from vanthu.exchange.states import TOLD, DeliveryState
from vanthu.incoming.models import IncomingDocument
from vanthu.incoming.states import State as IncomingState
from vanthu.kernel import audit, outbox
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import require
from vanthu.kernel.use_cases import use_case

_SUBJECT_TYPE = "incoming.document"


@use_case
def report_progress(
    *,
    actor: Actor,
    document_id: UUID,
    progress: IncomingState,
    at: datetime,
    note: str,
    staff: str,
    now: datetime,
) -> None:
    """Báo trạng thái: tell the sender that `document_id` came to `progress`, once for each state.

    A sender of this installation sees it at once; another is sent a status packet. A document that came
    neither way (on paper) has nobody to tell. Raises NotAllowed.
    """
    document = IncomingDocument.objects.get(pk=document_id)

    require(permissions.may_exchange(actor))

    state, delivery_id = TOLD[progress], rules.delivery_of(document.source_key)

    if delivery_id is not None:
        operations.advance(
            actor=actor,
            delivery=operations.lock_delivery(delivery_id),
            state=state,
            at=at,
            note=note,
            staff=staff,
            now=now,
        )
    elif rules.is_from_axis(document.source_key):
        _report_over_axis(actor, document, state, at=at, note=note, staff=staff, now=now)


@use_case
def record_report_sent(*, actor: Actor, report_id: UUID, axis_doc_id: str, now: datetime) -> None:
    """Ghi nhận đã báo: the axis took the status packet. Raises NotAllowed."""
    report = _lock(report_id)

    require(permissions.may_exchange(actor))

    if report.sent_at is not None:
        return

    report.axis_doc_id, report.sent_at, report.last_error = axis_doc_id[:64], now, ""
    report.attempts += 1
    report.save(update_fields=["axis_doc_id", "sent_at", "last_error", "attempts"])

    _audit(actor, report, "exchange.status-sent", now, {"axis_doc_id": axis_doc_id})


@use_case
def note_report_trouble(*, actor: Actor, report_id: UUID, trouble: str, now: datetime) -> None:
    """Ghi sự cố báo trạng thái: the status packet could not be sent. Raises NotAllowed."""
    report = _lock(report_id)

    require(permissions.may_exchange(actor))

    before, report.last_error = report.last_error, rules.shortened(trouble, 500)
    report.attempts += 1
    report.save(update_fields=["last_error", "attempts"])

    if report.last_error != before:
        _audit(actor, report, "exchange.status-troubled", now, {"trouble": report.last_error})


def _report_over_axis(
    actor: Actor,
    document: IncomingDocument,
    state: DeliveryState,
    *,
    at: datetime,
    note: str,
    staff: str,
    now: datetime,
) -> None:
    report, is_new = StatusReport.objects.get_or_create(
        document=document,
        code=state.value,
        defaults={"at": at, "note": note[:1000], "staff": staff[:200]},
    )
    if not is_new:
        return
    _audit(actor, report, "exchange.status-planned", now, {"note": report.note})
    outbox.publish(StatusPlanned(report_id=report.id))


def _lock(report_id: UUID) -> StatusReport:
    return (
        StatusReport.objects.select_for_update(of=("self",), no_key=True)
        .select_related("document")
        .get(id=report_id)
    )


def _audit(actor: Actor, report: StatusReport, action: str, now: datetime, data: dict[str, str]) -> None:
    audit.record(
        action=action,
        actor=actor,
        at=now,
        agency_id=report.document.agency_id,
        subject_type=_SUBJECT_TYPE,
        subject_id=report.document_id,
        data={"code": report.code, **data},
    )
