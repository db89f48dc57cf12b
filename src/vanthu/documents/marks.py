"""Dấu độ mật: the state-secret mark on the first page of a PDF or a Word file, as far as text tells.

A scanned mark is for the records clerk to see; only text can be read here.
"""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from lxml import etree

from vanthu.documents import rules
from vanthu.kernel.errors import DomainError
from vanthu.pdfsign.opening import open_pdfium

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Paragraphs of a Word file looked at when nothing says where its first page ends.
_PARAGRAPHS = 200
#: Bytes of a Word file's parts, unpacked, that are looked through; a first page takes far fewer.
_READ_LIMIT = 8 * 1024 * 1024
#: What a damaged archive, or a damaged part of one, may raise while it is read.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    KeyError,
    ValueError,
    etree.XMLSyntaxError,
    NotImplementedError,
    RuntimeError,
)


class SecretRefused(DomainError):
    """Văn bản có dấu độ mật không được đưa vào hệ thống. Hãy xử lý theo quy định bảo vệ bí mật nhà nước."""

    code = "documents.secret-refused"


def refuse_secret(path: Path) -> None:
    """Refuse a PDF whose first page bears a state-secret mark (seed regulations; QĐ 28/2018 Điều 1).

    Raises SecretRefused, pdfsign.BrokenPdf, pdfsign.PasswordProtected.
    """
    if rules.secrecy_mark(first_page_lines(path)) is not None:
        raise SecretRefused


def refuse_secret_word(path: Path) -> None:
    """Refuse a Word file (docx) whose first page or header bears a state-secret mark; as `refuse_secret`."""
    if rules.secrecy_mark(_word_lines(path)) is not None:
        raise SecretRefused


def first_page_lines(path: Path) -> list[str]:
    """The lines of text on a PDF's first page; none for a scan.

    Raises pdfsign.BrokenPdf, pdfsign.PasswordProtected.
    """
    with open_pdfium(path) as document:
        if len(document) == 0:
            return []
        page = document[0]
        text = page.get_textpage()
        try:
            return str(text.get_text_bounded()).splitlines()
        finally:
            text.close()
            page.close()


def _word_lines(path: Path) -> Iterator[str]:
    """Paragraphs up to the first page break, then those of the headers. A damaged file has no more lines.

    Neither has one of which _READ_LIMIT bytes are read: what is left of it is not looked at.
    """
    allowance = _READ_LIMIT
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.startswith("word/header")]
            for name in ["word/document.xml", *names]:
                with archive.open(name) as part:
                    bounded = _Bounded(part, allowance)
                    yield from _paragraphs(bounded)
                    allowance = bounded.left
    except _DAMAGED:
        # LibreOffice, or whoever opens it, will say that it is damaged; there is no mark to be read in it.
        return


class _Bounded:
    """The first bytes of a stream; then it is at its end."""

    def __init__(self, stream: IO[bytes], left: int) -> None:
        self._stream = stream
        #: Bytes that may still be read.
        self.left = left

    def read(self, size: int) -> bytes:
        """At most `size` bytes."""
        found = self._stream.read(min(size, self.left))
        self.left -= len(found)
        return found


def _paragraphs(part: _Bounded) -> Iterator[str]:
    count, line = 0, ""
    for element in _elements(part):
        if element.tag == f"{_WORD}t":
            line += element.text or ""
        elif element.tag == f"{_WORD}br" and element.get(f"{_WORD}type") != "page":
            yield line
            line = ""
        elif element.tag == f"{_WORD}p":
            yield line
            count, line = count + 1, ""
        if count >= _PARAGRAPHS or element.tag == f"{_WORD}lastRenderedPageBreak" or _ends_page(element):
            break
    yield line


def _elements(part: _Bounded) -> Iterator[etree._Element]:
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
