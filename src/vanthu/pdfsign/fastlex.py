"""Functions of the library's lexer, made fast.

The library underneath reads PDF syntax one character at a time. A signature value is a hexadecimal string of
some 30,000 characters, read several times per verification; names and numbers follow by the thousand. With
these replacements a verification takes a third of the time, and what a stranger made long (a line, a comment,
a number) is read in time linear in its length. Each gives the same result, the same position after and the
same errors as the original, which `tests/pdfsign/test_fastlex.py` checks against it; whatever is out of the
ordinary is left to the original. One is stricter: a line at the end of the file may not be longer than
LONGEST_LINE.
"""

from __future__ import annotations

import binascii
import functools
import os
import re
from typing import IO, Any

from pyhanko.pdf_utils import generic, misc, reader

#: Bytes of a line at the end of a file, where «%%EOF» and the place of the last table stand.
LONGEST_LINE = 64 * 1024

_CHUNK = 1 << 15
_TOKEN_CHUNK = 48
_WHITE = b" \n\r\t\f\x00"
_NOT_WHITE = re.compile(rb"[^ \n\r\t\f\x00]")
_LINE_END, _NO_LINE_END = re.compile(rb"[\r\n]"), re.compile(rb"[^\r\n]")
#: White space and delimiters (ISO 32000-1, 7.2.2).
_DELIMITER = re.compile(rb"[\x00\t\n\x0c\r ()<>\[\]{}/%]")

#: The module is handled as an object with replaceable parts, which its types do not foresee.
_lexer: Any = generic
_misc: Any = misc
_reader: Any = reader

original_hex_string = _lexer.read_hex_string_from_stream
original_until_delimiter = _lexer.read_until_delimiter
original_decode_name = _lexer._decode_name
original_until_regex = _misc.read_until_regex
original_non_whitespace = _misc.read_non_whitespace
original_end_line = _reader.read_next_end_line


def read_hex_string(stream: IO[bytes]) -> Any:
    """Read `<…>` at the stream's position."""
    start = stream.tell()
    stream.read(1)
    chunks: list[bytes] = []
    end = -1
    while end < 0 and (chunk := stream.read(_CHUNK)):
        end = chunk.find(b">")
        chunks.append(chunk if end < 0 else chunk[:end])
    digits = b"".join(chunks)
    try:
        if end < 0:
            raise binascii.Error
        # Refuses anything but digits, in pairs.
        value = binascii.unhexlify(digits)
    except binascii.Error:
        stream.seek(start)
        return original_hex_string(stream)
    stream.seek(start + len(digits) + 2)
    return generic.pdf_string(value)


def read_until_delimiter(stream: IO[bytes]) -> Any:
    """Read a token up to, not including, the next delimiter."""
    chunk = stream.read(_TOKEN_CHUNK)
    found = _DELIMITER.search(chunk)
    if found is None:
        stream.seek(-len(chunk), os.SEEK_CUR)
        return original_until_delimiter(stream)
    stream.seek(found.start() - len(chunk), os.SEEK_CUR)
    return chunk[: found.start()]


def decode_name(name: bytes) -> generic.NameObject:
    """The name object for the bytes after its stroke; the few names of PDF come again and again."""
    return generic.NameObject(_decoded(name))


@functools.lru_cache(maxsize=4096)
def _decoded(name: bytes) -> str:
    return str(original_decode_name(name))


def read_until_regex(stream: IO[bytes], regex: re.Pattern[bytes], ignore_eof: bool = False) -> bytes:
    """Read up to where the pattern, of one character, matches."""
    chunks: list[bytes] = []
    while chunk := stream.read(_TOKEN_CHUNK):
        found = regex.search(chunk)
        if found is not None:
            stream.seek(found.start() - len(chunk), os.SEEK_CUR)
            return b"".join([*chunks, chunk[: found.start()]])
        chunks.append(chunk)
    if not ignore_eof:
        raise misc.PdfStreamError("Stream has ended unexpectedly")
    return b"".join(chunks)


def read_non_whitespace(stream: IO[bytes], seek_back: bool = False, allow_eof: bool = False) -> bytes:
    """Read the next character that is neither white space nor in a comment."""
    commented = False
    while (sign := stream.read(1)) and (sign in _WHITE or sign == b"%"):
        commented = commented or sign == b"%"
        _skip_to(stream, _LINE_END if sign == b"%" else _NOT_WHITE)
    if not sign:
        if allow_eof and not commented:
            return b""
        raise misc.PdfStreamError("Stream ended prematurely")
    if seek_back:
        stream.seek(-1, os.SEEK_CUR)
    return sign


def _skip_to(stream: IO[bytes], pattern: re.Pattern[bytes]) -> None:
    size = _TOKEN_CHUNK
    while chunk := stream.read(size):
        found = pattern.search(chunk)
        if found is not None:
            stream.seek(found.start() - len(chunk), os.SEEK_CUR)
            return
        size = _CHUNK


def read_next_end_line(stream: IO[bytes]) -> bytes:
    """Read the line that ends at the stream's position, and step before the line's end before it.

    Raises PdfReadError, also for a line longer than LONGEST_LINE.
    """
    here = stream.tell()
    start = max(0, here + 1 - LONGEST_LINE)
    stream.seek(start)
    window = stream.read(here + 1 - start)
    end = max(window.rfind(b"\n"), window.rfind(b"\r"))
    # The original steps over line ends two by two; where it comes to rest depends on how many there are.
    found = _NO_LINE_END.search(window[end - 1 :: -2]) if end > 0 else None
    rest = end - 1 - 2 * found.start() if found else 0
    if found is None or rest < 1:
        # The original steps out of the file here, or stays in it for ever.
        raise misc.PdfReadError("EOL marker not found")
    stream.seek(start + rest + (1 if found.start() else 0))
    return window[end + 1 :]


def install() -> None:
    """Put the replacements in place. Harmless when repeated."""
    _lexer.read_hex_string_from_stream = read_hex_string
    _lexer.read_until_delimiter = read_until_delimiter
    _lexer._decode_name = decode_name
    _lexer.read_until_regex = read_until_regex
    _lexer.read_non_whitespace = _misc.read_non_whitespace = read_non_whitespace
    _reader.read_next_end_line = read_next_end_line
