"""The agencies and people of the filled database: one department with half of the documents, and the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from django.contrib.auth.hashers import make_password

from benchmarks import subjects
from benchmarks.accounts import CLERK, LEADER, PASSWORD, officer_name
from vanthu.organizations import rules
from vanthu.organizations.models import Agency, Position, Post, Unit, User
from vanthu.organizations.states import Role
from vanthu.registers.models import Register
from vanthu.registers.states import RegisterKind

#: Units of the large department, and officers in each.
_UNITS, _OFFICERS = 8, 5
_AGENCIES, _OUTSIDE = 12, 60


@dataclass
class Office:
    """An agency that lives here, with the people who act in it."""

    agency: Agency
    leader: User
    clerk: User
    units: list[Unit] = field(default_factory=list)
    heads: list[User] = field(default_factory=list)
    #: By unit.
    officers: list[list[User]] = field(default_factory=list)
    incoming: Register | None = None
    outgoing: Register | None = None


@dataclass
class Province:
    """Everybody. The first office is the large one."""

    offices: list[Office]
    #: Agencies of other installations.
    outside: list[Agency]


def build(random: Random, *, now: datetime) -> Province:
    """Enter agencies, registers and people; everybody's password is `accounts.PASSWORD`."""
    password = make_password(rules.password_form(PASSWORD))
    offices = [_office(random, number, password, now) for number in range(_AGENCIES)]
    outside = [
        _agency(f"H98.{number:02d}", f"{subjects.outside_sender(random)} ({number})", "", is_hosted=False)
        for number in range(1, _OUTSIDE + 1)
    ]
    Agency.objects.bulk_create(outside)
    return Province(offices=offices, outside=outside)


def _agency(code: str, name: str, abbreviation: str, *, is_hosted: bool = True) -> Agency:
    return Agency(
        code=code,
        name=name,
        abbreviation=abbreviation,
        place="An Bình",
        is_hosted=is_hosted,
        search_text=rules.agency_search_text(code=code, old_code="", name=name, abbreviation=abbreviation),
    )


def _office(random: Random, number: int, password: str, now: datetime) -> Office:
    large = number == 0
    name = "Sở Nội vụ tỉnh An Bình" if large else f"Ủy ban nhân dân xã {subjects.place(number)}"
    agency = _agency(f"H99.{number + 1:02d}", name, "SNV" if large else "UBND")
    agency.save(force_insert=True)
    hire = _Hiring(random, agency, password, now)
    office = Office(
        agency=agency,
        leader=hire.person(LEADER if large else f"x{number}.giamdoc", "Giám đốc", Role.LEADER),
        clerk=hire.person(CLERK if large else f"x{number}.vanthu", "Văn thư", Role.RECORDS_CLERK),
    )
    for index in range(_UNITS if large else 1):
        unit = Unit.objects.create(
            agency=agency, name=f"Phòng Nghiệp vụ {index + 1}", abbreviation=f"NV{index + 1}"
        )
        prefix = "snv" if large else f"x{number}"
        office.units.append(unit)
        office.heads.append(hire.person(f"{prefix}.tp{index}", "Trưởng phòng", Role.UNIT_HEAD, unit=unit))
        office.officers.append(
            [
                hire.person(officer_name(prefix, index, seat), "Chuyên viên", Role.OFFICER, unit=unit)
                for seat in range(_OFFICERS if large else 2)
            ]
        )
    office.incoming = Register.objects.create(
        agency=agency, kind=RegisterKind.INCOMING, name="Sổ văn bản đến"
    )
    office.outgoing = Register.objects.create(agency=agency, kind=RegisterKind.OUTGOING, name="Sổ văn bản đi")
    return office


class _Hiring:
    """Gives people of one agency their accounts and posts."""

    def __init__(self, random: Random, agency: Agency, password: str, now: datetime) -> None:
        self._random, self._agency, self._password, self._now = random, agency, password, now

    def person(self, username: str, title: str, role: Role, *, unit: Unit | None = None) -> User:
        """A new account in a post with this role."""
        position, _ = Position.objects.get_or_create(agency=self._agency, name=title)
        user = User.objects.create(
            username=username,
            full_name=subjects.person_name(self._random),
            password=self._password,
            must_change_password=False,
        )
        Post.objects.create(
            user=user,
            agency=self._agency,
            unit=unit,
            position=position,
            roles=[role],
            signing_title=title.upper() if role is Role.LEADER else "",
            started_at=self._now,
        )
        return user
