"""Loading the fictional province, once, as any agency is opened."""

from __future__ import annotations

from datetime import datetime

from vanthu.interfaces.cli.demo import cast
from vanthu.interfaces.cli.demo.cast import INSTALLATIONS, PASSWORD
from vanthu.interfaces.cli.demo.pki import DemoPki
from vanthu.interfaces.cli.founding import opening
from vanthu.interfaces.cli.founding.opening import NewAccount
from vanthu.interfaces.cli.founding.plan import AgencyPlan, CredentialPlan, PersonPlan, UnitPlan
from vanthu.organizations import actions as organizations
from vanthu.organizations import hashing
from vanthu.organizations import queries as people

_LOADER = "Nạp tỉnh mẫu"
#: What a new account has until its owner chooses a password of his own.
_TEMPORARY = "Tam-thoi@2026"


def load(installation: str, pki: DemoPki, *, now: datetime) -> None:
    """Open the installation's agencies with their units, registers, people and certificates.

    Everybody then has the demo's password, but for who is new: he has it as a temporary one. Raises KeyError
    for an unknown installation, and whatever the use cases raise.
    """
    for agency in INSTALLATIONS[installation]:
        _open(agency, pki, now)


def _open(agency: cast.AgencyPlan, pki: DemoPki, now: datetime) -> None:
    newcomers = {person.username for person in agency.people if person.is_new}

    def password_for(person: PersonPlan) -> str:
        return PASSWORD if person.username in newcomers else _TEMPORARY

    def settle(account: NewAccount) -> None:
        if account.username not in newcomers:
            actor = people.actor_for_session(account.user_id, None)
            assert actor is not None, "the account was opened a moment ago"
            own = hashing.own_password(actor)
            change = hashing.change(own, current=_TEMPORARY, new=PASSWORD)
            organizations.change_password(actor=actor, change=change, now=now)

    plan = _plan(agency, pki)
    opening.Opening(
        plan,
        opening.survey(plan, label=_LOADER, now=now),
        label=_LOADER,
        password_for=password_for,
        on_account=settle,
        now=now,
    ).complete()


def _plan(agency: cast.AgencyPlan, pki: DemoPki) -> AgencyPlan:
    return AgencyPlan(
        code=agency.code,
        old_code=agency.old_code,
        name=agency.name,
        abbreviation=agency.abbreviation,
        place=agency.place,
        email=agency.email,
        units=tuple(UnitPlan(name=name, abbreviation=short) for name, short in agency.units),
        positions=tuple(dict.fromkeys(person.position for person in agency.people)),
        people=tuple(_person(person, pki) for person in agency.people),
        credential=_credential(pki, agency.code),
    )


def _person(person: cast.PersonPlan, pki: DemoPki) -> PersonPlan:
    return PersonPlan(
        username=person.username,
        full_name=person.full_name,
        position=person.position,
        roles=person.roles,
        unit=person.unit,
        signing_title=person.signing_title,
        credential=_credential(pki, person.username) if person.signing_title else None,
    )


def _credential(pki: DemoPki, subject_id: str) -> CredentialPlan:
    credential = pki.credential(subject_id)
    return CredentialPlan(
        token=credential.token_label,
        key=credential.key_label,
        certificate_pem=credential.certificate.read_text(encoding="ascii"),
        chain_pem="".join(path.read_text(encoding="ascii") for path in credential.chain),
        image=credential.image,
    )
