"""The parts of a zipped office file, read a little at a time and never past a limit: whoever sent them."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, cast

from lxml import etree

#: Bytes of an office file's parts, unpacked, that are looked through; a first page takes far fewer.
READ_LIMIT = 8 * 1024 * 1024
#: Bytes, unpacked, after which the end of a part is no longer waited for.
_LONGEST = 256 * 1024 * 1024
_CHUNK = 64 * 1024
#: What a damaged archive, or a damaged part of one, may raise while it is read.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    KeyError,
    ValueError,
    etree.XMLSyntaxError,
    NotImplementedError,
    RuntimeError,
    OSError,
)


class Bounded:
    """The first bytes of a stream; then it is at its end."""

    def __init__(self, stream: IO[bytes], left: int) -> None:
        self._stream = stream
        #: Bytes that may still be read.
        self.left = left

    def read(self, size: int) -> bytes:
        """At most `size` bytes."""
        found = self._stream.read(min(size, self.left))
        self.left -= len(found)
        return found


class Listener:
    """Hears an XML part being read; no tree is built. This one does nothing with what it hears."""

    def __init__(self) -> None:
        #: It has heard all it wanted.
        self.done = False

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        """Raises ValueError: no office file declares entities but to do harm."""
        raise ValueError("an office file with a document type declaration")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def data(self, text: str) -> None:
        """Text of the innermost element."""

    def close(self) -> None:
        """The part is at its end."""


def names_of(path: Path) -> Sequence[str]:
    """The names of the parts; none for what is no archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except DAMAGED:
        return ()


def listen(path: Path, part: str, listener: Listener) -> None:
    """Read an XML part to `listener` until it is done, READ_LIMIT is reached, or the part ends or is damaged.

    A part that declares entities is as good as damaged; one that is not there says nothing.
    """
    parser = etree.XMLParser(
        target=cast(Any, listener), resolve_entities=False, no_network=True, huge_tree=False
    )
    try:
        with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
            bounded = Bounded(stream, READ_LIMIT)
            while not listener.done and (chunk := bounded.read(_CHUNK)):
                parser.feed(chunk)
    except DAMAGED:
        # Whoever opens it will say that it is damaged; there is no more to be read in it.
        return


def tail_of(path: Path, part: str) -> str:
    """The last characters of a part, where a sheet keeps its header; "" if it is damaged or too long."""
    last, left = b"", _LONGEST
    try:
        with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
            for chunk in _chunks(stream):
                last, left = (last + chunk)[-_CHUNK:], left - len(chunk)
                if left < 0:
                    return ""
    except DAMAGED:
        return ""
    return last.decode("utf-8", errors="ignore")


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk
