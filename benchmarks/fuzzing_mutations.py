"""Ways to break a file: in its bytes, and in what its bytes mean."""

from __future__ import annotations

import copy
import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence

from lxml import etree

_ODD_NUMBERS = [
    b"0",
    b"-1",
    b"1",
    b"9",
    b"255",
    b"65536",
    b"2147483647",
    b"4294967296",
    b"9" * 30,
    b"0.0000001",
]
_NUMBER = re.compile(rb"(?<![\w.])\d+(?![\w.])")
_NAME = re.compile(rb"/[A-Za-z]\w*")
# Files already broken hold millions of digits, or of streams without an end: no find begins twice at one.
_REFERENCE = re.compile(rb"(?<!\d)\d{1,10} 0 R")
_STREAM = re.compile(rb"stream\r?\n((?:(?!stream).)*?)\r?\nendstream", re.DOTALL)
_MOST = 4 * 1024 * 1024

Mutation = Callable[[bytes, random.Random, Sequence[bytes]], bytes]


def mutate(data: bytes, kind: str, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """The file with one to six things wrong with it."""
    ways = [*_BYTES, *_MEANING.get(kind, ())]
    if data[:2] == b"PK":
        ways += [_part] * 6
    for _ in range(rng.choice([1, 1, 1, 2, 3, 6])):
        if data:
            data = rng.choice(ways)(data, rng, others)[:_MOST]
    return data


def _flip(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 8])):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _cut(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.choice([1, 2, 20, 500, len(data)]) :]


def _repeat(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    start = rng.randrange(len(data))
    piece = data[start : start + rng.choice([1, 4, 60, 2000])]
    return data[:start] + piece * rng.choice([2, 10, 1000]) + data[start:]


def _splice(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    other = rng.choice(others)
    start, length = rng.randrange(len(other)), rng.choice([4, 40, 400, 20_000])
    at = rng.randrange(len(data))
    return data[:at] + other[start : start + length] + data[at + rng.choice([0, length]) :]


def _append(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    return data + rng.choice([b"\n%" + b"x" * 300_000, b" " * 300_000, b"\n" * 300_000, data[-2000:], b"\0"])


def _swap(pattern: re.Pattern[bytes], among: Sequence[bytes] | None = None) -> Mutation:
    """One find of the pattern becomes another, or one of `among`."""

    def mutation(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
        found = list(pattern.finditer(data))
        if not found:
            return data
        place = rng.choice(found)
        other = rng.choice(among) if among else rng.choice(found).group()
        return data[: place.start()] + other + data[place.end() :]

    return mutation


def _packed(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """One compressed stream of a PDF is unpacked, broken and packed again, in the room it had if it fits."""
    found = list(_STREAM.finditer(data))
    if not found:
        return data
    place = rng.choice(found)
    try:
        plain = zlib.decompress(place[1])
    except zlib.error:
        return data
    packed = zlib.compress(rng.choice([_flip, _repeat, *_PDF])(plain or b" ", rng, others), 9)
    packed = packed.ljust(len(place[1]), b"\0")
    return data[: place.start(1)] + packed + data[place.end(1) :]


def _tree(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """Elements of an XML file are lost, doubled, nested or given attributes and text."""
    try:
        root = etree.fromstring(data)
    except (etree.XMLSyntaxError, ValueError):
        return data
    for _ in range(rng.choice([1, 3])):
        one, other = (rng.choice(list(root.iter("*"))) for _ in range(2))
        way = rng.randrange(5)
        above = one.getparent()
        if way == 0 and above is not None:
            above.remove(one)
        elif way == 1:
            other.append(copy.deepcopy(one))
        elif way == 2:
            one.text = rng.choice(["", "9" * 5000, "-1", "ế" * 3000, "\u0300" * 3000])
        elif way == 3:
            one.set(f"a{rng.randrange(10**6)}", "x" * rng.choice([1, 70_000]))
        else:
            for _ in range(rng.choice([3, 300])):
                one = etree.SubElement(one, rng.choice([one.tag, other.tag]))
    return etree.tostring(root)


def _part(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """One part of an archive is broken, and the archive put together again."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [(name, archive.read(name)) for name in archive.namelist()]
    except Exception:
        # Broken before: there are no parts left to break.
        return data
    if not parts:
        return data
    chosen = rng.randrange(len(parts))
    name, content = parts[chosen]
    parts[chosen] = (
        name,
        rng.choice([_flip, _cut, _repeat, _tree, _tree])(content or b" ", rng, others)[:_MOST],
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
        for name, content in dict(parts).items():
            archive.writestr(name, content)
    return out.getvalue()


_BYTES: tuple[Mutation, ...] = (_flip, _cut, _repeat, _splice, _append)
_PDF: tuple[Mutation, ...] = (
    _swap(_NUMBER, _ODD_NUMBERS),
    _swap(_NUMBER),
    _swap(_NAME),
    _swap(_REFERENCE),
)
_MEANING: dict[str, tuple[Mutation, ...]] = {
    "pdf": (*_PDF, *_PDF, _packed, _packed),
    "packet": (_tree, _tree, _tree, _tree),
}
