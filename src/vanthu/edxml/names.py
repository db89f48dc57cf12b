"""Attachment names: made safe on arrival, refused on departure when they are not."""

from __future__ import annotations

import re
import unicodedata

from vanthu import plain_text
from vanthu.edxml.errors import UnsafeName
from vanthu.edxml.leaves import shorten

#: QCVN 102: AttachmentName.
ATTACHMENT_NAME_MAX_LENGTH = 200

_LONGEST_DECLARED = 64 * 1024

_SEPARATOR = re.compile(r"[\\/]")
_ROOTED = re.compile(r"\s*([A-Za-z]:)?[\\/]")
# Not allowed in a file name on the desktops where the clerk will save it.
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]')
# Control and format characters: among the latter are those that make «gpj.exe» read «exe.jpg».
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")

#: Extensions whose type the standard's users agree on; the content decides what the file really is.
_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "rtf": "application/rtf",
    "txt": "text/plain",
    "xml": "application/xml",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
}


def extension_of(name: str) -> str:
    """Return the lowercase extension without its dot, "" when there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""


def media_type_of(name: str) -> str:
    """Name the media type an extension promises."""
    return _TYPES.get(extension_of(name), "application/octet-stream")


def composed_name(name: str) -> str:
    """A name in NFC. Raises `UnsafeName` for one that is no name."""
    try:
        return plain_text.compose(name, longest=_LONGEST_DECLARED)
    except plain_text.UnfitText as unfit:
        raise UnsafeName(f"Tên tệp đính kèm không dùng được. {unfit}") from None


def refuse_traversal(name: str) -> None:
    """Raise `UnsafeName` for a name that climbs out of its folder or starts at a root."""
    if _ROOTED.match(name) or ".." in (part.strip() for part in _SEPARATOR.split(name)):
        raise UnsafeName(
            f"Tên tệp đính kèm «{shorten(name)}» trỏ ra ngoài thư mục nhận; không nhận vì lý do an toàn."
        )


def safe_name(declared: str, *, otherwise: str) -> str:
    """Make a declared name safe to show and to save under: one NFC path component of at most 200 characters.

    `otherwise` is the name when nothing is left. Raises `UnsafeName` for a path traversal: no honest
    sender writes one.
    """
    refuse_traversal(declared)
    text = composed_name(declared)
    text = "".join(c for c in text if unicodedata.category(c) not in _INVISIBLE)
    text = _FORBIDDEN.sub("_", text).strip().rstrip(". ")
    return _shortened(text) or otherwise


def name_faults(name: str) -> list[str]:
    """Say, in Vietnamese, why a name may not be sent; nothing when it may."""
    try:
        name = composed_name(name)
        if len(name) > ATTACHMENT_NAME_MAX_LENGTH:
            return [f"tên tệp dài {len(name)} ký tự, quy định tối đa {ATTACHMENT_NAME_MAX_LENGTH}"]
        safe = safe_name(name, otherwise="")
    except UnsafeName as unsafe:
        return [unsafe.message]
    if not safe:
        return ["chưa có tên tệp"]
    if safe != name:
        return [f"tên tệp «{shorten(name)}» có ký tự không dùng được, đổi thành «{shorten(safe)}»"]
    return []


def _shortened(name: str) -> str:
    if len(name) <= ATTACHMENT_NAME_MAX_LENGTH:
        return name
    extension = extension_of(name)
    tail = f".{extension}" if extension and len(extension) <= 10 else ""
    return name[: ATTACHMENT_NAME_MAX_LENGTH - len(tail)].rstrip(". ") + tail
