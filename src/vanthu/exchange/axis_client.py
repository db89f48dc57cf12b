"""The client of the interchange axis, in the national axis's own protocol (VNPT's VXP)."""

from __future__ import annotations

import binascii
import json
import logging
import mmap
import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal, Self, TypeVar

from vanthu.edxml import is_acceptable_organ_id, transport
from vanthu.edxml.leaves import parse_moment, shorten
from vanthu.exchange.axis_calls import Answer, CallFailed, CallMalformed, Calls
from vanthu.kernel.errors import DomainError

logger = logging.getLogger(__name__)

_PIECE = 1024 * 1024
#: Longest answers in bytes: to an act; a list of what waits (a thousand rows are 400 kB); the whole directory
#: (125,000 agencies are some 30 MB of JSON); a packet (300 MB are 400 MB in base64).
_LONGEST_ANSWER, _LONGEST_LIST = 1024 * 1024, 16 * 1024 * 1024
_LONGEST_DIRECTORY, _LARGEST_PACKET_ANSWER = 64 * 1024 * 1024, 1024 * 1024 * 1024
#: Most values and most lists and objects in an answer: a few bytes of JSON become a hundred of memory.
_MOST_VALUES, _MOST_GROUPS = 4_000_000, 400_000
#: The national axis names packets by UUID or by 24 hexadecimal digits.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
#: Longest text of a field, in characters, and of what a refusal says.
_LONGEST_TEXT, _LONGEST_REASON = 1000, 500
#: Refusals that another try may overcome: clock, used signature, a fault of the axis.
_TRANSIENT = frozenset({"16", "17", "20", "21"})
_DATA = re.compile(rb'"data"\s*:\s*"')
#: JSON writers may escape these characters of base64, or put line ends between them.
_ESCAPES = {b"\\/": b"/", b"\\n": b"", b"\\r": b"", b"\\u003d": b"=", b"\\u002b": b"+", b"\\u002f": b"/"}
_ESCAPE = re.compile(rb"\\(?:[/nr]|u00(?:3d|2b|2f))", re.IGNORECASE)
_LONGEST_ESCAPE = 6


Row = TypeVar("Row")


class AxisUnreachable(DomainError):
    """Không kết nối được với Trục liên thông. Hệ thống sẽ tự gửi lại."""

    code = "exchange.axis-unreachable"
    status = 503


class AxisRefused(DomainError):
    """Trục liên thông từ chối yêu cầu."""

    def __init__(self, error_code: str, description: str) -> None:
        super().__init__(description or (AxisRefused.__doc__ or ""))
        self.code = "exchange.axis-refused"
        #: `ErrorCode` of the answer.
        self.error_code = error_code
        self.description = description
        #: Whether the same request may succeed later.
        self.transient = error_code in _TRANSIENT


class AxisAnswerMalformed(DomainError):
    """Câu trả lời của Trục liên thông không đúng quy cách. Hãy kiểm tra địa chỉ của Trục liên thông."""

    code = "exchange.axis-answer-malformed"
    status = 502


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisAgency:
    """One line of the axis's directory."""

    code: str
    #: Code of before QĐ 20/2020/QĐ-TTg; "" when there is none.
    old_code: str
    name: str
    mail: str
    #: The code is closed, and which code took its place, if the axis says so.
    is_closed: bool = False
    successor_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPacket:
    """A packet that waits in one of the system's mailboxes."""

    doc_id: str
    kind: str
    sender_code: str
    recipient_code: str
    #: When the axis took it in; None when the axis says nothing readable.
    received_at: datetime | None
    status: str


class AxisClient:
    """One system's connection to an axis; usable by several threads, closed at the end of a `with`.

    Every method raises AxisUnreachable (no connection, no answer in time, a fault of the axis: try again),
    AxisRefused (the axis said no; see `transient`) or AxisAnswerMalformed. Sending and acknowledging the
    same thing again is safe: the axis does it once.
    """

    def __init__(self, url: str, system_id: str, secret: str, timeout: float = 60) -> None:
        """`url` is the axis's base address; `timeout` (seconds) bounds a whole call that moves little.

        What a call sends and receives gives it more time, at the least rate of `axis_calls.LEAST_RATE`.
        """
        self._url, self._timeout = url, timeout
        self._system_id = system_id
        self._secret = secret
        self._opened: Calls | None = None
        self._opening = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        with self._opening:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def list_agencies(self) -> list[AxisAgency]:
        """The directory of the axis, open codes only."""
        rows = self._rows("getAgenciesListQD20", {"level": "1"}, longest=_LONGEST_DIRECTORY)
        return _each(_agency, rows)

    def list_closed_agencies(self) -> list[AxisAgency]:
        """The closed codes of the directory; `code102` and `successorCode` are our axis's additions."""
        rows = self._rows("getSynchronizeUnit", {}, longest=_LONGEST_DIRECTORY)
        return [agency for agency in _each(_agency, rows) if agency.is_closed]

    def send(
        self, path: Path, kind: Literal["edoc", "status"], sender_code: str, recipients: Sequence[str] = ()
    ) -> str:
        """Send the packet file at `path` and return the axis's id of it.

        `recipients` are those of the packet's own to deliver to; none means all of them. The file is
        streamed; it must not change meanwhile.
        """
        parameters = {
            "servicetype": "eDoc",
            "messagetype": kind,
            "hash-file": transport.file_hash(path),
            "from": sender_code,
            "Content-Type": "application/octet-stream",
        }
        if recipients:
            parameters["to"] = json.dumps(list(recipients))
        length = {"Content-Length": str(path.stat().st_size + 2)}
        answer = self._ask("sendEdoc", parameters, content=_body(path), extra=length)
        return _id(answer, "DocId")

    def list_received(self, kind: Literal["edoc", "status"]) -> list[WaitingPacket]:
        """What waits for this system's agencies; an axis may give a part, the rest once those are ended."""
        asked = {"servicetype": "eDoc", "messagetype": kind}
        rows = self._rows("getReceivedEdocList", asked, longest=_LONGEST_LIST)
        packets = _each(_waiting_packet, rows)
        return [replace(packet, kind=packet.kind or kind) for packet in packets]

    def fetch(self, doc_id: str, target: Path) -> None:
        """Write the packet into the file `target`, which appears whole or not at all.

        Memory stays small whatever the packet's size.
        """
        with tempfile.TemporaryDirectory(prefix=".lay-goi-tin-", dir=target.parent) as folder:
            answer, packet = Path(folder, "answer"), Path(folder, "packet")
            with (
                self._call("getEdoc", {"docId": doc_id}, b"{}", longest=_LARGEST_PACKET_ANSWER) as response,
                answer.open("wb") as file,
            ):
                for piece in response.pieces:
                    file.write(piece)
            _unpack(answer, packet)
            packet.replace(target)

    def update_status(
        self, doc_id: str, status: Literal["done", "fail", "processing"], description: str = ""
    ) -> None:
        """Tell the axis what became of a fetched packet; after `done` it is not offered again."""
        parameters = {"docId": doc_id, "status": status}
        if description.strip():
            parameters["description"] = transport.encode_text(description[:1000])
        self._ask("updateStatus", parameters, content=b"{}")

    def _rows(self, call: str, parameters: Mapping[str, str], *, longest: int) -> list[Mapping[str, Any]]:
        rows = self._ask(call, parameters, longest=longest).get("data")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise AxisAnswerMalformed
        return rows

    def _ask(
        self,
        call: str,
        parameters: Mapping[str, str],
        *,
        content: bytes | Iterator[bytes] = b"",
        extra: Mapping[str, str] | None = None,
        longest: int = _LONGEST_ANSWER,
    ) -> Mapping[str, Any]:
        with self._call(call, parameters, content, extra=extra, longest=longest) as answer:
            return _accepted(b"".join(answer.pieces))

    @contextmanager
    def _call(
        self,
        call: str,
        parameters: Mapping[str, str],
        content: bytes | Iterator[bytes],
        *,
        extra: Mapping[str, str] | None = None,
        longest: int,
    ) -> Iterator[Answer]:
        headers = transport.sign_headers(
            parameters, system_id=self._system_id, secret=self._secret, now=datetime.now(UTC)
        )
        try:
            calls = self._calls()
            with calls.post(call, {**headers, **(extra or {})}, content, longest=longest) as answer:
                if answer.status >= 500:
                    raise AxisUnreachable
                yield answer
        except CallMalformed as error:
            raise AxisAnswerMalformed(str(error) or None) from error
        except CallFailed as error:
            raise AxisUnreachable from error

    def _calls(self) -> Calls:
        # Threads that begin together share the connections: what each opened for itself nobody would close.
        with self._opening:
            if self._opened is None:
                self._opened = Calls(self._url, seconds=self._timeout)
            return self._opened


def _body(path: Path) -> Iterator[bytes]:
    """The file, then the CRLF the national client appends."""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
    yield b"\r\n"


def _accepted(text: bytes) -> Mapping[str, Any]:
    """The answer's fields. Raises AxisRefused, AxisAnswerMalformed."""
    if text.count(b",") > _MOST_VALUES or text.count(b"[") + text.count(b"{") > _MOST_GROUPS:
        raise AxisAnswerMalformed("Câu trả lời của Trục liên thông có quá nhiều mục.")
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        raise AxisAnswerMalformed from None
    if not isinstance(answer, dict):
        raise AxisAnswerMalformed
    status, code = _said(answer, "status"), _said(answer, "ErrorCode")
    if status.upper() == "OK" and code in ("", "0"):
        return answer
    if not status and not code:
        raise AxisAnswerMalformed
    raise AxisRefused(code[:20], _said(answer, "ErrorDesc"))


def _each(read: Callable[[Mapping[str, Any]], Row], rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """What can be read of the rows; one that cannot be kept must not hold up the others."""
    found, passed_over = [], 0
    for row in rows:
        try:
            found.append(read(row))
        except AxisAnswerMalformed:
            passed_over += 1
    if passed_over:
        logger.warning("Bỏ qua %d dòng của Trục liên thông không đúng quy cách", passed_over)
    return found


def _text(fields: Mapping[str, Any], name: str) -> str:
    """A field as text: peers write numbers, strings and null alike. Raises AxisAnswerMalformed.

    Refused is what no column holds and no header carries: NUL and other control characters, half of a
    surrogate pair, a text without end.
    """
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value).strip()
    if len(text) > _LONGEST_TEXT or not transport.is_writable(text):
        raise AxisAnswerMalformed
    return text


def _said(fields: Mapping[str, Any], name: str) -> str:
    """What a refusal says, for people: cut off, and without what cannot be written."""
    value = fields.get(name)
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return "".join(sign if transport.is_writable(sign) else " " for sign in text[:_LONGEST_REASON]).strip()


def _id(fields: Mapping[str, Any], name: str) -> str:
    text = _text(fields, name)
    if not _ID.fullmatch(text):
        raise AxisAnswerMalformed(f"Trục liên thông đặt mã gói tin không đúng quy cách («{shorten(text)}»).")
    return text


def _code(fields: Mapping[str, Any], name: str) -> str:
    """The code of an agency, or nothing."""
    text = _text(fields, name)
    if text and not is_acceptable_organ_id(text):
        raise AxisAnswerMalformed
    return text


def _waiting_packet(row: Mapping[str, Any]) -> WaitingPacket:
    return WaitingPacket(
        doc_id=_id(row, "docId"),
        kind=_text(row, "messageType"),
        sender_code=_code(row, "from"),
        recipient_code=_code(row, "to"),
        received_at=parse_moment(_text(row, "created_time")),
        status=_text(row, "status"),
    )


def _agency(row: Mapping[str, Any]) -> AxisAgency:
    return AxisAgency(
        code=_code(row, "code"),
        old_code=_text(row, "code102"),
        name=_text(row, "name"),
        mail=_text(row, "mail"),
        is_closed=row.get("deleted") is True or _text(row, "deleted").lower() in {"true", "1"},
        successor_code=_code(row, "successorCode"),
    )


def _unpack(answer: Path, packet: Path) -> None:
    """Take the base64 of `data` out of a JSON answer of any size; its other fields are read as JSON."""
    if answer.stat().st_size == 0:
        raise AxisAnswerMalformed
    with (
        answer.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text,
        packet.open("wb") as into,
    ):
        start = _DATA.search(text)
        end = text.find(b'"', start.end()) if start is not None else -1
        if start is None or end < 0:
            # A refusal has no data; a long answer without any is none of ours.
            _accepted(text[: 64 * 1024])
            raise AxisAnswerMalformed
        if start.start() + len(text) - end > 64 * 1024:
            raise AxisAnswerMalformed
        _accepted(text[: start.end()] + text[end:])
        _decode(text, start.end(), end, into)
        into.flush()
        os.fsync(into.fileno())


def _decode(text: mmap.mmap, start: int, end: int, into: BinaryIO) -> None:
    carry, groups = b"", b""
    try:
        for place in range(start, end, _PIECE):
            window = carry + text[place : min(place + _PIECE, end)]
            cut = window.rfind(b"\\", -_LONGEST_ESCAPE) if place + _PIECE < end else -1
            window, carry = (window[:cut], window[cut:]) if cut >= 0 else (window, b"")
            groups += _ESCAPE.sub(lambda match: _ESCAPES[match[0].lower()], window)
            whole = len(groups) - len(groups) % 4
            into.write(binascii.a2b_base64(groups[:whole], strict_mode=True))
            groups = groups[whole:]
    except binascii.Error:
        raise AxisAnswerMalformed from None
    if groups or into.tell() == 0:
        raise AxisAnswerMalformed
