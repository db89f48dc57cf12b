"""What an agency is to have when it is opened: plain values, before any database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from vanthu import pdfsign
from vanthu.organizations.states import Role
from vanthu.registers.states import RegisterKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialPlan:
    """A certificate to register, and where its key is: labels of the token and of the key in it."""

    token: str
    key: str
    certificate_pem: str
    #: The issuing certificates, up to the root.
    chain_pem: str
    #: The handwriting or the seal, a transparent PNG.
    image: Path

    @property
    def valid_until(self) -> datetime:
        """When the certificate runs out."""
        ends: datetime = pdfsign.load_certificate(self.certificate_pem.encode()).not_valid_after
        return ends


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPlan:
    """A register; no types: it counts all that no other register of its kind names."""

    kind: RegisterKind
    name: str
    document_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPlan:
    """A unit, known among the agency's by its name; people of the plan are put into it by abbreviation."""

    name: str
    abbreviation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPlan:
    """Someone who is to have an account, with his post; `unit` is an abbreviation, None above the units."""

    username: str
    full_name: str
    position: str
    roles: tuple[Role, ...]
    unit: str | None = None
    signing_title: str = ""
    email: str = ""
    phone: str = ""
    credential: CredentialPlan | None = None


#: What an agency has of a kind of which nothing is said.
DEFAULT_REGISTERS = (
    RegisterPlan(kind=RegisterKind.INCOMING, name="Sổ văn bản đến"),
    RegisterPlan(kind=RegisterKind.OUTGOING, name="Sổ văn bản đi"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyPlan:
    """An agency with everything it needs for its first day."""

    code: str
    old_code: str
    name: str
    abbreviation: str
    place: str
    email: str
    registers: tuple[RegisterPlan, ...] = DEFAULT_REGISTERS
    units: tuple[UnitPlan, ...] = ()
    #: In order of rank, the head's first.
    positions: tuple[str, ...]
    people: tuple[PersonPlan, ...]
    credential: CredentialPlan | None = None

    @property
    def has_credentials(self) -> bool:
        """Whether there are certificates, so that images come into the file store."""
        return any((self.credential, *(person.credential for person in self.people)))
