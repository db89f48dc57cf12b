"""Small PDFs that ask for endless work, written by hand."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache

from asn1crypto import keys, x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"


def pdf(
    objects: Mapping[int, bytes], *, size: int | None = None, tail: bytes = b"", extra: bytes = b""
) -> bytes:
    """A file of these objects, number 1 the catalogue; `extra` goes into the trailer, `tail` behind all."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = {}
    for number, body in objects.items():
        places[number] = out.tell()
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n")
    for number in sorted(places):
        out.write(b"%d 1\n%010d 00000 n \n" % (number, places[number]))
    out.write(b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (size or max(objects) + 1, extra))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue() + tail


def plain(form: bytes = b"", more: Mapping[int, bytes] | None = None, **options: bytes) -> bytes:
    """A file of one empty page, with a form and further objects from number 10 on."""
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % form,
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: PAGE,
    }
    return pdf(objects | dict(more or {}), **options)  # type: ignore[arg-type]  # bytes only


def stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data)


def fields_in_fields(depth: int, width: int) -> bytes:
    """A form whose every field has `width` times the same child, `depth` deep."""
    more = {}
    for level in range(depth):
        kids = b" ".join([b"%d 0 R" % (11 + level)] * width) if level + 1 < depth else b""
        more[10 + level] = b"<< /T (f%d) /FT /Sig /Kids [%s] >>" % (level, kids)
    return plain(b"/AcroForm << /Fields [10 0 R] >>", more)


def forms_in_forms(depth: int, width: int) -> bytes:
    """A page that draws a form that draws `width` times a form, `depth` deep."""
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: PAGE.replace(b">>", b"/Contents 4 0 R /Resources << /XObject << /F 10 0 R >> >> >>"),
        4: stream(b"/F Do"),
    }
    for level in range(depth):
        own = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"
        inner = b"/Resources << /XObject << /F %d 0 R >> >>" % (11 + level)
        drawing = b"/F Do " * width if level + 1 < depth else b"0 0 1 1 re f"
        objects[10 + level] = stream(drawing, own + (inner if level + 1 < depth else b""))
    return pdf(objects)


def pages_in_pages(depth: int, width: int) -> bytes:
    """A page tree whose every node has `width` times the same child, `depth` deep."""
    objects = {1: b"<< /Type /Catalog /Pages 10 0 R >>", 9: PAGE.replace(b"2 0 R", b"%d 0 R" % (9 + depth))}
    for level in range(depth):
        child = b"%d 0 R" % (11 + level if level + 1 < depth else 9)
        count = width ** (depth - level)
        kids = b" ".join([child] * width)
        objects[10 + level] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids)
    return pdf(objects)


def packed_twice(megabytes: int) -> bytes:
    """A page whose content is packed and packed again."""
    once = zlib.compressobj(9)
    first = b"".join(once.compress(bytes(1 << 20)) for _ in range(megabytes)) + once.flush()
    content = stream(zlib.compress(first, 9), b"/Filter [/FlateDecode /FlateDecode]")
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: PAGE.replace(b">>", b"/Contents 4 0 R >>"),
        4: content,
    }
    return pdf(objects)


def layers(depth: int) -> bytes:
    """Layers of two references each between the catalogue and the form: 2 to the `depth` paths to it."""
    more = {10: b"<< /Fields [] /SigFlags 3 >>"}
    for level in range(depth):
        below = b"%d 0 R" % (20 + level - 1) if level else b"10 0 R"
        more[20 + level] = b"[%s %s]" % (below, below)
    return plain(b"/AcroForm 10 0 R /Names %d 0 R" % (20 + depth - 1), more)


@cache
def _key(number: int) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def certificate(subject: str, issuer: str, *, key: int, signed_by: int) -> x509.Certificate:
    """A certificate, its key and its issuer's key told by number."""
    now = datetime.now(UTC)
    names = [pyca.Name([pyca.NameAttribute(pyca.NameOID.COMMON_NAME, name)]) for name in (subject, issuer)]
    made = (
        pyca.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(_key(key).public_key())
        .serial_number(pyca.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=300))
        .sign(_key(signed_by), hashes.SHA256())
    )
    return x509.Certificate.load(made.public_bytes(serialization.Encoding.DER))


def signed(data: bytes, *, times: int = 1, crowd: int = 0, digest: str = "sha256") -> bytes:
    """The file signed so many times by nobody known, with a `crowd` of certificates of one name beside."""
    own = certificate("Người ký", "Một tên", key=0, signed_by=1)
    store = SimpleCertificateStore()
    for number in range(crowd):
        store.register(certificate("Một tên", "Một tên", key=number + 1, signed_by=number + 1))
    secret = _key(0).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = signers.SimpleSigner(own, keys.PrivateKeyInfo.load(secret), store, embed_roots=True)
    for number in range(times):
        meta = signers.PdfSignatureMetadata(field_name=f"ChuKy{number}", md_algorithm=digest)
        writer = IncrementalPdfFileWriter(io.BytesIO(data))
        data = signers.sign_pdf(writer, meta, signer=signer).getvalue()
    return data
