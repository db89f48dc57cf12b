"""Hidden text of an OpenDocument text: found as its styles decide it, told and taken out; the rest stays.

A style hides by its family and its name, and by what it is based on (OpenDocument 1.3 part 3, 16.2 and
19.575); a name of another family, or of another part of the file, is another style.
"""

from __future__ import annotations

from collections.abc import Mapping

from vanthu.reading.noted import OfficeUnread
from vanthu.reading.wordml import Element

_OASIS = "{urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _OFFICE, _STYLE = f"{_OASIS}text:1.0}}", f"{_OASIS}office:1.0}}", f"{_OASIS}style:1.0}}"
_DISPLAY, _NAME = f"{_TEXT}display", f"{_TEXT}style-name"
SPAN = f"{_TEXT}span"
PARAGRAPHS = frozenset({f"{_TEXT}p", f"{_TEXT}h"})
#: What stands in a line of text and holds text of it.
_INLINE = frozenset({SPAN, f"{_TEXT}a", f"{_TEXT}meta", f"{_TEXT}ruby", f"{_TEXT}ruby-base"})
#: Family and name of a style.
Key = tuple[str, str]


class HiddenUnread(OfficeUnread):
    """Chữ ẩn được đặt theo cách mà các chương trình hiểu khác nhau."""

    def __init__(self) -> None:
        super().__init__(
            "Tệp có chữ ẩn hoặc hiện tùy điều kiện, nên không biết chắc bản in ra những chữ nào. Hãy mở bằng "
            "LibreOffice, bỏ thuộc tính ẩn ở đó, lưu lại rồi chọn lại tệp."
        )


class Hiding:
    """What the styles in force in one part of the file say of hiding."""

    def __init__(self, own: Element, common: Element | None) -> None:
        """`own`: the part; `common`: the part with the styles of the whole file."""
        self._styles: dict[Key, Element] = {}
        for root, holder in ((common, "styles"), (own, "automatic-styles")):
            if root is not None:
                self._styles |= _styles(root.find(f"{_OFFICE}{holder}"))
        self._known: dict[Key, bool | None] = {}

    def says(self, family: str, name: str) -> bool | None:
        """Whether a style hides (True) or shows (False); None where it says nothing. Raises HiddenUnread."""
        key = (family, name)
        if key not in self._known:
            self._known[key] = self._sought(key)
        return self._known[key]

    def _sought(self, key: Key) -> bool | None:
        passed = set[Key]()
        while key in self._styles and key not in passed:
            passed.add(key)
            style = self._styles[key]
            for properties in style.iterfind(f"{_STYLE}text-properties"):
                said = properties.get(_DISPLAY)
                if said is not None:
                    return _hides(said)
            key = (key[0], style.get(f"{_STYLE}parent-style-name", ""))
        return None


def _styles(holder: Element | None) -> Mapping[Key, Element]:
    return {
        (each.get(f"{_STYLE}family", ""), each.get(f"{_STYLE}name", "")): each
        for each in (holder if holder is not None else ())
        if each.tag == f"{_STYLE}style"
    }


def _hides(display: str) -> bool:
    if display not in {"none", "true"}:
        raise HiddenUnread
    return display == "none"


def take_hidden(paragraph: Element, hiding: Hiding) -> list[str]:
    """Take out what of a paragraph its styles hide; the words that went. Raises HiddenUnread."""
    taken: list[str] = []
    is_hidden = hiding.says("paragraph", paragraph.get(_NAME, "")) is True
    waiting = [(paragraph, is_hidden)]
    while waiting:
        holder, hidden = waiting.pop()
        if hidden and holder.text:
            taken.append(holder.text)
            holder.text = None
        for each in list(holder):
            if each.tag in _INLINE:
                own = hiding.says("text", each.get(_NAME, ""))
                waiting.append((each, hidden if own is None else own))
            elif hidden:
                taken.extend(str(text) for text in each.itertext())
                replace_by_nothing(each)
            if hidden and each.tail:
                taken.append(each.tail)
                each.tail = None
    return taken


def replace_by_nothing(element: Element) -> None:
    """Leave nothing of an element but the text after it."""
    after = element.tail
    element.clear()
    element.tail, element.tag = after, SPAN
