"""Fields of a Word text: each keeps the value its author saw, as if he had typed it (Ctrl+Shift+F9 in Word).

What another program computes anew is another text: its day, its folder, its words for a lost reference. What
depends on the page it is printed on, and what is drawn from the field alone, stays a field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from vanthu.reading.noted import Kind, Notes, OfficeUnread, quoted
from vanthu.reading.wordml import Element, attribute, is_repeated, local, remove, text_of, unwrap, where

#: Fields that stay: page numbers, form fields and drawings without a value of their own, links.
_STAYING = frozenset(
    {
        *("PAGE", "NUMPAGES"),
        *("FORMCHECKBOX", "FORMDROPDOWN", "ADVANCE", "MACROBUTTON", "GOTOBUTTON", "HYPERLINK"),
    }
)
#: Fields Word draws from the instruction alone, and the program that draws the page does not.
_DRAWN_BY_WORD = frozenset({"EQ", "SYMBOL", "LISTNUM", "AUTONUM", "AUTONUMLGL", "AUTONUMOUT"})
#: What a page is, and so what a value drawn from it is, differs from page to page.
_OF_THE_PAGE = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION"})
#: Fields that say in a header or footer what stands on the page, and which not every program computes.
_OF_THE_PAGE_ABOVE = frozenset({"STYLEREF", "SECTIONPAGES", "SECTION"})
#: Fields in one another; Word itself allows about twenty.
_DEEPEST = 50
#: Fields whose value would be another on another day, or another machine: their author is told what stays.
VOLATILE = frozenset(
    {
        *("DATE", "TIME", "SAVEDATE", "CREATEDATE", "PRINTDATE", "EDITTIME"),
        *("FILENAME", "FILESIZE", "TEMPLATE", "AUTHOR", "LASTSAVEDBY"),
        *("USERNAME", "USERINITIALS", "USERADDRESS", "DOCPROPERTY", "DOCVARIABLE"),
        *("INCLUDETEXT", "INCLUDEPICTURE", "LINK", "DDE", "DDEAUTO", "DATABASE", "MERGEFIELD"),
    }
)
_LOST = re.compile(r"\b(?:Error!|Lỗi!|Error: Reference source not found)")
_STORIES = frozenset({"txbxContent", "comment", "footnote", "endnote", "document", "hdr", "ftr"})
_KIND = re.compile(r"\s*([A-Za-z=]+)")
_LONGEST = 2_000


class FieldUnread(OfficeUnread):
    """Trường (field) trong tệp không giữ được giá trị người soạn đã thấy."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"Tệp {what}. Hãy mở bằng Word, thay trường đó bằng chữ (chọn rồi bấm Ctrl+Shift+F9) "
            "hoặc xóa đi, lưu lại rồi chọn lại tệp."
        )


def settle_fields(root: Element, notes: Notes) -> None:
    """Replace fields by their values, and note those of which their author should know.

    Raises FieldUnread for a field that has no one value, and for one that never ends.
    """
    for simple in [each for each in root.iter() if local(each) == "fldSimple"]:
        kind = _kind_of(attribute(simple, "instr"))
        _note(kind, text_of(simple), simple, notes)
        _require_one_value(kind, "", simple)
        if kind not in _STAYING:
            unwrap(simple)
    stacks: dict[Element, list[_Field]] = {}
    for element in list(_pieces(root)):
        _hear(element, stacks.setdefault(_story_of(element), []), notes)
    if any(stacks.values()):
        raise FieldUnread("có một trường (field) không có dấu kết thúc")


@dataclass(slots=True)
class _Field:
    """A field being read: its marks, its instruction with all that stands in it, its value, and the words."""

    marks: list[Element]
    code: list[Element] = field(default_factory=list)
    content: list[Element] = field(default_factory=list)
    instruction: list[str] = field(default_factory=list)
    value: list[str] = field(default_factory=list)
    is_in_value: bool = False
    #: The field in its instruction, if any, whose value is another on each page.
    of_the_page: str = ""
    length: int = 0

    @property
    def kind(self) -> str:
        return _kind_of("".join(self.instruction))

    def say(self, text: str, to: list[str]) -> None:
        """Take a piece of instruction or value, as far as anybody looks."""
        if self.length < _LONGEST:
            to.append(text[:_LONGEST])
            self.length += len(text)


def _pieces(root: Element) -> Iterator[Element]:
    """What runs hold, in the order of the text."""
    for element in root.iter():
        parent = element.getparent()
        if parent is not None and local(parent) == "r" and local(element) != "rPr":
            yield element


def _story_of(element: Element) -> Element:
    return next(
        above for above in element.iterancestors() if local(above) in _STORIES or above.getparent() is None
    )


def _hear(element: Element, stack: list[_Field], notes: Notes) -> None:
    name = local(element)
    mark = attribute(element, "fldCharType") if name == "fldChar" else ""
    if mark == "begin":
        if len(stack) == _DEEPEST:
            raise FieldUnread("có các trường (field) lồng nhau quá nhiều lớp")
        stack.append(_Field(marks=[element]))
    elif not stack:
        return
    elif mark == "separate":
        stack[-1].marks.append(element)
        stack[-1].is_in_value = True
    elif mark == "end":
        stack[-1].marks.append(element)
        _end(stack, notes)
    elif stack[-1].is_in_value:
        stack[-1].content.append(element)
        stack[-1].say(element.text or "", stack[-1].value if name == "t" else [])
    else:
        stack[-1].code.append(element)
        if name == "instrText":
            stack[-1].say(element.text or "", stack[-1].instruction)


def _end(stack: list[_Field], notes: Notes) -> None:
    ended = stack.pop()
    outer = stack[-1] if stack else None
    value = "".join(ended.value)
    if outer is not None and outer.is_in_value:
        outer.say(value, outer.value)
        outer.content += ended.content
    elif outer is not None:
        # A field inside an instruction: it goes with it, whether it would stay by itself or not.
        outer.say(value, outer.instruction)
        outer.code += (*ended.marks, *ended.code, *ended.content)
        outer.of_the_page = outer.of_the_page or ended.of_the_page
        if ended.kind in _OF_THE_PAGE:
            outer.of_the_page = ended.kind
    _require_one_value(ended.kind, ended.of_the_page, ended.marks[0])
    _note(ended.kind, value, ended.marks[0], notes)
    if ended.kind not in _STAYING:
        _unlink(ended)


def _require_one_value(kind: str, of_the_page: str, element: Element) -> None:
    """Raises FieldUnread for a field whose value cannot be kept: it is another on each page."""
    if kind in _STAYING:
        return
    if kind in _DRAWN_BY_WORD:
        raise FieldUnread(f"có trường (field) {kind} mà chỉ Word vẽ được, ở {where(element)}")
    story = local(_story_of(element))
    if of_the_page:
        raise FieldUnread(
            f"trường (field) {quoted(kind)} tính theo {of_the_page} nên mỗi trang in ra một khác"
        )
    if kind in _OF_THE_PAGE_ABOVE and story in {"hdr", "ftr"}:
        raise FieldUnread(f"đầu trang hoặc chân trang có trường (field) {kind} nên mỗi trang in ra một khác")


def _unlink(ended: _Field) -> None:
    for element in (*ended.marks, *ended.code):
        remove(element)


def _note(kind: str, value: str, element: Element, notes: Notes) -> None:
    if is_repeated(element):
        return
    if _LOST.search(value) and notes.wants(Kind.BROKEN):
        notes.add(Kind.BROKEN, f"tham chiếu hỏng, in ra là {quoted(value)}", where(element))
    elif kind in VOLATILE and notes.wants(Kind.FIELD):
        said = quoted(value)
        notes.add(
            Kind.FIELD, f"{kind} giữ {said}" if said else f"{kind} chưa có giá trị, để trống", where(element)
        )


def _kind_of(instruction: str) -> str:
    found = _KIND.match(instruction[:_LONGEST])
    return found[1].upper() if found else ""
