"""Agencies and people by the thousands, for what must work with all of them."""

from __future__ import annotations

from tests.world import NOW, World
from vanthu.organizations import rules
from vanthu.organizations.models import Agency, Position, Post, Unit, User
from vanthu.organizations.states import Role

_KINDS = ("Ủy ban nhân dân xã", "Ủy ban nhân dân phường", "Sở")
_NAMES = ("An Lạc", "Tân Phú", "Bình Minh", "Đông Hải", "Mường Thanh")


def many_agencies(count: int, *, province: str = "H99") -> list[Agency]:
    """So many agencies of one province that are reached over the axis, a third of them departments."""
    agencies = []
    for number in range(count):
        kind = _KINDS[number % len(_KINDS)]
        name, code = f"{kind} {_NAMES[number % len(_NAMES)]} {number}", f"{province}.{number + 1000}"
        text = rules.agency_search_text(code=code, old_code="", name=name, abbreviation="")
        agencies.append(Agency(code=code, name=name, search_text=text))
    return Agency.objects.bulk_create(agencies)


def many_staff(world: World, *, units: int, people: int) -> None:
    """So many units, each with a head, and people in all, at the department."""
    title = Position.objects.create(agency=world.department, name="Cán bộ", rank=90)
    rows = Unit.objects.bulk_create(
        Unit(agency=world.department, name=f"Phòng nghiệp vụ {n}", abbreviation=f"NV{n}", rank=50)
        for n in range(units)
    )
    users = User.objects.bulk_create(
        User(username=f"dong.nguoi.{n}", full_name=f"Người Thứ {n}", password="!", must_change_password=False)
        for n in range(people)
    )
    Post.objects.bulk_create(
        Post(
            user=user,
            agency=world.department,
            unit=rows[n % units],
            position=title,
            roles=[Role.UNIT_HEAD if n < units else Role.OFFICER],
            started_at=NOW,
        )
        for n, user in enumerate(users)
    )
