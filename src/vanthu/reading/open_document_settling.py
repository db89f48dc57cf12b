"""An OpenDocument text made ready for the PDF; its tracked changes are for its author alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from vanthu.pdfsign.errors import PdfSignError
from vanthu.reading.noted import QUOTED, Kind, Notes, quoted
from vanthu.reading.parts import open_archive
from vanthu.reading.rewriting import Parts, serialized, unread, write_anew
from vanthu.reading.wordml import Element

_OASIS = "{urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _OFFICE, _STYLE = f"{_OASIS}text:1.0}}", f"{_OASIS}office:1.0}}", f"{_OASIS}style:1.0}}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_PARTS = ("content.xml", "styles.xml")
_CHANGED = f"{_TEXT}changed-region"
_MARKS = frozenset(
    {f"{_TEXT}change", f"{_TEXT}change-start", f"{_TEXT}change-end", f"{_TEXT}tracked-changes"}
)
_NOTE, _NOTE_END = f"{_OFFICE}annotation", f"{_OFFICE}annotation-end"
_HIDDEN = frozenset({f"{_TEXT}hidden-text", f"{_TEXT}hidden-paragraph"})
_SPAN = f"{_TEXT}span"
_PARAGRAPHS = frozenset({f"{_TEXT}p", f"{_TEXT}h"})
_DEEDS = {"insertion": "thêm", "deletion": "xóa", "format-change": "đổi định dạng"}
#: Fields whose text is what their author saw: each is replaced by it.
_FIELDS = frozenset(
    _TEXT + name
    for name in (
        *("date", "time", "file-name", "template-name", "author-name", "author-initials"),
        *("creator", "initial-creator", "description", "title", "subject", "keywords", "user-defined"),
        *("creation-date", "creation-time", "modification-date", "modification-time"),
        *("print-date", "print-time", "printed-by", "editing-cycles", "editing-duration"),
        *("reference-ref", "bookmark-ref", "note-ref", "sequence-ref", "sequence", "expression"),
        *("variable-get", "variable-set", "variable-input", "user-field-get", "user-field-input"),
        *("database-display", "database-name", "database-row-number", "conditional-text", "text-input"),
        *("dde-connection", "execute-macro", "meta-field", "measure", "word-count", "character-count"),
        *("paragraph-count", "table-count", "image-count", "object-count"),
        *(f"sender-{each}" for each in ("firstname", "lastname", "initials", "title", "position", "email")),
        *(f"sender-{each}" for each in ("phone-private", "fax", "company", "phone-work", "street", "city")),
        *(f"sender-{each}" for each in ("postal-code", "country", "state-or-province")),
    )
)
_VOLATILE = frozenset(
    _TEXT + name
    for name in (
        *("date", "time", "file-name", "template-name", "author-name", "author-initials", "creator"),
        *("modification-date", "modification-time", "print-date", "print-time", "printed-by"),
    )
)
_LOST = ("Error:", "Error!", "Lỗi!")
_DISPLAY = f"{_TEXT}display"
_LOOKED_AT = 2_000


def settle_open_document(source: Path, target: Path) -> Notes:
    """Write `target`: `source` without comments, hidden text and fields that change.

    Tracked changes are found, not settled; a file that has some is looked through only. Raises OfficeUnread,
    TooComplex.
    """
    try:
        with open_archive(source) as archive:
            parts, notes, changed = Parts(archive), Notes(), {}
            hidden: frozenset[str] = frozenset()
            roots = [(name, parts.parse(name)) for name in _PARTS if name in archive.namelist()]
            for _, root in roots:
                hidden |= _hiding(root) if root is not None else frozenset()
            for name, root in roots:
                if root is not None:
                    _settle(root, hidden, notes)
                    changed[name] = serialized(root)
            if not notes.counts[Kind.CHANGE]:
                write_anew(archive, target, changed)
            return notes
    except (PdfSignError, MemoryError):
        raise
    except Exception as error:
        # As for Word texts: no list of what a damaged file ends in would be whole.
        raise unread(error) from error


def _settle(root: Element, hiding: frozenset[str], notes: Notes) -> None:
    for element in list(root.iter(_CHANGED)):
        if notes.wants(Kind.CHANGE):
            notes.add(Kind.CHANGE, _change(element), "danh sách thay đổi của tệp")
    for element in list(root.iter(_NOTE)):
        if notes.wants(Kind.COMMENT):
            notes.add(Kind.COMMENT, _comment(element), _where(element))
    for element in _each(root, _MARKS | {_NOTE, _NOTE_END}):
        _take_out(element)
    for element in _each(root, _FIELDS):
        _settle_field(element, notes)
    for element in _each(root, _HIDDEN):
        _hide(element, notes)
    _hide_styled(root, hiding, notes)


def _settle_field(element: Element, notes: Notes) -> None:
    value, name = _said(element), element.tag.rpartition("}")[2]
    if any(each in value for each in _LOST) and notes.wants(Kind.BROKEN):
        notes.add(Kind.BROKEN, f"tham chiếu hỏng, in ra là {quoted(value)}", _where(element))
    elif element.tag in _VOLATILE and notes.wants(Kind.FIELD):
        notes.add(Kind.FIELD, f"{name} giữ {quoted(value) or 'chỗ trống'}", _where(element))
    if element.get(_DISPLAY) == "none":
        _take_out(element)
    else:
        _as_text(element)


def _hide(element: Element, notes: Notes) -> None:
    words = quoted(_said(element) or element.get(f"{_TEXT}string-value", ""))
    if words and notes.wants(Kind.HIDDEN):
        notes.add(Kind.HIDDEN, words, _where(element))
    _take_out(element)


def _hide_styled(root: Element, hiding: frozenset[str], notes: Notes) -> None:
    if not hiding:
        return
    for element in [each for each in root.iter() if each.get(f"{_TEXT}style-name") in hiding]:
        words = quoted(_said(element))
        if words and notes.wants(Kind.HIDDEN):
            notes.add(Kind.HIDDEN, words, _where(element))
        if element.tag in _PARAGRAPHS or element.tag == _SPAN:
            _empty(element)


def _hiding(root: Element) -> frozenset[str]:
    """The styles that hide what they are put on."""
    found = set()
    for properties in root.iter(f"{_STYLE}text-properties"):
        style = properties.getparent()
        if properties.get(_DISPLAY) == "none" and style is not None:
            found.add(style.get(f"{_STYLE}name", ""))
    return frozenset(found - {""})


def _change(element: Element) -> str:
    deed = next(iter(element), None)
    name = str(deed.tag).rpartition("}")[2] if deed is not None else ""
    words = quoted(_said(element)) if name == "deletion" else ""
    return f"{_DEEDS.get(name, 'thay đổi')} {words}".strip()


def _comment(element: Element) -> str:
    who = " ".join((element.findtext(f"{_DC}creator") or "").split())[:80]
    said = quoted(" ".join(_said(each) for each in islice(element.iter(*_PARAGRAPHS), 20))) or "không có chữ"
    return f"{who}: {said}" if who else said


def _where(element: Element) -> str:
    paragraph = next((each for each in element.iterancestors() if each.tag in _PARAGRAPHS), None)
    words = quoted(_said(paragraph)) if paragraph is not None else ""
    return f"đoạn {words}" if words else "đoạn không có chữ"


def _said(element: Element) -> str:
    """The beginning of its text, notes apart."""
    found, length = [], 0
    for text in islice(_texts(element), _LOOKED_AT):
        found.append(text)
        length += len(text)
        if length > QUOTED:
            break
    return "".join(found)


def _texts(element: Element) -> Iterator[str]:
    for text in element.itertext():
        yield str(text)


def _each(root: Element, tags: frozenset[str]) -> list[Element]:
    return [each for each in root.iter() if each.tag in tags]


def _take_out(element: Element) -> None:
    """Leave nothing of an element but the text after it."""
    _empty(element)
    element.tag = _SPAN


def _empty(element: Element) -> None:
    after = element.tail
    element.clear()
    element.tail = after


def _as_text(element: Element) -> None:
    """Let an element be text like any other. No text is joined: a hundred thousand pieces stay so many."""
    element.tag = _SPAN
    element.attrib.clear()
