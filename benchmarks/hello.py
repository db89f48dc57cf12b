"""The least a web server can do with a call of the axis's protocol: take the body, say OK."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

from vanthu.interfaces.server.limits import Limits
from vanthu.interfaces.server.listener import Server
from vanthu.interfaces.server.refusals import Refusal

_OK = b'{"status": "OK", "ErrorCode": "0", "DocId": "1"}'


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI: every call is answered alike."""
    while environ["wsgi.input"].read(1024 * 1024):
        pass
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(_OK)))])
    return [_OK]


def serve(port: int, *, processes: int, threads: int) -> None:
    """Serve it on the loopback, on the product's own server, until SIGTERM."""
    listening = socket.create_server(("127.0.0.1", port), backlog=1024)
    for _ in range(processes - 1):
        if not os.fork():
            break
    server = Server(
        application,
        listening,
        threads=threads,
        limits=Limits(body=1024**3, bodies=4 * 1024**3),
        proxies=(),
        say=lambda status, sentence: Refusal(status=status, content_type="text/plain", body=b""),
        admit=lambda environ: None,
    )

    def stop(number: int, frame: FrameType | None) -> None:
        server.stop(seconds=1)

    signal.signal(signal.SIGTERM, stop)
    server.run()


if __name__ == "__main__":
    serve(int(sys.argv[1]), processes=2, threads=4)
