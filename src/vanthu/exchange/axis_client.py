"""The client of the interchange axis, in the national axis's own protocol (VNPT's VXP)."""

from __future__ import annotations

import binascii
import json
import mmap
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal, Self

import httpx

from vanthu.edxml import transport
from vanthu.edxml.leaves import parse_moment
from vanthu.kernel.errors import DomainError

_PIECE = 1024 * 1024
#: The whole directory (125,000 agencies) is some 30 MB of JSON.
_LONGEST_ANSWER = 256 * 1024 * 1024
_LARGEST_PACKET_ANSWER = 2 * 1024 * 1024 * 1024
#: Refusals that another try may overcome: clock, used signature, a fault of the axis.
_TRANSIENT = frozenset({"16", "17", "20", "21"})
_DATA = re.compile(rb'"data"\s*:\s*"')
#: JSON writers may escape these characters of base64, or put line ends between them.
_ESCAPES = {b"\\/": b"/", b"\\n": b"", b"\\r": b"", b"\\u003d": b"=", b"\\u002b": b"+", b"\\u002f": b"/"}
_ESCAPE = re.compile(rb"\\(?:[/nr]|u00(?:3d|2b|2f))", re.IGNORECASE)
_LONGEST_ESCAPE = 6


class AxisUnreachable(DomainError):
    """Không kết nối được với trục liên thông. Hệ thống sẽ tự gửi lại."""

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
    """Câu trả lời của trục liên thông không đúng quy cách. Hãy kiểm tra địa chỉ của trục."""

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
        """`url` is the axis's base address; `timeout` (seconds) bounds each wait, not a whole transfer."""
        self._url = url.rstrip("/")
        self._system_id = system_id
        self._secret = secret
        self._http = httpx.Client(timeout=httpx.Timeout(timeout, connect=min(timeout, 10)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def list_agencies(self) -> list[AxisAgency]:
        """The directory of the axis, open codes only."""
        return [_agency(row) for row in self._rows("getAgenciesListQD20", {"level": "1"})]

    def list_closed_agencies(self) -> list[AxisAgency]:
        """The closed codes of the directory; `code102` and `successorCode` are our axis's additions."""
        agencies = (_agency(row) for row in self._rows("getSynchronizeUnit", {}))
        return [agency for agency in agencies if agency.is_closed]

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
        doc_id = answer.get("DocId")
        if not isinstance(doc_id, str) or not doc_id:
            raise AxisAnswerMalformed
        return doc_id

    def list_received(self, kind: Literal["edoc", "status"]) -> list[WaitingPacket]:
        """What waits for this system's agencies; an axis may give a part, the rest once those are ended."""
        rows = self._rows("getReceivedEdocList", {"servicetype": "eDoc", "messagetype": kind})
        return [
            WaitingPacket(
                doc_id=_text(row, "docId"),
                kind=_text(row, "messageType") or kind,
                sender_code=_text(row, "from"),
                recipient_code=_text(row, "to"),
                received_at=parse_moment(_text(row, "created_time")),
                status=_text(row, "status"),
            )
            for row in rows
            if _text(row, "docId")
        ]

    def fetch(self, doc_id: str, target: Path) -> None:
        """Write the packet into the file `target`, which appears whole or not at all.

        Memory stays small whatever the packet's size.
        """
        with tempfile.TemporaryDirectory(prefix=".lay-goi-tin-", dir=target.parent) as folder:
            answer, packet = Path(folder, "answer"), Path(folder, "packet")
            with (
                self._call("getEdoc", {"docId": doc_id}, content=b"{}") as response,
                answer.open("wb") as file,
            ):
                for piece in _bounded(response, _LARGEST_PACKET_ANSWER):
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

    def _rows(self, call: str, parameters: Mapping[str, str]) -> list[Mapping[str, Any]]:
        rows = self._ask(call, parameters).get("data")
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
    ) -> Mapping[str, Any]:
        with self._call(call, parameters, content=content, extra=extra) as response:
            return _accepted(b"".join(_bounded(response, _LONGEST_ANSWER)))

    @contextmanager
    def _call(
        self,
        call: str,
        parameters: Mapping[str, str],
        *,
        content: bytes | Iterator[bytes] = b"",
        extra: Mapping[str, str] | None = None,
    ) -> Iterator[httpx.Response]:
        headers = transport.sign_headers(
            parameters, system_id=self._system_id, secret=self._secret, now=datetime.now(UTC)
        )
        try:
            with self._http.stream(
                "POST", f"{self._url}/{call}", headers={**headers, **(extra or {})}, content=content
            ) as response:
                if response.status_code >= 500:
                    raise AxisUnreachable
                yield response
        except httpx.InvalidURL as error:
            raise AxisAnswerMalformed(f"Địa chỉ của trục «{self._url}» không đúng.") from error
        except httpx.HTTPError as error:
            raise AxisUnreachable from error


def _body(path: Path) -> Iterator[bytes]:
    """The file, then the CRLF the national client appends."""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
    yield b"\r\n"


def _bounded(response: httpx.Response, limit: int) -> Iterator[bytes]:
    size = 0
    for piece in response.iter_bytes(_PIECE):
        size += len(piece)
        if size > limit:
            raise AxisAnswerMalformed("Câu trả lời của trục liên thông dài quá mức.")
        yield piece


def _accepted(text: bytes) -> Mapping[str, Any]:
    """The answer's fields. Raises AxisRefused, AxisAnswerMalformed."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        raise AxisAnswerMalformed from None
    if not isinstance(answer, dict):
        raise AxisAnswerMalformed
    status, code = _text(answer, "status"), _text(answer, "ErrorCode")
    if status.upper() == "OK" and code in ("", "0"):
        return answer
    if not status and not code:
        raise AxisAnswerMalformed
    raise AxisRefused(code, _text(answer, "ErrorDesc"))


def _text(fields: Mapping[str, Any], name: str) -> str:
    """A field as text: peers write numbers, strings and null alike."""
    value = fields.get(name)
    return str(value).strip() if isinstance(value, str | int) else ""


def _agency(row: Mapping[str, Any]) -> AxisAgency:
    return AxisAgency(
        code=_text(row, "code"),
        old_code=_text(row, "code102"),
        name=_text(row, "name"),
        mail=_text(row, "mail"),
        is_closed=_text(row, "deleted").lower() in {"true", "1"},
        successor_code=_text(row, "successorCode"),
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
