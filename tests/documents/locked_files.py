"""Office files locked with a password, as each program locks its own: enough of each to be known by."""

from __future__ import annotations

import io
import struct
import zipfile

from tests.documents import office_files, papers

_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:size="10">'
    '<manifest:encryption-data manifest:checksum="x"/></manifest:file-entry></manifest:manifest>'
)


def new_office() -> bytes:
    """A docx or xlsx with a password: a compound file around the encrypted package."""
    return office_files.compound("EncryptionInfo", struct.pack("<HH", 4, 4) + b"<encryption/>")


def word_97() -> bytes:
    """A doc with a password: the flag in its first bytes."""
    return office_files.compound("WordDocument", struct.pack("<HHHHHH", 0xA5EC, 0x00C1, 0, 0x042A, 0, 0x1300))


def open_word_97() -> bytes:
    """The same without one."""
    return office_files.compound("WordDocument", struct.pack("<HHHHHH", 0xA5EC, 0x00C1, 0, 0x042A, 0, 0x1200))


def excel_97() -> bytes:
    """An xls with a password: the record that says so behind its first."""
    start = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 0x0005, 0, 0, 0, 0)
    return office_files.compound("Workbook", start + struct.pack("<HHH", 0x002F, 2, 0))


def open_document(kind: str = "text") -> bytes:
    """An odt or ods with a password: its manifest says so."""
    whole = office_files.odt("x") if kind == "text" else office_files.ods(["x"])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as plain, zipfile.ZipFile(out, "w") as locked:
        for name in plain.namelist():
            locked.writestr(name, _MANIFEST if name.startswith("META-INF") else plain.read(name))
    return out.getvalue()


def zipped() -> bytes:
    """A docx whose parts were locked by the program that packed them."""
    whole = bytearray(papers.docx("Nội dung"))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = whole.find(sign)
        while place >= 0:
            whole[place + at] |= 1
            place = whole.find(sign, place + 4)
    return bytes(whole)
