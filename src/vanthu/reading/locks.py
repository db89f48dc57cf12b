"""Whether an office file is locked with a password, whatever its name says.

Old Office: [MS-DOC] 2.5.2 (fEncrypted), [MS-XLS] 2.4.117 (FilePass). Encrypted new Office files are compound
files too ([MS-OFFCRYPTO] 2.3.4). OpenDocument says so in its manifest, an archive at each of its parts.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path

import xlrd.compdoc

from vanthu.reading.parts import Listener, listen, open_archive, what_can_be_read

_COMPOUND, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK"
_ENCRYPTED = ("EncryptedPackage", "EncryptionInfo")
_BOOKS = ("Workbook", "Book")
#: Of the first bytes of a Word text: where its flags stand, and which of them says that it is encrypted.
_FLAGS_AT, _IS_ENCRYPTED = 0x0A, 0x0100
_FILE_PASS = 0x002F
#: It stands right behind the first record, or a few later.
_FIRST_RECORDS = 20


def is_locked(path: Path) -> bool:
    """Whether it asks for a password. What cannot be read asks for none. Raises TooComplex."""
    with path.open("rb") as stream:
        head = stream.read(8)
    found = False
    with what_can_be_read():
        if head.startswith(_COMPOUND):
            found = _is_compound_locked(path.read_bytes())
        elif head.startswith(_ZIP):
            found = _is_archive_locked(path)
    return found


def _is_compound_locked(data: bytes) -> bool:
    if any(name.encode("utf-16-le") + b"\0\0" in data for name in _ENCRYPTED):
        return True
    compound = xlrd.compdoc.CompDoc(data, logfile=io.StringIO())
    text = _stream(compound, "WordDocument")
    if text:
        (flags,) = struct.unpack_from("<H", text, _FLAGS_AT)
        return bool(flags & _IS_ENCRYPTED)
    return any(_is_book_locked(book) for name in _BOOKS if (book := _stream(compound, name)))


def _stream(compound: xlrd.compdoc.CompDoc, name: str) -> bytes:
    memory, start, length = compound.locate_named_stream(name)
    return bytes(memory[start : start + length]) if memory else b""


def _is_book_locked(book: bytes) -> bool:
    at = 0
    for _ in range(_FIRST_RECORDS):
        if at + 4 > len(book):
            break
        kind, length = struct.unpack_from("<HH", book, at)
        if kind == _FILE_PASS:
            return True
        at += 4 + length
    return False


def _is_archive_locked(path: Path) -> bool:
    with open_archive(path) as archive:
        if any(part.flag_bits & 1 for part in archive.infolist()):
            return True
    manifest = _Manifest()
    listen(path, "META-INF/manifest.xml", manifest)
    return manifest.is_locked


class _Manifest(Listener):
    """Hears whether some part is encrypted."""

    def __init__(self) -> None:
        super().__init__()
        self.is_locked = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag.endswith("}encryption-data"):
            self.is_locked = self.done = True
