"""One paper of our own, signed and judged when the zygote starts.

Libraries build tables, compile patterns and load modules at their first file. Children are forked from a
process that has that behind it, and each of them saves it.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pypdfium2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from PIL import Image

from vanthu import pdfsign
from vanthu.pdfsign import Box, Places, PrivateKeySigner, RevocationPolicy

_PLACES = Places(
    number=Box(page=1, x0=100, y0=750, x1=140, y1=765),
    day=Box(page=1, x0=300, y0=750, x1=330, y1=765),
    month=Box(page=1, x0=350, y0=750, x1=380, y1=765),
    signature=Box(page=1, x0=300, y0=200, x1=420, y1=260),
    seal=Box(page=1, x0=250, y0=180, x1=352, y1=282),
)


def practise() -> None:
    """Prepare, sign, seal and verify. Raises FontMissing, OSError."""
    # Any day will do: what is signed here is forgotten at once.
    now = datetime(2026, 1, 5, 8, tzinfo=UTC)
    signer = _signer(now)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        draft, prepared, signed, sealed = (folder / f"{each}.pdf" for each in ("a", "b", "c", "d"))
        draft.write_bytes(_paper())
        pdfsign.inspect(draft)
        pdfsign.read_letter(draft, signer_name="A", signer_title="B")
        pdfsign.beneath(draft, _PLACES.found)
        pdfsign.prepare(draft, prepared, _PLACES)
        image = _picture()
        pdfsign.sign_person(prepared, signed, signer=signer, image=image, now=now)
        pdfsign.seal(signed, sealed, number="1", day="1", month="1", signer=signer, image=image, now=now)
        trust = [signer.certificate]
        pdfsign.verify(sealed, trust=trust, now=now, revocation=RevocationPolicy.IF_AVAILABLE)


def _signer(now: datetime) -> PrivateKeySigner:
    """Somebody with a key that is forgotten at once."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tập ký")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    loaded = pdfsign.load_certificate(certificate.public_bytes(serialization.Encoding.DER))
    return PrivateKeySigner(loaded, [loaded], key)


def _paper() -> bytes:
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    content = BytesIO()
    document.save(content)
    document.close()
    return content.getvalue()


def _picture() -> bytes:
    content = BytesIO()
    Image.new("RGBA", (8, 8), (29, 78, 216, 128)).save(content, "PNG")
    return content.getvalue()
