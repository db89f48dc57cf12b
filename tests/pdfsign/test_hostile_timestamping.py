"""A time-stamping authority that answers without end, elsewhere, or with no token: refused, and in time."""

from __future__ import annotations

import asyncio
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest
from asn1crypto import algos, tsp

from vanthu.pdfsign.errors import TimestampFailed
from vanthu.pdfsign.timestamping import HttpTimestamper, timestamp_client, timestamping

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\n"
_CHUNK = b"4000\r\n" + b"0" * 0x4000 + b"\r\n"
_WAYS = {
    "trickle": [_HEAD + b"Content-Length: 5000\r\n\r\n", *([b"0"] * 40)],
    "endless": [
        _HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
        *([b"4000\r\n" + b"0" * 0x4000 + b"\r\n"] * 40),
    ],
    "gzip": [_HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"],
    "elsewhere": [b"HTTP/1.1 307 There\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"],
    "page": [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi"],
    "nonsense": [_HEAD + b"Content-Length: 4\r\n\r\nabcd"],
}


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        way = self.rfile.readline().decode().split()[1].strip("/")
        while self.rfile.readline().strip():
            pass
        try:
            for piece in _WAYS[way]:
                self.wfile.write(piece)
                if way == "trickle":
                    time.sleep(0.2)
        except OSError:
            return


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False


@pytest.fixture(scope="module")
def authority() -> Iterator[str]:
    """The address of the authority that means harm."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("way", list(_WAYS))
def test_a_call_to_it_ends_and_says_that_no_time_was_given(authority: str, way: str) -> None:
    request = tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": tsp.MessageImprint(
                {
                    "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                    "hashed_message": b"\0" * 32,
                }
            ),
        }
    )
    client = timestamp_client(HttpTimestamper(f"{authority}/{way}", timeout=1.0))
    began = time.monotonic()

    with pytest.raises(TimestampFailed), timestamping():
        asyncio.run(client.async_request_tsa_response(request))

    assert time.monotonic() - began < 15
