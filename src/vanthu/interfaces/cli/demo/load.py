"""`vanthu demo load`: enter one installation's agencies and people, with their certificates."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from vanthu.interfaces.cli import settings
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.demo import pki
from vanthu.interfaces.cli.demo.cast import INSTALLATIONS, AgencyPlan, PersonPlan, unit_name
from vanthu.interfaces.cli.demo.pki import AgencySubject, PersonSubject
from vanthu.interfaces.cli.demo.tokens import TokenRefused
from vanthu.interfaces.cli.demo.topology import Topology


def configure(parser: argparse.ArgumentParser) -> None:
    """Which installation; its database comes from the environment."""
    parser.add_argument(
        "--installation", choices=INSTALLATIONS, required=True, metavar="HỆ_THỐNG", help="hệ thống cần nạp"
    )


def run(args: argparse.Namespace) -> int:
    """Load the installation into an empty database. Raises CommandRefused."""
    settings.load(settings.SYSTEM)
    # What the loader needs of the system can only be imported once the system is ready.
    from vanthu.interfaces.cli.demo import province
    from vanthu.kernel.errors import DomainError

    topology = Topology.from_demo_environment()
    now = datetime.now(UTC)
    plans = INSTALLATIONS[args.installation]
    people = [_person(plan, each) for plan in plans for each in plan.people if each.signing_title]
    agencies = [_agency(plan) for plan in plans]
    try:
        made = pki.ensure(topology.var, people, agencies, topology.pki_url, now=now)
        province.load(args.installation, made, now=now)
    except (DomainError, TokenRefused) as refused:
        raise CommandRefused(str(refused), exit_code=1) from refused
    return 0


def _person(plan: AgencyPlan, person: PersonPlan) -> PersonSubject:
    return PersonSubject(
        id=person.username,
        name=person.full_name,
        title=person.position,
        unit=unit_name(plan, person.unit) if person.unit else plan.name,
        agency=plan.name,
        province=plan.place,
        email=f"{person.username}@anbinh.example",
    )


def _agency(plan: AgencyPlan) -> AgencySubject:
    return AgencySubject(
        id=plan.code, name=plan.name, parent=plan.parent_name, province=plan.place, email=plan.email
    )
