"""The library's PDF reader with an account of its work: every reference followed and every byte read counts.

The library was written for files that mean well. It follows whatever leads on, as often as it leads there; it
reads an object again for every revision, and an object stream again for every object in it. Here each object
is read once, and all walks, the library's own too, end when the file's budget is used up.
"""

from __future__ import annotations

import io
from collections import Counter
from typing import IO, Any

from pyhanko.pdf_utils import generic, misc
from pyhanko.pdf_utils.decode_limits import (
    DEFAULT_PURPOSE_LIMITS,
    DecodeLimits,
    DecodePurpose,
    DocumentDecodeBudget,
    StreamDecodeLimits,
)
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

from vanthu.pdfsign.budget import FILE_STEPS, REVISIONS, SYNTAX_BYTES, Budget
from vanthu.pdfsign.errors import TooComplex
from vanthu.pdfsign.xrefs import IndexedXRefs, counting

_MEGABYTE = 1024 * 1024
#: Bytes of syntax that are as much work as following a reference.
_BYTES_PER_STEP = 64
_LIMITS = DecodeLimits(
    per_stream=StreamDecodeLimits(max_output_size=64 * _MEGABYTE),
    per_purpose={
        **DEFAULT_PURPOSE_LIMITS,
        DecodePurpose.OBJECT_STREAM: StreamDecodeLimits(
            max_ratio=100, ratio_floor=4 * _MEGABYTE, max_output_size=16 * _MEGABYTE
        ),
        DecodePurpose.XREF_STREAM: StreamDecodeLimits(max_output_size=8 * _MEGABYTE),
        DecodePurpose.CRL: StreamDecodeLimits(
            max_ratio=50, ratio_floor=4 * _MEGABYTE, max_output_size=16 * _MEGABYTE
        ),
    },
    document_budget=DocumentDecodeBudget(base_allowance=128 * _MEGABYTE, max_ratio=4),
)


class MeasuredReader(PdfFileReader):
    """A reader that stops when its budget is used up.

    Raises TooComplex from whatever asks it for an object then.
    """

    def __init__(self, stream: IO[bytes], *, keeps_twofold: bool = False) -> None:
        #: Whether further entries of one name are kept, for whoever judges and writes nothing (`twofold`).
        self.keeps_twofold = keeps_twofold
        #: Whoever judges by parts puts a fresh budget here for each.
        self.budget = Budget(FILE_STEPS)
        self._syntax = Budget(SYNTAX_BYTES)
        self._weights: dict[tuple[int, int], int] = {}
        self._history: dict[tuple[int, int, Any], Any] = {}
        self._packed: dict[int, _Packed] = {}
        #: Objects (by number) read from a stream that has them twice, or elsewhere than the table says.
        self.packed_oddly: set[int] = set()
        with counting() as tables:
            super().__init__(stream, strict=False, decode_limits=_LIMITS)
        if self.xrefs.total_revisions > REVISIONS:
            raise TooComplex
        #: Objects (by number) that one table names twice.
        self.named_twice = tables.named_twice
        self.xrefs: IndexedXRefs = IndexedXRefs(self, self.xrefs._xref_sections)

    def get_object(  # type: ignore[override]  # as the library's own reader has it
        self,
        ref: Any,
        revision: int | None = None,
        never_decrypt: bool = False,
        transparent_decrypt: bool = True,
        as_metadata_stream: bool = False,
    ) -> Any:
        """The object a reference leads to, at the price of a step and of its size."""
        self.charge(ref)
        options: dict[str, Any] = {
            "never_decrypt": never_decrypt,
            "transparent_decrypt": transparent_decrypt,
            "as_metadata_stream": as_metadata_stream,
        }
        found: Any
        if revision is None:
            found = super().get_object(ref, **options)  # type: ignore[no-untyped-call]  # the library's
            return found
        # What a revision holds does not change: it is read once, whichever later one asks.
        key = (ref.idnum, ref.generation, self.xrefs.get_historical_ref(ref, revision))
        if key not in self._history:
            found = super().get_object(ref, revision, **options)  # type: ignore[no-untyped-call]  # too
            self._history[key] = found
        return self._history[key]

    def charge(self, ref: Any) -> None:
        """Spend what it costs to look at an object. Raises TooComplex."""
        self.budget.spend(1 + self._weights.get((ref.idnum, ref.generation), 0))

    def get_historical_resolver(self, revision: int) -> HistoricalResolver:
        """The file as of a revision, the oldest being 0."""
        found = self._historical_resolver_cache.get(revision)
        if found is None:
            found = self._historical_resolver_cache[revision] = MeasuredResolver(self, revision)
        return found

    def _read_object(
        self, ref: Any, marker: Any, never_decrypt: bool = False, as_metadata_stream: bool = False
    ) -> Any:
        found = super()._read_object(ref, marker, never_decrypt, as_metadata_stream)
        if isinstance(marker, int):
            self._weigh(ref, self.stream.tell() - marker, found)
        return found

    def _weigh(self, ref: Any, length: int, found: Any) -> None:
        payload = len(found.encoded_data) if isinstance(found, generic.StreamObject) else 0
        syntax = max(0, length - payload)
        self._syntax.spend(syntax + payload // _BYTES_PER_STEP)
        if syntax > _BYTES_PER_STEP:
            self._weights[ref.idnum, ref.generation] = syntax // _BYTES_PER_STEP

    def _get_object_from_stream(self, idnum: int, stmnum: int, idx: int) -> Any:
        packed = self._packed.get(stmnum)
        if packed is None:
            packed = self._packed[stmnum] = self._unpack(stmnum)
        if packed.told.get(idx) != idnum or idnum in packed.twice:
            # Some programs look an object up by its number, some by its place.
            self.packed_oddly.add(idnum)
        where = packed.places.get(idnum)
        if where is None or not 0 <= idx < packed.count:
            return generic.NullObject()
        stream = io.BytesIO(packed.data)
        stream.seek(where)
        try:
            found = generic.read_object(stream, generic.Reference(idnum, 0, self))
        except (misc.PdfStreamError, misc.PdfReadError):
            # As the library does it: Adobe's reader takes what cannot be read for nothing.
            return generic.NullObject()
        self._weigh(generic.Reference(idnum, 0, self), stream.tell() - where, found)
        return found

    def _unpack(self, number: int) -> _Packed:
        holder = generic.Reference(number, 0, self).get_object()
        if not isinstance(holder, generic.StreamObject) or holder["/Type"] != "/ObjStm":
            raise misc.PdfReadError("not an object stream")
        # A comment that the data ends in would never end without a line's end.
        data = holder.read_data(DecodePurpose.OBJECT_STREAM) + b"\n"
        first, count = int(holder["/First"]), int(holder["/N"])
        numbers = data[: max(0, first)].split()[: 2 * max(0, count)]
        self._syntax.spend(max(0, first))
        places: dict[int, int] = {}
        told: dict[int, int] = {}
        for at in range(0, len(numbers) - 1, 2):
            if not (numbers[at].isdigit() and numbers[at + 1].isdigit()):
                break
            told[at // 2] = int(numbers[at])
            places.setdefault(int(numbers[at]), first + int(numbers[at + 1]))
        return _Packed(data, places, told, count)


class MeasuredResolver(HistoricalResolver):
    """A view of one revision, paid for from the reader's budget."""

    def __init__(self, reader: MeasuredReader, revision: int) -> None:
        super().__init__(reader, revision)
        self.budget_holder = reader
        # One account of unpacked bytes for the whole file, not one for each of its revisions.
        self._decode_context = reader.decode_context

    def get_object(self, ref: Any, as_metadata_stream: bool = False) -> Any:
        """The object as of this revision, at the price of a step and of its size."""
        self.budget_holder.charge(ref)
        return super().get_object(ref, as_metadata_stream=as_metadata_stream)


class _Packed:
    """An object stream, unpacked."""

    def __init__(self, data: bytes, places: dict[int, int], told: dict[int, int], count: int) -> None:
        #: `places`: where each number begins; `told`: the numbers as they are told, by their order.
        self.data, self.places, self.told, self.count = data, places, told, count
        numbers = list(told.values())
        self.twice = {number for number, times in Counter(numbers).items() if times > 1}
