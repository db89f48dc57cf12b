"""The least a web server can do with a call of the axis's protocol: take the body, say OK."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

_OK = b'{"status": "OK", "ErrorCode": "0", "DocId": "1"}'


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI: every call is answered alike."""
    while environ["wsgi.input"].read(1024 * 1024):
        pass
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(_OK)))])
    return [_OK]
