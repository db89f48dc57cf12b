"""The parts of a Word file, each for what the file's own relations make of it (ISO/IEC 29500-2, clause 8).

Names say nothing: a glossary has styles of its own, and older editions of Word wrote the styles twice.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from urllib.parse import unquote

from vanthu.reading.noted import OfficeUnread
from vanthu.reading.rewriting import Parts
from vanthu.reading.wordml import PRINTED, Element, local

#: Of what a text refers to: the root each must have.
_ROOTS: Mapping[str, str] = MappingProxyType(
    {
        "officeDocument": "document",
        "header": "hdr",
        "footer": "ftr",
        "footnotes": "footnotes",
        "endnotes": "endnotes",
        "comments": "comments",
        "styles": "styles",
        "numbering": "numbering",
    }
)
#: Roots that hold no text of a page.
_OTHER_ROOTS = frozenset({"settings", "webSettings", "fonts", "glossaryDocument", "recipients"})
_OF_THE_FILE = "_rels/.rels"


class WordPackage:
    """The XML parts of a Word file, by their names. Raises OfficeUnread for what Word would not open so."""

    def __init__(self, parts: Parts, names: Sequence[str]) -> None:
        roots = {name: root for name in names if (root := parts.parse(name)) is not None}
        self._by_plain_name = {_plain(name): name for name in roots}
        self._roots = roots
        if any(local(root) not in _KNOWN_ROOTS for root in roots.values()):
            raise OfficeUnread
        document = self._one(self._related(_OF_THE_FILE), "officeDocument")
        if document is None:
            raise OfficeUnread
        folder, _, name = document.rpartition("/")
        related = self._related(posixpath.join(folder, "_rels", f"{name}.rels"), folder)
        #: Names of the parts with the styles, the numbering, the comments and the notes, where it has any.
        self.styles = self._one(related, "styles")
        self.numbering = self._one(related, "numbering")
        self.comments = self._one(related, "comments")
        self.footnotes = self._one(related, "footnotes")
        self.endnotes = self._one(related, "endnotes")

    def root(self, name: str | None) -> Element | None:
        """The root of a part."""
        return self._roots[name] if name else None

    @property
    def texts(self) -> Mapping[str, Element]:
        """The parts whose text may be printed, whatever refers to them."""
        return {name: root for name, root in self._roots.items() if local(root) in PRINTED}

    def _related(self, relations: str, folder: str = "") -> list[tuple[str, str]]:
        """What kinds of parts a part refers to, and their names. Each must be what it is said to be."""
        listed = self._by_plain_name.get(_plain(relations))
        found = []
        for each in self._roots[listed] if listed else ():
            kind = each.get("Type", "").rpartition("/")[2]
            if kind not in _ROOTS or each.get("TargetMode") == "External":
                continue
            name = self._by_plain_name.get(_plain(_joined(folder, each.get("Target", ""))), "")
            if local(self._roots.get(name)) != _ROOTS[kind]:
                raise OfficeUnread
            found.append((kind, name))
        return found

    def _one(self, related: Sequence[tuple[str, str]], kind: str) -> str | None:
        names = {name for each, name in related if each == kind}
        if len(names) > 1:
            # Programs differ in which of the two they read.
            raise OfficeUnread
        return next(iter(names), None)


_KNOWN_ROOTS = frozenset({"", *_ROOTS.values(), *_OTHER_ROOTS})


def _joined(folder: str, target: str) -> str:
    target = unquote(target)
    return target if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def _plain(name: str) -> str:
    return name.lower().lstrip("/")
