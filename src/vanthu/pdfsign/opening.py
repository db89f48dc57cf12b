"""Opening PDF files: reading, and writing one incremental revision to a new file."""

from __future__ import annotations

import contextlib
import errno
import io
import itertools
import logging
import mmap
import os
import re
import tempfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import pypdfium2
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import enumerate_sig_fields

from vanthu.pdfsign import fastlex, twofold, xrefs
from vanthu.pdfsign.budget import PAGES
from vanthu.pdfsign.errors import (
    BrokenPdf,
    EmptyPdf,
    NotAPdf,
    PasswordProtected,
    PdfSignError,
    TooComplex,
    UnreadablePdf,
)
from vanthu.pdfsign.reader import MeasuredReader
from vanthu.pdfsign.weighing import weigh_pages

fastlex.install()
xrefs.install()
twofold.install()
# What the library finds odd in a file is in the verdict; in the log it would be a line per object.
logging.getLogger("pyhanko").setLevel(logging.ERROR)
logger = logging.getLogger(__name__)

#: What the operating system says of a place in a file that cannot be: a parser believed a wrong number.
_NO_SUCH_PLACE = frozenset({None, errno.EINVAL, errno.EOVERFLOW})

#: PDFium is one global machine: two threads inside it at once crash the process.
PDFIUM_LOCK = threading.RLock()

#: PDFium's words for a password it was not told, and for a lock it does not know.
_LOCKED = frozenset({4, 5})
_NEXT_END = re.compile(rb"startxref\s+\d+\s+%%EOF(?:\r\n|\r|\n)?")
#: Line ends behind an end-of-file mark that belong to it.
_LINE_ENDS = 2
_END_OF_REVISION = re.compile(rb"startxref\s+\d+\s+%%EOF$")
_MOST_BROKEN_REVISIONS = 8
#: Bytes behind the end of a file that are looked at to say what they are.
_LOOKED_AT = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class PdfFacts:
    """What a PDF is, before anything is done with it."""

    pages: int
    #: False for a scan: places cannot be found in it, only pointed at.
    has_text: bool
    #: Signatures present, document timestamps included.
    signatures: int
    #: Word writes both an old and a new cross-reference table, and viewers differ in which they read.
    twofold: bool = False


def inspect(file: Path) -> PdfFacts:
    """Read the facts of a PDF.

    Raises NotAPdf, BrokenPdf, PasswordProtected, EmptyPdf, TooComplex.
    """
    check_header(file)
    if is_locked(file):
        raise PasswordProtected
    with open_pdfium(file, None) as document:
        pages = len(document)
        if pages == 0:
            raise EmptyPdf
        has_text = any(_has_text(document, index) for index in range(pages))
    with open_reader(file) as reader, parsing():
        signatures = sum(1 for _ in enumerate_sig_fields(reader, filled_status=True))
        twofold = reader.xrefs.hybrid_xrefs_present
    return PdfFacts(pages=pages, has_text=has_text, signatures=signatures, twofold=twofold)


def write_afresh(source: Path, target: Path) -> None:
    """Write the document with one cross-reference only; unsigned files alone survive that.

    Once a file is signed, two truths in it are an attack; before, it is a matter of writing it again, and of
    doing so before anybody looks at it. Raises BrokenPdf, PasswordProtected, TooComplex.
    """
    with open_pdfium(source) as document:
        document.save(target)


def is_locked(file: Path) -> bool:
    """Whether a PDF names a password, also one that nobody is asked for. What cannot be read names none.

    Raises TooComplex.
    """
    with contextlib.suppress(UnreadablePdf):
        try:
            with open_reader(file):
                return False
        except PasswordProtected:
            return True
    return False


def check_header(file: Path) -> None:
    """Refuse what does not even begin like a PDF.

    Raises NotAPdf, EmptyPdf, UnreadablePdf.
    """
    try:
        with file.open("rb") as stream:
            head = stream.read(1024)
    except OSError as error:
        raise UnreadablePdf(f"Không mở được tệp {file.name}; hãy kiểm tra lại đường dẫn.") from error
    if not head:
        raise EmptyPdf("Tệp rỗng, không có nội dung; hãy kiểm tra lại tệp.")
    if b"%PDF-" not in head:
        raise NotAPdf


def is_disk_failure(error: Exception) -> bool:
    """Whether the disk failed, and not a parser that sought a place no file has."""
    return isinstance(error, OSError) and error.errno not in _NO_SUCH_PLACE


@contextlib.contextmanager
def parsing() -> Iterator[None]:
    """Whatever the parser trips over inside becomes BrokenPdf; a disk that fails stays an OSError.

    Raises TooComplex when the work, or the memory for it, was more than a file may cost.
    """
    try:
        yield
    except PdfSignError:
        raise
    except MemoryError as error:
        raise TooComplex from error
    except Exception as error:
        # Bytes somebody made up end in whatever error the calculation with them comes to: no list of those
        # would be whole.
        if is_disk_failure(error):
            raise
        logger.debug("A PDF could not be parsed", exc_info=error)
        raise BrokenPdf from error


@contextlib.contextmanager
def open_pdfium(file: Path, pages: Iterable[int] | None = ()) -> Iterator[pypdfium2.PdfDocument]:
    """The document in PDFium, alone: other threads wait. Its first PAGES pages, at most, are all there are.

    `pages`: those that will be looked at, counted from 0 (negative: from the end); None: all. What PDFium has
    to unpack for them is weighed first, as it has no limits of its own.
    Raises BrokenPdf, PasswordProtected, TooComplex.
    """
    weigh_pages(file, pages)
    with PDFIUM_LOCK:
        try:
            document = pypdfium2.PdfDocument(file)
        except pypdfium2.PdfiumError as error:
            if error.err_code in _LOCKED:
                raise PasswordProtected from error
            raise BrokenPdf from error
        try:
            with parsing():
                if len(document) > PAGES:
                    raise TooComplex
                yield document
        finally:
            document.close()


@contextlib.contextmanager
def open_reader(file: Path) -> Iterator[MeasuredReader]:
    """The document for reading; forgiving first-parse, as most files in the wild need it.

    Raises NotAPdf, BrokenPdf, PasswordProtected.
    """
    check_header(file)
    with file.open("rb") as stream:
        yield read_pdf(stream)


def read_pdf(stream: IO[bytes], *, keeps_twofold: bool = False) -> MeasuredReader:
    """A reader over an open file; `keeps_twofold`: as MeasuredReader.

    Raises BrokenPdf, PasswordProtected.
    """
    with parsing():
        reader = MeasuredReader(stream, keeps_twofold=keeps_twofold)
        # First of all: in a locked file nothing else can be understood, its root may be in a locked stream.
        if _is_locked(reader):
            raise PasswordProtected
        _ = reader.root["/Pages"]
    return reader


def _is_locked(reader: MeasuredReader) -> bool:
    """Whether the file names a lock, of whatever kind."""
    try:
        lock = reader.trailer.raw_get("/Encrypt")
    except KeyError:
        return False
    return not isinstance(lock, generic.NullObject)


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """A file to be judged."""

    reader: MeasuredReader
    #: What hangs on behind the last end-of-file mark: its first bytes.
    beyond: bytes
    #: Its last revision cannot be read; the reader reads the one before.
    cut: bool


@contextlib.contextmanager
def open_suspect(file: Path) -> Iterator[Suspect]:
    """The document for judging.

    Raises NotAPdf, BrokenPdf, PasswordProtected.
    """
    check_header(file)
    with file.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        try:
            reader, cut = read_pdf(stream, keeps_twofold=True), False
            end = _end_of_tables(reader, size)
        except BrokenPdf as broken:
            (reader, end), cut = _read_earlier(stream, broken), True
        stream.seek(end)
        yield Suspect(reader=reader, beyond=stream.read(_LOOKED_AT), cut=cut)


def _end_of_tables(reader: MeasuredReader, size: int) -> int:
    """Where the revision ends whose table stands last; whatever comes then, no table tells of it."""
    last = max(
        table.meta_info.end_location
        for section in reader.xrefs._xref_sections
        for table in (section, section.xref_data.hybrid)
        if table is not None
    )
    reader.stream.seek(last)
    found = _NEXT_END.search(reader.stream.read(_LOOKED_AT))
    return last + found.end() if found else size


def _read_earlier(stream: IO[bytes], broken: BrokenPdf) -> tuple[MeasuredReader, int]:
    """The last revision that can be read, and where it ends; what cannot is behind it."""
    size = stream.seek(0, os.SEEK_END)
    for end in itertools.islice(_revision_ends(stream, size), _MOST_BROKEN_REVISIONS):
        if size > end:
            with contextlib.suppress(BrokenPdf):
                head = cast(IO[bytes], io.BufferedReader(Head(stream, end)))
                return read_pdf(head, keeps_twofold=True), end
    raise broken


def _revision_ends(stream: IO[bytes], size: int) -> Iterator[int]:
    """Where the revisions of a file end, the last one first."""
    with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        end = size
        while (found := data.rfind(b"%%EOF", 0, end)) >= 0:
            if _END_OF_REVISION.search(data[max(0, found - 40) : found + 5]):
                after = data[found + 5 : found + 5 + _LINE_ENDS]
                yield found + 5 + len(after) - len(after.lstrip(b"\r\n"))
            end = found


class Head(io.RawIOBase):
    """The first bytes of a file, as a file."""

    def __init__(self, stream: IO[bytes], length: int) -> None:
        self._stream, self._length, self._position = stream, length, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._length}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        self._stream.seek(self._position)
        data = self._stream.read(max(0, min(len(buffer), self._length - self._position)))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


@contextlib.contextmanager
def new_file(target: Path) -> Iterator[IO[bytes]]:
    """A file that appears at `target` whole, when the block ends well, or not at all."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w+b") as stream:
            yield cast(IO[bytes], stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    # mkstemp makes private files; the finished one gets the rights any new file would have.
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("Umask:"):
            return int(line.split()[1], 8)
    return 0o022


@contextlib.contextmanager
def open_writer(source: Path) -> Iterator[IncrementalPdfFileWriter]:
    """A writer that appends one revision to `source`, which itself is not touched.

    Raises NotAPdf, BrokenPdf, PasswordProtected.
    """
    with open_reader(source) as reader:
        with parsing():
            writer = IncrementalPdfFileWriter.from_reader(reader)
        yield writer


def at_most(count: int, limit: int) -> range:
    """The numbers below `count`. Raises TooComplex when they are more than `limit`."""
    if count > limit:
        raise TooComplex
    return range(count)


def _has_text(document: pypdfium2.PdfDocument, index: int) -> bool:
    page = document[index]
    text = page.get_textpage()
    try:
        return bool(text.get_text_range().strip())
    finally:
        text.close()
        page.close()
