"""`vanthu demo load`: enter one installation's agencies and people, with their certificates, once."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from vanthu.config import environment
from vanthu.interfaces.cli import settings
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.demo import pki
from vanthu.interfaces.cli.demo.cast import (
    IN_THE_STORY,
    INSTALLATIONS,
    PASSWORD,
    AgencyPlan,
    PersonPlan,
    unit_name,
)
from vanthu.interfaces.cli.demo.pki import AgencySubject, PersonSubject
from vanthu.kernel.errors import DomainError


def configure(parser: argparse.ArgumentParser) -> None:
    """Which installation is loaded."""
    parser.add_argument(
        "--installation", required=True, choices=sorted(INSTALLATIONS), help="hệ thống mẫu nào"
    )


def run(args: argparse.Namespace) -> int:
    """Make the certificates, then enter everything through the use cases. Raises CommandRefused."""
    settings.load(settings.SYSTEM)
    from vanthu.interfaces.cli.demo import province

    plans = INSTALLATIONS[args.installation]
    made = pki.ensure(
        Path(environment.text("VANTHU_DEMO_VAR")),
        [_person(plan, person) for plan in plans for person in plan.people if person.signing_title],
        [_agency(plan) for plan in plans],
        environment.text("VANTHU_DEMO_PKI_URL"),
    )
    try:
        province.load(args.installation, made, now=datetime.now(UTC))
    except DomainError as error:
        raise CommandRefused(f"Không nạp được tỉnh mẫu: {error}", exit_code=1) from error
    _write_accounts(plans)
    return 0


def _write_accounts(plans: Sequence[AgencyPlan]) -> None:
    """What `vanthu demo run` prints: the accounts of the agencies the demo's story is about."""
    accounts = [
        {
            "agency": plan.name,
            "role": ", ".join(str(role.label) for role in person.roles)
            + (" (lần đầu đăng nhập)" if person.is_new else ""),
            "username": person.username,
            "password": PASSWORD,
            "name": f"{person.full_name}, {person.position}",
        }
        for plan in plans
        if plan.code in IN_THE_STORY
        for person in plan.people
    ]
    path = Path(environment.text("VANTHU_VAR")) / "accounts.json"
    path.write_text(json.dumps(accounts, ensure_ascii=False, indent=1), encoding="utf-8")


def _person(plan: AgencyPlan, person: PersonPlan) -> PersonSubject:
    return PersonSubject(
        id=person.username,
        name=person.full_name,
        unit=unit_name(plan, person.unit) if person.unit else plan.name,
        agency=plan.name,
        province=plan.place,
        email=f"{person.username}@anbinh.example",
        title=person.position,
    )


def _agency(plan: AgencyPlan) -> AgencySubject:
    return AgencySubject(id=plan.code, name=plan.name, province=plan.place, email=plan.email)
