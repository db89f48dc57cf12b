"""What one program reads so and another otherwise: entries and objects that a file defines twice.

The library takes the first of two entries of a dictionary, PDFium and others the last (ISO 32000-2 7.3.7
allows no second). A page written once more with another /Contents at its end is the signed page to the one,
and to the other another page. So a reader that judges keeps the further ones too, under names of their own,
and they are compared like everything else. The same goes for objects that stand in the file and in no table,
for tables that name an object twice, and for two tables of one revision that differ.
"""

from __future__ import annotations

import bisect
import os
import re
from collections.abc import Iterator
from typing import IO, Any

from pyhanko.pdf_utils import generic, misc

#: Behind the name of an entry that was there already; no file can name one so: a blank ends a name.
_FURTHER = " (2)"
_BYTES_PER_STEP = 16 * 1024
_WHITE = rb"[\x00\t\n\x0c\r ]"
#: The head of an object behind its two numbers, and a trailer, as a program finds them that mends files.
_HEAD = re.compile(rb"(?<=\d)(?:" + _WHITE + rb"|%[^\r\n]{0,200}[\r\n])+obj(?![A-Za-z])")
_TRAILER = re.compile(rb"\btrailer(?:" + _WHITE + rb"|%[^\r\n]{0,200}[\r\n])*<<")

#: The module is handled as an object with replaceable parts, which its types do not foresee.
_lexer: Any = generic
_CONTENT = _lexer.ContentOpReading


def is_further(key: str) -> bool:
    """Whether this is an entry whose name was there already."""
    return key.endswith(_FURTHER)


def read_dictionary(
    stream: IO[bytes],
    container_ref: Any,
    as_metadata_stream: bool = False,
    in_content_stream: Any = _CONTENT.NO,
) -> Any:
    """A dictionary or stream as the library reads it, and the further entries where the reader keeps them.

    Raises PdfReadError.
    """
    if stream.read(2) != b"<<":
        raise misc.PdfReadError("a dictionary must begin with '<<'")
    handler = container_ref.get_pdf_handler()
    keeps = getattr(handler, "keeps_twofold", False)
    data: dict[str, Any] = {}
    for key, value in _entries(stream, container_ref, in_content_stream):
        name = key
        while keeps and name in data and data[name] != value:
            name = generic.NameObject(name + _FURTHER)
        data.setdefault(name, value)
    if in_content_stream:
        return generic.DictionaryObject(data)
    payload = _lexer._maybe_read_stream_payload(stream, data, handler)
    if payload is None:
        return generic.DictionaryObject(data)
    return _kind_of_stream(as_metadata_stream)(data, encoded_data=payload)


def _entries(stream: IO[bytes], container_ref: Any, in_content_stream: Any) -> Iterator[tuple[Any, Any]]:
    while misc.read_non_whitespace(stream) != b">":
        stream.seek(-1, os.SEEK_CUR)
        try:
            key = _lexer.NameObject.read_from_stream(stream)
        except Exception as error:
            raise misc.PdfReadError("no name of an entry") from error
        misc.read_non_whitespace(stream, seek_back=True)
        yield key, generic.read_object(stream, container_ref, in_content_stream=in_content_stream)
    stream.read(1)


def _kind_of_stream(as_metadata_stream: bool) -> Any:
    if as_metadata_stream:
        from pyhanko.pdf_utils.metadata.xmp_xml import MetadataStream

        return MetadataStream
    return generic.StreamObject


def install() -> None:
    """Put the reading in place. Harmless when repeated."""
    _lexer.DictionaryObject.read_from_stream = staticmethod(read_dictionary)


def has_unlisted(reader: Any, start: int) -> bool:
    """Whether an object or a trailer stands behind a place of the file that no table names.

    A program that mends files reads those, whatever the tables say. Raises TooComplex.
    """
    size = reader.stream.seek(0, os.SEEK_END)
    reader.budget.spend(1 + max(0, size - start) // _BYTES_PER_STEP)
    reader.stream.seek(start)
    data = reader.stream.read()
    tables = _tables(reader)
    listed = sorted({place - start for table in tables for place in _places(table)})
    after = 0
    for head in _HEAD.finditer(data):
        first = bisect.bisect_left(listed, after)
        if first == len(listed) or listed[first] > head.start():
            return True
        after = head.end()
    told = {int(table.meta_info.end_location) for table in tables if table.meta_info.stream_ref is None}
    told |= {int(table.meta_info.end_location) for table in tables if table.xref_data.hybrid is not None}
    return any(start + trailer.end() - len(b"<<") not in told for trailer in _TRAILER.finditer(data))


def _tables(reader: Any) -> list[Any]:
    sections = reader.xrefs._xref_sections
    return [
        table for section in sections for table in (section, section.xref_data.hybrid) if table is not None
    ]


def _begin(table: Any) -> int:
    return int(table.meta_info.start_location)


def _places(table: Any) -> Iterator[int]:
    """Where objects stand by a table, its own too where it is one."""
    yield from (place for _, place in table.xref_data.standard_xrefs.values())
    if table.meta_info.stream_ref is not None:
        yield _begin(table)


def differs_within(data: Any) -> bool:
    """Whether the two tables of one revision name an object, and each in another place (7.5.8.4)."""
    if data.hybrid is None:
        return False
    hidden = data.hybrid.xref_data
    return any(
        hidden.xrefs_in_objstm.get(number) is not None or hidden.standard_xrefs.get(number, told) != told
        for number, told in data.standard_xrefs.items()
    )
