"""Which bytes of the file a signature answers for, and which revision those bytes are."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any, cast

from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from vanthu.pdfsign.ber import length_of
from vanthu.pdfsign.budget import Budget
from vanthu.pdfsign.reader import MeasuredReader

_BYTES_HASHED_PER_STEP = 16 * 1024
#: How a revision ends (ISO 32000-2 7.5.5); its last bytes, with whatever line ends.
_END = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_LONGEST_END = 200


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Which bytes a signature answers for."""

    #: The signed range is everything up to the end of its revision, but for the value between < and >.
    sound: bool
    whole_file: bool
    #: The newest revision that lies in the range; -1 when it is not sound.
    revision: int = -1
    #: Where the range ends in the file.
    end: int = 0


NOTHING = Coverage(sound=False, whole_file=False)


def coverage_of(signature: EmbeddedPdfSignature) -> Coverage:
    """Judge the /ByteRange of a signature against the file itself.

    The range ends where a revision ends, and that revision is part of the file as it is read now. A file laid
    out for the web has its tables in two places, of which the one at its beginning counts as the later: both
    are one revision, and lie in the range.
    """
    reader = cast(MeasuredReader, signature.reader)
    stream = reader.stream
    size = stream.seek(0, os.SEEK_END)
    signed_range = [int(number) for number in signature.byte_range]
    if len(signed_range) != 4 or signed_range[0] != 0 or min(signed_range[1:]) <= 0:
        return NOTHING
    _, gap_start, gap_end, tail = signed_range
    if not gap_start < gap_end <= gap_end + tail <= size:
        return NOTHING
    if not _is_the_value(signature, gap_start, gap_end):
        return NOTHING
    end = gap_end + tail
    revision = _revision_ending_at(reader, end)
    if revision is None or not _lies_before(reader, revision, end):
        return NOTHING
    if int(signature.signed_revision) > revision:
        # What the reader takes for the signature was written after it.
        return NOTHING
    return Coverage(sound=True, whole_file=end == size, revision=revision, end=end)


def signed_digest(signature: EmbeddedPdfSignature, budget: Budget) -> bytes:
    """The digest of the signed range; empty for a range in any but two parts, which no honest file has."""
    if len(signature.byte_range) != 4:
        return b""
    size = signature.reader.decode_context.input_size or 0
    budget.spend(size // _BYTES_HASHED_PER_STEP)
    return signature.compute_digest()


def end_of(reader: MeasuredReader, revision: int) -> int:
    """Where the table of a revision ends in the file."""
    return int(reader.xrefs._xref_sections[revision].meta_info.end_location)


def _is_the_value(signature: EmbeddedPdfSignature, start: int, end: int) -> bool:
    """The gap must hold the signature value, all of it, padded with zeros, and nothing else."""
    stream = signature.reader.stream
    stream.seek(start)
    gap = stream.read(end - start)
    if gap[:1] != b"<" or gap[-1:] != b">":
        return False
    try:
        content = bytes.fromhex(gap[1:-1].decode("ascii"))
    except ValueError:
        return False
    if content != signature.pkcs7_content or b" " in gap:
        return False
    try:
        return not content[length_of(content) :].strip(b"\0")
    except ValueError:
        return False


def _revision_ending_at(reader: MeasuredReader, end: int) -> int | None:
    """The revision whose place is told at the end of the range; None when there is no such revision now."""
    start = max(0, end - _LONGEST_END)
    reader.stream.seek(start)
    told = _END.search(reader.stream.read(end - start))
    if told is None:
        return None
    place = int(told[1])
    sections = reader.xrefs._xref_sections
    found = [
        number
        for number, section in enumerate(sections)
        if place in (section.meta_info.declared_startxref, section.meta_info.start_location)
    ]
    return found[-1] if found else None


def _lies_before(reader: MeasuredReader, revision: int, end: int) -> bool:
    """Whether the tables of a revision and of all before it, and what they name, lie before `end`."""
    for section in reader.xrefs._xref_sections[: revision + 1]:
        tables: list[Any] = [section]
        if section.xref_data.hybrid is not None:
            tables.append(section.xref_data.hybrid)
        for table in tables:
            if table.meta_info.end_location > end:
                return False
            places = table.xref_data.standard_xrefs.values()
            if any(place >= end for _, place in places):
                return False
    return True
