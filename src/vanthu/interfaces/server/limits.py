"""What a connection may cost. Plain values in, plain values out: no socket, no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network

#: Bytes of a body that anybody may send; for more the program is asked first. What is longer lies on disk.
FREE_BODY = 1024 * 1024
#: Bytes of a request's first line and headers together.
HEAD_BYTES = 32 * 1024
#: After so many pieces, each smaller on average than the second, a connection is read by the tick only.
_PIECES, _PIECE = 8, 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Of one server process; times in seconds, sizes in bytes."""

    #: Open connections at most, and of one address (of one /64 in IPv6) at most.
    connections: int = 1000
    per_address: int = 200
    #: The largest body, and what all bodies under way may come to on disk; one address may have half of it.
    body: int
    bodies: int
    #: In so long a head must be whole, a body begin to come, an answer begin to be read.
    grace: float = 20.0
    #: Bytes a second, after the grace, in which a body must come and an answer be read, on average.
    least_rate: int = 4 * 1024
    #: A body and an answer take at most so long, however fast they are.
    whole: float = 3600.0
    #: How long a connection may stay open with nothing asked.
    idle: float = 60.0

    def time_for(self, done: int) -> float:
        """Seconds that may have passed when so many bytes have come, or gone."""
        return min(self.grace + done / self.least_rate, self.whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A connection whose client has the next word: whose it is, and since when."""

    key: int
    neighbourhood: str
    since: float


def is_trickle(*, pieces: int, received: int) -> bool:
    """Whether a request comes in crumbs, so that each is not worth waking up for."""
    return pieces >= _PIECES and received < _PIECE * pieces


def whom_to_drop(waiting: Sequence[Waiting]) -> int | None:
    """Whose connection makes room for a new one: of the address that holds most, the one waiting longest.

    None when no client has the next word: what is under way is never dropped.
    """
    if not waiting:
        return None
    held = Counter(each.neighbourhood for each in waiting)
    return min(waiting, key=lambda each: (-held[each.neighbourhood], each.since)).key


def neighbourhood(address: str) -> str:
    """What counts as one address: an IPv4 address, or a /64 of IPv6, as one customer is given."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((found, 64), strict=False))


def is_trusted(address: str, proxies: Sequence[Network]) -> bool:
    """Whether `address` is one of our own proxies, whose word on the client is believed."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found in network for network in proxies)


def client_behind(peer: str, forwarded_for: str, proxies: Sequence[Network]) -> str:
    """The client's address: of those that X-Forwarded-For names the last that is no proxy of ours.

    What stands before it was written by the client, who may write anything. Without such an address, `peer`.
    """
    if not is_trusted(peer, proxies):
        return peer
    for named in reversed([word.strip() for word in forwarded_for.split(",")]):
        try:
            address = str(ip_address(named))
        except ValueError:
            # Our own proxy does not write this; what stands before it is worth as little.
            break
        if not is_trusted(address, proxies):
            return address
    return peer
