"""The elements of WordprocessingML, by their local names: of both editions of the standard alike."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TypeAlias

from lxml import etree

from vanthu.reading.noted import QUOTED, quoted

Element: TypeAlias = etree._Element

TRANSITIONAL = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACES = (TRANSITIONAL, "{http://purl.oclc.org/ooxml/wordprocessingml/main}")
#: Where a part's text stands, by its root; what is said of the body need not be said.
_STORIES = {
    "hdr": "đầu trang, ",
    "ftr": "chân trang, ",
    "footnotes": "chú thích cuối trang, ",
    "endnotes": "chú thích cuối văn bản, ",
}
#: Roots of parts whose text is printed.
PRINTED = frozenset({"document", *_STORIES})
_TEXT = frozenset({"t", "delText"})
#: Elements looked at for a quotation.
_LOOKED_AT = 2_000
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_FALLBACK, _CHOICE = f"{_COMPATIBILITY}Fallback", f"{_COMPATIBILITY}Choice"
#: What is compared of the two: text, and what may be told of it.
_TELLING = frozenset(
    {
        *("t", "delText", "instrText", "fldSimple", "fldChar", "vanish", "commentReference"),
        *("ins", "del", "moveTo", "moveFrom", "rStyle", "pStyle", "rPrChange", "pPrChange", "sectPrChange"),
        *("tblPrChange", "tblPrExChange", "trPrChange", "tcPrChange", "tblGridChange"),
    }
)
#: Of a Fallback whose Choice says all it says; only while a part is settled.
_REPEATED = "settled-beside"


def local(element: Element | None) -> str:
    """The name of an element of this language; "" of any other, and of comments."""
    tag = element.tag if element is not None else None
    if isinstance(tag, str):
        for space in _SPACES:
            if tag.startswith(space):
                return tag[len(space) :]
    return ""


def attribute(element: Element, name: str) -> str:
    """An attribute of this language; "" where it is not."""
    return next((value for space in _SPACES if (value := element.get(space + name)) is not None), "")


def put_attribute(element: Element, name: str, value: str) -> None:
    """Set an attribute of this language, of the element's own edition."""
    element.set(element.tag.rpartition("}")[0] + "}" + name, value)


def is_on(element: Element | None) -> bool:
    """Whether a property that is there or not is there, and not switched off."""
    return element is not None and attribute(element, "val").lower() not in {"0", "false", "off"}


def child(element: Element | None, name: str) -> Element | None:
    """The first child of a name."""
    if element is None:
        return None
    return next((each for each in element if local(each) == name), None)


def rename(element: Element, name: str) -> None:
    """Give an element another name of its own edition."""
    element.tag = element.tag.rpartition("}")[0] + "}" + name


def unwrap(element: Element) -> None:
    """Put the content of an element in its place."""
    for each in list(element):
        element.addprevious(each)
    remove(element)


def remove(element: Element) -> None:
    """Take an element out, with all it holds."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def text_of(element: Element) -> str:
    """The beginning of its text, deleted text too."""
    found, length = [], 0
    for each in islice(element.iter(), _LOOKED_AT):
        if local(each) in _TEXT and each.text:
            found.append(each.text)
            length += len(each.text)
            if length > QUOTED:
                break
    return "".join(found)


def where(element: Element) -> str:
    """The words of the paragraph around an element, and what part of the document it stands in."""
    paragraph, root = element, element
    for above in element.iterancestors():
        if local(above) == "p" and local(paragraph) != "p":
            paragraph = above
        root = above
    words = quoted(text_of(paragraph)) if local(paragraph) == "p" else ""
    return _STORIES.get(local(root), "") + (f"đoạn {words}" if words else "đoạn không có chữ")


def mark_repeated(root: Element) -> list[Element]:
    """Mark the Fallbacks that say what a Choice beside them says; `unmark_repeated` them again.

    One that says something else is printed by whatever program does not know the Choice.
    """
    found = []
    for fallback in root.iter(_FALLBACK):
        # A file may bring a mark of its own.
        fallback.attrib.pop(_REPEATED, "")
        said, parent = _telling(fallback), fallback.getparent()
        if parent is not None and any(_telling(each) == said for each in parent.iterchildren(_CHOICE)):
            fallback.set(_REPEATED, "")
            found.append(fallback)
    return found


def unmark_repeated(marked: list[Element]) -> None:
    """Take the marks away."""
    for each in marked:
        del each.attrib[_REPEATED]


def _telling(element: Element) -> list[tuple[str, str | None]]:
    return [(local(each), each.text) for each in element.iter() if local(each) in _TELLING]


def is_repeated(element: Element) -> bool:
    """Whether an element stands where programs that know better find the same again."""
    return any(above.get(_REPEATED) is not None for above in element.iterancestors(_FALLBACK))


def paragraphs(root: Element) -> Iterator[Element]:
    """All paragraphs of a part."""
    return (each for each in root.iter() if local(each) == "p")
