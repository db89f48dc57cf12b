"""Trusted time from a time-stamping authority (RFC 3161)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import aiohttp
from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from vanthu.pdfsign.errors import TimestampFailed
from vanthu.pdfsign.revocation import Ask

#: Longest answer in bytes; a token with its certificates is some 6 kB.
_LONGEST_TOKEN = 256 * 1024


class Timestamper(Protocol):
    """Where trusted time comes from."""

    @property
    def url(self) -> str: ...

    @property
    def timeout(self) -> float:
        """Seconds to wait for one reply."""
        ...


@dataclass(frozen=True)
class HttpTimestamper:
    """A time-stamping authority reached over HTTP.

    The state's own (tsa.ca.gov.vn) was measured to answer in 2 to 131 seconds: ask it from a queue, with a
    long timeout, never while a person waits.
    """

    url: str
    #: Seconds for one whole call.
    timeout: float = 30.0


@dataclass(frozen=True)
class AskedTimestamper:
    """A time-stamping authority reached through somebody else, for a process without a network."""

    url: str
    ask: Ask
    #: Seconds.
    timeout: float = 30.0


class _AskedClient(TimeStamper):
    def __init__(self, timestamper: AskedTimestamper) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # half-typed
        self._timestamper = timestamper

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        try:
            return tsp.TimeStampResp.load(self._timestamper.ask(self._timestamper.url, req.dump()))
        except (OSError, ValueError) as error:
            raise TimestampRequestError("not a time-stamp") from error


@contextlib.contextmanager
def timestamping() -> Iterator[None]:
    """Whatever goes wrong on the way to the authority and back becomes TimestampFailed.

    A disk that takes no more is no fault of the authority's, and passes as it is.
    """
    try:
        yield
    except (TimestampRequestError, TimeoutError) as error:
        raise TimestampFailed from error


def timestamp_client(timestamper: Timestamper) -> TimeStamper:
    """The client of the library underneath; one per piece of work, as it remembers what it received."""
    if isinstance(timestamper, AskedTimestamper):
        return _AskedClient(timestamper)
    return _BoundedTimeStamper(timestamper.url, timeout=timestamper.timeout)


class _BoundedTimeStamper(HTTPTimeStamper):
    """The library's client, with an answer that ends: whole time, size, no way elsewhere, nothing packed."""

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Ask the authority. Raises TimestampRequestError."""
        headers = {**self.request_headers(), "Accept-Encoding": "identity"}
        try:
            async with (
                aiohttp.ClientSession(
                    timeout=aiohttp.ClientTimeout(total=self.timeout), auto_decompress=False
                ) as session,
                session.post(
                    self.url, headers=headers, data=req.dump(), auth=self.auth, allow_redirects=False
                ) as response,
            ):
                content = await _token(response)
            return tsp.TimeStampResp.load(content, strict=True)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise TimestampRequestError("Error while contacting timestamp service") from error


async def _token(response: aiohttp.ClientResponse) -> bytes:
    """The answer's body. Raises ValueError for one that is no token, or longer than any is."""
    if response.status != 200 or response.content_type != "application/timestamp-reply":
        raise ValueError(f"status {response.status}, content type {response.content_type}")
    content = b""
    async for piece in response.content.iter_chunked(_LONGEST_TOKEN):
        content += piece
        if len(content) > _LONGEST_TOKEN:
            raise ValueError("the answer is longer than any time-stamp token")
    return content
