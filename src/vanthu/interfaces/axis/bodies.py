"""The body of a `sendEdoc` call: the packet's bytes, then the line end the national client appends."""

from __future__ import annotations

from typing import Protocol


class Readable(Protocol):
    """What a web server gives as the request's body."""

    def read(self, size: int, /) -> bytes: ...


class PacketBody:
    """Reads a body as a stream and leaves out one CRLF at its very end: it is not part of the file."""

    _LINE_END = b"\r\n"
    #: Bytes a body may have more than the packet in it.
    EXTRA = len(_LINE_END)

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._held = b""

    def read(self, size: int) -> bytes:
        """At most `size` bytes and the few held back before; empty at the end."""
        while chunk := self._source.read(size):
            data = self._held + chunk
            self._held = data[-self.EXTRA :]
            if piece := data[: -self.EXTRA]:
                return piece
        rest, self._held = self._held, b""
        return b"" if rest == self._LINE_END else rest
