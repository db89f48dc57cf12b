"""What PDFium would have to unpack and draw for a page, weighed before it is asked: it has no limits itself.

A form drawn ten times by a form drawn ten times is a hundred drawings in two lines; a few kilobytes unpack to
gigabytes. Both are found by reading the same streams with a bound. What cannot be read here (a damaged file,
a filter this library does not know) is left to the limits of the process that PDFium runs in.
"""

from __future__ import annotations

import contextlib
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils import generic

from vanthu.pdfsign.budget import UNPACKED_BYTES, UNPACKED_TIMES, Budget
from vanthu.pdfsign.errors import TooComplex
from vanthu.pdfsign.objects import page_references, pick
from vanthu.pdfsign.reader import MeasuredReader

_PIECE = 64 * 1024
_FLATE = frozenset({"/FlateDecode", "/Fl"})
#: `/Name Do` draws a form or an image; whatever else stands before `Do` is taken for the heaviest there is.
_NAMED = re.compile(rb"/([^\s\x00/%()<>\[\]{}]*)[\s\x00]+Do(?![^\s\x00/%()<>\[\]{}])")
_DRAWN = re.compile(rb"(?<![^\s\x00/%()<>\[\]{}])Do(?![^\s\x00/%()<>\[\]{}])")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
#: PDFium draws no forms deeper in one another than this.
_DEEPEST = 40
#: Nodes of a page tree above one another.
_HIGHEST = 100
#: Ways out of what belongs to the page.
_ELSEWHERE = frozenset({"/Parent", "/P", "/Pg", "/StructParents", "/Annots", "/B", "/PieceInfo", "/Thumb"})


def weigh_pages(file: Path, pages: Iterable[int] | None) -> None:
    """Refuse pages (counted from 0, negative from the end; None: all) that are too much to draw.

    Raises TooComplex.
    """
    wanted = None if pages is None else set(pages)
    if wanted == set():
        return
    try:
        with file.open("rb") as stream:
            _weigh(MeasuredReader(stream), wanted)
    except TooComplex:
        raise
    except Exception:
        # PDFium mends what this reader refuses; it will say by itself what it cannot read.
        return


def _weigh(reader: MeasuredReader, wanted: set[int] | None) -> None:
    scale = _Scale(reader)
    if wanted is None or min(wanted) < 0:
        found = list(page_references(reader))
        chosen = found if wanted is None else [found[index] for index in wanted if index < len(found)]
    else:
        last = max(wanted)
        chosen = []
        for number, page in enumerate(page_references(reader)):
            chosen += [page] if number in wanted else []
            if number >= last:
                break
    for page in chosen:
        scale.put(page.get_object())


class _Scale:
    """Sums up what the pages of one file weigh."""

    def __init__(self, reader: MeasuredReader) -> None:
        self._steps = reader.budget
        room = UNPACKED_BYTES + UNPACKED_TIMES * (reader.decode_context.input_size or 0)
        self._drawn, self._unpacked = Budget(room), Budget(room)
        self._forms: dict[int, int] = {}
        self._above: dict[tuple[int, int], Any] = {}
        self._seen: set[int] = set()

    def put(self, page: generic.DictionaryObject) -> None:
        """Add a page. Raises TooComplex."""
        resources = self._resources(page, 0) or generic.DictionaryObject()
        contents = pick(page, "/Contents")
        drawing = b"\n".join(self._read(part) for part in _streams(contents))
        self._drawn.spend(self._weight(drawing, resources, 0))
        self._open(resources)

    def _resources(self, node: Any, height: int) -> Any:
        """The page's own, or those of what it hangs on; a node above thousands of pages is asked once."""
        if not isinstance(node, generic.DictionaryObject) or height > _HIGHEST:
            return None
        above = node.raw_get("/Parent") if "/Parent" in node else None
        if "/Resources" in node or not isinstance(above, generic.IndirectObject):
            return pick(node, "/Resources")
        key = (above.idnum, above.generation)
        if key not in self._above:
            self._above[key] = self._resources(above.get_object(), height + 1)
        return self._above[key]

    def _weight(self, drawing: bytes, resources: Any, depth: int) -> int:
        """Bytes interpreted for a drawing, those of the forms in it as often as they are drawn."""
        objects = pick(resources, "/XObject", {})
        drawn = len(_DRAWN.findall(drawing))
        if not drawn or not isinstance(objects, generic.DictionaryObject) or depth > _DEEPEST:
            return len(drawing)
        named = Counter(_NAMED.findall(drawing))
        weights = {name: self._form(objects, name, resources, depth) for name in objects}
        heaviest = max(weights.values(), default=0)
        total = len(drawing) + (drawn - sum(named.values())) * heaviest
        for name, times in named.items():
            total += times * weights.get(_decoded(name), heaviest)
        return total

    def _form(self, objects: generic.DictionaryObject, name: str, above: Any, depth: int) -> int:
        form = objects[name]
        if not isinstance(form, generic.StreamObject) or pick(form, "/Subtype") == "/Image":
            return 0
        known = self._forms.get(id(form))
        if known is None:
            # While it is being weighed it weighs nothing: nobody draws a form inside itself.
            self._forms[id(form)] = 0
            own = pick(form, "/Resources", above)
            known = self._forms[id(form)] = self._weight(self._read(form), own, depth + 1)
        return known

    def _open(self, value: Any) -> None:
        """Unpack, to nowhere, the streams that hang on the resources, pictures apart: fonts, maps."""
        waiting = [value]
        while waiting:
            value = waiting.pop().get_object()
            if id(value) in self._seen or not isinstance(
                value, generic.DictionaryObject | generic.ArrayObject
            ):
                continue
            self._steps.spend(1 + len(value) // 8)
            self._seen.add(id(value))
            if isinstance(value, generic.ArrayObject):
                waiting += list.__iter__(value)
                continue
            if isinstance(value, generic.StreamObject) and pick(value, "/Subtype") != "/Image":
                for _ in _unpacked(value, self._unpacked):
                    pass
            waiting += (item for key, item in dict.items(value) if key not in _ELSEWHERE)

    def _read(self, stream: generic.StreamObject) -> bytes:
        self._unpacked.spend(len(stream.encoded_data))
        return b"".join(_unpacked(stream, self._unpacked))


def _unpacked(stream: generic.StreamObject, budget: Budget) -> Iterator[bytes]:
    """What a stream unpacks to, as far as it can be unpacked; every layer of it is paid for."""
    pieces: Iterator[bytes] = iter([stream.encoded_data])
    filters = pick(stream, "/Filter", ())
    for name in filters if isinstance(filters, generic.ArrayObject) else [filters] if filters else []:
        if name not in _FLATE:
            break
        pieces = _inflated(pieces, budget)
    return pieces


def _inflated(packed: Iterator[bytes], budget: Budget) -> Iterator[bytes]:
    engine = zlib.decompressobj()
    with contextlib.suppress(zlib.error):
        for piece in packed:
            rest = piece
            while rest and not engine.eof:
                out = engine.decompress(rest, _PIECE)
                budget.spend(len(out))
                yield out
                rest = engine.unconsumed_tail


def _streams(contents: Any) -> list[generic.StreamObject]:
    listed = list(_followed(contents)) if isinstance(contents, generic.ArrayObject) else [contents]
    return [part for part in listed if isinstance(part, generic.StreamObject)]


def _followed(array: generic.ArrayObject) -> Iterator[Any]:
    return (array[index] for index in range(len(array)))


def _decoded(name: bytes) -> str:
    plain = _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), name)
    return "/" + plain.decode("utf-8", errors="replace")
