"""Trusted time from a time-stamping authority (RFC 3161)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from vanthu.pdfsign.errors import TimestampFailed
from vanthu.pdfsign.revocation import Ask


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
    #: Seconds.
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
        answer = self._timestamper.ask(self._timestamper.url, req.dump())
        try:
            return tsp.TimeStampResp.load(answer)
        except ValueError as error:
            raise TimestampRequestError("not a time-stamp") from error


@contextlib.contextmanager
def timestamping() -> Iterator[None]:
    """Whatever goes wrong on the way to the authority and back becomes TimestampFailed."""
    try:
        yield
    except (TimestampRequestError, OSError, TimeoutError) as error:
        raise TimestampFailed from error


def timestamp_client(timestamper: Timestamper) -> TimeStamper:
    """The client of the library underneath; one per piece of work, as it remembers what it received."""
    if isinstance(timestamper, AskedTimestamper):
        return _AskedClient(timestamper)
    return HTTPTimeStamper(timestamper.url, timeout=timestamper.timeout)
