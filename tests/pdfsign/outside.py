"""Signed files as other programs write them: BER, linearized, SHA-1, local time, locks, certification."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import cms, keys
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import signers
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm, SigFieldSpec, append_signature_field
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.pdfsign import hostile, tampering
from tests.pdfsign.pki import Pki
from tests.pdfsign.tampering import Change

_ROOM = 8_000


def signer_of(pki: Pki, name: str) -> signers.SimpleSigner:
    """The library's own signer, with a key of the test infrastructure."""
    secret = (pki.keys.get(name) or pki.keys["person"]).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    store = SimpleCertificateStore()
    store.register(pki.certificates["ca"])
    return signers.SimpleSigner(pki.certificates[name], keys.PrivateKeyInfo.load(secret), store)


def signed(
    data: bytes,
    pki: Pki,
    *,
    name: str = "agency",
    field: str = "ChuKy",
    digest: str = "sha256",
    lock: FieldMDPSpec | None = None,
    certify: MDPPerm | None = None,
    box: tuple[int, int, int, int] | None = None,
) -> bytes:
    """One more signature in a new field, as the library makes it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    spec = SigFieldSpec(field, box=box, field_mdp_spec=lock)
    append_signature_field(writer, spec)
    meta = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm=digest,
        certify=certify is not None,
        docmdp_permissions=certify or MDPPerm.FILL_FORMS,
    )
    return bytes(signers.sign_pdf(writer, meta, signer=signer_of(pki, name)).getvalue())


def signed_in(data: bytes, pki: Pki, add: Change, *, field: str, name: str = "agency") -> bytes:
    """One more signature in a field that `add` puts there in the same revision."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    add(writer)
    meta = signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256")
    return bytes(signers.sign_pdf(writer, meta, signer=signer_of(pki, name)).getvalue())


def with_last_cms(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The file with the value of its last signature written another way, in the same room."""
    _, first, start, _ = max(tampering.byte_ranges(data), key=lambda one: one[2] + one[3])
    content = bytes.fromhex(data[first + 1 : start - 1].decode())
    value = cms.ContentInfo.load(content).dump()
    other = change(value).hex().encode().ljust(start - first - 2, b"0")
    assert len(other) == start - first - 2
    return data[: first + 1] + other + data[start - 1 :]


def in_ber(der: bytes, *, depth: int = 4) -> bytes:
    """The same value with its outer layers of indefinite length (X.690 8.1.3.6).

    What is signed within (the signed attributes, the certificates) stays in DER, as RFC 5652 asks.
    """
    if not der or not der[0] & 0x20 or depth == 0:
        return der
    head, length = _length(der)
    body, out, position = der[head : head + length], b"", 0
    while position < len(body):
        inner_head, inner_length = _length(body[position:])
        part = body[position : position + inner_head + inner_length]
        out += part if part[0] in (0xA0, 0xA1) and depth < 3 else in_ber(part, depth=depth - 1)
        position += len(part)
    return der[:1] + b"\x80" + out + b"\0\0"


def _length(der: bytes) -> tuple[int, int]:
    first = der[1]
    if first < 0x80:
        return 2, first
    octets = first & 0x7F
    return 2 + octets, int.from_bytes(der[2 : 2 + octets], "big")


def linearized(pki: Pki, *, name: str = "agency") -> bytes:
    """A file laid out for the web (ISO 32000-2 Annex F), signed in this its only revision.

    The table of the first page stands at the beginning and names the one at the end as the earlier.
    """
    page = hostile.PAGE.replace(b">>", b"/Contents 4 0 R /Annots [6 0 R] >>")
    first = {
        1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] /SigFlags 3 >> >>",
        3: page,
        4: hostile.stream(b"BT ET"),
        8: b"<< /Linearized 1 /L 00000000 /N 1 /O 3 /E 00000 /T 00000 /H [0 0] >>",
    }
    value = (
        b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached "
        b"/ByteRange [0 00000000 00000000 00000000] /Contents <" + b"0" * _ROOM + b"> >>"
    )
    rest = {
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        6: (
            b"<< /FT /Sig /T (ChuKy) /Type /Annot /Subtype /Widget /Rect [0 0 0 0] /F 132 /P 3 0 R "
            b"/V 7 0 R >>"
        ),
        7: value,
    }
    places: dict[int, int] = {}
    table = _table(dict.fromkeys(first, 0), b"/Size 9 /Root 1 0 R /Prev 00000000", 0)
    at = len(b"%PDF-1.7\n") + len(table)
    body = b""
    for number, text in (first | rest).items():
        places[number] = at + len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    main = at + len(body)
    head = _table({number: places[number] for number in first}, b"/Size 9 /Root 1 0 R /Prev %08d" % main, 0)
    tail = _table({number: places[number] for number in rest}, b"/Size 9", len(b"%PDF-1.7\n"))
    data = bytearray(b"%PDF-1.7\n" + head + body + tail)
    return _sign_in_place(data, pki, name)


def _table(places: dict[int, int], trailer: bytes, start: int) -> bytes:
    rows = b"".join(b"%d 1\n%010d 00000 n \n" % (number, places[number]) for number in sorted(places))
    return b"xref\n%strailer\n<< %s >>\nstartxref\n%d\n%%%%EOF\n" % (rows, trailer, start)


def _sign_in_place(data: bytearray, pki: Pki, name: str) -> bytes:
    first = data.index(b"/Contents <") + len(b"/Contents ")
    start = first + _ROOM + 2
    span = b"[0 %08d %08d %08d]" % (first, start, len(data) - start)
    at = data.index(b"[0 00000000 00000000 00000000]")
    data[at : at + len(span)] = span
    digest = hashlib.sha256(data[:first] + data[start:]).digest()
    told = PdfCMSSignedAttributes(signing_time=datetime.now(UTC))
    signing = signer_of(pki, name).async_sign(digest, "sha256", signed_attr_settings=told)
    value = asyncio.run(signing).dump()
    data[first + 1 : first + 1 + 2 * len(value)] = value.hex().encode()
    return bytes(data)


def signed_ahead(data: bytes, pki: Pki, *, ahead: timedelta, stamped: bool = False) -> bytes:
    """A signature whose signer wrote a time ahead of now, as when local time is written as UTC."""
    signer = signer_of(pki, "agency")
    original = signer.signed_attrs

    async def attributes(*args: Any, **named: Any) -> cms.CMSAttributes:
        named["attr_settings"] = PdfCMSSignedAttributes(signing_time=datetime.now(UTC) + ahead)
        return await original(*args, **named)

    signer.signed_attrs = attributes  # type: ignore[method-assign]  # to lie about the time
    meta = signers.PdfSignatureMetadata(field_name="ChuKy", md_algorithm="sha256")
    writer = IncrementalPdfFileWriter(io.BytesIO(data), strict=False)
    stamper = HTTPTimeStamper(pki.timestamper.url) if stamped else None
    return bytes(signers.sign_pdf(writer, meta, signer=signer, timestamper=stamper).getvalue())


def packed(data: bytes) -> bytes:
    """The file with a part of its page in a stream of objects."""
    writer = copy_into_new_writer(
        PdfFileReader(io.BytesIO(data), strict=False), writer_kwargs={"stream_xrefs": True}
    )
    page = writer.find_page_for_modification(0)[0].get_object()
    box = generic.ArrayObject([generic.NumberObject(each) for each in (0, 0, 595, 842)])
    page[generic.pdf_name("/CropBox")] = writer.add_object(box, obj_stream=writer.prepare_object_stream())
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def encrypted(data: bytes) -> bytes:
    """The file with a password to open it."""
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(data), strict=False))
    writer.encrypt("mật khẩu")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def saved(folder: Path, data: bytes, name: str = "outside.pdf") -> Path:
    """The bytes as a file."""
    path = folder / name
    path.write_bytes(data)
    return path
