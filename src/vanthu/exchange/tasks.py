"""How background jobs enter the exchange. Each takes ids, may be run any number of times, and after a crash.

A job is put back when its worker dies (interfaces/cli/worker.py), and after every failure, later and later
but for ever: what is on its way is delivered or refused with a reason, never forgotten.
"""

from __future__ import annotations

import logging
import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from vanthu import edxml
from vanthu.exchange import actions, courier, opening, operations, queries, rules
from vanthu.exchange.axis_client import AxisAnswerMalformed, AxisRefused, AxisUnreachable, WaitingPacket
from vanthu.exchange.opening import Opened, OpenedDocument, OpenedStatus
from vanthu.exchange.operations import FetchedPacket, Outcome
from vanthu.incoming.states import State as IncomingState
from vanthu.kernel import blobs
from vanthu.kernel.actor import Actor, system
from vanthu.kernel.attempts import written_down
from vanthu.kernel.errors import DomainError
from vanthu.kernel.patience import Patient, wait_seconds
from vanthu.organizations import actions as organizations
from vanthu.organizations.actions.agencies import DirectoryEntry

logger = logging.getLogger(__name__)

_QUEUE = "exchange"
#: The axis is away, or speaks of our connection: no fault of what was asked about.
_AXIS_AWAY = (AxisUnreachable, AxisAnswerMalformed, AxisRefused)


@app.task(name="exchange.deliver_issued", queue=_QUEUE, retry=Patient())
def deliver_issued(*, document_id: str, **_later: object) -> None:
    """A document was issued: plan its deliveries."""
    actions.plan_deliveries(actor=_machine(), document_id=UUID(document_id), now=timezone.now())


@app.task(name="exchange.deliver_here", queue=_QUEUE, retry=Patient())
@written_down("exchange.deliver_here", about="delivery_id")
def deliver_here(*, delivery_id: str, **_later: object) -> None:
    """Put the document on the desk of a recipient of this installation."""
    delivery, now = UUID(delivery_id), timezone.now()
    try:
        examinations = courier.examine_delivery(delivery, now=now)
        actions.deliver_here(actor=_machine(), delivery_id=delivery, examinations=examinations, now=now)
    except Exception as trouble:
        actions.note_delivery_trouble(
            actor=_machine(), delivery_id=delivery, trouble=_words(trouble), now=timezone.now()
        )
        raise


@app.task(name="exchange.send_packet", queue=_QUEUE, retry=Patient())
def send_packet(*, document_id: str, **_later: object) -> None:
    """Send the document, in one packet, to its recipients beyond the axis."""
    document, actor = UUID(document_id), _machine()
    waiting = courier.parcel(document)
    if waiting is None:
        return
    try:
        packet = waiting.packet or actions.keep_packet(
            actor=actor, document_id=document, packet=courier.wrap(waiting), now=timezone.now()
        )
        result = courier.send(waiting, packet)
    except edxml.InvalidPacket as fault:
        # Nothing left the house, and no retry would make it conform.
        result = courier.SendingResult(refused=dict.fromkeys(waiting.recipients, str(fault)))
    except Exception as trouble:
        actions.note_sending_trouble(
            actor=actor, document_id=document, trouble=_words(trouble), now=timezone.now()
        )
        raise
    actions.record_sending(
        actor=actor, document_id=document, sent=result.sent, refused=result.refused, now=timezone.now()
    )


@app.task(name="exchange.report_progress", queue=_QUEUE, retry=Patient())
def report_progress(
    *, document_id: str, progress: str, at: str, note: str, staff: str, **_later: object
) -> None:
    """An incoming document came to a state its sender must hear of."""
    actions.report_progress(
        actor=_machine(),
        document_id=UUID(document_id),
        progress=IncomingState(progress),
        at=datetime.fromisoformat(at),
        note=note,
        staff=staff,
        now=timezone.now(),
    )


@app.task(name="exchange.send_status", queue=_QUEUE, retry=Patient())
def send_status(*, report_id: str, **_later: object) -> None:
    """Tell the sender a state of its document over the axis."""
    report, actor = courier.report_to_send(UUID(report_id)), _machine()
    if report is None:
        return
    try:
        axis_doc_id = courier.send_report(report)
    except Exception as trouble:
        actions.note_report_trouble(
            actor=actor, report_id=report.id, trouble=_words(trouble), now=timezone.now()
        )
        if _is_hopeless(trouble):
            return
        raise
    actions.record_report_sent(actor=actor, report_id=report.id, axis_doc_id=axis_doc_id, now=timezone.now())


@app.periodic(cron=rules.every(settings.AXIS_POLL_SECONDS))
@app.task(
    name="exchange.poll_axis", queue=_QUEUE, lock="exchange.poll_axis", queueing_lock="exchange.poll_axis"
)
@written_down("exchange.poll_axis", elsewhere=_AXIS_AWAY, rest=timedelta(minutes=5))
def poll_axis(timestamp: int = 0, **_later: object) -> None:
    """Look into the mailboxes on the axis; every packet becomes a job of its own, once at a time."""
    if not settings.AXIS_URL:
        return
    try:
        waiting = courier.list_waiting()
    except _AXIS_AWAY as trouble:
        # The next look comes by itself.
        logger.warning("Không xem được hộp nhận trên Trục liên thông: %s", trouble)
        return
    under_way = set(
        ProcrastinateJob.objects.filter(task_name="exchange.take_packet", status__in=["todo", "doing"])
        .order_by()
        .values_list("lock", flat=True)
    )
    for packet in waiting:
        # No queueing lock: a job that is to be tried again would find the place taken by its own successor.
        name = f"exchange.take:{packet.doc_id}"
        if name not in under_way:
            take_packet.configure(lock=name).defer(
                doc_id=packet.doc_id,
                kind=packet.kind,
                sender_code=packet.sender_code,
                recipient_code=packet.recipient_code,
            )


def _give_up_packet(*, reason: str, died_before: bool, **arguments: Any) -> None:
    """Put a packet aside unread, with its bytes unless fetching them has broken off too; tell the axis."""
    waiting = _waiting(**arguments)
    outcome = operations.outcome_of(waiting.doc_id)
    if outcome is None:
        with blobs.work_folder() as folder:
            path = folder / "goi-tin.edxml"
            if not died_before:
                courier.fetch(waiting.doc_id, path)
            outcome = _record(opening.set_aside(path if path.exists() else None, waiting, reason))
    courier.acknowledge(waiting.doc_id, outcome)


@app.task(name="exchange.take_packet", queue=_QUEUE, retry=Patient())
@written_down("exchange.take_packet", about="doc_id", elsewhere=_AXIS_AWAY, give_up=_give_up_packet)
def take_packet(*, doc_id: str, kind: str, sender_code: str, recipient_code: str, **_later: object) -> None:
    """Fetch one packet, make of it what it is, and tell the axis."""
    waiting = _waiting(doc_id=doc_id, kind=kind, sender_code=sender_code, recipient_code=recipient_code)
    outcome = operations.outcome_of(doc_id)
    if outcome is None:
        with blobs.work_folder() as folder:
            outcome = _take(waiting, folder / "goi-tin.edxml")
    courier.acknowledge(doc_id, outcome)


def _give_up_reopening(*, reason: str, died_before: bool, **arguments: Any) -> None:
    """Put a packet that was opened again aside once more; its bytes are kept where they were."""
    reopened = queries.reopened_packet(_machine(), packet_id=UUID(arguments["packet_id"]))
    if reopened is not None:
        _record(opening.set_aside_again(reopened.waiting, reopened.content, reason))


@app.task(name="exchange.reopen_packet", queue=_QUEUE, retry=Patient())
@written_down("exchange.reopen_packet", about="packet_id", elsewhere=_AXIS_AWAY, give_up=_give_up_reopening)
def reopen_packet(*, packet_id: str, **_later: object) -> None:
    """The administrator has a packet that was put aside opened again; the axis hears if it is taken."""
    reopened = queries.reopened_packet(_machine(), packet_id=UUID(packet_id))
    if reopened is None:
        return
    with blobs.work_folder() as folder:
        path = folder / "goi-tin.edxml"
        if reopened.content is None:
            outcome = _take(reopened.waiting, path)
        else:
            with blobs.as_path(reopened.content.sha256) as kept:
                shutil.copyfile(kept, path)
            outcome = _record(opening.open_packet(path, reopened.waiting, now=timezone.now()))
    courier.acknowledge(reopened.waiting.doc_id, outcome)


@app.task(name="exchange.resume_attempt", queue=_QUEUE, retry=Patient())
def resume_attempt(*, attempt_id: str, **_later: object) -> None:
    """The administrator has work that was put aside begun again."""
    work = queries.resumed_attempt(_machine(), attempt_id=UUID(attempt_id))
    if work is not None:
        with suppress(AlreadyEnqueued):
            app.configure_task(work.task).defer(**work.arguments)


@app.periodic(cron="*/10 * * * *")
@app.task(name="exchange.refresh_directory", queue=_QUEUE, queueing_lock="exchange.refresh_directory")
@written_down("exchange.refresh_directory", elsewhere=_AXIS_AWAY, rest=timedelta(hours=1))
def refresh_directory(timestamp: int = 0, *, attempt: int = 0, **_later: object) -> None:
    """Learn the agencies the axis knows, and which it closed. The first worker to start does it at once."""
    if not settings.AXIS_URL:
        return
    try:
        listed = courier.list_agencies()
    except _AXIS_AWAY as trouble:
        logger.warning("Không lấy được danh bạ của Trục liên thông: %s", trouble)
        # Not by failing: the periodic task's next turn may already stand where a retry would have to wait.
        again = refresh_directory.configure(schedule_in={"seconds": wait_seconds(attempt)})
        with suppress(AlreadyEnqueued):
            again.defer(timestamp=timestamp, attempt=attempt + 1)
        return
    entries = [
        DirectoryEntry(
            code=each.code,
            name=each.name,
            old_code=each.old_code,
            email=each.mail,
            is_closed=each.is_closed,
            successor_code=each.successor_code,
        )
        for each in listed
    ]
    organizations.learn_agencies(actor=_machine(), entries=entries, now=timezone.now())


def _waiting(
    *, doc_id: str, kind: str, sender_code: str, recipient_code: str, **_later: object
) -> WaitingPacket:
    return WaitingPacket(
        doc_id=doc_id,
        kind=kind,
        sender_code=sender_code,
        recipient_code=recipient_code,
        received_at=None,
        status="",
    )


def _take(waiting: WaitingPacket, path: Path) -> Outcome:
    """Fetch the packet into the new file `path` and record what it is."""
    try:
        courier.fetch(waiting.doc_id, path)
    except AxisRefused as refusal:
        if not courier.is_final(refusal):
            raise
        return _record(opening.not_given(waiting, f"Trục liên thông không giao gói tin: {refusal}"))
    return _record(opening.open_packet(path, waiting, now=timezone.now()))


def _record(opened: Opened) -> Outcome:
    actor, now = _machine(), timezone.now()
    if isinstance(opened, OpenedDocument):
        return actions.take_document(
            actor=actor,
            packet=opened.packet,
            arrival=opened.arrival,
            references=opened.references,
            now=now,
        )
    if isinstance(opened, OpenedStatus):
        return actions.take_status(actor=actor, packet=opened.packet, report=opened.report, now=now)
    told = _answer(opened.answer, opened.packet) if opened.answer is not None else ""
    return actions.put_aside(
        actor=actor,
        packet=opened.packet,
        reason=opened.reason,
        told=told,
        may_reopen=opened.may_reopen,
        now=now,
    )


def _answer(status: edxml.StatusPacket, packet: FetchedPacket) -> str:
    """Tell the sender of a packet that may not be kept, and say so; one that cannot be told is in the log."""
    try:
        courier.send_status(
            status, sender_code=status.sender.organ_id, recipient_code=status.response_for.organ_id
        )
    except (AxisRefused, edxml.InvalidPacket) as trouble:
        if not _is_hopeless(trouble):
            raise
        logger.warning("Không báo trả lại được gói tin %s: %s", packet.axis_doc_id, trouble)
        return ""
    return rules.TOLD_RETURNED


def _is_hopeless(trouble: Exception) -> bool:
    """Whether trying again cannot help."""
    if isinstance(trouble, AxisRefused):
        return courier.is_final(trouble)
    return isinstance(trouble, edxml.InvalidPacket)


def _words(trouble: Exception) -> str:
    """The trouble in words: ours are Vietnamese sentences, anything else is for the operator's log."""
    if isinstance(trouble, DomainError | edxml.EdxmlError):
        return str(trouble)
    logger.error("%s: %s", type(trouble).__name__, trouble)
    return "Hệ thống gặp lỗi ngoài dự kiến và sẽ thử lại. Chi tiết có trong nhật ký của hệ thống."


def _machine() -> Actor:
    return system("Liên thông")
