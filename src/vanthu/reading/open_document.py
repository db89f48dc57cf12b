"""The lines on the first page of an OpenDocument text or sheet, and those of its headers and footers."""

from __future__ import annotations

from pathlib import Path

from vanthu.reading.parts import MOST_LINES, Line, Listener, listen

_OASIS = "{urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE, _STYLE = f"{_OASIS}text:1.0}}", f"{_OASIS}table:1.0}}", f"{_OASIS}style:1.0}}"
_PARAGRAPHS = frozenset({f"{_TEXT}p", f"{_TEXT}h"})
_BREAKS = frozenset({f"{_TEXT}line-break", f"{_TEXT}tab"})
#: Text that is not on the page: what was deleted, and notes at the side.
_APART = frozenset({f"{_TEXT}tracked-changes", f"{_OASIS}office:1.0}}annotation"})
_MARGINS = frozenset(
    f"{_STYLE}{place}{page}" for place in ("header", "footer") for page in ("", "-left", "-first")
)
_REPEATED = f"{_TABLE}number-rows-repeated"


def text_lines(path: Path, *, paragraphs: int) -> list[str]:
    """The paragraphs up to the first page break, `paragraphs` at most, and those of headers and footers."""
    body = _Paragraphs(most=paragraphs, ends=f"{_TEXT}soft-page-break")
    listen(path, "content.xml", body)
    return body.lines + _margins(path)


def sheet_lines(path: Path, *, rows: int) -> list[str]:
    """What the cells of the first sheet say, as far as row `rows`, and headers and footers."""
    cells = _Cells(rows)
    listen(path, "content.xml", cells)
    return cells.lines + _margins(path)


def _margins(path: Path) -> list[str]:
    margins = _Margins()
    listen(path, "styles.xml", margins)
    return margins.lines


class _Paragraphs(Listener):
    """Every paragraph as a line; one may stand inside another, in a frame."""

    def __init__(self, *, most: int = MOST_LINES, ends: str = "") -> None:
        super().__init__()
        self.lines: list[str] = []
        self._open: list[Line] = []
        self._apart = 0
        self._most, self._ends = most, ends

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._apart += tag in _APART
        if tag in _PARAGRAPHS:
            self._open.append(Line())
        elif tag in _BREAKS and self._open:
            self._keep(self._open[-1].take())

    def end(self, tag: str) -> None:
        """An element ends."""
        self._apart -= tag in _APART
        if tag in _PARAGRAPHS and self._open:
            self._keep(self._open.pop().take())
        if tag == self._ends or len(self.lines) >= self._most:
            self.done = True

    def data(self, text: str) -> None:
        """Text of the innermost element."""
        if self._open:
            self._open[-1].add(text)

    def _keep(self, line: str) -> None:
        if not self._apart and not self.done:
            self.lines.append(line)


class _Cells(_Paragraphs):
    """The paragraphs in the cells of the first sheet."""

    def __init__(self, rows: int) -> None:
        super().__init__(ends=f"{_TABLE}table")
        self._rows = rows

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag == f"{_TABLE}table-row":
            self.done = self.done or self._rows <= 0
            repeated = attributes.get(_REPEATED, "1")
            self._rows -= int(repeated) if repeated.isdecimal() else 1
        super().start(tag, attributes)


class _Margins(_Paragraphs):
    """The paragraphs of headers and footers alone."""

    def __init__(self) -> None:
        super().__init__()
        self._inside = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._inside += tag in _MARGINS
        super().start(tag, attributes)

    def end(self, tag: str) -> None:
        """An element ends."""
        super().end(tag)
        self._inside -= tag in _MARGINS

    def _keep(self, line: str) -> None:
        if self._inside:
            super()._keep(line)
