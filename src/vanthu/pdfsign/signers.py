"""Who makes the raw signature: the contract, and a key held in this process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from vanthu.pdfsign.certificates import Certificate, load_certificate, load_certificates
from vanthu.pdfsign.errors import PdfSignError

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class UnsupportedKey(PdfSignError):
    """Loại khóa của chứng thư số này không dùng được để ký; cần RSA hoặc ECDSA."""

    code = "pdfsign.unsupported_key"


class Signer(Protocol):
    """Something that signs: a key, a token, a remote service."""

    @property
    def certificate(self) -> Certificate: ...

    @property
    def chain(self) -> Sequence[Certificate]:
        """The issuing certificates, root included or not; they travel with the signature."""
        ...

    @property
    def pss(self) -> bool:
        """RSASSA-PSS rather than PKCS#1 v1.5; meaningless for ECDSA."""
        ...

    def sign(self, to_be_signed: bytes) -> bytes:
        """Hash (with `digest_for(certificate)`) and sign; ECDSA values are DER (r, s)."""
        ...


class PrivateKeySigner:
    """A key in this process's memory, loaded and checked once. For demos, tests and soft certificates."""

    def __init__(
        self, certificate: Certificate, chain: Sequence[Certificate], key: PrivateKey, *, pss: bool = False
    ) -> None:
        self._certificate, self._chain, self._key, self._pss = certificate, tuple(chain), key, pss

    @classmethod
    def load(
        cls,
        *,
        certificate: Path,
        chain: Path | None,
        key: Path,
        password: bytes | None = None,
        pss: bool = False,
    ) -> PrivateKeySigner:
        """Read certificate, chain and key from PEM files.

        Raises BadCertificate, UnsupportedKey, OSError.
        """
        try:
            loaded = serialization.load_pem_private_key(key.read_bytes(), password)
        except (ValueError, TypeError) as error:
            raise UnsupportedKey("Không đọc được khóa bí mật.") from error
        if not isinstance(loaded, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise UnsupportedKey
        issuers = load_certificates(chain.read_bytes()) if chain else []
        return cls(load_certificate(certificate.read_bytes()), issuers, loaded, pss=pss)

    @property
    def certificate(self) -> Certificate:
        return self._certificate

    @property
    def chain(self) -> Sequence[Certificate]:
        return self._chain

    @property
    def pss(self) -> bool:
        return self._pss

    def sign(self, to_be_signed: bytes) -> bytes:
        algorithm = hash_named(digest_for(self._certificate))
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(to_be_signed, _rsa_padding(self._pss, algorithm), algorithm)
        return self._key.sign(to_be_signed, ec.ECDSA(algorithm))


def digest_for(certificate: Certificate) -> str:
    """The digest a signature by this certificate uses: SHA-256, SHA-384 from P-384 on (TT 15/2025)."""
    key = certificate.public_key
    return "sha384" if key.algorithm == "ec" and key.bit_size >= 384 else "sha256"


def hash_named(name: str) -> hashes.HashAlgorithm:
    """The hash object of a digest name as CMS writes it."""
    return {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[name]


def signature_matches(
    certificate: Certificate, *, to_be_signed: bytes, value: bytes, digest_algorithm: str, pss: bool
) -> bool:
    """Whether `value` is this certificate's signature of `to_be_signed`."""
    key = serialization.load_der_public_key(certificate.public_key.dump())
    algorithm = hash_named(digest_algorithm)
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(value, to_be_signed, _rsa_padding(pss, algorithm), algorithm)
        else:
            cast(ec.EllipticCurvePublicKey, key).verify(value, to_be_signed, ec.ECDSA(algorithm))
    except InvalidSignature:
        return False
    return True


def _rsa_padding(pss: bool, algorithm: hashes.HashAlgorithm) -> padding.AsymmetricPadding:
    if pss:
        # The salt as long as the digest, as CMS writers declare it (RFC 4055).
        return padding.PSS(mgf=padding.MGF1(algorithm), salt_length=algorithm.digest_size)
    return padding.PKCS1v15()
