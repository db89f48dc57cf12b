"""Tracked changes of a Word text: found, and settled one way or the other as Word would do it.

ISO/IEC 29500-1, 17.13.5. Settled is settled: nothing is left of what was not chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from vanthu.reading.noted import Kind, Notes, OfficeUnread, quoted
from vanthu.reading.wordml import Element, child, is_repeated, local, remove, rename, text_of, unwrap, where

_NEW, _OLD = frozenset({"ins", "moveTo"}), frozenset({"del", "moveFrom"})
_DEEDS: Mapping[str, str] = MappingProxyType(
    {"ins": "thêm", "del": "xóa", "moveTo": "chuyển đến", "moveFrom": "chuyển đi"}
)
#: Former properties kept beside those in force.
_FORMER = frozenset(
    f"{each}Change" for each in ("rPr", "pPr", "tblPr", "tblPrEx", "trPr", "tcPr", "sectPr", "tblGrid")
)
#: Of properties that a former set does not speak of, and which therefore stay.
_STAYING = frozenset({"rPr", "sectPr", "headerReference", "footerReference"})
#: Properties of fractions, roots and the like.
_OF_A_FORMULA = "{http://schemas.openxmlformats.org/officeDocument/2006/math}ctrlPr"
_CELLS = frozenset({"cellIns", "cellDel", "cellMerge"})
_MARKERS = frozenset(
    {"numberingChange"}
    | {
        f"{each}{end}"
        for each in (
            "moveFromRange",
            "moveToRange",
            "customXmlInsRange",
            "customXmlDelRange",
            "customXmlMoveFromRange",
            "customXmlMoveToRange",
        )
        for end in ("Start", "End")
    }
)
_ALL = _NEW | _OLD | _FORMER | _CELLS | _MARKERS


def find_changes(root: Element, notes: Notes) -> None:
    """Note every tracked change of a part."""
    for element in root.iter():
        name = local(element)
        if name in _ALL - _MARKERS and not is_repeated(element) and notes.wants(Kind.CHANGE):
            notes.add(Kind.CHANGE, _said(element, name), where(element))


def settle_changes(root: Element, *, accept: bool) -> None:
    """Accept, or reject, every tracked change of a part. Raises OfficeUnread for what only Word settles."""
    settling = _Settling(accept=accept)
    for element in [each for each in root.iter() if local(each) in _ALL]:
        settling.settle(element)
    settling.finish()
    for element in [each for each in root.iter() if local(each) in {"delText", "delInstrText"}]:
        if accept:
            remove(element)
        else:
            rename(element, {"delText": "t"}.get(local(element), "instrText"))


def _said(element: Element, name: str) -> str:
    if name in _FORMER:
        return "đổi định dạng"
    if name in _CELLS:
        return "thêm, xóa hoặc gộp ô của bảng"
    holder = local(element.getparent())
    if holder == "trPr":
        return f"{_DEEDS[name]} hàng của bảng"
    if holder == "rPr":
        return f"{_DEEDS[name]} dấu xuống đoạn"
    return f"{_DEEDS[name]} {quoted(text_of(element)) or 'nội dung không phải chữ'}"


class _Settling:
    """One part being settled; paragraphs and rows follow when all else is done."""

    def __init__(self, *, accept: bool) -> None:
        self._accept = accept
        self._dropped = _OLD if accept else _NEW
        self._joined: list[Element] = []
        self._rows: list[Element] = []

    def settle(self, element: Element) -> None:
        """Settle one change. Raises OfficeUnread."""
        name = local(element)
        if name in _CELLS:
            raise OfficeUnread(
                "Bảng trong tệp có thay đổi về ô (thêm, xóa, gộp ô) chưa duyệt. "
                "Hãy chấp nhận hoặc từ chối thay đổi đó trong Word, lưu lại rồi chọn lại tệp."
            )
        if name in _FORMER:
            self._properties(element)
        elif name in _MARKERS:
            remove(element)
        else:
            self._content(element, name)

    def finish(self) -> None:
        """Take out rows, and join paragraphs whose end was taken away to what follows them."""
        for row in self._rows:
            table = row.getparent()
            remove(row)
            if table is not None and not any(local(each) == "tr" for each in table):
                remove(table)
        for paragraph in reversed(self._joined):
            _join(paragraph)

    def _properties(self, change: Element) -> None:
        holder = change.getparent()
        former = next(iter(change), None)
        remove(change)
        if self._accept or holder is None:
            return
        for each in list(holder):
            if local(each) not in _STAYING:
                holder.remove(each)
        if former is not None:
            # Before what stays: a section's headers alone stand before its other properties.
            at = sum(1 for each in holder if local(each).endswith("Reference"))
            for number, each in enumerate(list(former)):
                holder.insert(at + number, each)

    def _content(self, element: Element, name: str) -> None:
        holder = element.getparent()
        kind = local(holder)
        if (holder is not None and holder.tag == _OF_A_FORMULA) or (
            kind == "rPr" and local(holder.getparent() if holder is not None else None) != "pPr"
        ):
            raise OfficeUnread(
                "Tệp có thay đổi chưa duyệt ở công thức toán hoặc định dạng chữ mà chỉ Word xử lý được. "
                "Hãy chấp nhận hoặc từ chối thay đổi đó trong Word, lưu lại rồi chọn lại tệp."
            )
        act: Callable[[Element], None] = remove
        if kind == "rPr":
            self._later(self._joined, name, holder, "p")
        elif kind == "trPr":
            self._later(self._rows, name, holder, "tr")
        elif kind != "numPr" and name not in self._dropped:
            act = unwrap
        act(element)

    def _later(self, where_to: list[Element], name: str, holder: Element | None, wanted: str) -> None:
        """Remember the paragraph or row whose mark was taken away."""
        if name not in self._dropped or holder is None:
            return
        for above in holder.iterancestors():
            if local(above) == wanted:
                where_to.append(above)
                return


def _join(paragraph: Element) -> None:
    """Let a paragraph's content begin the paragraph after it, whose properties stay in force."""
    following = paragraph.getnext()
    while following is not None and not _is_of_the_page(following):
        following = following.getnext()
    content = [each for each in paragraph if local(each) != "pPr"]
    if local(following) == "p" and following is not None:
        properties = child(following, "pPr")
        for each in reversed(content):
            if properties is not None:
                properties.addnext(each)
            else:
                following.insert(0, each)
        remove(paragraph)
    elif not content and following is not None and local(following) != "sectPr":
        remove(paragraph)


def _is_of_the_page(element: Element) -> bool:
    """Whether an element is text or holds some; a bookmark is not."""
    return any(local(each) in {"p", "tbl", "sdt", "sectPr"} for each in element.iter())
