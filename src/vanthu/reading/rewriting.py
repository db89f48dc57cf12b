"""Zipped office files written anew: the parts that were settled stand in the place of the old."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from vanthu.pdfsign.opening import is_disk_failure
from vanthu.reading.noted import OfficeUnread

#: Bytes of XML in one file that are settled, and elements: some two thousand pages.
SETTLED_BYTES, SETTLED_ELEMENTS = 32 * 1024 * 1024, 3_000_000
_QUICK = 1
_DRAWING = "{http://www.w3.org/2000/svg}"
#: What a part says of itself that is a text, or might hide that it is.
_OF_A_TEXT = tuple(
    each.encode(coding)
    for each in ("/wordprocessingml/", "urn:oasis:names:tc:opendocument", "<!DOCTYPE")
    for coding in ("utf-8", "utf-16-le", "utf-16-be")
)


class Parts:
    """The XML parts of one file; together they may take so much. Raises OfficeUnread for more."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._bytes, self._elements = SETTLED_BYTES, SETTLED_ELEMENTS
        names = [name.lower().lstrip("/") for name in archive.namelist()]
        if len(names) != len(set(names)):
            # Programs differ in which of the two they read.
            raise OfficeUnread

    def parse(self, name: str) -> etree._Element | None:
        """The root of a part; None for a part that is not XML."""
        with self._archive.open(name) as stream:
            data = stream.read(4)
            if not _may_be_xml(data):
                return None
            data += stream.read(self._bytes + 1)
        self._bytes -= len(data)
        self._elements -= data.count(b"<")
        if self._bytes < 0 or self._elements < 0:
            raise OfficeUnread(
                "Tệp có quá nhiều nội dung nên không kiểm tra hết được thay đổi chưa duyệt và chữ ẩn. "
                "Hãy xuất ra PDF rồi chọn tệp PDF, hoặc tách nhỏ văn bản."
            )
        return _parsed(data)


def _may_be_xml(head: bytes) -> bool:
    bare = head.removeprefix(b"\xef\xbb\xbf")
    return bare.lstrip()[:1] == b"<" or head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0<", b"<\0"))


def _parsed(data: bytes) -> etree._Element | None:
    """The root; None of what is damaged and is no text of Word's: a picture, say."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as broken:
        if any(sign in data for sign in _OF_A_TEXT):
            raise OfficeUnread from broken
        return None
    if getattr(root.getroottree().docinfo, "doctype", "") and not str(root.tag).startswith(_DRAWING):
        # No part of an office file declares entities but to do harm; pictures of other programs do.
        raise OfficeUnread
    return root


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
