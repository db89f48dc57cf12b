"""The lines on the first page of a Word file (docx), and those of its headers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from lxml import etree

from vanthu.reading.parts import MOST_LINES, READ_LIMIT, Bounded, Line, open_archive, what_can_be_read

#: Headers looked at: three kinds for each of a few sections.
_MOST_HEADERS = 100
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def lines_of(path: Path, *, paragraphs: int) -> Iterator[str]:
    """Paragraphs up to the first page break, `paragraphs` at most, then those of the headers.

    A damaged file has no more lines. Neither has one of which READ_LIMIT bytes are read: what is left is
    not looked at.
    """
    yield from islice(_lines(path, paragraphs), MOST_LINES)


def _lines(path: Path, paragraphs: int) -> Iterator[str]:
    allowance = READ_LIMIT
    # LibreOffice, or whoever opens it, will say that it is damaged; there is no mark to be read in it.
    with what_can_be_read(), open_archive(path) as archive:
        names = [name for name in archive.namelist() if name.startswith("word/header")]
        for name in ["word/document.xml", *names[:_MOST_HEADERS]]:
            with archive.open(name) as part:
                bounded = Bounded(part, allowance)
                yield from _paragraphs(bounded, paragraphs)
                allowance = bounded.left


def _paragraphs(part: Bounded, most: int) -> Iterator[str]:
    count, line = 0, Line()
    for element in _elements(part):
        if element.tag == f"{_WORD}t":
            line.add(element.text)
        elif element.tag == f"{_WORD}br" and element.get(f"{_WORD}type") != "page":
            yield line.take()
        elif element.tag == f"{_WORD}p":
            count += 1
            yield line.take()
        if count >= most or element.tag == f"{_WORD}lastRenderedPageBreak" or _ends_page(element):
            break
    yield line.take()


def _elements(part: Bounded) -> Iterator[etree._Element]:
    """The elements as they end; no tree grows of those already seen, however many they are."""
    steps = etree.iterparse(
        part,
        events=("end",),
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for _, element in steps:
        yield element
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


def _ends_page(element: etree._Element) -> bool:
    return bool(element.tag == f"{_WORD}br" and element.get(f"{_WORD}type") == "page")
