"""An OpenDocument text made ready for the PDF; its tracked changes are for its author alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from vanthu.pdfsign.errors import PdfSignError
from vanthu.reading.noted import QUOTED, Kind, Notes, quoted
from vanthu.reading.open_document_hiding import PARAGRAPHS, SPAN, Hiding, replace_by_nothing, take_hidden
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
_HIDDEN_TEXT, _HIDDEN_PARAGRAPH = f"{_TEXT}hidden-text", f"{_TEXT}hidden-paragraph"
_IS_HIDDEN = f"{_TEXT}is-hidden"
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
_SECTION = f"{_TEXT}section"
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
            read = ((name, parts.parse(name)) for name in _PARTS if name in archive.namelist())
            roots = {name: root for name, root in read if root is not None}
            for name, root in roots.items():
                _settle(root, Hiding(root, roots.get("styles.xml")), notes)
                changed[name] = serialized(root)
            if not notes.counts[Kind.CHANGE]:
                write_anew(archive, target, changed)
            return notes
    except (PdfSignError, MemoryError):
        raise
    except Exception as error:
        # As for Word texts: no list of what a damaged file ends in would be whole.
        raise unread(error) from error


def _settle(root: Element, hiding: Hiding, notes: Notes) -> None:
    for element in list(root.iter(_CHANGED)):
        if notes.wants(Kind.CHANGE):
            notes.add(Kind.CHANGE, _change(element), "danh sách thay đổi của tệp")
    for element in list(root.iter(_NOTE)):
        if notes.wants(Kind.COMMENT):
            notes.add(Kind.COMMENT, _comment(element), _where(element))
    for element in _each(root, _MARKS | {_NOTE, _NOTE_END}):
        replace_by_nothing(element)
    for element in _each(root, _FIELDS):
        _settle_field(element, notes)
    _settle_hidden(root, hiding, notes)


def _settle_hidden(root: Element, hiding: Hiding, notes: Notes) -> None:
    for element in _each(root, frozenset({_HIDDEN_TEXT, _HIDDEN_PARAGRAPH})):
        _settle_hidden_field(element, notes)
    for section in _each(root, frozenset({_SECTION})):
        if section.get(_DISPLAY) == "none":
            _hide(section, notes)
    for paragraph in _each(root, PARAGRAPHS):
        where = _where(paragraph)
        words = quoted("".join(take_hidden(paragraph, hiding))[:QUOTED])
        if words and notes.wants(Kind.HIDDEN):
            notes.add(Kind.HIDDEN, words, where)


def _settle_field(element: Element, notes: Notes) -> None:
    value, name = _said(element), element.tag.rpartition("}")[2]
    if any(each in value for each in _LOST) and notes.wants(Kind.BROKEN):
        notes.add(Kind.BROKEN, f"tham chiếu hỏng, in ra là {quoted(value)}", _where(element))
    elif element.tag in _VOLATILE and notes.wants(Kind.FIELD):
        notes.add(Kind.FIELD, f"{name} giữ {quoted(value) or 'chỗ trống'}", _where(element))
    if element.get(_DISPLAY) == "none":
        replace_by_nothing(element)
    else:
        _as_text(element)


def _settle_hidden_field(element: Element, notes: Notes) -> None:
    """A field that hides, or would: it is as its author last saw it, and computed by nobody any more.

    One that says nothing shows: that is how the program that made the format writes it.
    """
    is_hidden = element.get(_IS_HIDDEN, "false") == "true"
    paragraph = next((each for each in element.iterancestors() if each.tag in PARAGRAPHS), element)
    if element.tag == _HIDDEN_PARAGRAPH:
        if is_hidden:
            _hide(paragraph, notes)
        else:
            replace_by_nothing(element)
        return
    if not _said(element):
        element.text = element.get(f"{_TEXT}string-value", "")
    if is_hidden:
        _hide(element, notes)
        replace_by_nothing(element)
    else:
        _as_text(element)


def _hide(element: Element, notes: Notes) -> None:
    words = quoted(_said(element))
    if words and notes.wants(Kind.HIDDEN):
        notes.add(Kind.HIDDEN, words, _where(element))
    _empty(element)


def _change(element: Element) -> str:
    deed = next(iter(element), None)
    name = str(deed.tag).rpartition("}")[2] if deed is not None else ""
    words = quoted(_said(element)) if name == "deletion" else ""
    return f"{_DEEDS.get(name, 'thay đổi')} {words}".strip()


def _comment(element: Element) -> str:
    who = " ".join((element.findtext(f"{_DC}creator") or "").split())[:80]
    said = quoted(" ".join(_said(each) for each in islice(element.iter(*PARAGRAPHS), 20))) or "không có chữ"
    return f"{who}: {said}" if who else said


def _where(element: Element) -> str:
    paragraph = next((each for each in element.iterancestors() if each.tag in PARAGRAPHS), None)
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


def _empty(element: Element) -> None:
    after = element.tail
    element.clear()
    element.tail = after


def _as_text(element: Element) -> None:
    """Let an element be text like any other. No text is joined: a hundred thousand pieces stay so many."""
    element.tag = SPAN
    element.attrib.clear()
