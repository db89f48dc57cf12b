"""Calls to the axis that end: each has a time for the whole of it and a size its answer may not pass.

A client library's timeouts are for each wait alone, and one byte a second is never late. Here time is counted
where bytes pass, below HTTP and above TLS: a call may take so many seconds, and longer only by what it really
moves at a least rate. So a packet of 300 MB has its hours on a poor line, and a trickle its one minute.
"""

from __future__ import annotations

import ssl
import time
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

#: Bytes a second a call must move to be given more time.
LEAST_RATE = 32 * 1024
#: Seconds to connect; other waits are bounded by the call's own time.
_CONNECT_SECONDS = 10.0
#: Written at once: httpcore repeats a write until all of it is taken, looking at no clock in between.
_WRITTEN_AT_ONCE = 4096
#: Head of an answer, with whatever goes before it.
_LONGEST_HEAD = 256 * 1024
_FAILURES = (
    *(httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError),
    *(httpcore.ProxyError, httpcore.ConnectionNotAvailable),
)


class CallFailed(Exception):
    """Không có câu trả lời trọn vẹn: không kết nối được, hết giờ, hoặc đứt giữa chừng."""


class CallMalformed(Exception):
    """Địa chỉ hoặc câu trả lời không dùng được, gọi lại cũng vậy."""


@dataclass
class _Allowance:
    """What one call may still take."""

    seconds: float
    #: Bytes it may receive.
    most: int
    _until: float = 0.0
    _received: int = 0

    def __post_init__(self) -> None:
        self._until = time.monotonic() + self.seconds

    def left(self) -> float:
        return self._until - time.monotonic()

    def moved(self, size: int) -> None:
        # What came quickly is not saved up: after any burst, silence still lasts `seconds` at most.
        self._until = min(self._until + size / LEAST_RATE, time.monotonic() + self.seconds)

    def received(self, size: int) -> None:
        self.moved(size)
        self._received += size
        if self._received > self.most:
            raise CallMalformed("Câu trả lời của Trục liên thông dài quá mức.")


_allowance: ContextVar[_Allowance | None] = ContextVar("allowance", default=None)


class _Stream(httpcore.NetworkStream):
    """A connection on which the running call's allowance is counted."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        allowance = _allowance.get()
        data = self._inner.read(max_bytes, _wait(allowance, timeout, httpcore.ReadTimeout))
        if allowance is not None:
            allowance.received(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        allowance = _allowance.get()
        for start in range(0, len(buffer), _WRITTEN_AT_ONCE):
            piece = buffer[start : start + _WRITTEN_AT_ONCE]
            self._inner.write(piece, _wait(allowance, timeout, httpcore.WriteTimeout))
            if allowance is not None:
                allowance.moved(len(piece))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        wait = _wait(_allowance.get(), timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, wait))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        wait = _wait(_allowance.get(), timeout, httpcore.ConnectTimeout)
        return _Stream(super().connect_tcp(host, port, wait, local_address, socket_options))


def _wait(allowance: _Allowance | None, timeout: float | None, late: type[Exception]) -> float | None:
    if allowance is None:
        return timeout
    left = allowance.left()
    if left <= 0:
        raise late("the time of the whole call is over")
    return left if timeout is None else min(timeout, left)


class Calls:
    """Connections to one server; usable by several threads. Redirects are not followed."""

    def __init__(self, base_url: str, *, seconds: float) -> None:
        """`seconds` is the time of one whole call that moves hardly anything. Raises CallMalformed."""
        self._base, self._seconds = base_url.rstrip("/"), seconds
        try:
            url = httpx.URL(self._base)
        except httpx.InvalidURL as error:
            raise CallMalformed from error
        if url.scheme not in ("http", "https") or not url.host:
            raise CallMalformed
        self._host = url.netloc
        self._pool = _pool_for(url)

    def close(self) -> None:
        """Give the connections back."""
        self._pool.close()

    @contextmanager
    def post(
        self, path: str, headers: Mapping[str, str], content: bytes | Iterator[bytes], *, longest: int
    ) -> Iterator[Answer]:
        """Post and give the answer, to be read inside: at most `longest` bytes of it, as they were sent.

        `content` that is no bytes needs a Content-Length among the headers. Raises CallFailed,
        CallMalformed; also from inside the block, while the answer is read.
        """
        sent = {**_OUR_HEADERS, **headers}
        if isinstance(content, bytes):
            sent["Content-Length"] = str(len(content))
        pairs = [(b"Host", self._host), *((name.encode(), value.encode()) for name, value in sent.items())]
        token = _allowance.set(_Allowance(seconds=self._seconds, most=longest + _LONGEST_HEAD))
        waits = {"connect": min(self._seconds, _CONNECT_SECONDS), "pool": self._seconds}
        try:
            with self._pool.stream(
                "POST", f"{self._base}/{path}", headers=pairs, content=content, extensions={"timeout": waits}
            ) as response:
                _require_plain(response)
                yield Answer(status=response.status, pieces=_bounded(response, longest))
        except _FAILURES as error:
            raise CallFailed from error
        finally:
            _allowance.reset(token)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose body is still to be read."""

    status: int
    pieces: Iterator[bytes]


_OUR_HEADERS = {"User-Agent": "vanthu", "Accept": "*/*", "Accept-Encoding": "identity"}


def _pool_for(url: httpx.URL) -> httpcore.ConnectionPool:
    """Connections to the server, by the proxy the environment names for it, if any."""
    more: dict[str, Any] = {
        "ssl_context": httpx.create_ssl_context(),
        "max_connections": 16,
        "max_keepalive_connections": 4,
        "keepalive_expiry": 5.0,
        "network_backend": _Backend(),
    }
    proxy = urllib.request.getproxies().get(url.scheme)
    if proxy and not urllib.request.proxy_bypass(url.host):
        return httpcore.HTTPProxy(proxy, **more)
    return httpcore.ConnectionPool(**more)


def _require_plain(response: httpcore.Response) -> None:
    """Refuse what a client must not follow or unpack: it was not asked for."""
    if 300 <= response.status < 400:
        raise CallMalformed(
            "Trục liên thông chuyển tới địa chỉ khác. Hãy kiểm tra địa chỉ của Trục liên thông."
        )
    coded = [value for name, value in response.headers if name.lower() == b"content-encoding"]
    if any(value.strip().lower() not in (b"", b"identity") for value in coded):
        raise CallMalformed("Trục liên thông trả lời bằng dữ liệu nén, không được yêu cầu.")


def _bounded(response: httpcore.Response, longest: int) -> Iterator[bytes]:
    size = 0
    for piece in response.iter_stream():
        size += len(piece)
        if size > longest:
            raise CallMalformed("Câu trả lời của Trục liên thông dài quá mức.")
        yield piece
