"""The demo's certificates: for people and agencies, their keys in SoftHSM2 tokens, their images.

Subjects are written in the manner of certificates for Vietnamese state agencies: a person is CN (full
name), OU (unit), O (agency), L (province), C=VN; an agency is CN (its name), O (what it belongs to), L, C.
"""

from __future__ import annotations

import enum
import fcntl
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from vanthu.interfaces.cli.demo import authority, pictures
from vanthu.interfaces.cli.demo.authority import Authority
from vanthu.interfaces.cli.demo.cast import PIN
from vanthu.interfaces.cli.demo.tokens import KEY_LABEL, Tokens

_OFFICER_PIN = "87654321"
_KEY_BITS = 2048
_TERM = timedelta(days=3 * 365)


class Standing(enum.StrEnum):
    """Whether the certificate can be relied on."""

    CURRENT = "current"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, kw_only=True)
class PersonSubject:
    """A person who signs; `id` is the user name."""

    id: str
    name: str
    unit: str
    agency: str
    province: str
    email: str
    title: str = ""
    standing: Standing = Standing.CURRENT


@dataclass(frozen=True, kw_only=True)
class AgencySubject:
    """An agency that seals; `id` is its code."""

    id: str
    name: str
    #: The body it belongs to, as O; its own name when empty.
    parent: str = ""
    province: str
    email: str


@dataclass(frozen=True, kw_only=True)
class DemoCredential:
    """Where one subject's key, certificate and image lie."""

    token_label: str
    key_label: str
    pin: str
    certificate: Path
    #: PEM files: the issuing certificate, then the root.
    chain: tuple[Path, ...]
    image: Path


#: People whose signature must be refused; nobody signs in as them.
REFUSED = (
    PersonSubject(
        id="revoked",
        name="Lê Thị Thu Hồi",
        unit="Phòng mẫu",
        agency="Cơ quan mẫu",
        province="Tỉnh mẫu",
        email="revoked@vanthu.example",
        standing=Standing.REVOKED,
    ),
    PersonSubject(
        id="expired",
        name="Phạm Văn Hết Hạn",
        unit="Phòng mẫu",
        agency="Cơ quan mẫu",
        province="Tỉnh mẫu",
        email="expired@vanthu.example",
        standing=Standing.EXPIRED,
    ),
)


@dataclass(frozen=True)
class DemoPki:
    """The demo PKI on disk."""

    folder: Path

    @property
    def trust_dir(self) -> Path:
        """Folder with the one trusted root, `root.pem`."""
        return self.folder / "trust"

    @property
    def root(self) -> Path:
        """The trusted root certificate (PEM)."""
        return self.trust_dir / "root.pem"

    @property
    def base_url(self) -> str:
        """Address of the PKI service, fixed when the PKI was made: the certificates name it."""
        return (self.folder / "ca" / "base_url").read_text(encoding="utf-8")

    @property
    def tsa_url(self) -> str:
        """Address of the time-stamp service (RFC 3161)."""
        return f"{self.base_url}/tsa"

    @property
    def softhsm_conf(self) -> Path:
        """What SOFTHSM2_CONF must be in every process that signs."""
        return self.folder / "softhsm2.conf"

    def credential(self, subject_id: str) -> DemoCredential:
        """The credential of a person (user name) or agency (code). Raises KeyError."""
        token_label = _read_index(self.folder)[subject_id]
        return DemoCredential(
            token_label=token_label,
            key_label=KEY_LABEL,
            pin=PIN,
            certificate=self.folder / "certificates" / f"{token_label}.pem",
            chain=(self.folder / "ca" / "issuing.pem", self.folder / "ca" / "root.pem"),
            image=self.folder / "images" / f"{token_label}.png",
        )


def ensure(
    var: Path,
    people: Sequence[PersonSubject],
    agencies: Sequence[AgencySubject],
    base_url: str,
    *,
    now: datetime | None = None,
) -> DemoPki:
    """Make what is missing of the PKI in `var/pki`; what is there is never made again.

    Besides `people` and `agencies` there is a `revoked` and an `expired` person. `base_url`
    (`http://localhost:PORT`, a host name) counts the first time only. Several processes may call at once.
    Raises TokenRefused.
    """
    now = now or datetime.now(UTC)
    folder = (var / "pki").absolute()
    for part in ("trust", "certificates", "images"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        issuer = Authority(folder / "ca", base_url, now=now)
        (folder / "trust" / "root.pem").write_bytes((folder / "ca" / "root.pem").read_bytes())
        _issue_missing(folder, issuer, (*people, *REFUSED, *agencies), now)
    return DemoPki(folder)


def _issue_missing(
    folder: Path,
    issuer: Authority,
    subjects: Iterable[PersonSubject | AgencySubject],
    now: datetime,
) -> None:
    index = _read_index(folder)
    missing = {_token_label(subject.id): subject for subject in subjects if subject.id not in index}
    tokens = Tokens(folder, pin=PIN, security_officer_pin=_OFFICER_PIN)
    if not missing:
        return
    keys = tokens.create(list(missing), bits=_KEY_BITS)
    for label, subject in missing.items():
        certificate = _certify(issuer, subject, keys[label], now)
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        (folder / "certificates" / f"{label}.pem").write_bytes(pem)
        _draw(subject, folder / "images" / f"{label}.png")
    _write_index(folder, index | {subject.id: label for label, subject in missing.items()})


def _certify(
    issuer: Authority, subject: PersonSubject | AgencySubject, key: rsa.RSAPublicKey, now: datetime
) -> x509.Certificate:
    standing = subject.standing if isinstance(subject, PersonSubject) else Standing.CURRENT
    until = now - timedelta(days=30) if standing is Standing.EXPIRED else now + _TERM
    certificate = issuer.issue(
        _name(subject),
        key,
        email=subject.email,
        valid_from=until - _TERM - timedelta(days=1),
        valid_until=until,
    )
    if standing is Standing.REVOKED:
        issuer.revoke(certificate, at=now)
    return certificate


def _name(subject: PersonSubject | AgencySubject) -> x509.Name:
    if isinstance(subject, PersonSubject):
        return authority.name(
            common_name=subject.name,
            title=subject.title,
            unit=subject.unit,
            organization=subject.agency,
            locality=subject.province,
        )
    return authority.name(
        common_name=subject.name, organization=subject.parent or subject.name, locality=subject.province
    )


def _draw(subject: PersonSubject | AgencySubject, path: Path) -> None:
    if isinstance(subject, PersonSubject):
        pictures.draw_signature(subject.name, path)
    else:
        pictures.draw_seal(subject.name, subject.province, path)


def _token_label(subject_id: str) -> str:
    """The subject's own id where a token label can hold it (32 bytes), else the start of its hash."""
    if len(subject_id.encode()) <= 32 and all(letter.isalnum() or letter in "._-" for letter in subject_id):
        return subject_id
    return hashlib.sha256(subject_id.encode()).hexdigest()[:32]


def _read_index(folder: Path) -> dict[str, str]:
    path = folder / "credentials.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def _write_index(folder: Path, index: Mapping[str, str]) -> None:
    fresh = folder / "credentials.json.new"
    fresh.write_text(json.dumps(index, ensure_ascii=False, indent=2), encoding="utf-8")
    fresh.replace(folder / "credentials.json")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
