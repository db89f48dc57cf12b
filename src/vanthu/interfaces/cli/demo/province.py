"""Loading the fictional province, once, through the same use cases people have."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from vanthu.interfaces.cli.demo.cast import INSTALLATIONS, PASSWORD, AgencyPlan, PersonPlan
from vanthu.interfaces.cli.demo.pki import DemoPki
from vanthu.kernel import blobs
from vanthu.kernel.actor import Actor, system
from vanthu.organizations import actions as organizations
from vanthu.organizations import queries as people
from vanthu.organizations.actions import Appointment
from vanthu.registers import actions as registers
from vanthu.registers.states import RegisterKind
from vanthu.signing import actions as signing

_LOADER = "Nạp tỉnh mẫu"
#: What a new account has until its owner chooses a password of his own.
_TEMPORARY = "Tam-thoi@2026"


def load(installation: str, pki: DemoPki, *, now: datetime) -> None:
    """Open the installation's agencies with their units, registers, people and certificates.

    Raises KeyError for an unknown installation, and whatever the use cases raise.
    """
    for plan in INSTALLATIONS[installation]:
        agency_id = organizations.open_agency(
            actor=system(_LOADER),
            code=plan.code,
            old_code=plan.old_code,
            name=plan.name,
            abbreviation=plan.abbreviation,
            place=plan.place,
            email=plan.email,
            now=now,
        )
        _load_agency(plan, system(_LOADER, agency_id=agency_id), pki, now)


def _load_agency(plan: AgencyPlan, loader: Actor, pki: DemoPki, now: datetime) -> None:
    registers.open_register(actor=loader, kind=RegisterKind.INCOMING, name="Sổ văn bản đến", now=now)
    registers.open_register(actor=loader, kind=RegisterKind.OUTGOING, name="Sổ văn bản đi", now=now)
    units = {
        abbreviation: organizations.add_unit(
            actor=loader, name=name, abbreviation=abbreviation, rank=rank, now=now
        )
        for rank, (name, abbreviation) in enumerate(plan.units, start=1)
    }
    titles = dict.fromkeys(person.position for person in plan.people)
    positions = {
        title: organizations.add_position(actor=loader, name=title, rank=rank, now=now)
        for rank, title in enumerate(titles, start=1)
    }
    for person in plan.people:
        user_id = _load_person(person, loader, units, positions, now)
        if person.signing_title:
            _register_credential(loader, pki, person.username, user_id, now)
    _register_credential(loader, pki, plan.code, None, now)


def _load_person(
    person: PersonPlan, loader: Actor, units: dict[str, UUID], positions: dict[str, UUID], now: datetime
) -> UUID:
    user_id = organizations.register_user(
        actor=loader,
        username=person.username,
        full_name=person.full_name,
        temporary_password=_TEMPORARY if not person.is_new else PASSWORD,
        post=Appointment(
            position_id=positions[person.position],
            unit_id=units[person.unit] if person.unit else None,
            roles=person.roles,
            signing_title=person.signing_title,
        ),
        now=now,
    )
    if not person.is_new:
        actor = people.actor_for_session(user_id, None)
        assert actor is not None, "the account was opened a moment ago"
        organizations.change_password(actor=actor, current=_TEMPORARY, new=PASSWORD, now=now)
    return user_id


def _register_credential(
    loader: Actor, pki: DemoPki, subject_id: str, user_id: UUID | None, now: datetime
) -> None:
    credential = pki.credential(subject_id)
    signing.register_credential(
        actor=loader,
        agency_id=loader.agency_id,
        user_id=user_id,
        token_label=credential.token_label,
        key_label=credential.key_label,
        certificate_pem=credential.certificate.read_text(encoding="ascii"),
        chain_pem="".join(path.read_text(encoding="ascii") for path in credential.chain),
        image=blobs.put_file(credential.image),
        now=now,
    )
