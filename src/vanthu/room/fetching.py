"""What the room may learn from the network, asked for by the parent under rules of its own.

A file names the addresses at which its certificates can be asked about. They are a stranger's words: only
http and https, never this machine or a private network unless the installation lists the host, the address
that was looked at is the one connected to, nothing is followed elsewhere, answers are small and soon.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import ipaddress
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

logger = logging.getLogger(__name__)

_MB = 1024 * 1024
#: Bytes of the longest answer of a responder or a time-stamp service, and of the longest revocation list.
_ANSWER, _LIST = 1 * _MB, 8 * _MB
#: Addresses one file may have asked.
_CALLS = 16
_LONGEST_ADDRESS = 1000
_PORTS = {"http": 80, "https": 443}


class NotFetched(OSError):
    """No answer, or none that may be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRules:
    """How this installation asks about certificates."""

    #: Hosts, «name» or «name:port», that may be on this machine or a private network.
    listed: frozenset[str] = frozenset()
    #: Seconds for one answer, from looking up the name to its last byte; and for all of one file.
    seconds: float = 8.0
    together: float = 20.0


@dataclass(slots=True, kw_only=True)
class Courier:
    """Asks for one file's sake; not to be kept."""

    rules: FetchRules
    #: What the child calls the installation's own time-stamp service, and its address; trusted, not policed.
    own: dict[str, str] = field(default_factory=dict)
    _calls: int = 0
    _until: float = 0.0

    def __call__(self, asked: Any) -> dict[str, Any]:
        """Answer what a child asks: `{"reply": …}`, base64, None when there is no answer."""
        try:
            url, body = asked["url"], asked["body"]
            sent = None if body is None else base64.b64decode(body, validate=True)
            return {"reply": base64.b64encode(self._fetch(str(url), sent)).decode()}
        except (NotFetched, KeyError, TypeError, ValueError) as refused:
            logger.info("Not asked: %s", str(refused)[:200])
            return {"reply": None}

    def _fetch(self, url: str, body: bytes | None) -> bytes:
        if url in self.own:
            seconds = max(self.rules.seconds, 30.0)
            return _within(seconds, lambda call: call.fetch(self.own[url], body, _TIMESTAMP_QUERY, None))
        self._calls += 1
        self._until = self._until or time.monotonic() + self.rules.together
        left = min(self.rules.seconds, self._until - time.monotonic())
        if self._calls > _CALLS or left <= 0:
            raise NotFetched("too many questions for one file")
        return _within(left, lambda call: call.fetch(url, body, _OCSP_REQUEST, self.rules.listed))


_OCSP_REQUEST, _TIMESTAMP_QUERY = "application/ocsp-request", "application/timestamp-query"


class _Call:
    """One question over HTTP; `hang_up` ends it from another thread."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._socket: socket.socket | None = None

    def fetch(self, url: str, body: bytes | None, kind: str, listed: frozenset[str] | None) -> bytes:
        """The answer's bytes. `listed` None: the address is our own setting. Raises NotFetched."""
        parts = _parts(url)
        host, port = str(parts.hostname), parts.port or _PORTS[parts.scheme]
        try:
            address = _address(host, port, listed)
            connection = http.client.HTTPConnection(host, port, timeout=self._left())
            with contextlib.closing(self._connected(address, parts.scheme, host)) as connection.sock:
                if not _is_known(host, port, listed) and _is_this_machine(connection.sock):
                    raise NotFetched(f"{host} is this machine")
                target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                headers = {"User-Agent": "vanthu", "Connection": "close"}
                headers |= {"Content-Type": kind} if body is not None else {}
                connection.request("GET" if body is None else "POST", target, body, headers)
                with contextlib.closing(connection.getresponse()) as reply:
                    return self._body(reply, _LIST if body is None else _ANSWER)
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            raise NotFetched(f"{host}: {error}") from error

    def hang_up(self) -> None:
        """Whoever waits in `fetch` waits no longer."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _connected(self, address: tuple[Any, ...], scheme: str, host: str) -> socket.socket:
        self._socket = socket.create_connection(address[:2], timeout=self._left())
        if scheme == "https":
            self._socket = ssl.create_default_context().wrap_socket(self._socket, server_hostname=host)
        return self._socket

    def _body(self, answer: http.client.HTTPResponse, most: int) -> bytes:
        if answer.status != http.HTTPStatus.OK:
            # A redirection too: nobody is sent elsewhere.
            raise NotFetched(f"status {answer.status}")
        data = bytearray()
        while chunk := answer.read1(1 << 16):
            data += chunk
            if len(data) > most:
                raise NotFetched("an answer too long")
            self._left()
        return bytes(data)

    def _left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise NotFetched("an answer too late")
        return left


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        known = parts.scheme in _PORTS and parts.hostname and not parts.username
        _ = parts.port
    except ValueError as error:
        raise NotFetched("not an address") from error
    if not known or len(url) > _LONGEST_ADDRESS or not url.isascii() or not url.isprintable() or " " in url:
        raise NotFetched("not an address to ask")
    return parts


def _address(host: str, port: int, listed: frozenset[str] | None) -> tuple[Any, ...]:
    """The address to connect to: looked up once, and looked at. Raises NotFetched, OSError."""
    known = _is_known(host, port, listed)
    for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if known or is_public(str(address[0])):
            return address
    raise NotFetched(f"{host} is on no public network")


def _is_known(host: str, port: int, listed: frozenset[str] | None) -> bool:
    return listed is None or host in listed or f"{host}:{port}" in listed


def _is_this_machine(connection: socket.socket) -> bool:
    """Whether it leads back here, by an address of our own that is public: both ends are the same then."""
    return bool(connection.getsockname()[0] == connection.getpeername()[0])


def is_public(address: str) -> bool:
    """Whether an address belongs to the open network: not this machine, a private or a reserved one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        # An IPv4 address in disguise is what it hides.
        hidden = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if hidden is not None:
            return is_public(str(hidden))
    return found.is_global and not found.is_multicast and not found.is_reserved


def _within(seconds: float, ask: Callable[[_Call], bytes]) -> bytes:
    """The answer, or NotFetched when the whole call takes longer: looking up names knows no limit."""
    call = _Call(seconds)
    results: list[bytes] = []
    failures: list[NotFetched] = []

    def work() -> None:
        try:
            results.append(ask(call))
        except NotFetched as failed:
            failures.append(failed)

    thread = threading.Thread(target=work, name="asking", daemon=True)
    thread.start()
    thread.join(seconds)
    found = list(results)
    call.hang_up()
    if found:
        return found[0]
    raise failures[0] if failures else NotFetched("an answer too late")
