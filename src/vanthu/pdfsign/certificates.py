"""Certificates: reading them, and telling a person's from an agency's."""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias, cast

from asn1crypto import pem, x509
from pyhanko_certvalidator.sig_validate import DEFAULT_SIGNATURE_VALIDATOR

from vanthu import plain_text
from vanthu.pdfsign.errors import BadCertificate

Certificate: TypeAlias = x509.Certificate

_QC_STATEMENTS = "1.3.6.1.5.5.7.1.3"
#: ETSI EN 319 412-5, id-etsi-qct-eseal (0.4.0.1862.1.6.2), DER.
_QC_TYPE_SEAL = bytes.fromhex("060704008e46010602")

#: How the names of Vietnamese agencies and organisations begin (NĐ 30/2020 PL I Mục II.2, common usage).
_AGENCY_WORDS = (
    "ủy ban|uỷ ban|ubnd|hội đồng|hđnd|sở|phòng|văn phòng|vp|chi cục|cục|tổng cục|vụ|bộ|ban|trung tâm|trường|"
    "bệnh viện|viện|học viện|công ty|tổng công ty|tập đoàn|ngân hàng|kho bạc|thanh tra|tòa án|toà án|"
    "viện kiểm sát|công an|bộ chỉ huy|chi nhánh|đảng ủy|đảng uỷ|tỉnh ủy|tỉnh uỷ|thành ủy|huyện ủy|mặt trận|"
    "liên đoàn|hiệp hội|quỹ|đài|báo|bảo hiểm xã hội|bảo tàng|thư viện|trạm|đội|xã|phường|đặc khu|tỉnh|"
    "thành phố|cơ quan|nhà xuất bản|liên hiệp"
)
_AGENCY_NAME = re.compile(rf"(?:{_AGENCY_WORDS})\s")

#: RFC 5280 allows 64 characters of a name; authorities write more.
_NAME_LIMIT = 1000
#: Bytes of a whole subject or issuer.
_NAMES_LIMIT = 16 * 1024
_ILLEGIBLE = "(tên không đọc được)"
_NAMELESS = "(chứng thư không ghi tên)"


#: Bytes of a certificate that is remembered; those of people and agencies have two thousand.
_LONGEST_KNOWN = 64 * 1024


class SignerKind(enum.StrEnum):
    """Whose certificate made a signature."""

    #: A natural person (người có thẩm quyền).
    PERSON = "person"
    #: An agency or organisation: the electronic seal.
    AGENCY = "agency"
    #: A time-stamping authority (document timestamp).
    TIMESTAMP = "timestamp"
    #: The certificate does not say enough.
    UNKNOWN = "unknown"


def load_certificate(data: bytes) -> Certificate:
    """Read one certificate from PEM or DER bytes.

    Raises BadCertificate.
    """
    try:
        if pem.detect(data):
            _, _, data = pem.unarmor(data)
        certificate = Certificate.load(data, strict=True)
        # asn1crypto parses lazily; touching all of it makes a broken certificate fail here, not later.
        _ = certificate.native, certificate.public_key.algorithm, certificate.not_valid_after
    except Exception as error:
        # asn1crypto believes the lengths it finds; what they lead to is whatever error it comes to.
        raise BadCertificate from error
    return certificate


def load_certificates(data: bytes) -> list[Certificate]:
    """Read every certificate of a PEM bundle, or the single one of a DER file.

    Raises BadCertificate, also when there is none.
    """
    if not pem.detect(data):
        return [load_certificate(data)]
    try:
        blocks = [body for kind, _, body in pem.unarmor(data, multiple=True) if kind == "CERTIFICATE"]
    except Exception as error:
        raise BadCertificate from error
    if not blocks:
        raise BadCertificate
    return [load_certificate(body) for body in blocks]


def read_certificates(path: Path) -> list[Certificate]:
    """Read the certificates of one PEM or DER file.

    Raises BadCertificate, also when the file cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadCertificate(f"Không đọc được tệp chứng thư số {path.name}.") from error
    return load_certificates(data)


def common_name(certificate: Certificate) -> str:
    """The subject's name as people read it; never empty."""
    names = ("common_name", "organization_name", "organizational_unit_name", "email_address")
    return next((found for name in names if (found := _attribute(certificate, name))), _NAMELESS)


def holder(certificate: Certificate) -> str:
    """Whose the certificate is, with the office it says he belongs to: «Nguyễn Văn Ước (Sở Nội vụ)»."""
    name = common_name(certificate)
    office = next(reversed(owner_bodies(certificate)), "")
    return f"{name} ({office})" if office and _folded(office) not in _folded(name) else name


def organization_name(certificate: Certificate) -> str:
    """The organisation answering for the certificate: an agency's own name, a person's O (else OU).

    "" when the certificate names none.
    """
    if kind_of(certificate) is SignerKind.AGENCY:
        return common_name(certificate)
    return _attribute(certificate, "organization_name") or _attribute(certificate, "organizational_unit_name")


def owner_bodies(certificate: Certificate) -> tuple[str, ...]:
    """The bodies the certificate says its owner belongs to: its O and OUs, the widest first."""
    return _attribute_values(certificate, "organization_name", "organizational_unit_name")


def owner_places(certificate: Certificate) -> tuple[str, ...]:
    """The places the certificate says its owner is in: its L and ST."""
    return _attribute_values(certificate, "locality_name", "state_or_province_name")


def kind_of(certificate: Certificate) -> SignerKind:
    """Tell a person's certificate from an agency's by its content alone (NĐ 68/2024 Điều 7).

    In this order: the certificate's own statements (time-stamping purpose; ETSI "seal" type;
    organizationIdentifier; given name or surname; a UID beginning MST, CCCD, CMND or HC), then CN equal
    to O (an agency), then a CN that begins like an agency's name, then a CN of two to seven words, all of
    letters (a person). Anything else is UNKNOWN: a caller that must know asks a human.
    """
    stated = _stated_kind(certificate)
    if stated is not None:
        return stated
    name = _folded(_attribute(certificate, "common_name"))
    if not name:
        return SignerKind.UNKNOWN
    if name == _folded(_attribute(certificate, "organization_name")) or _AGENCY_NAME.match(f"{name} "):
        return SignerKind.AGENCY
    words = name.split()
    if 2 <= len(words) <= 7 and all(word.replace("-", "").isalpha() for word in words):
        return SignerKind.PERSON
    return SignerKind.UNKNOWN


def _stated_kind(certificate: Certificate) -> SignerKind | None:
    usages = certificate.extended_key_usage_value
    if usages is not None and "time_stamping" in usages.native:
        return SignerKind.TIMESTAMP
    if _is_qualified_seal(certificate):
        return SignerKind.AGENCY
    attributes = _attributes(certificate)
    if "organization_identifier" in attributes:
        return SignerKind.AGENCY
    if "given_name" in attributes or "surname" in attributes:
        return SignerKind.PERSON
    identifier = attributes.get("user_id", "").upper()
    if identifier.startswith("MST"):
        return SignerKind.AGENCY
    if identifier.startswith(("CCCD", "CMND", "HC")):
        return SignerKind.PERSON
    return None


def _is_qualified_seal(certificate: Certificate) -> bool:
    extensions = certificate["tbs_certificate"]["extensions"]
    return any(
        extension["extn_id"].dotted == _QC_STATEMENTS and _QC_TYPE_SEAL in extension.dump()
        for extension in extensions
    )


def _attributes(certificate: Certificate) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in certificate.subject.native.items():
        found[name] = "; ".join(value) if isinstance(value, list) else str(value)
    return found


def _attribute(certificate: Certificate, name: str) -> str:
    return _legible(_attributes(certificate).get(name, ""))


def _attribute_values(certificate: Certificate, *names: str) -> tuple[str, ...]:
    native = certificate.subject.native
    found: list[str] = []
    for name in names:
        value = native.get(name, [])
        found += value if isinstance(value, list) else [str(value)]
    return tuple(_legible(text) for text in found if text.strip())


def _legible(text: str) -> str:
    """A name as it is shown and compared; one that is no name says so, and is equal to nobody's."""
    try:
        return plain_text.take_line(text.strip(), longest=_NAME_LIMIT)
    except plain_text.UnfitText:
        return _ILLEGIBLE


def has_legible_names(certificate: Certificate) -> bool:
    """Whether subject and issuer are names. Others must not be compared: libraries sort their marks."""
    names = (certificate.subject, certificate.issuer)
    if any(len(name.dump()) > _NAMES_LIMIT for name in names):
        return False
    texts = [text for name in names for value in name.native.values() for text in _texts(value)]
    return not any(plain_text.has_too_many_marks(text) for text in texts)


def _texts(value: object) -> list[str]:
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def unique(certificates: Iterable[Certificate]) -> list[Certificate]:
    """The certificates without repetition, in order, each as the one object this process knows it by.

    Parsing and comparing names is slow and remembered per object; the same few certificates come with every
    signature.
    """
    by_bytes = {certificate.dump(): certificate for certificate in certificates}
    return [_known(der) if len(der) <= _LONGEST_KNOWN else found for der, found in by_bytes.items()]


@functools.lru_cache(maxsize=512)
def _known(der: bytes) -> Certificate:
    return Certificate.load(der)


def is_signed_by(certificate: Certificate, issuer: Certificate) -> bool:
    """Whether the key of `issuer` made the signature on `certificate`."""
    return _is_signed_by(certificate.dump(), issuer.dump())


@functools.lru_cache(maxsize=2048)
def _is_signed_by(certificate: bytes, issuer: bytes) -> bool:
    body = Certificate.load(certificate)
    try:
        DEFAULT_SIGNATURE_VALIDATOR.validate_signature(
            body["signature_value"].native,
            body["tbs_certificate"].dump(),
            Certificate.load(issuer).public_key,
            body["signature_algorithm"],
        )
    except Exception:
        # A key or an algorithm nobody knows vouches for nothing, whatever error the library makes of it.
        return False
    return True


def fingerprint(certificate: Certificate) -> bytes:
    """The certificate's SHA-256, to compare and to index with."""
    return cast(bytes, certificate.sha256)
