"""A Word text made ready for another program's eyes: what its author saw on the page is what stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vanthu.pdfsign.errors import PdfSignError
from vanthu.reading.noted import Kind, Notes, OfficeUnread, quoted
from vanthu.reading.parts import open_archive
from vanthu.reading.rewriting import Parts, serialized, unread, write_anew
from vanthu.reading.word_changes import find_changes, settle_changes
from vanthu.reading.word_fields import settle_fields
from vanthu.reading.wordml import (
    PRINTED,
    Element,
    attribute,
    child,
    is_on,
    is_repeated,
    local,
    remove,
    text_of,
    where,
)

_COMMENTED = frozenset({"commentRangeStart", "commentRangeEnd", "commentReference"})
#: What a run shows.
_SHOWN = frozenset(
    {"t", "tab", "br", "cr", "sym", "noBreakHyphen", "softHyphen", "drawing", "pict", "object"}
)
#: Styles based on one another, further than which nobody goes.
_DEEPEST = 20


def settle_word(source: Path, target: Path, *, accept: bool | None) -> Notes:
    """Write `target`: `source` without tracked changes, comments, hidden text and fields that change.

    `accept`: whether the tracked changes are accepted or rejected; None: nobody has chosen, and a file that
    has some is looked through only (`target` is not written). Raises OfficeUnread, TooComplex.
    """
    try:
        with open_archive(source) as archive:
            notes, changed = _settled(Parts(archive), archive.namelist(), accept)
            if accept is not None or not notes.counts[Kind.CHANGE]:
                write_anew(archive, target, changed)
            return notes
    except (PdfSignError, MemoryError):
        raise
    except Exception as error:
        # The lengths and names in a file are whatever somebody wrote there; what they end in, too.
        raise unread(error) from error


@dataclass(slots=True)
class _Known:
    """What the parts beside the text tell of it."""

    #: Who wrote a comment and what, by its number.
    comments: dict[str, str] = field(default_factory=dict)
    #: Styles that hide what they are put on.
    hiding: frozenset[str] = frozenset()


def _settled(parts: Parts, names: list[str], accept: bool | None) -> tuple[Notes, dict[str, bytes]]:
    notes, known, texts = Notes(), _Known(), dict[str, Element]()
    for name in names:
        root = parts.parse(name)
        kind = local(root)
        if root is None or not kind:
            continue
        if kind in PRINTED:
            texts[name] = root
        elif kind == "comments":
            known.comments = {attribute(each, "id"): _comment(each) for each in root}
        elif kind == "styles":
            known.hiding = _hiding(root)
    if not any(local(root) == "document" for root in texts.values()):
        raise OfficeUnread
    changed = {}
    for name, root in texts.items():
        _settle(root, known, notes, accept)
        changed[name] = serialized(root)
    return notes, changed


def _settle(root: Element, known: _Known, notes: Notes, accept: bool | None) -> None:
    if any(local(each) == "altChunk" for each in root.iter()):
        raise OfficeUnread(
            "Văn bản có một tệp khác được nhúng nguyên vào giữa nội dung. "
            "Hãy mở bằng Word, lưu lại ở dạng docx rồi chọn lại tệp."
        )
    find_changes(root, notes)
    _settle_comments(root, known.comments, notes)
    if accept is not None:
        settle_changes(root, accept=accept)
    settle_fields(root, notes)
    _settle_hidden(root, known.hiding, notes)
    for bound in [each for each in root.iter() if local(each) == "dataBinding"]:
        # Its text would be fetched anew from elsewhere in the file.
        remove(bound)


def _comment(element: Element) -> str:
    who = " ".join(attribute(element, "author").split())[:80]
    said = quoted(text_of(element)) or "không có chữ"
    return f"{who}: {said}" if who else said


def _settle_comments(root: Element, comments: Mapping[str, str], notes: Notes) -> None:
    for mark in [each for each in root.iter() if local(each) in _COMMENTED]:
        is_named = local(mark) == "commentReference" and not is_repeated(mark)
        if is_named and notes.wants(Kind.COMMENT):
            notes.add(Kind.COMMENT, comments.get(attribute(mark, "id"), "không có chữ"), where(mark))
        remove(mark)


def _settle_hidden(root: Element, hiding: frozenset[str], notes: Notes) -> None:
    for run in [each for each in root.iter() if local(each) == "r"]:
        if not _is_hidden(run, hiding):
            continue
        words = quoted(text_of(run))
        if words and not is_repeated(run) and notes.wants(Kind.HIDDEN):
            notes.add(Kind.HIDDEN, words, where(run))
        for each in [each for each in run if local(each) in _SHOWN]:
            run.remove(each)


def _is_hidden(run: Element, hiding: frozenset[str]) -> bool:
    properties = child(run, "rPr")
    own = child(properties, "vanish")
    if own is not None:
        return is_on(own)
    if not hiding:
        return False
    style = child(properties, "rStyle")
    if style is not None and attribute(style, "val") in hiding:
        return True
    paragraph = next((each for each in run.iterancestors() if local(each) == "p"), None)
    of_paragraph = child(child(paragraph, "pPr"), "pStyle")
    return of_paragraph is not None and attribute(of_paragraph, "val") in hiding


def _hiding(root: Element) -> frozenset[str]:
    """The styles that hide text, by themselves or by what they are based on."""
    own: dict[str, bool] = {}
    based: dict[str, str] = {}
    for style in root:
        if local(style) != "style":
            continue
        name = attribute(style, "styleId")
        vanish, base = child(child(style, "rPr"), "vanish"), child(style, "basedOn")
        if vanish is not None:
            own[name] = is_on(vanish)
        if base is not None:
            based[name] = attribute(base, "val")
    return frozenset(name for name in {*own, *based} if _hides(name, own, based))


def _hides(name: str, own: Mapping[str, bool], based: Mapping[str, str]) -> bool:
    for _ in range(_DEEPEST):
        if name in own:
            return own[name]
        if name not in based:
            return False
        name = based[name]
    return False
