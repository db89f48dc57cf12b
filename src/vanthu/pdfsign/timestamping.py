"""Trusted time from a time-stamping authority (RFC 3161)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from vanthu.pdfsign.errors import TimestampFailed


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


@contextlib.contextmanager
def timestamping() -> Iterator[None]:
    """Whatever goes wrong on the way to the authority and back becomes TimestampFailed."""
    try:
        yield
    except (TimestampRequestError, OSError, TimeoutError) as error:
        raise TimestampFailed from error


def timestamp_client(timestamper: Timestamper) -> TimeStamper:
    """The client of the library underneath; one per piece of work, as it remembers what it received."""
    return HTTPTimeStamper(timestamper.url, timeout=timestamper.timeout)
