"""Packets: sending, listing, fetching, acknowledging."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from vanthu.axis import queries
from vanthu.axis.actions import mail
from vanthu.axis.envelopes import take_in
from vanthu.axis.rules import Refusal, Refused
from vanthu.axis.states import MailStep, PacketKind
from vanthu.edxml import is_acceptable_organ_id, transport
from vanthu.edxml.leaves import parse_moment
from vanthu.interfaces.axis import answers
from vanthu.interfaces.axis.bodies import PacketBody
from vanthu.interfaces.axis.gate import Call, protocol_call
from vanthu.kernel.blobs import FileTooLarge

SERVICE = "eDoc"


@protocol_call("from", "servicetype", "messagetype", "hash-file", optional=("to",))
def send_edoc(call: Call) -> HttpResponseBase:
    """Gửi gói tin: the packet is on disk before anything is answered; `DocId` names it for its sender."""
    claim = mail.Claim(
        kind=_kind(call), sender_code=call.text("from"), recipient_codes=_codes(call.text("to"))
    )
    envelope, content = take_in(
        _body(call.http), stated_hash=call.text("hash-file"), limit=settings.AXIS_PACKET_LIMIT
    )
    packet_id = mail.accept_packet(
        actor=call.actor, envelope=envelope, claim=claim, content=content, now=call.now
    )
    return answers.ok(DocId=str(packet_id))


@protocol_call("servicetype", "messagetype", optional=("fromDate", "toDate", "to"))
def get_received_edoc_list(call: Call) -> HttpResponseBase:
    """Danh sách chờ nhận of the calling system's agencies; `to` narrows to one of them."""
    rows = queries.list_received(
        call.actor,
        kind=_kind(call),
        recipient_code=call.text("to"),
        since=_moment(call, "fromDate"),
        until=_moment(call, "toDate", end=True),
    )
    return answers.ok(
        data=[
            {
                "docId": str(row.item_id),
                "serviceType": SERVICE,
                "messageType": row.kind.value,
                "created_time": answers.moment(row.received_at),
                "updated_time": answers.moment(row.updated_at),
                "from": row.sender_code,
                "to": row.recipient_code,
                "status": row.state.value,
                "status_desc": row.description or row.state.label,
            }
            for row in rows
        ]
    )


@protocol_call("servicetype", "messagetype", optional=("docId",))
def get_sent_edoc_list(call: Call) -> HttpResponseBase:
    """What became of the calling system's packets; `docId` (of `sendEdoc`) narrows to one."""
    packet_id = _id(call) if call.text("docId") else None
    rows = queries.list_sent(call.actor, kind=_kind(call), packet_id=packet_id)
    return answers.ok(
        data=[
            {
                "serviceType": SERVICE,
                "messageType": row.kind.value,
                "senderDocId": str(row.packet_id),
                "receiverDocId": str(row.item_id),
                "fromCode": row.sender_code,
                "toCode": row.recipient_code,
                "title": row.subject,
                "notation": row.symbol,
                "sendStatus": "done",
                "sendStatusDesc": "Trục đã nhận",
                "receiveStatus": row.state.value,
                "receiveStatusDesc": row.description or row.state.label,
                "sentTime": answers.moment(row.received_at),
                "receivedTime": answers.moment(row.fetched_at) if row.fetched_at else "",
            }
            for row in rows
        ]
    )


@protocol_call("docId")
def get_edoc(call: Call) -> HttpResponseBase:
    """Lấy gói tin as base64 in JSON; only from the calling system's own mailboxes."""
    fetched = mail.fetch_packet(actor=call.actor, item_id=_id(call), now=call.now)
    return answers.ok_base64(fetched.sha256, fetched.size)


@protocol_call("docId", methods=("GET", "POST"))
def download_edoc(call: Call) -> HttpResponseBase:
    """Lấy gói tin as it is."""
    fetched = mail.fetch_packet(actor=call.actor, item_id=_id(call), now=call.now)
    return answers.raw(fetched.sha256, fetched.size)


@protocol_call("docId", "status", optional=("description",))
def update_status(call: Call) -> HttpResponseBase:
    """Báo nhận: `done`, `fail` or `processing`. Whatever body comes along says nothing."""
    try:
        step = MailStep(call.text("status").lower())
    except ValueError:
        raise Refused(Refusal.BAD_PARAMETER, "Tham số «status» phải là done, fail hoặc processing.") from None
    mail.report_packet(
        actor=call.actor,
        item_id=_id(call),
        step=step,
        description=transport.decode_text(call.text("description")),
        signature=call.parameters.signature,
        now=call.now,
    )
    return answers.ok()


@protocol_call(methods=("GET", "POST"))
def count_received_edoc(call: Call) -> HttpResponseBase:
    """How many documents wait for the calling system's agencies."""
    return answers.ok(count=queries.count_received(call.actor, kind=PacketKind.EDOC))


@protocol_call(methods=("GET", "POST"))
def count_received_status(call: Call) -> HttpResponseBase:
    """How many statuses wait for the calling system's agencies."""
    return answers.ok(count=queries.count_received(call.actor, kind=PacketKind.STATUS))


def _kind(call: Call) -> PacketKind:
    if call.text("servicetype").lower() != SERVICE.lower():
        raise Refused(Refusal.BAD_PARAMETER, "Tham số «servicetype» phải là eDoc.")
    try:
        return PacketKind(call.text("messagetype").lower())
    except ValueError:
        raise Refused(Refusal.BAD_PARAMETER, "Tham số «messagetype» phải là edoc hoặc status.") from None


def _id(call: Call) -> UUID:
    try:
        return UUID(call.text("docId"))
    except ValueError:
        # An id of another form is one of a packet that is not here.
        raise Refused(Refusal.NO_SUCH_PACKET) from None


def _codes(text: str) -> tuple[str, ...]:
    if not text:
        return ()
    try:
        codes = json.loads(text)
    except (ValueError, RecursionError):
        codes = None
    if not isinstance(codes, list) or not all(map(_is_code, codes)):
        raise Refused(Refusal.BAD_PARAMETER, 'Tham số «to» phải là mảng JSON các mã, ví dụ ["H29.01"].')
    return tuple(dict.fromkeys(code.strip() for code in codes))


def _is_code(code: object) -> bool:
    return isinstance(code, str) and is_acceptable_organ_id(code.strip())


def _moment(call: Call, name: str, *, end: bool = False) -> datetime | None:
    text = call.text(name)
    if not text:
        return None
    moment = parse_moment(text)
    if moment is None:
        raise Refused(Refusal.BAD_PARAMETER, f"Tham số «{name}» phải là ngày, dạng yyyy/MM/dd.")
    # A day given as the end is meant to its last second; the last of all days stands for no end.
    is_whole_day = end and ":" not in text and moment.date() < date.max
    return moment + timedelta(days=1) if is_whole_day else moment


def _body(request: HttpRequest) -> BinaryIO:
    """The packet in the request's body. Raises FileTooLarge, unread, when its length already says so."""
    length = request.META.get("CONTENT_LENGTH") or ""
    limit = settings.AXIS_PACKET_LIMIT
    if length.isdigit() and int(length) > limit + PacketBody.EXTRA:
        raise FileTooLarge(f"Gói tin lớn hơn {limit // (1024 * 1024)} MB. Hãy tách bớt tệp đính kèm.")
    # Without a length (chunked) Django reads nothing; a server that says so ends its stream with the body.
    unbounded = not length and request.META.get("wsgi.input_terminated")
    source = request.META["wsgi.input"] if unbounded else request
    return cast(BinaryIO, PacketBody(source))
