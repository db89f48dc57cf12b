"""Where an object of a PDF revision is used, found from the object upwards.

To judge a later revision one must know every path by which the few objects it replaced could be reached
before: an appearance that is also a page's content may not be redrawn. The library underneath finds all
paths to all objects, again for every revision, which is most of the time of a verification. Here the
references are read once per object, and only the paths that lead to the object asked for are walked; the
paths found are the same, which `tests/pdfsign/test_usages.py` checks against the library's own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pyhanko.pdf_utils import generic, misc
from pyhanko.pdf_utils.reader import RawPdfPath

from vanthu.pdfsign.budget import Budget
from vanthu.pdfsign.reader import MeasuredReader, MeasuredResolver

Key = tuple[int, int]
Path = tuple[str | int, ...]
Edges = tuple[tuple[Path, Key], ...]

#: Names of a path that are copied in the time of one step.
_NAMES_PER_STEP = 8
_STRUCTURE = ("/Root", "/StructTreeRoot")


@dataclass
class _Shared:
    """What was read of the file's objects so far; the same for all revisions that see the same version."""

    edges: dict[tuple[Key, Hashable], Edges] = field(default_factory=dict)


@dataclass
class _Graph:
    """The references of one revision, from the trailer on."""

    outgoing: dict[Key, Edges]
    incoming: dict[Key, set[Key]]
    #: The one path by which each node of the page tree may be entered.
    pages: dict[Key, Path]
    #: Structure elements, entered through the structure tree only.
    elements: set[Key]


_TRAILER: Key = (0, -1)


class QuickResolver(MeasuredResolver):
    """A view of one revision that finds the usages of an object without walking to all the others."""

    def __init__(self, reader: MeasuredReader, revision: int, shared: _Shared) -> None:
        super().__init__(reader, revision)
        self._shared = shared
        self._graph: _Graph | None = None
        self._found: dict[Key, set[RawPdfPath]] = {}

    def _load_reverse_xref_cache(self) -> None:
        """Nothing is prepared: usages are looked up one by one."""

    def _get_usages_of_ref(self, ref: generic.Reference) -> set[RawPdfPath]:
        key = (ref.idnum, ref.generation)
        if key not in self._found:
            if self._graph is None:
                self._graph = self._read_graph()
            self._found[key] = {
                RawPdfPath(*path) for path in _paths_to(self._graph, key, self.budget_holder.budget)
            }
        return self._found[key]

    def _read_graph(self) -> _Graph:
        outgoing: dict[Key, Edges] = {_TRAILER: tuple(_references(self.trailer_view, ()))}
        incoming: dict[Key, set[Key]] = defaultdict(set)
        waiting = [_TRAILER]
        while waiting:
            node = waiting.pop()
            self.budget_holder.budget.spend(1 + len(outgoing[node]) // 8)
            for _, child in outgoing[node]:
                incoming[child].add(node)
                if child not in outgoing:
                    outgoing[child] = self._edges(child)
                    waiting.append(child)
        return _Graph(outgoing, incoming, dict(self._page_tree()), set(self._structure_elements()))

    def _edges(self, key: Key) -> Edges:
        reference = generic.Reference(*key, pdf=self.reader)
        version = self.reader.xrefs.get_historical_ref(reference, self.revision)
        known = self._shared.edges.get((key, version))
        if known is None:
            known = tuple(_references(self._raw(key), ()))
            self._shared.edges[key, version] = known
        return known

    def _raw(self, key: Key) -> Any:
        """The object as of this revision; references in it are still the file's, to be followed by hand."""
        reference = generic.Reference(*key, pdf=self.reader)
        changed = self.reader.xrefs.get_last_change(reference)
        if changed is not None and changed <= self.revision:
            return self.reader.get_object(reference, transparent_decrypt=False)
        return self.reader.get_object(reference, self.revision, transparent_decrypt=False)

    def _followed(self, value: Any) -> Any:
        return self._raw(_key(value)) if isinstance(value, generic.IndirectObject) else value

    def _page_tree(self) -> Iterator[tuple[Key, Path]]:
        top = self.root.raw_get("/Pages")
        seen: set[Key] = set()
        waiting: list[tuple[Any, Path]] = [(top, ("/Root", "/Pages"))]
        while waiting:
            node, path = waiting.pop()
            self.budget_holder.budget.spend(1 + len(path) // _NAMES_PER_STEP)
            if isinstance(node, generic.IndirectObject):
                if _key(node) in seen:
                    raise misc.PdfReadError("Circular reference in page tree")
                seen.add(_key(node))
                yield _key(node), path
            node = self._followed(node)
            if path == ("/Root", "/Pages") or self._type_of(node) == "/Pages":
                kids = self._followed(_raw_get(node, "/Kids"))
                waiting += [(kid, (*path, "/Kids", index)) for index, kid in enumerate(kids)]

    def _structure_elements(self) -> Iterator[Key]:
        top = _raw_get(self.root, "/StructTreeRoot")
        seen: set[Key] = set()
        waiting = [] if top is None else [self._followed(top)]
        while waiting:
            children = self._followed(_raw_get(waiting.pop(), "/K"))
            if children is None:
                continue
            listed = children if isinstance(children, generic.ArrayObject) else [children]
            for child in listed:
                self.budget_holder.budget.spend()
                element = self._followed(child)
                if not isinstance(element, generic.DictionaryObject):
                    continue
                if self._type_of(element) not in (None, "/StructElem"):
                    continue
                if isinstance(child, generic.IndirectObject):
                    if _key(child) in seen:
                        raise misc.PdfReadError("Circular reference in structure tree")
                    seen.add(_key(child))
                    yield _key(child)
                waiting.append(element)

    def _type_of(self, node: Any) -> Any:
        return self._followed(_raw_get(node, "/Type"))


def use_quick_resolvers(reader: MeasuredReader) -> None:
    """Let every view of this file's revisions be a quick one. Unencrypted files only."""
    shared = _Shared()
    reader.view = lambda reader, revision: QuickResolver(reader, revision, shared)


def _key(reference: Any) -> Key:
    return reference.idnum, reference.generation


def _raw_get(node: Any, key: str) -> Any:
    return node.raw_get(key) if isinstance(node, generic.DictionaryObject) and key in node else None


def _references(value: Any, path: Path) -> Iterator[tuple[Path, Key]]:
    """Every reference inside one object, by its path there; ways back up (/Parent) do not count."""
    if isinstance(value, generic.IndirectObject):
        yield path, _key(value)
    elif isinstance(value, generic.DictionaryObject):
        for name, item in value.items():
            if name != "/Parent":
                yield from _references(item, (*path, str(name)))
    elif isinstance(value, generic.ArrayObject):
        for index, item in enumerate(value):
            yield from _references(item, (*path, index))


def _paths_to(graph: _Graph, target: Key, budget: Budget) -> set[Path]:
    """Raises TooComplex: a dozen layers of two references each are four thousand paths."""
    towards = _ancestors(graph, target)
    found: set[Path] = set()
    waiting: list[tuple[Key, Path, frozenset[Key], bool]] = []
    if _TRAILER in towards:
        waiting.append((_TRAILER, (), frozenset(), False))
    while waiting:
        node, path, above, structural = waiting.pop()
        budget.spend(1 + (len(path) + len(graph.outgoing[node])) // _NAMES_PER_STEP)
        for step, child in graph.outgoing[node]:
            if child not in towards or child in above:
                continue
            mode = _walk(path, step, structural)
            if mode is None:
                continue
            whole = (*path, *step)
            if child == target:
                found.add(whole)
            if graph.pages.get(child, whole) == whole and (mode or child not in graph.elements):
                waiting.append((child, whole, above | {child}, mode))
    return found


def _ancestors(graph: _Graph, target: Key) -> set[Key]:
    """The target and all from which it can be reached."""
    known = {target}
    waiting = [target]
    while waiting:
        for parent in graph.incoming.get(waiting.pop(), ()):
            if parent not in known:
                known.add(parent)
                waiting.append(parent)
    return known


def _walk(path: Path, step: Path, structural: bool) -> bool | None:
    """Whether the step ends inside the structure tree; None when it takes that tree's way to a page (/P)."""
    for index, name in enumerate(step):
        if structural and name == "/P":
            return None
        if name == "/K" and (*path, *step[:index]) == _STRUCTURE:
            structural = True
    return structural
