"""Footnotes and endnotes of a Word text, put in the order in which the text calls them.

A reference names its note by number (ISO/IEC 29500-1, 17.11); the program that draws the page pairs the
first reference with the first note. Where a reference was taken out, or Word wrote the notes in another
order, every note after it would stand under another sentence.
"""

from __future__ import annotations

from collections.abc import Iterator

from vanthu.reading.noted import OfficeUnread
from vanthu.reading.wordml import Element, attribute, is_repeated, local, put_attribute, remove

#: A kind of note, by the root of its part: the note, and what calls it.
_KINDS = {"footnotes": ("footnote", "footnoteReference"), "endnotes": ("endnote", "endnoteReference")}
#: Notes of these types are lines between text and notes, and nothing calls them.
_ORDINARY = frozenset({"", "normal"})


class NotesUnread(OfficeUnread):
    """Chú thích trong tệp không khớp với chỗ được gọi trong văn bản."""

    def __init__(self) -> None:
        super().__init__(
            "Chú thích cuối trang hoặc cuối văn bản trong tệp không khớp với số chú thích trong nội dung. "
            "Hãy mở bằng Word, xóa rồi chèn lại chú thích đó, lưu lại rồi chọn lại tệp."
        )


def order_notes(document: Element, others: Iterator[Element], part: Element) -> None:
    """Leave in `part` the notes the text calls, in the order it calls them, numbered so.

    `others` are the further parts of the text. Raises NotesUnread where a note is called twice, from within
    another note or a header, or is not there.
    """
    note_name, reference_name = _KINDS[local(part)]
    references = [each for each in document.iter() if local(each) == reference_name]
    called = [attribute(each, "id") for each in references]
    notes = {
        attribute(each, "id"): each
        for each in part
        if local(each) == note_name and attribute(each, "type") in _ORDINARY
    }
    elsewhere = any(local(each) == reference_name for other in others for each in other.iter())
    if elsewhere or any(is_repeated(each) for each in references):
        raise NotesUnread
    if len(set(called)) < len(called) or not set(called) <= set(notes):
        raise NotesUnread
    for note in notes.values():
        remove(note)
    # Above the numbers of the lines between text and notes, which stay as they are.
    first = 1 + max((_number(attribute(each, "id")) for each in part if local(each) == note_name), default=0)
    for number, (reference, name) in enumerate(zip(references, called, strict=True), start=first):
        put_attribute(reference, "id", str(number))
        put_attribute(notes[name], "id", str(number))
        part.append(notes[name])


def _number(text: str) -> int:
    """Raises NotesUnread."""
    try:
        return int(text)
    except ValueError as error:
        raise NotesUnread from error
