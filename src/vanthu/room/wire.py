"""How parent and child speak: frames of JSON with a length before them, over one socket per job."""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

#: Bytes of the longest thing a child may say, and of the longest it may be told.
LONGEST_ANSWER = 16 * 1024 * 1024
LONGEST_QUESTION = 32 * 1024 * 1024
_LENGTH = struct.Struct(">I")


class Nonsense(Exception):
    """The other side said what is no message, or too much."""


class Silence(Exception):
    """The other side is gone, or did not speak in time."""


def say(connection: socket.socket, message: dict[str, Any]) -> None:
    """Send one message. Raises OSError."""
    data = json.dumps(message, ensure_ascii=False).encode(errors="replace")
    connection.sendall(_LENGTH.pack(len(data)) + data)


def hear(connection: socket.socket, *, until: float | None = None, most: int) -> dict[str, Any]:
    """The next message; `until` is a moment of time.monotonic().

    What was said is data and nothing else: JSON, an object, at most `most` bytes. Raises Nonsense, Silence.
    """
    (length,) = _LENGTH.unpack(_exactly(connection, _LENGTH.size, until))
    if length > most:
        raise Nonsense(f"a message of {length} bytes")
    try:
        message = json.loads(_exactly(connection, length, until), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Nonsense("not a message") from error
    if not isinstance(message, dict):
        raise Nonsense("not an object")
    return message


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _exactly(connection: socket.socket, length: int, until: float | None) -> bytes:
    data = bytearray()
    while len(data) < length:
        if until is not None:
            left = until - time.monotonic()
            if left <= 0:
                raise Silence("late")
            connection.settimeout(left)
        try:
            found = connection.recv(min(1 << 16, length - len(data)))
        except OSError as error:
            raise Silence(str(error)) from error
        if not found:
            raise Silence("gone")
        data += found
    return bytes(data)
