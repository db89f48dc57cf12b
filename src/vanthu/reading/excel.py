"""The lines on the first page of an Excel file, xlsx or xls, and those of its headers and footers."""

from __future__ import annotations

import html
import io
import posixpath
import re
import struct
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import xlrd

from vanthu.reading.parts import LONGEST_LINE, MOST_LINES, Line, Listener, listen, tail_of

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL, _ROW, _ITEM = f"{_MAIN}c", f"{_MAIN}row", f"{_MAIN}si"
_MARGIN = re.compile(r"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)\b[^<>]*>([^<]*)<")
#: Codes in a header: left, centre and right part; font, size, colour, page number and the like.
_SECTION = re.compile(r"&[LCR]|\n")
_CODE = re.compile(r'&"[^"]*"|&\d+|&K[0-9A-Fa-f]{6}|&K\d\d[+-]\d{3}|&.', re.DOTALL)
#: Records of the old format: header and footer of a sheet.
_OLD_MARGINS = {0x0014, 0x0015}


#: Records of an old sheet that are read: 300,000 cells. Its first rows stand at its beginning.
_MOST_RECORDS = 300_000
_END_OF_SHEET = 0x000A
#: The module is handled as an object with replaceable parts.
_library: Any = xlrd.book


class _Book(_library.Book):  # type: ignore[misc]  # the library has no types
    """A workbook that seems to end after so many records: a sheet's first rows stand at its beginning."""

    is_cut_short = False
    _records = 0

    def get_record_parts(self) -> tuple[int, int, bytes]:
        """The next record: its kind, its length and its bytes."""
        self._records += 1
        if self._records > _MOST_RECORDS:
            self.is_cut_short = True
            return _END_OF_SHEET, 0, b""
        found: tuple[int, int, bytes] = super().get_record_parts()
        return found


_library.Book = _Book


class SheetUnreadable(Exception):
    """Không đọc được tệp Excel 97-2003. Hãy mở tệp, lưu lại ở dạng xlsx hoặc PDF rồi chọn lại."""

    def __init__(self) -> None:
        super().__init__((self.__doc__ or "").strip())


def lines_of(path: Path, *, rows: int) -> Iterator[str]:
    """What the cells of an xlsx file's first sheet say, as far as row `rows`, its headers and footers."""
    sheet = _first_sheet(path)
    cells = _Cells(rows)
    listen(path, sheet, cells)
    yield from cells.lines
    yield from _shared(path, cells.shared)
    for text in _MARGIN.findall(tail_of(path, sheet)):
        yield from _margin_lines(html.unescape(text))


def old_lines_of(path: Path, *, rows: int) -> Iterator[str]:
    """What the cells of an xls file's first sheet say, as far as row `rows`, then all headers and footers.

    Raises SheetUnreadable, after the lines before the damage; also for a file locked with a password.
    """
    try:
        yield from _old_lines(path, rows)
    except Exception as failed:
        # xlrd believes the lengths and offsets it finds in a file: bytes somebody made up end in whatever
        # error the calculation with them comes to, and no list of those would be whole.
        raise SheetUnreadable from failed


def _old_lines(path: Path, rows: int) -> Iterator[str]:
    with xlrd.open_workbook(path, logfile=io.StringIO(), on_demand=True, ragged_rows=True) as book:
        sheet = book.sheet_by_index(0)
        if book.is_cut_short and sheet.nrows <= rows:
            raise ValueError("too many records before the first rows")
        for row in range(min(rows, sheet.nrows)):
            for value in sheet.row_values(row):
                yield from str(value)[:LONGEST_LINE].splitlines()
        for text in islice(_old_margins(book.mem[book.base : book.base + book.stream_len]), MOST_LINES):
            yield from _margin_lines(text)


def _first_sheet(path: Path) -> str:
    """The part that holds the sheet shown first, by the workbook's own order."""
    book, relations = _Attributes("sheet", _RELATION), _Relations()
    listen(path, "xl/workbook.xml", book)
    listen(path, "xl/_rels/workbook.xml.rels", relations)
    target = relations.targets.get(book.first, "worksheets/sheet1.xml")
    return posixpath.normpath(posixpath.join("xl", target)) if target[:1] != "/" else target[1:]


def _shared(path: Path, wanted: set[int]) -> list[str]:
    strings = _Strings(wanted)
    if wanted:
        listen(path, "xl/sharedStrings.xml", strings)
    return strings.lines


def _margin_lines(text: str) -> Iterator[str]:
    for section in _SECTION.split(text):
        yield _CODE.sub("", section)


def _old_margins(stream: bytes) -> Iterator[str]:
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind in _OLD_MARGINS and length > 3:
            _, wide = struct.unpack_from("<HB", stream, at + 4)
            text = stream[at + 7 : at + 4 + length]
            yield text.decode("utf-16-le" if wide & 1 else "latin-1", errors="ignore")
        at += 4 + length


class _Attributes(Listener):
    """An attribute of the first element of a name."""

    def __init__(self, name: str, attribute: str) -> None:
        super().__init__()
        self.first = ""
        self._tag, self._attribute = f"{_MAIN}{name}", attribute

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag == self._tag and not self.done:
            self.first, self.done = attributes.get(self._attribute, ""), True


class _Relations(Listener):
    """Which part each relation leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag.endswith("}Relationship"):
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")


class _Cells(Listener):
    """Cells as far as a row: those with text of their own, and the numbers of shared texts."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.shared: set[int] = set()
        self._last, self._row = rows, 0
        self._kind, self._text = "", Line()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag == _ROW:
            number = attributes.get("r", "")
            self._row = int(number) if number.isdecimal() else self._row + 1
            self.done = self._row > self._last
        elif tag == _CELL:
            self._kind = attributes.get("t", "")
            self._text.take()

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag != _CELL or self.done:
            return
        text = self._text.take()
        if self._kind == "s" and text.strip().isdecimal():
            self.shared.add(int(text))
        else:
            self.lines += text.splitlines()
        self.done = len(self.lines) + len(self.shared) >= MOST_LINES

    def data(self, text: str) -> None:
        """Text of the innermost element."""
        self._text.add(text)


class _Strings(Listener):
    """Those shared texts whose numbers are wanted."""

    def __init__(self, wanted: set[int]) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._wanted, self._last = wanted, max(wanted, default=-1)
        self._number, self._text = -1, Line()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag == _ITEM:
            self._number += 1
            self._text.take()

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == _ITEM and self._number in self._wanted:
            self.lines += self._text.take().splitlines()
        self.done = self._number >= self._last and tag == _ITEM

    def data(self, text: str) -> None:
        """Text of the innermost element."""
        self._text.add(text)
