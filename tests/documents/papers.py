"""Files as people bring them: made from nothing, small, each with the fault its name tells."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import typst
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

from tests.pdfsign.documents import handwriting, typeset
from vanthu import pdfsign

EXECUTABLE = Path("/bin/true")

_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
</Types>"""
_RELATIONS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Target="word/document.xml"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>
</Relationships>"""
_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>%s</w:body></w:document>"""

_PICTURE = """<w:p><w:r><w:drawing><wp:inline><wp:extent cx="990000" cy="990000"/><wp:docPr id="1" name="p"/>
<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>
<pic:nvPicPr><pic:cNvPr id="1" name="p"/><pic:cNvPicPr/></pic:nvPicPr>
<pic:blipFill><a:blip r:link="rId9"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>
<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="990000" cy="990000"/></a:xfrm>
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>
</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"""
_LINK = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId9" Target="%s" TargetMode="External"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/></Relationships>"""


def pdf() -> bytes:
    """An unsigned letter."""
    return typeset()


@cache
def locked_pdf(*, asks: bool = True) -> bytes:
    """A letter that asks for a password, or only forbids to be changed without one."""
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf())))
    writer.encrypt("chủ", "mật khẩu" if asks else "")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def marked_pdf(mark: str) -> bytes:
    """A letter with `mark` alone on a line of its first page, where its number would stand."""
    source = f'#set text(font: "Liberation Serif")\nSỞ NỘI VỤ\n\n*{mark}*\n\nV/v chế độ mật của hồ sơ.'
    fonts = typst.Fonts(font_paths=["/usr/share/fonts/truetype/liberation2"], include_system_fonts=False)
    compiled = typst.Compiler(source.encode(), font_paths=fonts).compile()
    assert isinstance(compiled, bytes)
    return compiled


def png() -> bytes:
    """A picture."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 30, 40)).save(out, "PNG")
    return out.getvalue()


def docx(*paragraphs: str, header: str = "", picture: str = "") -> bytes:
    """A Word text; `header` stands at the head of its pages, `picture` is the address of a linked image."""
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS,
        "word/document.xml": _DOCUMENT % (body + (_PICTURE if picture else "")),
    }
    if picture:
        parts["word/_rels/document.xml.rels"] = _LINK % picture
    if header:
        text = f"<w:p><w:r><w:t>{header}</w:t></w:r></w:p>"
        parts["word/header1.xml"] = (_DOCUMENT % text).replace("w:document", "w:hdr").replace("w:body", "w:x")
    return zipped(parts)


def docx_parts(body: str) -> dict[str, str]:
    """The parts of a Word text whose body is this XML, by their names."""
    return {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS,
        "word/document.xml": _DOCUMENT % body,
    }


def zipped(parts: dict[str, str]) -> bytes:
    """A ZIP of these texts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def misnamed() -> bytes:
    """A Word file with a part whose name says it is UTF-8 and is not."""
    whole = zipped({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>", "word/é.xml": "x"})
    return whole.replace("é".encode(), b"\xff\xff")


def bomb() -> bytes:
    """A small Word file one part of which says it unpacks to two gigabytes."""
    whole = bytearray(docx("x"))
    entry = whole.rindex(b"PK\x01\x02")
    # Where the directory of a ZIP keeps the unpacked size of a part.
    whole[entry + 24 : entry + 28] = (2 << 30).to_bytes(4, "little")
    return bytes(whole)


def long_text(paragraphs: int) -> bytes:
    """A Word file of so many short paragraphs; LibreOffice takes a good while over 100,000."""
    return docx(*["dòng"] * paragraphs)


def packed_elements(size: int) -> bytes:
    """A small Word file of so many bytes of elements that say nothing."""
    parts = {"[Content_Types].xml": _TYPES, "_rels/.rels": _RELATIONS}
    return zipped(parts | {"word/document.xml": _DOCUMENT % ("<a/>" * (size // 4))})


def self_signed(folder: Path) -> bytes:
    """A letter signed with a key that nobody vouches for."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ai đó")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    signer = pdfsign.PrivateKeySigner(
        pdfsign.load_certificate(certificate.public_bytes(Encoding.PEM)), [], key
    )
    draft, prepared, signed = (folder / f"{stage}.pdf" for stage in ("draft", "prepared", "signed"))
    draft.write_bytes(pdf())
    places = pdfsign.find_places(draft, signer_name="Nguyễn Văn Ước", signer_title="GIÁM ĐỐC")
    pdfsign.prepare(draft, prepared, places)
    pdfsign.sign_person(prepared, signed, signer=signer, image=handwriting(), now=now)
    return signed.read_bytes()
