"""A server that means harm, in a process of its own: the first part of the address says how."""

from __future__ import annotations

import gzip
import json
import socketserver
import sys
import time
from collections.abc import Iterator
from itertools import repeat

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
#: How long the server keeps at it; the client must be gone long before.
_SECONDS = 60


def _trickle(text: bytes) -> Iterator[bytes]:
    for number in text:
        yield bytes([number])
        time.sleep(0.2)


def _answer(way: str) -> Iterator[bytes]:
    filler = repeat(b"X-Filler: " + b"x" * 1000 + b"\r\n")
    bomb = gzip.compress(b'{"status":"OK","data":"' + b"A" * 50_000_000 + b'"}')
    there = b"HTTP/1.1 307 There\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    packed = b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    ways: dict[str, Iterator[bytes]] = {
        "trickled-body": iter([_HEAD + b"Content-Length: 1000000\r\n\r\n"]),
        "endless-head": filler,
        "endless-promises": repeat(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
        "endless-body": repeat(b"1000\r\n" + b"[" * 4096 + b"\r\n"),
        "gzip-bomb": iter([_HEAD + packed, bomb]),
        "redirect": iter([there]),
        "silence": iter([]),
    }
    if way in ("endless-head", "endless-body"):
        yield _HEAD + (b"Transfer-Encoding: chunked\r\n\r\n" if way == "endless-body" else b"")
    yield from ways[way]
    if way == "trickled-body":
        yield from _trickle(b"[" * 1000)


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        way = self.rfile.readline().decode().split("/")[1]
        if way == "trickled-head":
            pieces: Iterator[bytes] = _trickle(_HEAD * 100)
        elif way == "deaf":
            time.sleep(_SECONDS)
            return
        else:
            pieces = _answer(way)
        until = time.monotonic() + _SECONDS
        try:
            for piece in pieces:
                self.wfile.write(piece)
                if time.monotonic() > until:
                    return
            if way == "silence":
                time.sleep(_SECONDS)
        except OSError:
            return


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


if __name__ == "__main__":
    with _Server(("127.0.0.1", 0), _Handler) as server:
        print(json.dumps(server.server_address[1]), flush=True)
        server.serve_forever()
        sys.exit(0)
