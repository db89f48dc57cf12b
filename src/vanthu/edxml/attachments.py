"""Attachments on arrival: base64 undone piece by piece, the one-entry zip taken off, hashed on the way.

Nothing here holds an attachment in memory; each piece goes to a file in a private folder, and only a
packet that was read to its end leaves its files behind.
"""

from __future__ import annotations

import binascii
import hashlib
import shutil
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import BinaryIO
from uuid import UUID

from vanthu.edxml.errors import (
    AttachmentTooLarge,
    DamagedAttachment,
    MalformedBase64,
    ZipBomb,
)
from vanthu.edxml.limits import MEGABYTE, Limits
from vanthu.edxml.names import extension_of, refuse_traversal

_PIECE = 256 * 1024
_XML_SPACE = b" \t\r\n"


class Content:
    """The bytes of one attachment on their way to a file."""

    def __init__(self, path: Path, allowance: int) -> None:
        self.path = path
        self.size = 0
        self._allowance = allowance
        self._digest = hashlib.sha256()
        self._file: BinaryIO = path.open("xb")

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, piece: bytes) -> None:
        """Append; raises AttachmentTooLarge before the limit is passed."""
        self.size += len(piece)
        if self.size > self._allowance:
            raise AttachmentTooLarge(
                f"Tệp đính kèm lớn hơn mức còn được nhận ({self._allowance // MEGABYTE} MB)."
            )
        self._digest.update(piece)
        self._file.write(piece)

    def close(self) -> None:
        self._file.close()


class Base64Decoder:
    """Turns the text of ContentTransferEncoded into bytes as it comes; white space is of no account."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self._pending = b""
        self._padded = False

    def feed(self, text: str) -> None:
        """Take the next piece of text; raises MalformedBase64."""
        try:
            data = self._pending + text.encode("ascii").translate(None, _XML_SPACE)
        except UnicodeEncodeError:
            raise MalformedBase64 from None
        whole = len(data) - len(data) % 4
        self._pending = data[whole:]
        if whole:
            self._decode(data[:whole])

    def finish(self) -> Content:
        """Close the file; raises MalformedBase64 when the text stopped in the middle of a group."""
        if self._pending:
            raise MalformedBase64
        self.content.close()
        return self.content

    def _decode(self, data: bytes) -> None:
        if self._padded:
            raise MalformedBase64
        self._padded = data.endswith(b"=")
        try:
            self.content.write(binascii.a2b_base64(data, strict_mode=True))
        except binascii.Error:
            raise MalformedBase64 from None


class Intake:
    """The private folder where the attachments of one packet wait until the packet is read to its end.

    As a context manager: leaving it removes whatever was not kept.
    """

    def __init__(self, directory: Path, limits: Limits) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._limits = limits
        self._room = limits.attachments_bytes
        self._contents: list[Content] = []
        # Next to the final place, so that keeping a file is a rename.
        self._private = Path(tempfile.mkdtemp(prefix=".edxml-", dir=directory))

    def __enter__(self) -> Intake:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for content in self._contents:
            content.close()
        shutil.rmtree(self._private, ignore_errors=True)

    def begin(self) -> Base64Decoder:
        """Start an attachment."""
        return Base64Decoder(self._new_content())

    def finish(self, decoder: Base64Decoder) -> Content:
        """End an attachment; raises MalformedBase64."""
        content = decoder.finish()
        self._room -= content.size
        return content

    def unwrap(self, content: Content, name: str) -> Content:
        """Take the zip off if the attachment called `name` came in one, else return `content` itself.

        Raises ZipBomb, AttachmentTooLarge, DamagedAttachment, UnsafeName.
        """
        entry = wrapping_entry(content.path, name)
        if entry is None:
            return content
        self._room += content.size
        unwrapped = self._new_content()
        self._copy_entry(content, entry, unwrapped)
        unwrapped.close()
        content.path.unlink()
        self._room -= unwrapped.size
        return unwrapped

    def keep(self, content: Content) -> Path:
        """Move a finished file to its place, named by its SHA-256, and return the place."""
        place = self._directory / content.sha256
        content.path.replace(place)
        return place

    def _new_content(self) -> Content:
        allowance = min(self._limits.attachment_bytes, self._room)
        content = Content(self._private / str(len(self._contents)), allowance)
        self._contents.append(content)
        return content

    def _copy_entry(self, wrapper: Content, entry: zipfile.ZipInfo, into: Content) -> None:
        bound = max(wrapper.size * self._limits.zip_ratio, self._limits.zip_ratio_from)
        try:
            with zipfile.ZipFile(wrapper.path) as archive, archive.open(entry) as inside:
                while piece := inside.read(_PIECE):
                    if into.size + len(piece) > bound:
                        raise ZipBomb
                    into.write(piece)
        except _ZIP_FAULTS as damage:
            raise DamagedAttachment from damage


# What zipfile lets through besides its own error when a zip's records contradict each other.
_ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_ZIP64_LOCATOR = b"PK\x06\x07"
_ONE_ENTRY_DIRECTORY = 4 * 65_536


def wrapping_entry(path: Path, name: str) -> zipfile.ZipInfo | None:
    """Return the entry to take out when the file is the one-entry zip a client wraps an attachment in.

    ContentType does not tell, and .docx or .xlsx are zips themselves. A wrapper has exactly one entry,
    with the extension of the attachment's own name or with a UUID for a name (the national SDK's
    `<uuid>.<ext>`). An attachment that is called .zip is taken out of `<uuid>.zip` only.
    """
    if not _says_one_entry(path):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except _ZIP_FAULTS:
        return None
    if len(entries) != 1 or not _is_plain(entries[0]):
        return None
    refuse_traversal(entries[0].filename)
    return entries[0] if _is_wrapper_name(entries[0].filename, name) else None


def _says_one_entry(path: Path) -> bool:
    # zipfile reads the whole directory into memory, so a lying or enormous one must be seen before that.
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return False
        size = file.seek(0, 2)
        file.seek(max(0, size - _END.size - 65_535))
        tail = file.read()
    start = len(tail) - _END.size
    if start >= 0 and not (tail[start:].startswith(_END_SIGNATURE) and tail.endswith(b"\0\0")):
        start = tail.rfind(_END_SIGNATURE)
    if start < 0 or len(tail) - start < _END.size:
        return False
    _, _, _, _, entries, directory_size, _, _ = _END.unpack_from(tail, start)
    is_zip64 = tail[max(0, start - 20) : start].startswith(_ZIP64_LOCATOR)
    return entries == 1 and directory_size <= _ONE_ENTRY_DIRECTORY and not is_zip64


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    encrypted = bool(entry.flag_bits & 0x1)
    usual = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    # A lying directory can place the entry before the file begins.
    return usual and not encrypted and not entry.is_dir() and entry.header_offset >= 0


def _is_wrapper_name(entry_name: str, name: str) -> bool:
    extension = extension_of(name)
    same = extension_of(entry_name) == extension
    if _is_uuid(entry_name.rpartition(".")[0] or entry_name):
        return same or extension != "zip"
    return same and extension not in ("", "zip")


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
