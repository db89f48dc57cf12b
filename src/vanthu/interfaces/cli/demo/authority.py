"""The certification authority of the demo: a root, an issuing CA, an OCSP responder and a time-stamp key.

Everything is issued once and kept as PEM files, so that a later start only reads them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

_DAY = timedelta(days=1)
_STATE = "Ban Cơ yếu mẫu"


@dataclass(frozen=True)
class Identity:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


class Authority:
    """The demo's CA in `folder`; the addresses in its certificates start with `base_url`.

    `folder` is created with everything in it the first time; then `base_url` is fixed, because every
    certificate names it, and the one given here is ignored.
    """

    def __init__(self, folder: Path, base_url: str, *, now: datetime) -> None:
        self.folder = folder
        if not (folder / "base_url").exists():
            _found(folder, base_url, now)
        self.base_url = (folder / "base_url").read_text(encoding="utf-8")
        self.root, self.issuing = self._identity("root"), self._identity("issuing")
        self.responder, self.timestamper = self._identity("ocsp"), self._identity("tsa")

    def issue(
        self,
        subject: x509.Name,
        key: rsa.RSAPublicKey,
        *,
        email: str,
        valid_from: datetime,
        valid_until: datetime,
    ) -> x509.Certificate:
        """A signing certificate (digital signature, non-repudiation) for a key that lies elsewhere."""
        certificate = (
            _builder(subject, key, self.issuing.certificate.subject, valid_from, valid_until)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
            .add_extension(
                x509.ExtendedKeyUsage(
                    [ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.CLIENT_AUTH]
                ),
                critical=False,
            )
            .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(email)]), critical=False)
            .add_extension(_known_by(self.issuing), critical=False)
            .add_extension(_revocation_list(self.base_url, "issuing"), critical=False)
            .add_extension(_access(self.base_url), critical=False)
            .sign(self.issuing.key, hashes.SHA256())
        )
        self._note(certificate.serial_number, {"issued": valid_from.isoformat()})
        return certificate

    def revoke(self, certificate: x509.Certificate, *, at: datetime) -> None:
        """Revoke for a compromised key; OCSP and CRL say so from now on."""
        self._note(certificate.serial_number, {"revoked": at.isoformat()})

    def records(self) -> dict[int, dict[str, str]]:
        """Serial number → what is known of the certificate: `issued`, perhaps `revoked` (ISO 8601)."""
        path = self.folder / "issued.json"
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return {int(serial): facts for serial, facts in known.items()}

    def _note(self, serial: int, facts: dict[str, str]) -> None:
        records = self.records()
        records[serial] = records.get(serial, {}) | facts
        fresh = self.folder / "issued.json.new"
        fresh.write_text(json.dumps({str(key): value for key, value in records.items()}), encoding="utf-8")
        fresh.replace(self.folder / "issued.json")

    def _identity(self, name: str) -> Identity:
        # Our own file: checking four RSA keys for primes again would take most of the start.
        key = serialization.load_pem_private_key(
            (self.folder / f"{name}.key.pem").read_bytes(), None, unsafe_skip_rsa_key_validation=True
        )
        assert isinstance(key, rsa.RSAPrivateKey), "made by _found"
        certificate = x509.load_pem_x509_certificate((self.folder / f"{name}.pem").read_bytes())
        return Identity(certificate, key)


def name(**parts: str) -> x509.Name:
    """A distinguished name; the order is that of certificates for state agencies: country first."""
    fields = {
        "country": NameOID.COUNTRY_NAME,
        "locality": NameOID.LOCALITY_NAME,
        "organization": NameOID.ORGANIZATION_NAME,
        "unit": NameOID.ORGANIZATIONAL_UNIT_NAME,
        "title": NameOID.TITLE,
        "common_name": NameOID.COMMON_NAME,
    }
    given = {"country": "VN", **parts}
    return x509.Name([x509.NameAttribute(fields[part], given[part]) for part in fields if given.get(part)])


def _found(folder: Path, base_url: str, now: datetime) -> None:
    """Make the four authorities. `base_url` is written last: without it, the work starts anew."""
    folder.mkdir(parents=True, exist_ok=True)
    start = now - _DAY
    root_key = _new_key(3072)
    root_name = name(common_name="CA gốc mẫu", organization=_STATE)
    root = (
        _builder(root_name, root_key.public_key(), root_name, start, now + 7300 * _DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    top = Identity(root, root_key)
    _keep(folder, "root", top)

    issuing_key = _new_key(3072)
    issuing_name = name(common_name="CA mẫu phục vụ các cơ quan nhà nước", organization=_STATE)
    issuing = (
        _builder(issuing_name, issuing_key.public_key(), root_name, start, now + 3650 * _DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(_known_by(top), critical=False)
        .add_extension(_revocation_list(base_url, "root"), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    signing = Identity(issuing, issuing_key)
    _keep(folder, "issuing", signing)
    _found_services(folder, base_url, top, signing, now)
    (folder / "base_url").write_text(base_url.rstrip("/"), encoding="utf-8")


def _found_services(folder: Path, base_url: str, root: Identity, issuing: Identity, now: datetime) -> None:
    responder_key = _new_key(2048)
    responder = (
        _builder(
            name(common_name="OCSP mẫu", organization=_STATE),
            responder_key.public_key(),
            issuing.certificate.subject,
            now - _DAY,
            now + 3650 * _DAY,
        )
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
        .add_extension(x509.OCSPNoCheck(), critical=False)
        .add_extension(_known_by(issuing), critical=False)
        .sign(issuing.key, hashes.SHA256())
    )
    _keep(folder, "ocsp", Identity(responder, responder_key))

    stamp_key = _new_key(2048)
    stamper = (
        _builder(
            name(common_name="Dấu thời gian mẫu", organization=_STATE),
            stamp_key.public_key(),
            root.certificate.subject,
            now - _DAY,
            now + 3650 * _DAY,
        )
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(_known_by(root), critical=False)
        .add_extension(_revocation_list(base_url, "root"), critical=False)
        .sign(root.key, hashes.SHA256())
    )
    _keep(folder, "tsa", Identity(stamper, stamp_key))


def _builder(
    subject: x509.Name, key: rsa.RSAPublicKey, issuer: x509.Name, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start.astimezone(UTC))
        .not_valid_after(end.astimezone(UTC))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(**allowed: bool) -> x509.KeyUsage:
    every = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{use: allowed.get(use, False) for use in every})


def _known_by(issuer: Identity) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())


def _revocation_list(base_url: str, issuer: str) -> x509.CRLDistributionPoints:
    point = x509.UniformResourceIdentifier(f"{base_url.rstrip('/')}/{issuer}.crl")
    return x509.CRLDistributionPoints([x509.DistributionPoint([point], None, None, None)])


def _access(base_url: str) -> x509.AuthorityInformationAccess:
    return x509.AuthorityInformationAccess(
        [
            x509.AccessDescription(method, x509.UniformResourceIdentifier(f"{base_url}/{place}"))
            for method, place in (
                (AuthorityInformationAccessOID.OCSP, "ocsp"),
                (AuthorityInformationAccessOID.CA_ISSUERS, "issuing.cer"),
            )
        ]
    )


def _new_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def _keep(folder: Path, stem: str, identity: Identity) -> None:
    key = identity.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{stem}.key.pem"
    path.touch(mode=0o600)
    path.write_bytes(key)
    (folder / f"{stem}.pem").write_bytes(identity.certificate.public_bytes(serialization.Encoding.PEM))
