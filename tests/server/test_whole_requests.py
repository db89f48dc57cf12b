"""A request that came whole is answered as itself: whatever others cut off, mix, reset or leave half said."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import parse_headers

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.server.small import ask, dial, echo, get, hear, serving
from vanthu.interfaces.server.limits import FREE_BODY
from vanthu.interfaces.server.listener import Server


@dataclass(frozen=True)
class Whole:
    """A request, and what the program must have heard."""

    sent: bytes
    path: str
    size: int


def _with_length(path: str, size: int) -> Whole:
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n".encode()
    return Whole(head + b"b" * size, path, size)


def _in_chunks(path: str, sizes: list[int]) -> Whole:
    chunks = b"".join(b"%x\r\n%s\r\n" % (size, b"c" * size) for size in sizes)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    return Whole(head + chunks + b"0\r\n\r\n", path, sum(sizes))


def _to_go_on(path: str, size: int) -> Whole:
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {size}\r\n\r\n"
    return Whole(head.encode() + b"e" * size, path, size)


_PATHS = st.from_regex(r"/[a-z]{0,8}", fullmatch=True)
_WHOLE = st.one_of(
    st.builds(lambda path: Whole(get(path), path, 0), _PATHS),
    st.builds(_with_length, _PATHS, st.integers(0, 3000) | st.just(FREE_BODY + 10)),
    st.builds(_in_chunks, _PATHS, st.lists(st.integers(1, 400), max_size=4)),
    st.builds(_to_go_on, _PATHS, st.integers(1, 300)),
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for all of this, so that what one client leaves behind would be met by the next."""
    with serving(echo, per_address=1000) as server:
        yield server


class _Answers:
    """The answers on one connection, one after the other."""

    def __init__(self, wire: socket.socket) -> None:
        self._from = wire.makefile("rb")

    def next(self) -> tuple[int, list[str]]:
        """Status of the next answer, and what the program said it heard."""
        status = 100
        # «100 Continue» is no answer yet.
        while status < 200:
            status = int(self._from.readline().split()[1])
            headers = parse_headers(self._from)
        return status, self._from.read(int(headers["Content-Length"])).decode().split()[1:]


class TestWholeRequests:
    @given(st.lists(_WHOLE, min_size=1, max_size=4), st.lists(st.integers(1, 4000), max_size=6))
    @settings(max_examples=60, deadline=None)
    def test_sent_together_and_torn_anywhere_are_each_answered_as_themselves(
        self, server: Server, requests: list[Whole], cuts: list[int]
    ) -> None:
        sent, at = b"".join(each.sent for each in requests), 0
        with dial(server) as wire:
            for cut in cuts:
                wire.sendall(sent[at : at + cut])
                at += cut
            wire.sendall(sent[at:])

            answers = _Answers(wire)
            for each in requests:
                assert answers.next() == (200, [each.path, str(each.size)])

    @pytest.mark.parametrize(
        "left_behind",
        [
            b"",
            b"POST /cut HTT",
            b"POST /cut HTTP/1.1\r\nHost: x\r\nContent-Length: 90",
            b"POST /cut HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\nabc",
            b"POST /cut HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\nabc" % (FREE_BODY + 9),
            b"POST /cut HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
            b"POST /cut HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
            b"\x16\x03\x01\x02\x00 GET / HTTP/1.1\r\n\r\n",
        ],
    )
    @pytest.mark.parametrize("is_reset", [False, True], ids=["closed", "reset"])
    def test_are_answered_beside_what_others_left_half_said(
        self, server: Server, left_behind: bytes, is_reset: bool
    ) -> None:
        others = [dial(server) for _ in range(20)]
        with dial(server) as kept:
            assert ask(kept, get("/before"))[0] == 200
            for other in others:
                other.sendall(left_behind)
            for other in others[::2]:
                _leave(other, is_reset=is_reset)

            assert ask(kept, _with_length("/kept", 700).sent) == (200, "127.0.0.1 /kept 700")
            # Numbers of files that were just closed are given to these.
            for number in range(20):
                with dial(server) as fresh:
                    assert ask(fresh, get(f"/new-{number}")) == (200, f"127.0.0.1 /new-{number} 0")
        for other in others[1::2]:
            _leave(other, is_reset=is_reset)

    def test_are_answered_though_their_client_says_no_more(self, server: Server) -> None:
        with dial(server) as wire:
            wire.sendall(_with_length("/last", 300).sent)
            wire.shutdown(socket.SHUT_WR)

            assert hear(wire) == (200, "127.0.0.1 /last 300")

    def test_are_answered_before_the_nonsense_that_follows_them(self, server: Server) -> None:
        with dial(server) as wire:
            wire.sendall(get("/first") + b"nonsense\r\n\r\n")

            answers = _Answers(wire)
            assert answers.next() == (200, ["/first", "0"])
            assert answers.next()[0] == 400

    def test_are_heard_by_many_at_once_while_others_come_and_go(self, server: Server) -> None:
        wrong: list[object] = []

        def honest(number: int) -> None:
            for turn in range(15):
                with dial(server) as wire:
                    said = ask(wire, _with_length(f"/{number}-{turn}", 40 + turn).sent)
                    if said != (200, f"127.0.0.1 /{number}-{turn} {40 + turn}"):
                        wrong.append(said)

        def careless() -> None:
            for turn in range(30):
                wire = dial(server)
                wire.sendall(_with_length("/x", 5000).sent[: 20 + turn * 40])
                _leave(wire, is_reset=turn % 2 == 0)

        threads = [threading.Thread(target=honest, args=(number,)) for number in range(4)]
        threads += [threading.Thread(target=careless) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert not wrong


def _leave(wire: socket.socket, *, is_reset: bool) -> None:
    """Go away, with a word of TCP or without."""
    if is_reset:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.close()
