"""A Word text made ready for another program's eyes: what its author saw on the page is what stands in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from vanthu.pdfsign.errors import PdfSignError
from vanthu.reading.noted import Kind, Notes, OfficeUnread, quoted
from vanthu.reading.parts import open_archive
from vanthu.reading.rewriting import Parts, serialized, unread, write_anew
from vanthu.reading.word_changes import find_changes, settle_changes
from vanthu.reading.word_fields import settle_fields
from vanthu.reading.word_hiding import Hiding, settle_hidden, settle_hidden_numbers
from vanthu.reading.word_notes import order_notes
from vanthu.reading.word_package import WordPackage
from vanthu.reading.wordml import (
    Element,
    attribute,
    is_repeated,
    local,
    mark_repeated,
    remove,
    text_of,
    unmark_repeated,
    where,
)

_COMMENTED = frozenset({"commentRangeStart", "commentRangeEnd", "commentReference"})
#: Where a text takes in another file: a part of this one, or one beside it.
_OTHER_FILES = frozenset({"altChunk", "subDoc"})
#: Changes of several people at once that Word could not bring together ([MS-DOCX] 2.5).
_CONFLICT = re.compile(
    r"\{http://schemas\.microsoft\.com/office/word/20\d\d/[^}]*\}(?:conflict|customXmlConflict)"
)


def settle_word(source: Path, target: Path, *, accept: bool | None) -> Notes:
    """Write `target`: `source` without tracked changes, comments, hidden text and fields that change.

    `accept`: whether the tracked changes are accepted or rejected; None: nobody has chosen, and a file that
    has some is looked through only (`target` is not written). Raises OfficeUnread, TooComplex.
    """
    try:
        with open_archive(source) as archive:
            notes, changed = _settled(WordPackage(Parts(archive), archive.namelist()), accept)
            if accept is not None or not notes.counts[Kind.CHANGE]:
                write_anew(archive, target, changed)
            return notes
    except (PdfSignError, MemoryError):
        raise
    except Exception as error:
        # The lengths and names in a file are whatever somebody wrote there; what they end in, too.
        raise unread(error) from error


def _settled(package: WordPackage, accept: bool | None) -> tuple[Notes, dict[str, bytes]]:
    notes = Notes()
    hiding = Hiding.of(package.root(package.styles))
    # Who wrote a comment and what, by its number.
    listed = package.root(package.comments)
    comments = {attribute(each, "id"): _comment(each) for each in listed} if listed is not None else {}
    for root in package.texts.values():
        _require_understood(root)
        marked = mark_repeated(root)
        _settle(root, hiding, comments, notes, accept)
        unmark_repeated(marked)
    if accept is not None or not notes.counts[Kind.CHANGE]:
        _order_notes(package)
    changed = {name: serialized(root) for name, root in package.texts.items()}
    numbering = package.root(package.numbering)
    if numbering is not None and package.numbering:
        settle_hidden_numbers(numbering, hiding, notes)
        changed[package.numbering] = serialized(numbering)
    return notes, changed


def _order_notes(package: WordPackage) -> None:
    """Raises NotesUnread."""
    texts = list(package.texts.values())
    documents = [each for each in texts if local(each) == "document"]
    for part in (package.root(package.footnotes), package.root(package.endnotes)):
        if part is None:
            continue
        for document in documents:
            order_notes(document, (each for each in texts if each is not document), part)


def _require_understood(root: Element) -> None:
    """Raises OfficeUnread for what only Word settles."""
    for element in root.iter():
        if local(element) in _OTHER_FILES:
            raise OfficeUnread(
                "Văn bản có một tệp khác được nhúng nguyên vào giữa nội dung. "
                "Hãy mở bằng Word, lưu lại ở dạng docx rồi chọn lại tệp."
            )
        if _is_linked_picture(element):
            raise OfficeUnread(
                "Văn bản có ảnh nằm ngoài tệp (ảnh liên kết) nên không in ra được. Hãy mở bằng Word, "
                "xóa ảnh đó rồi chèn lại ảnh vào trong tệp, lưu lại rồi chọn lại tệp."
            )
        if _CONFLICT.match(str(element.tag)):
            raise OfficeUnread(
                "Tệp có các thay đổi xung đột do nhiều người cùng sửa mà chưa giải quyết. Hãy mở bằng Word, "
                "giải quyết xung đột, lưu lại rồi chọn lại tệp."
            )


def _is_linked_picture(element: Element) -> bool:
    """Whether a picture is fetched from elsewhere, and no copy of it stands in the file."""
    name = str(element.tag).rpartition("}")[2]
    linked, kept = {"blip": ("link", "embed"), "imagedata": ("href", "id")}.get(name, ("", ""))
    own = {etree.QName(key).localname for key in element.attrib if "relationships" in str(key)}
    return bool(linked) and linked in own and kept not in own


def _settle(
    root: Element, hiding: Hiding, comments: Mapping[str, str], notes: Notes, accept: bool | None
) -> None:
    find_changes(root, notes)
    _settle_comments(root, comments, notes)
    if accept is not None:
        settle_changes(root, accept=accept)
    settle_fields(root, notes)
    settle_hidden(root, hiding, notes)
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
