"""The cast: the agencies and the people every test knows by name.

Two agencies of the province An Bình live on this installation, a third is known from the axis directory
alone. Tests ask for the fixture `world` (tests/conftest.py) and say who acts: `world.clerk`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from django.contrib.auth.hashers import make_password

from vanthu.kernel import actor as actors
from vanthu.kernel.actor import Actor
from vanthu.organizations import rules
from vanthu.organizations.models import Agency, Position, Post, Unit, User
from vanthu.organizations.states import Role
from vanthu.registers.models import Register
from vanthu.registers.states import RegisterKind

#: A working morning in Hà Nội: 22/11/2026, 09:00.
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
#: Everybody's password.
PASSWORD = "Văn thư 2026!"


@dataclass(frozen=True, kw_only=True)
class World:
    """Agencies, units, registers and people. People are actors; their rows are in `users` and `posts`."""

    #: Sở Nội vụ, where most of a test happens.
    department: Agency
    #: UBND xã Hòa Bình, on the same installation; sees nothing of the department's.
    neighbour: Agency
    #: UBND tỉnh Phú Vinh, on another installation, reached through the axis.
    remote: Agency

    #: Phòng Công chức, viên chức and Văn phòng, of the department; Văn phòng of the neighbour.
    civil_service: Unit
    office: Unit
    neighbour_office: Unit

    outgoing_register: Register
    incoming_register: Register
    neighbour_outgoing_register: Register
    neighbour_incoming_register: Register

    #: Rows by name in the cast, e.g. `users["clerk"]`.
    users: dict[str, User] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """The person of that name in the cast, as the actor his session would give."""
        post = self.posts[name]
        return Actor(
            user_id=post.user_id,
            agency_id=post.agency_id,
            post_id=post.id,
            unit_id=post.unit_id,
            roles=frozenset(post.roles),
            label=rules.person_label(
                post.user.full_name,
                position=post.position.name,
                unit_abbreviation=post.unit.abbreviation if post.unit else "",
            ),
        )

    @property
    def clerk(self) -> Actor:
        """Văn thư of the department; gives numbers, seals, issues, registers what arrives."""
        return self.actor("clerk")

    @property
    def officer(self) -> Actor:
        """Chuyên viên of Phòng Công chức, viên chức; drafts and handles."""
        return self.actor("officer")

    @property
    def colleague(self) -> Actor:
        """Chuyên viên of the other unit, Văn phòng."""
        return self.actor("colleague")

    @property
    def head(self) -> Actor:
        """Trưởng phòng Công chức, viên chức; approves the officer's drafts."""
        return self.actor("head")

    @property
    def leader(self) -> Actor:
        """Giám đốc of the department; signs and directs."""
        return self.actor("leader")

    @property
    def deputy(self) -> Actor:
        """Phó Giám đốc; signs KT."""
        return self.actor("deputy")

    @property
    def archivist(self) -> Actor:
        """Lưu trữ of the department."""
        return self.actor("archivist")

    @property
    def administrator(self) -> Actor:
        """Quản trị of the department; manages its people, reads none of its documents."""
        return self.actor("administrator")

    @property
    def outsider(self) -> Actor:
        """Văn thư of the neighbour."""
        return self.actor("outsider")

    @property
    def outsider_leader(self) -> Actor:
        """Chủ tịch of the neighbour."""
        return self.actor("outsider_leader")

    @property
    def outsider_officer(self) -> Actor:
        """Chuyên viên of the neighbour."""
        return self.actor("outsider_officer")

    @property
    def outsider_administrator(self) -> Actor:
        """Quản trị of the neighbour."""
        return self.actor("outsider_administrator")

    @property
    def machine(self) -> Actor:
        """The machine itself, for the department."""
        return actors.system("Kiểm thử", agency_id=self.department.id)


@dataclass(frozen=True, kw_only=True)
class _Part:
    """One line of the cast."""

    name: str
    agency: Agency
    full_name: str
    position: str
    rank: int
    roles: list[Role]
    unit: Unit | None = None
    signing_title: str = ""


def build_world() -> World:
    """Create the cast in the current transaction."""
    department = _agency("H99.02", "Sở Nội vụ tỉnh An Bình", "SNV", "An Bình")
    neighbour = _agency("H99.31", "Ủy ban nhân dân xã Hòa Bình", "UBND", "Hòa Bình")
    remote = _agency("H98", "Ủy ban nhân dân tỉnh Phú Vinh", "", "", is_hosted=False)
    Agency.objects.bulk_create([department, neighbour, remote])
    civil_service = Unit(agency=department, name="Phòng Công chức, viên chức", abbreviation="CCVC", rank=2)
    office = Unit(agency=department, name="Văn phòng", abbreviation="VP", rank=1)
    neighbour_office = Unit(agency=neighbour, name="Văn phòng", abbreviation="VP", rank=1)
    Unit.objects.bulk_create([civil_service, office, neighbour_office])
    registers = [
        Register(agency=agency, kind=kind, name=name)
        for agency in (department, neighbour)
        for kind, name in (
            (RegisterKind.OUTGOING, "Sổ văn bản đi"),
            (RegisterKind.INCOMING, "Sổ văn bản đến"),
        )
    ]
    Register.objects.bulk_create(registers)
    world = World(
        department=department,
        neighbour=neighbour,
        remote=remote,
        civil_service=civil_service,
        office=office,
        neighbour_office=neighbour_office,
        outgoing_register=registers[0],
        incoming_register=registers[1],
        neighbour_outgoing_register=registers[2],
        neighbour_incoming_register=registers[3],
    )
    _people(world)
    return world


def _agency(code: str, name: str, abbreviation: str, place: str, *, is_hosted: bool = True) -> Agency:
    return Agency(
        code=code,
        name=name,
        abbreviation=abbreviation,
        place=place,
        is_hosted=is_hosted,
        search_text=rules.agency_search_text(code=code, old_code="", name=name, abbreviation=abbreviation),
    )


def _people(world: World) -> None:
    parts = _parts(world)
    titles = {(part.agency.id, part.position): part for part in parts}
    positions = {
        key: Position(agency=part.agency, name=part.position, rank=part.rank) for key, part in titles.items()
    }
    Position.objects.bulk_create(positions.values())
    for part in parts:
        world.users[part.name] = User(
            username=part.name.replace("_", "."),
            full_name=part.full_name,
            password=_hashed_password(),
            must_change_password=False,
        )
        world.posts[part.name] = Post(
            user=world.users[part.name],
            agency=part.agency,
            unit=part.unit,
            position=positions[part.agency.id, part.position],
            roles=part.roles,
            signing_title=part.signing_title,
            started_at=NOW,
        )
    User.objects.bulk_create(world.users.values())
    Post.objects.bulk_create(world.posts.values())


def _parts(world: World) -> list[_Part]:
    here, there = world.department, world.neighbour
    return [
        _Part(
            name="leader",
            agency=here,
            full_name="Phạm Văn Hùng",
            position="Giám đốc",
            rank=1,
            roles=[Role.LEADER],
            signing_title="GIÁM ĐỐC",
        ),
        _Part(
            name="deputy",
            agency=here,
            full_name="Đỗ Thị Mai",
            position="Phó Giám đốc",
            rank=2,
            roles=[Role.LEADER],
            signing_title="KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC",
        ),
        _Part(
            name="head",
            agency=here,
            full_name="Trần Thị Bình",
            position="Trưởng phòng",
            rank=10,
            roles=[Role.UNIT_HEAD],
            unit=world.civil_service,
        ),
        _Part(
            name="officer",
            agency=here,
            full_name="Nguyễn Văn An",
            position="Chuyên viên",
            rank=30,
            roles=[Role.OFFICER],
            unit=world.civil_service,
        ),
        _Part(
            name="colleague",
            agency=here,
            full_name="Lê Minh Đức",
            position="Chuyên viên",
            rank=30,
            roles=[Role.OFFICER],
            unit=world.office,
        ),
        _Part(
            name="clerk",
            agency=here,
            full_name="Hoàng Thị Lan",
            position="Văn thư",
            rank=40,
            roles=[Role.RECORDS_CLERK],
            unit=world.office,
        ),
        _Part(
            name="archivist",
            agency=here,
            full_name="Vũ Thị Hạnh",
            position="Lưu trữ viên",
            rank=40,
            roles=[Role.ARCHIVIST],
            unit=world.office,
        ),
        _Part(
            name="administrator",
            agency=here,
            full_name="Bùi Quốc Khánh",
            position="Quản trị hệ thống",
            rank=50,
            roles=[Role.ADMINISTRATOR],
            unit=world.office,
        ),
        _Part(
            name="outsider_leader",
            agency=there,
            full_name="Ngô Văn Sơn",
            position="Chủ tịch",
            rank=1,
            roles=[Role.LEADER],
            signing_title="TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH",
        ),
        _Part(
            name="outsider_officer",
            agency=there,
            full_name="Đặng Thị Thu",
            position="Công chức",
            rank=30,
            roles=[Role.OFFICER],
            unit=world.neighbour_office,
        ),
        _Part(
            name="outsider",
            agency=there,
            full_name="Cao Văn Tú",
            position="Văn thư",
            rank=40,
            roles=[Role.RECORDS_CLERK],
            unit=world.neighbour_office,
        ),
        _Part(
            name="outsider_administrator",
            agency=there,
            full_name="Mai Thị Ngọc",
            position="Quản trị hệ thống",
            rank=50,
            roles=[Role.ADMINISTRATOR],
            unit=world.neighbour_office,
        ),
    ]


@cache
def _hashed_password() -> str:
    return make_password(rules.password_form(PASSWORD))
