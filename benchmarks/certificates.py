"""Keys and certificates to measure with: one root, and a certificate under it for every key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from vanthu.pdfsign import Certificate, PrivateKeySigner, load_certificate
from vanthu.pdfsign.signers import PrivateKey

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
_YEAR = timedelta(days=365)


class Root:
    """A certification authority with one level."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
        self._name = _name("CA gốc để đo")
        self.certificate = self._issue(self._name, self._key.public_key(), is_authority=True)

    def signer(self, name: str, key: PrivateKey) -> PrivateKeySigner:
        """Somebody of that name with this key in memory."""
        return PrivateKeySigner(self.certify(name, key.public_key()), [self.certificate], key)

    def certify(self, name: str, key: PublicKey) -> Certificate:
        """A signing certificate for a key that may lie in a token."""
        return self._issue(_name(name), key, is_authority=False)

    def _issue(self, subject: x509.Name, key: PublicKey, *, is_authority: bool) -> Certificate:
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + _YEAR)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(_usage(is_authority), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        return load_certificate(made.public_bytes(serialization.Encoding.DER))


def new_key(algorithm: str) -> PrivateKey:
    """A key of `P-256`, `RSA-2048` or `RSA-3072`."""
    if algorithm == "P-256":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=int(algorithm.removeprefix("RSA-")))


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Sở Nội vụ tỉnh An Bình"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _usage(is_authority: bool) -> x509.KeyUsage:
    wanted = {"key_cert_sign", "crl_sign"} if is_authority else {"digital_signature", "content_commitment"}
    every = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{use: use in wanted for use in every})
