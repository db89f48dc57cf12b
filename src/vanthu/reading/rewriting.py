"""Zipped office files written anew: the parts that were settled stand in the place of the old."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Self

from lxml import etree

from vanthu.pdfsign.opening import is_disk_failure
from vanthu.reading.noted import OfficeUnread

#: Bytes of XML in one file that are settled, and elements: some two thousand pages.
SETTLED_BYTES, SETTLED_ELEMENTS = 32 * 1024 * 1024, 3_000_000
_QUICK = 1
_DRAWING = "{http://www.w3.org/2000/svg}"
#: What a part says of itself that is a text, or might hide that it is.
_TEXT_SPACES = ("/wordprocessingml/", "urn:oasis:names:tc:opendocument")
_OF_A_TEXT = tuple(
    each.encode(coding)
    for each in (*_TEXT_SPACES, "<!DOCTYPE")
    for coding in ("utf-8", "utf-16-le", "utf-16-be")
)
_CONTENT_TYPES = "[content_types].xml"
_XML_ENDINGS = frozenset({"xml", "rels"})
#: What may stand before XML in UTF-8, UTF-16 or UTF-32: blanks, the zeros of wide ones, marks of order.
_BLANK = b" \t\r\n\0\xef\xbb\xbf\xfe\xff"
#: «<?xm» as libxml2 knows it in EBCDIC.
_EBCDIC = b"\x4c\x6f\xa7\x94"
_CHUNK = 64 * 1024


class Parts:
    """The XML parts of one file; together they may take so much. Raises OfficeUnread for more."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._bytes, self._elements = SETTLED_BYTES, SETTLED_ELEMENTS
        self._types = _Types()
        names = [_plain(name) for name in archive.namelist()]
        if len(names) != len(set(names)):
            # Programs differ in which of the two they read.
            raise OfficeUnread
        for name in archive.namelist():
            root = self.parse(name) if _plain(name) == _CONTENT_TYPES else None
            if root is not None:
                self._types = _Types.of(root)

    def parse(self, name: str) -> etree._Element | None:
        """The root of a part; None for a part that is not XML. Raises OfficeUnread for XML that is damaged.

        What is XML by its type or its name must be; anything else that begins like it is tried.
        """
        must_be = self._types.is_xml(_plain(name))
        with self._archive.open(name) as stream:
            head = _beginning(stream, self._bytes + 1)
            if not must_be and not _may_be_xml(head):
                return None
            data = head + stream.read(max(0, self._bytes + 1 - len(head)))
        self._bytes -= len(data)
        self._elements -= data.count(b"<")
        if self._bytes < 0 or self._elements < 0:
            raise OfficeUnread(
                "Tệp có quá nhiều nội dung nên không kiểm tra hết được thay đổi chưa duyệt và chữ ẩn. "
                "Hãy xuất ra PDF rồi chọn tệp PDF, hoặc tách nhỏ văn bản."
            )
        return _parsed(data, must_be=must_be)


class _Types:
    """What the parts of a package are, by its own list of types (ISO/IEC 29500-2, 7.2.3)."""

    def __init__(self) -> None:
        self._by_name: dict[str, str] = {}
        self._by_ending: dict[str, str] = {}

    @classmethod
    def of(cls, root: etree._Element) -> Self:
        """Read the list."""
        types = cls()
        for each in root:
            kind = each.get("ContentType", "").lower()
            if each.get("PartName"):
                types._by_name[_plain(each.get("PartName", ""))] = kind
            types._by_ending[each.get("Extension", "").lower()] = kind
        return types

    def is_xml(self, name: str) -> bool:
        """Whether a part must be XML. A drawing may be damaged: nothing of the text stands in it."""
        ending = name.rpartition(".")[2]
        kind = self._by_name.get(name, self._by_ending.get(ending, "")).partition(";")[0].strip()
        return ending in _XML_ENDINGS or (kind.endswith(("/xml", "+xml")) and not kind.startswith("image/"))


def _plain(name: str) -> str:
    return name.lower().lstrip("/")


def _beginning(stream: IO[bytes], most: int) -> bytes:
    """Bytes as far as the first that is not blank, `most` about."""
    head = bytearray()
    while len(head) < most and (chunk := stream.read(_CHUNK)):
        head += chunk
        if chunk.strip(_BLANK):
            break
    return bytes(head)


def _may_be_xml(head: bytes) -> bool:
    return head.startswith(_EBCDIC) or head.lstrip(_BLANK)[:1] == b"<"


def _parsed(data: bytes, *, must_be: bool) -> etree._Element | None:
    """The root; None of what is damaged and is no text of Word's: a picture, say."""
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError) as broken:
        if must_be or any(sign in data for sign in _OF_A_TEXT) or _begins_a_text(data):
            raise OfficeUnread(
                "Một thành phần của tệp bị hỏng nên không biết hết có thay đổi chưa duyệt hoặc chữ ẩn hay "
                "không. Hãy mở tệp bằng Word, lưu lại ở dạng docx, hoặc xuất ra PDF rồi chọn tệp mới."
            ) from broken
        return None
    if getattr(root.getroottree().docinfo, "doctype", "") and not str(root.tag).startswith(_DRAWING):
        # No part of an office file declares entities but to do harm; pictures of other programs do.
        raise OfficeUnread
    return root


def _begins_a_text(data: bytes) -> bool:
    """Whether a damaged part begins as a text does, in whatever coding: programs read as far as they can."""
    try:
        root = etree.fromstring(data, _parser(recover=True))
    except (etree.XMLSyntaxError, ValueError):
        return False
    return root is not None and any(sign in str(root.tag) for sign in _TEXT_SPACES)


def _parser(*, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


def serialized(root: etree._Element) -> bytes:
    """A part as it is written."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def write_anew(archive: zipfile.ZipFile, target: Path, changed: Mapping[str, bytes]) -> None:
    """`target`: the archive with the parts in `changed` in the place of those it has."""
    with zipfile.ZipFile(target, "w") as new:
        for part in archive.infolist():
            if part.is_dir():
                continue
            entry = zipfile.ZipInfo(part.filename)
            # The first part of an OpenDocument file must stay as it is for everybody to see.
            entry.compress_type = (
                zipfile.ZIP_STORED if part.compress_type == zipfile.ZIP_STORED else zipfile.ZIP_DEFLATED
            )
            if part.filename in changed:
                new.writestr(entry, changed[part.filename], compresslevel=_QUICK)
                continue
            with archive.open(part) as old, new.open(entry, "w", force_zip64=True) as copy:
                shutil.copyfileobj(old, copy, 1 << 20)


def unread(error: Exception) -> Exception:
    """What is raised in the place of whatever a damaged archive ended in; a failing disk stays one."""
    return error if isinstance(error, OfficeUnread) or is_disk_failure(error) else OfficeUnread()
