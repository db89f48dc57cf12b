"""Cross-reference tables read within bounds, and asked per object in those that name it.

A table may say that it has a thousand million entries of no bytes each, tables may lie in one another, and
each may name one more before it. All entries of a file are counted together.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils import misc, xref
from pyhanko.pdf_utils.xref import XRefCache

from vanthu.pdfsign.budget import OBJECTS, REVISIONS, Budget

#: The module is handled as an object with replaceable parts, which its types do not foresee.
_library: Any = xref
_original_table, _original_stream = _library.parse_xref_table, _library.parse_xref_stream


class Tables:
    """What is told of all tables of one file while they are read."""

    def __init__(self) -> None:
        self.budget = Budget(2 * OBJECTS)
        #: Objects (by number) that one table names twice: programs differ in which they take.
        self.named_twice: set[int] = set()

    def noting(self, entries: Iterator[Any]) -> Iterator[Any]:
        """The entries of one table."""
        seen: set[int] = set()
        for entry in entries:
            if entry.idnum in seen:
                self.named_twice.add(int(entry.idnum))
            seen.add(entry.idnum)
            yield entry


_ENTRIES: contextvars.ContextVar[Tables] = contextvars.ContextVar("entries")


@contextlib.contextmanager
def counting() -> Iterator[Tables]:
    """All tables that are read inside are of one file. Raises TooComplex when they hold too much."""
    tables = Tables()
    token = _ENTRIES.set(tables)
    try:
        yield tables
    finally:
        _ENTRIES.reset(token)


def _table(stream: Any, strict: bool) -> Iterator[Any]:
    tables = _ENTRIES.get(None)
    if tables is None:
        return iter(_original_table(stream, strict))
    tables.budget.spend(OBJECTS // REVISIONS)
    return tables.noting(_original_table(_Counted(stream, tables.budget), strict))


def _stream(holder: Any, strict: bool = True) -> Iterator[Any]:
    tables = _ENTRIES.get(None)
    if tables is not None:
        pairs = holder.get("/Index", [0, holder.get("/Size")])
        sizes = [int(size) for _, size in misc.pair_iter(pairs)]
        tables.budget.spend(OBJECTS // REVISIONS + len(sizes) + 2 * sum(max(0, size) for size in sizes))
    return iter(_original_stream(holder, strict))


class _Counted:
    """A stream of which every reading is a step."""

    def __init__(self, stream: Any, budget: Budget) -> None:
        self._stream, self._budget = stream, budget
        self.seek, self.tell = stream.seek, stream.tell

    def read(self, size: int) -> bytes:
        """As the stream reads."""
        self._budget.spend()
        return bytes(self._stream.read(size))


def install() -> None:
    """Put the counting in place. Harmless when repeated."""
    _library.parse_xref_table, _library.parse_xref_stream = _table, _stream


class IndexedXRefs(XRefCache):
    """The cross-reference tables, asked per object in those that name it and not in all."""

    def __init__(self, reader: Any, sections: list[Any]) -> None:
        super().__init__(reader, sections)
        self._naming: dict[int, list[int]] = defaultdict(list)
        for number, section in enumerate(sections):
            for idnum in {idnum for idnum, _ in named_in(section.xref_data)}:
                self._naming[idnum].append(number)

    def get_last_change(self, ref: Any) -> int:
        """The last revision that names the object. Raises KeyError when none does."""
        for number in reversed(self._sections_naming(ref)):
            try:
                self._xref_sections[number].xref_data.try_resolve(ref)
            except KeyError:
                continue
            return number
        raise KeyError(ref)

    def get_introducing_revision(self, ref: Any) -> int:
        """The first revision that has the object. Raises KeyError when none does."""
        for number in self._sections_naming(ref):
            try:
                if self._xref_sections[number].xref_data.try_resolve(ref) is not None:
                    return number
            except KeyError:
                continue
        raise KeyError(ref)

    def get_historical_ref(self, ref: Any, revision: int) -> Any:
        """Where the object is as of a revision; None when it is nowhere."""
        for number in reversed(self._sections_naming(ref)):
            if number <= revision:
                try:
                    return self._xref_sections[number].xref_data.try_resolve(ref)
                except KeyError:
                    continue
        return None

    def tables_naming(self, ref: Any, *, up_to: int) -> Iterator[tuple[int, Any]]:
        """The tables that name the object's number, each by its revision, the newest first."""
        for number in reversed(self._sections_naming(ref)):
            if number <= up_to:
                yield number, self._xref_sections[number].xref_data

    def _sections_naming(self, ref: Any) -> list[int]:
        return self._naming.get(ref.idnum, [])


def named_in(data: Any) -> set[tuple[int, int]]:
    """The objects that a table names, freed ones too, each by number and generation."""
    named: set[tuple[int, int]] = set(data.explicit_refs_in_revision)
    # A freed object's table says the generation that comes next, and Acrobat writes 0 for «never».
    named |= {(idnum, max(0, following - 1)) for idnum, following in data.freed.items()}
    return named if data.hybrid is None else named | named_in(data.hybrid.xref_data)
