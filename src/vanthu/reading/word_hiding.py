"""Hidden text of a Word file: found as Word decides it, told and taken out; what Word shows stays.

Hiding is a toggle (ISO/IEC 29500-1, 17.7.3): a run's own property decides; else hidden text is what one of
paragraph style and character style hides, and not both. Where tables, the defaults of the whole text or a
damaged style would hide text, programs differ: such a file is for Word alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from vanthu.reading.noted import Kind, Notes, OfficeUnread, quoted
from vanthu.reading.wordml import (
    Element,
    attribute,
    child,
    is_on,
    is_repeated,
    local,
    put_attribute,
    text_of,
    where,
)

#: What stays of a hidden run: its properties, and the marks of fields that began or end in it.
_STAYING = frozenset({"rPr", "fldChar", "instrText"})
#: What is no loss to anybody when it is hidden.
_EMPTY = frozenset({"t", "tab", "br", "cr", "softHyphen", "noBreakHyphen", "lastRenderedPageBreak", "ptab"})
_UNSEEN = re.compile(r"visibility\s*:\s*hidden|display\s*:\s*none", re.IGNORECASE)
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}r"
#: Properties that stand behind `vanish` are so many that its place is sought among those before it.
_BEFORE = (
    *("rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "dstrike", "outline"),
    *("shadow", "emboss", "imprint", "noProof", "snapToGrid"),
)


_KINDS = ("paragraph", "character", "table", "numbering")


class HiddenUnread(OfficeUnread):
    """Chữ ẩn được đặt theo cách mà các chương trình hiểu khác nhau."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"Tệp có chữ ẩn đặt bằng {what}, nên không biết chắc Word in ra những chữ nào. Hãy mở bằng Word, "
            "bỏ thuộc tính «Hidden» ở đó, lưu lại rồi chọn lại tệp."
        )


@dataclass(slots=True)
class Hiding:
    """What the styles of a text hide."""

    #: Styles that say they hide, or that they do not, by themselves or by what they are based on.
    says: dict[tuple[str, str], bool] = field(default_factory=dict)
    #: The style of a kind that what names none has.
    usual: dict[str, str] = field(default_factory=dict)
    names: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, styles: Element | None) -> Hiding:
        """What the styles of a text hide. Raises HiddenUnread."""
        found = cls()
        if styles is None:
            return found
        read = _Styles(styles)
        for kind, name in read.names:
            said = read.says(kind, name)
            if said is not None:
                found.says[kind, name] = said
        found.usual, found.names = read.usual, frozenset(read.names)
        return found

    def mentions(self, kind: str, name: str) -> bool:
        """Whether a style, or the usual one of its kind where there is none of the name, says anything."""
        return (kind, self._known(kind, name)) in self.says

    def hides(self, kind: str, name: str) -> bool:
        """Whether it hides. Raises HiddenUnread where another kind of style is meant, perhaps."""
        known = self._known(kind, name)
        if name and known != name and any(self.says.get((each, name)) for each in _KINDS):
            raise HiddenUnread("một kiểu (style) dùng sai loại")
        return self.says.get((kind, known), False)

    def _known(self, kind: str, name: str) -> str:
        return name if (kind, name) in self.names else self.usual.get(kind, "")


class _Styles:
    """The part of the styles being read."""

    def __init__(self, root: Element) -> None:
        self._own: dict[tuple[str, str], bool] = {}
        self._based: dict[tuple[str, str], str] = {}
        self.usual: dict[str, str] = {}
        self.names: list[tuple[str, str]] = []
        if is_on(child(child(child(child(root, "docDefaults"), "rPrDefault"), "rPr"), "vanish")):
            raise HiddenUnread("thuộc tính mặc định của cả văn bản")
        for style in root:
            if local(style) == "style":
                self._read(style)
        hiding = {name for (_, name), hides in self._own.items() if hides}
        if len(self.names) != len({name for _, name in self.names}) and hiding:
            raise HiddenUnread("một kiểu (style) trùng mã với kiểu khác")

    def _read(self, style: Element) -> None:
        kind = attribute(style, "type") or "paragraph"
        key = (kind, attribute(style, "styleId"))
        self.names.append(key)
        if _is_set(style, "default"):
            self.usual[kind] = key[1]
        vanish, base = child(child(style, "rPr"), "vanish"), child(style, "basedOn")
        if vanish is not None:
            self._own[key] = is_on(vanish)
        if base is not None:
            self._based[key] = attribute(base, "val")
        if any(is_on(each) for part in style if local(part) == "tblStylePr" for each in _vanishing(part)):
            # Of some rows or columns: what of them is hidden depends on where the table is cut.
            self._own[key] = True

    def says(self, kind: str, name: str) -> bool | None:
        """What a style says of hiding; None where it says nothing. Raises HiddenUnread for a circle."""
        passed = set[tuple[str, str]]()
        key = (kind, name)
        while key not in self._own:
            if key in passed:
                if any(self._own.values()):
                    raise HiddenUnread("các kiểu (style) dựa vòng quanh lên nhau")
                return None
            passed.add(key)
            if key not in self._based:
                return None
            key = (kind, self._based[key])
        return self._own[key]


def settle_hidden(root: Element, hiding: Hiding, notes: Notes) -> None:
    """Tell and take out the text Word does not show; what it shows, no other program shall hide.

    Raises HiddenUnread.
    """
    _require_certain(root, hiding)
    for run in [each for each in root.iter() if local(each) == "r"]:
        if _is_hidden(run, hiding):
            _take_out(run, notes)


def _require_certain(root: Element, hiding: Hiding) -> None:
    """Raises HiddenUnread for what hides text, and programs take differently."""
    for math in root.iter(_MATH):
        if is_on(child(child(math, "rPr"), "vanish")):
            raise HiddenUnread("thuộc tính của công thức toán")
    for shape in _hidden_shapes(root):
        if any(local(each) in {"t", "delText"} and each.text for each in shape.iter()):
            raise HiddenUnread("hình vẽ hoặc khung chữ bị ẩn")
    for table in (each for each in root.iter() if local(each) == "tbl"):
        style = child(child(table, "tblPr"), "tblStyle")
        if hiding.hides("table", attribute(style, "val") if style is not None else ""):
            raise HiddenUnread("kiểu bảng (table style)")


def settle_hidden_numbers(root: Element, hiding: Hiding, notes: Notes) -> bool:
    """Do the same with the numbers of lists; whether anything was changed."""
    changed = False
    for level in [each for each in root.iter() if local(each) == "lvl"]:
        properties, said = child(level, "rPr"), child(level, "lvlText")
        if said is None or not attribute(said, "val") or not _hides(properties, "", hiding):
            continue
        if notes.wants(Kind.HIDDEN):
            notes.add(Kind.HIDDEN, quoted(attribute(said, "val")) or "số tự động", "đánh số tự động")
        put_attribute(said, "val", "")
        changed = True
    return changed


def _hidden_shapes(root: Element) -> Iterator[Element]:
    """Drawings nobody sees, of both languages for them."""
    for element in root.iter("{*}docPr", "{*}cNvPr"):
        parent = element.getparent()
        if element.get("hidden", "").lower() in {"1", "true"} and parent is not None:
            yield parent
    for element in root.iter("{urn:schemas-microsoft-com:vml}*"):
        if _UNSEEN.search(element.get("style", "")):
            yield element


def _is_hidden(run: Element, hiding: Hiding) -> bool:
    """Whether Word hides a run; where styles speak of it and Word shows it, the run says so itself."""
    properties = child(run, "rPr")
    if is_on(child(properties, "specVanish")) and not is_on(child(properties, "vanish")):
        raise HiddenUnread("thuộc tính «specVanish»")
    if not hiding.says:
        return is_on(child(properties, "vanish"))
    paragraph = next((each for each in run.iterancestors() if local(each) == "p"), None)
    style = child(child(paragraph, "pPr"), "pStyle")
    name = attribute(style, "val") if style is not None else ""
    if _hides(properties, name, hiding):
        return True
    if child(properties, "vanish") is None and _is_spoken_of(properties, name, hiding):
        _show(run, properties)
    return False


def _hides(properties: Element | None, paragraph_style: str, hiding: Hiding) -> bool:
    own = child(properties, "vanish")
    if own is not None:
        return is_on(own)
    by_paragraph = hiding.hides("paragraph", paragraph_style)
    return by_paragraph is not hiding.hides("character", _character_style(properties))


def _is_spoken_of(properties: Element | None, paragraph_style: str, hiding: Hiding) -> bool:
    return hiding.mentions("paragraph", paragraph_style) or hiding.mentions(
        "character", _character_style(properties)
    )


def _character_style(properties: Element | None) -> str:
    style = child(properties, "rStyle")
    return attribute(style, "val") if style is not None else ""


def _show(run: Element, properties: Element | None) -> None:
    space = run.tag.rpartition("}")[0] + "}"
    if properties is None:
        properties = etree.Element(f"{space}rPr")
        run.insert(0, properties)
    at = sum(1 for each in properties if local(each) in _BEFORE)
    vanish = etree.Element(f"{space}vanish")
    vanish.set(f"{space}val", "0")
    properties.insert(at, vanish)


def _take_out(run: Element, notes: Notes) -> None:
    hidden = [each for each in run if local(each) not in _STAYING]
    words = quoted("".join(text_of(each) for each in hidden))
    is_something = words or any(local(each) not in _EMPTY for each in hidden)
    if is_something and not is_repeated(run) and notes.wants(Kind.HIDDEN):
        notes.add(Kind.HIDDEN, words or "nội dung không phải chữ (hình, khung chữ, chú thích)", where(run))
    for each in hidden:
        run.remove(each)


def _vanishing(part: Element) -> Iterator[Element]:
    return (each for each in part.iter() if local(each) == "vanish")


def _is_set(element: Element, name: str) -> bool:
    return attribute(element, name).lower() in {"1", "true", "on"}
