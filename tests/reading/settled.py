"""Settle a Word text, and read what is left of it."""

from __future__ import annotations

import zipfile
from pathlib import Path

from lxml import etree

from tests.documents.word_files import WORD
from vanthu.reading.noted import Notes
from vanthu.reading.word_settling import settle_word

W = f"{{{WORD}}}"


def settled(folder: Path, data: bytes, *, accept: bool | None = True) -> tuple[Notes, list[str]]:
    """What was found, and the paragraphs that are left."""
    source, target = folder / "a.docx", folder / "b.docx"
    source.write_bytes(data)
    target.unlink(missing_ok=True)
    notes = settle_word(source, target, accept=accept)
    return notes, paragraphs_of(target)


def paragraphs_of(file: Path, part: str = "word/document.xml") -> list[str]:
    """The words of each paragraph of a part."""
    return [
        "".join(each.text or "" for each in one.iter(f"{W}t")) for one in root_of(file, part).iter(f"{W}p")
    ]


def root_of(file: Path, part: str = "word/document.xml") -> etree._Element:
    """A part."""
    with zipfile.ZipFile(file) as archive:
        return etree.fromstring(archive.read(part))
