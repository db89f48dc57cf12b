"""The parts of a zipped office file, read a little at a time and never past a limit: whoever sent them."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, cast

from lxml import etree

from vanthu.pdfsign.errors import PdfSignError, TooComplex
from vanthu.pdfsign.opening import is_disk_failure

#: Bytes of an office file's parts, unpacked, that are looked through; a first page takes far fewer.
READ_LIMIT = 8 * 1024 * 1024
#: Bytes, unpacked, after which the end of a part is no longer waited for.
_LONGEST = 256 * 1024 * 1024
_CHUNK = 64 * 1024
#: Bytes of an archive's list of parts: of 2,000 parts it has 200,000. Python reads the whole of it at once.
_DIRECTORY_LIMIT = 1024 * 1024
#: Letters of one line, and lines of one file, that are looked at; the marks stand on lines of their own.
LONGEST_LINE, MOST_LINES = 10_000, 20_000
#: The module is handled as an object, for a function its types do not know.
_zipfile: Any = zipfile


@contextlib.contextmanager
def what_can_be_read() -> Iterator[None]:
    """What is damaged ends the reading inside and nothing else: whoever opens the file will say so.

    A disk that fails, and work or memory that is more than a file may cost, are raised.
    """
    try:
        yield
    except (PdfSignError, MemoryError):
        raise
    except Exception as error:
        # The lengths and names in a file are whatever somebody wrote there; what they end in, too.
        if is_disk_failure(error):
            raise


def open_archive(path: Path) -> zipfile.ZipFile:
    """The archive. Raises TooComplex for one of more parts than any office file has; BadZipFile."""
    with path.open("rb") as stream:
        end = _zipfile._EndRecData(stream)
    if end and end[_zipfile._ECD_SIZE] > _DIRECTORY_LIMIT:
        raise TooComplex(
            "Tệp gồm quá nhiều thành phần nên không đọc hết được; hãy mở tệp, lưu lại rồi chọn lại."
        )
    return zipfile.ZipFile(path)


class Line:
    """A line as its pieces come, LONGEST_LINE letters at most; joined once."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._left = LONGEST_LINE

    def add(self, text: str | None) -> None:
        """Take the next piece."""
        if text and self._left > 0:
            self._pieces.append(text[: self._left])
            self._left -= len(text)

    def take(self) -> str:
        """The line; after that, an empty one begins."""
        whole = "".join(self._pieces)
        self._pieces, self._left = [], LONGEST_LINE
        return whole


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
    """The names of the parts; none for what is no archive. Raises TooComplex."""
    names: list[str] = []
    with what_can_be_read(), open_archive(path) as archive:
        names = archive.namelist()
    return names


def unpacked_size(path: Path) -> int | None:
    """Bytes an archive says it comes to; None for what is none, or damaged. Raises TooComplex."""
    size = None
    with what_can_be_read(), open_archive(path) as archive:
        size = sum(part.file_size for part in archive.infolist())
    return size


def listen(path: Path, part: str, listener: Listener) -> None:
    """Read an XML part to `listener` until it is done, READ_LIMIT is reached, or the part ends or is damaged.

    A part that declares entities is as good as damaged; one that is not there says nothing.
    """
    parser = etree.XMLParser(
        target=cast(Any, listener), resolve_entities=False, no_network=True, huge_tree=False
    )
    with what_can_be_read(), open_archive(path) as archive, archive.open(part) as stream:
        bounded = Bounded(stream, READ_LIMIT)
        while not listener.done and (chunk := bounded.read(_CHUNK)):
            parser.feed(chunk)


def tail_of(path: Path, part: str) -> str:
    """The last characters of a part, where a sheet keeps its header; "" of one that is too long."""
    last, left = b"", _LONGEST
    with what_can_be_read(), open_archive(path) as archive, archive.open(part) as stream:
        for chunk in _chunks(stream):
            last, left = (last + chunk)[-_CHUNK:], left - len(chunk)
            if left < 0:
                return ""
    return last.decode("utf-8", errors="ignore") if left < _LONGEST else ""


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk
