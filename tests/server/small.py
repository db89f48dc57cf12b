"""A server of our own in a thread of the test, with a small program behind it and limits to choose."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPResponse
from ipaddress import ip_network
from typing import Any

from vanthu.interfaces.server.limits import Limits
from vanthu.interfaces.server.listener import Server
from vanthu.interfaces.server.refusals import Refusal

Program = Callable[[dict[str, Any], Any], Sequence[bytes]]
#: Seconds a busy machine may take before something is wrong.
PATIENCE = 30.0


def echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Says who asked for what, and how much came along."""
    size = len(environ["wsgi.input"].read())
    said = f"{environ['REMOTE_ADDR']} {environ['PATH_INFO']} {size}".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(said)))])
    return [said]


def say(status: int, sentence: str) -> Refusal:
    return Refusal(status=status, content_type="text/plain; charset=utf-8", body=sentence.encode())


@contextmanager
def serving(
    program: Program = echo,
    *,
    threads: int = 2,
    proxies: Sequence[str] = (),
    admit: Callable[[dict[str, Any]], Refusal | None] = lambda environ: None,
    narrow: Sequence[str] = (),
    **limits: Any,
) -> Iterator[Server]:
    """A server, to the end of the block."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = Server(
        program,
        listening,
        threads=threads,
        limits=Limits(**({"body": 8 * 1024 * 1024, "bodies": 32 * 1024 * 1024, "grace": PATIENCE} | limits)),
        proxies=[ip_network(each) for each in proxies],
        say=say,
        admit=admit,
        narrow=narrow,
    )
    loop = threading.Thread(target=server.run)
    loop.start()
    try:
        yield server
    finally:
        server.stop(seconds=0)
        loop.join(PATIENCE)
        assert not loop.is_alive()


def dial(server: Server, address: str = "127.0.0.1", *, buffer: int = 0) -> socket.socket:
    """A connection from that address of the loopback."""
    wire = socket.socket()
    if buffer:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    wire.bind((address, 0))
    wire.settimeout(PATIENCE)
    try:
        wire.connect(("127.0.0.1", int(server.effective_port)))
    except OSError:
        wire.close()
        raise
    return wire


def ask(wire: socket.socket, request: bytes) -> tuple[int, str]:
    """Status and text of the answer to what is written byte by byte as given."""
    wire.sendall(request)
    return hear(wire)


def hear(wire: socket.socket) -> tuple[int, str]:
    """Status and text of the next answer."""
    answer = HTTPResponse(wire)
    answer.begin()
    return answer.status, answer.read().decode()


def get(path: str = "/", *headers: str) -> bytes:
    """A request without a body."""
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


def is_shut(wire: socket.socket, *, within: float = PATIENCE) -> bool:
    """Whether the server ends the connection, whatever it says before."""
    wire.settimeout(within)
    limit = time.monotonic() + within
    try:
        while time.monotonic() < limit:
            if not wire.recv(65536):
                return True
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return False
