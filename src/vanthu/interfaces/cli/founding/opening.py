"""Bringing an agency to what is planned, through the same use cases people have. What is there stays.

Every addition is a transaction of its own, so a run that ends half-way leaves whole things behind, and
running it again adds the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from uuid import UUID

from vanthu.interfaces.cli.founding.plan import AgencyPlan, CredentialPlan, PersonPlan, RegisterPlan, UnitPlan
from vanthu.kernel import blobs
from vanthu.kernel.actor import system
from vanthu.kernel.errors import DomainError
from vanthu.organizations import actions as organizations
from vanthu.organizations import queries as people
from vanthu.organizations.actions import Appointment
from vanthu.organizations.queries import AccountRow
from vanthu.registers import actions as registers
from vanthu.registers import queries as register_queries
from vanthu.registers import rules as register_rules
from vanthu.registers.states import RegisterKind
from vanthu.signing import actions as signing
from vanthu.signing import queries as certificates


class Part(Enum):
    """What an agency is made of; the value is the word for it."""

    AGENCY = "cơ quan"
    REGISTER = "sổ"
    UNIT = "đơn vị"
    POSITION = "chức danh"
    PERSON = "người"
    CREDENTIAL = "chứng thư số"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account opened just now, with the temporary password nobody can be told later."""

    user_id: UUID
    username: str
    full_name: str
    password: str


@dataclass(kw_only=True)
class Progress:
    """How far it has come: true at every moment, so that it can be told after a failure."""

    added: Counter[Part] = field(default_factory=Counter)
    kept: Counter[Part] = field(default_factory=Counter)
    #: What is being added, in words; empty between additions.
    at: str = ""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What of a plan is there already. `agency_id` is None when the agency is not served here."""

    agency_id: UUID | None = None
    #: The agency was closed; nothing is added to it.
    is_closed: bool = False
    #: Name and types, by kind.
    registers: dict[RegisterKind, dict[str, Collection[str]]] = field(
        default_factory=lambda: {kind: {} for kind in RegisterKind}
    )
    units: dict[str, UUID] = field(default_factory=dict)
    positions: dict[str, UUID] = field(default_factory=dict)
    #: Accounts with a username of the plan, whosesoever they are.
    accounts: dict[str, AccountRow] = field(default_factory=dict)
    #: Who has a certificate in force; None is the agency.
    certified: set[UUID | None] = field(default_factory=set)


def survey(plan: AgencyPlan, *, label: str, now: datetime) -> Standing:
    """What of the plan is there already, as seen by the machine under this name."""
    accounts = {
        row.username: row
        for row in people.list_accounts(system(label), usernames=[person.username for person in plan.people])
    }
    served = next(iter(people.list_served(system(label), code=plan.code)), None)
    if served is None:
        return Standing(accounts=accounts)
    actor = system(label, agency_id=served.id)
    standing = Standing(
        agency_id=served.id,
        is_closed=served.closed_at is not None,
        units={unit.name: unit.id for unit in people.list_units(actor)},
        positions={position.name: position.id for position in people.list_positions(actor)},
        accounts=accounts,
        certified=certificates.holders(actor, now=now),
    )
    for row in register_queries.list_registers(actor):
        standing.registers[row.kind][row.name] = row.document_types
    return standing


def obstacles(plan: AgencyPlan, standing: Standing, *, now: datetime) -> Iterator[str]:
    """Why the plan cannot be carried out here, one Vietnamese sentence each."""
    if standing.is_closed:
        yield f"Cơ quan {plan.code} đã ngừng hoạt động. Mã đã đóng không dùng lại."
    yield from _registers_in_the_way(plan, standing)
    yield from _usernames_taken(plan, standing)
    for whose, credential in _credentials_due(plan, standing):
        if credential.valid_until <= now:
            yield (
                f"Chứng thư số của «{whose}» đã hết hạn ngày "
                f"{credential.valid_until.astimezone():%d/%m/%Y}. Hãy thay bằng chứng thư mới."
            )


def new_people(plan: AgencyPlan, standing: Standing) -> list[PersonPlan]:
    """Whose accounts are still to be opened."""
    return [person for person in plan.people if person.username not in standing.accounts]


def _registers_in_the_way(plan: AgencyPlan, standing: Standing) -> Iterator[str]:
    for register in plan.registers:
        there = standing.registers[register.kind]
        if register.name in there:
            continue
        try:
            register_rules.require_free(
                name=register.name, document_types=register.document_types, beside=there.items()
            )
        except DomainError as refused:
            yield f"Sổ «{register.name}»: {refused}"


def _usernames_taken(plan: AgencyPlan, standing: Standing) -> Iterator[str]:
    for person in plan.people:
        account = standing.accounts.get(person.username)
        if account is not None and standing.agency_id not in {account.agency_id, *account.works_at}:
            yield (
                f"Tên đăng nhập «{person.username}» đã là của {account.full_name} "
                f"({account.agency_code}). Hãy chọn tên khác."
            )


def _credentials_due(plan: AgencyPlan, standing: Standing) -> Iterator[tuple[str, CredentialPlan]]:
    """Certificates still to be registered, each with its owner's name."""
    if plan.credential is not None and None not in standing.certified:
        yield plan.code, plan.credential
    for person in plan.people:
        if person.credential is not None and _may_be_certified(
            standing.accounts.get(person.username), standing
        ):
            yield person.username, person.credential


def _may_be_certified(account: AccountRow | None, standing: Standing) -> bool:
    """Whether a certificate is still to be registered for whoever has this account, or will have one.

    Who left, or whose account was ended, signs no more: an old file does not bring him back.
    """
    if account is None:
        return True
    return standing.agency_id in account.works_at and account.user_id not in standing.certified


class Opening:
    """One run of adding what a plan has and its agency has not.

    `password_for` gives a new account its temporary password; `on_account` hears of every account as soon as
    it is there.
    """

    def __init__(
        self,
        plan: AgencyPlan,
        standing: Standing,
        *,
        label: str,
        password_for: Callable[[PersonPlan], str],
        on_account: Callable[[NewAccount], None],
        now: datetime,
    ) -> None:
        self.progress = Progress()
        self._plan, self._standing = plan, standing
        self._label, self._now = label, now
        self._actor = system(label)
        self._password_for, self._on_account = password_for, on_account

    def complete(self) -> None:
        """Add everything missing. Raises what the use cases raise; what was added before stays."""
        self._actor = system(self._label, agency_id=self._agency())
        for register in self._plan.registers:
            self._register(register)
        units = {
            unit.abbreviation: self._unit(unit, rank) for rank, unit in enumerate(self._plan.units, start=1)
        }
        positions = {
            name: self._position(name, rank) for rank, name in enumerate(self._plan.positions, start=1)
        }
        for person in self._plan.people:
            self._person(person, units, positions)
        if self._plan.credential is None:
            return
        if None in self._standing.certified:
            self._keep(Part.CREDENTIAL)
        else:
            self._credential(self._plan.credential, None, self._plan.code)

    def _agency(self) -> UUID:
        plan, there = self._plan, self._standing.agency_id
        if there is not None:
            self._keep(Part.AGENCY)
            return there
        with self._adding(Part.AGENCY, plan.code):
            return organizations.open_agency(
                actor=self._actor,
                code=plan.code,
                old_code=plan.old_code,
                name=plan.name,
                abbreviation=plan.abbreviation,
                place=plan.place,
                email=plan.email,
                now=self._now,
            )

    def _register(self, plan: RegisterPlan) -> None:
        if plan.name in self._standing.registers[plan.kind]:
            self._keep(Part.REGISTER)
            return
        with self._adding(Part.REGISTER, plan.name):
            registers.open_register(
                actor=self._actor,
                kind=plan.kind,
                name=plan.name,
                document_types=plan.document_types,
                now=self._now,
            )

    def _unit(self, plan: UnitPlan, rank: int) -> UUID:
        if there := self._standing.units.get(plan.name):
            self._keep(Part.UNIT)
            return there
        with self._adding(Part.UNIT, plan.name):
            return organizations.add_unit(
                actor=self._actor, name=plan.name, abbreviation=plan.abbreviation, rank=rank, now=self._now
            )

    def _position(self, name: str, rank: int) -> UUID:
        if there := self._standing.positions.get(name):
            self._keep(Part.POSITION)
            return there
        with self._adding(Part.POSITION, name):
            return organizations.add_position(actor=self._actor, name=name, rank=rank, now=self._now)

    def _person(self, plan: PersonPlan, units: dict[str, UUID], positions: dict[str, UUID]) -> None:
        account = self._standing.accounts.get(plan.username)
        if account is None:
            user_id = self._account(plan, units, positions)
        else:
            self._keep(Part.PERSON)
            user_id = account.user_id
        if plan.credential is None:
            return
        if _may_be_certified(account, self._standing):
            self._credential(plan.credential, user_id, plan.username)
        else:
            self._keep(Part.CREDENTIAL)

    def _account(self, plan: PersonPlan, units: dict[str, UUID], positions: dict[str, UUID]) -> UUID:
        password = self._password_for(plan)
        with self._adding(Part.PERSON, plan.username):
            user_id = organizations.register_user(
                actor=self._actor,
                username=plan.username,
                full_name=plan.full_name,
                temporary_password=password,
                post=Appointment(
                    position_id=positions[plan.position],
                    unit_id=units[plan.unit] if plan.unit else None,
                    roles=plan.roles,
                    signing_title=plan.signing_title,
                ),
                email=plan.email,
                phone=plan.phone,
                now=self._now,
            )
        account = NewAccount(
            user_id=user_id, username=plan.username, full_name=plan.full_name, password=password
        )
        self._on_account(account)
        return user_id

    def _credential(self, plan: CredentialPlan, user_id: UUID | None, whose: str) -> None:
        with self._adding(Part.CREDENTIAL, whose):
            signing.register_credential(
                actor=self._actor,
                agency_id=self._actor.agency_id,
                user_id=user_id,
                token_label=plan.token,
                key_label=plan.key,
                certificate_pem=plan.certificate_pem,
                chain_pem=plan.chain_pem,
                image=blobs.put_file(plan.image),
                now=self._now,
            )

    def _keep(self, part: Part) -> None:
        self.progress.kept[part] += 1

    @contextmanager
    def _adding(self, part: Part, name: str) -> Iterator[None]:
        self.progress.at = f"{part.value} «{name}»"
        yield
        self.progress.added[part] += 1
        self.progress.at = ""
