"""The fast lexer gives what the library's own gives, to the byte."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.misc import PdfError

from vanthu.pdfsign import fastlex

_HEXISH = st.text(alphabet="0123456789abcdefABCDEF<>% \n\rxyz()", max_size=200)


def _outcome(read: Callable[[Any], Any], data: bytes) -> tuple[object, ...]:
    stream = io.BytesIO(data)
    try:
        value = read(stream)
    except PdfError as error:
        return type(error), str(error)
    return value, type(value), stream.tell()


@given(body=_HEXISH, after=st.binary(max_size=20))
def test_hex_strings(body: str, after: bytes) -> None:
    data = b"<" + body.encode() + b">" + after

    assert _outcome(fastlex.read_hex_string, data) == _outcome(fastlex.original_hex_string, data)


@settings(deadline=None)
@given(value=st.binary(min_size=1, max_size=50), times=st.integers(400, 1500))
def test_long_hex_strings(value: bytes, times: int) -> None:
    data = b"<" + value.hex().encode() * times + b"> endobj"

    assert _outcome(fastlex.read_hex_string, data) == _outcome(fastlex.original_hex_string, data)


def test_hex_strings_that_never_end() -> None:
    data = b"<" + b"ab" * 50_000

    assert _outcome(fastlex.read_hex_string, data) == _outcome(fastlex.original_hex_string, data)


@given(data=st.binary(max_size=120))
def test_tokens(data: bytes) -> None:
    expected = _outcome(fastlex.original_until_delimiter, data)

    assert _outcome(fastlex.read_until_delimiter, data) == expected


@given(name=st.binary(max_size=30))
def test_names(name: bytes) -> None:
    def outcome(decode: Callable[[bytes], Any]) -> tuple[object, ...]:
        try:
            value = decode(name)
        except PdfError as error:
            return type(error), str(error)
        return value, type(value)

    assert outcome(fastlex.decode_name) == outcome(fastlex.original_decode_name)
