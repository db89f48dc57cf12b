"""A program: so many clients that send or read a byte a second, and come again when they are shut out.

    python -m benchmarks.slow_clients PORT COUNT SECONDS READY

Of every three the first is slow with its headers, the second with a body, the third in reading its answer.
READY is a file that is written when all have connected once. It ends by itself.
"""

from __future__ import annotations

import selectors
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_LARGE = "/static/vendor/pdfjs/pdf.worker.min.mjs"
_HOST = b"Host: 127.0.0.1\r\n"
#: With a token of his own making, a stranger's form is read before it is refused.
_FORM = b"Cookie: bench_csrf=" + b"x" * 32 + b"\r\nContent-Type: application/x-www-form-urlencoded\r\n"
_HEADS = (
    b"GET /suc-khoe/ HTTP/1.1\r\n" + _HOST + b"X-Slow: ",
    b"POST /dang-nhap/ HTTP/1.1\r\n" + _HOST + _FORM + b"Content-Length: 900000\r\n\r\n",
    f"GET {_LARGE} HTTP/1.1\r\n".encode() + _HOST + b"\r\n",
)
#: Clients of one address; on the loopback there are millions of those.
_PER_ADDRESS = 10


@dataclass
class _Client:
    number: int
    wire: socket.socket
    due: float


def besiege(port: int, count: int, seconds: float, ready: Path | None = None) -> int:
    """Be all of them for so long; how often one was shut out and came again."""
    end = time.monotonic() + seconds
    clients = [_come(port, number) for number in range(count)]
    shut_out = 0
    if ready is not None:
        ready.touch()
    with selectors.DefaultSelector() as quiet:
        while time.monotonic() < end:
            for client in clients:
                if client.due > time.monotonic():
                    continue
                client.due += 1
                if not _step(client):
                    client.wire.close()
                    shut_out += 1
                    client.wire = _come(port, client.number).wire
            quiet.select(0.02)
    for client in clients:
        client.wire.close()
    return shut_out


def _come(port: int, number: int) -> _Client:
    wire = socket.socket()
    if number % 3 == 2:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    wire.bind((f"127.0.{1 + number // _PER_ADDRESS // 250}.{1 + number // _PER_ADDRESS % 250}", 0))
    wire.settimeout(10)
    wire.connect(("127.0.0.1", port))
    wire.sendall(_HEADS[number % 3])
    wire.setblocking(False)
    return _Client(number, wire, time.monotonic() + number % 100 / 100)


def _step(client: _Client) -> bool:
    """One byte more; whether the server still has it."""
    try:
        if client.number % 3 == 2:
            return bool(client.wire.recv(1))
        client.wire.send(b"x")
        return bool(client.wire.recv(1))
    except BlockingIOError:
        return True
    except OSError:
        return False


if __name__ == "__main__":
    besiege(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]))
