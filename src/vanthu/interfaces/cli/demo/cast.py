"""The fictional province: which agencies there are, who works there, and what each may do.

Everybody and every place is invented. One installation serves the province, another a department of a
neighbouring province; they know each other only through the axis.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from vanthu.organizations.states import Role

#: Every demo account signs in with this, and every demo token opens with this.
PASSWORD = "VanThu@2026"  # noqa: S105 - printed by `make run`; the accounts exist in the demo alone
PIN = "123456"

PROVINCE = "tỉnh An Bình"


@dataclass(frozen=True, kw_only=True)
class PersonPlan:
    """Someone who works in an agency of the demo."""

    username: str
    full_name: str
    position: str
    roles: tuple[Role, ...]
    #: Abbreviation of the unit; None for whoever stands above the units.
    unit: str | None = None
    #: As the signature block has it; empty when not a signer.
    signing_title: str = ""
    #: Comes to the first sign-in with a temporary password, to show the forced change.
    is_new: bool = False


@dataclass(frozen=True, kw_only=True)
class AgencyPlan:
    """An agency of the demo with its units and people."""

    code: str
    old_code: str
    name: str
    #: Above the agency in the head of a letter (cơ quan chủ quản); empty for a people's committee.
    parent_name: str
    abbreviation: str
    place: str
    units: tuple[tuple[str, str], ...]
    people: tuple[PersonPlan, ...] = field(default=())

    @property
    def email(self) -> str:
        """The agency's mail address, in a domain that cannot exist."""
        return f"{self.code.lower().replace('.', '-')}@anbinh.example"


def _head(username: str, name: str, title: str) -> PersonPlan:
    return PersonPlan(
        username=username,
        full_name=name,
        position=title,
        roles=(Role.LEADER,),
        signing_title=title.upper(),
    )


def _staff(
    username: str, name: str, position: str, unit: str, *roles: Role, is_new: bool = False
) -> PersonPlan:
    return PersonPlan(
        username=username, full_name=name, position=position, unit=unit, roles=roles, is_new=is_new
    )


def _committee_head(username: str, name: str) -> PersonPlan:
    return PersonPlan(
        username=username,
        full_name=name,
        position="Chủ tịch",
        roles=(Role.LEADER,),
        signing_title="TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH",
    )


def _small(prefix: str, names: tuple[str, str, str, str], unit: str) -> tuple[PersonPlan, ...]:
    """The staff a small agency has besides its head: clerk, head of the office, head of a unit, officer."""
    clerk, office_head, head, officer = names
    return (
        _staff(f"{prefix}.vanthu", clerk, "Văn thư", "VP", Role.RECORDS_CLERK, Role.ARCHIVIST),
        _staff(f"{prefix}.truongvp", office_head, "Trưởng Văn phòng", "VP", Role.UNIT_HEAD),
        _staff(f"{prefix}.truongphong", head, "Trưởng phòng", unit, Role.UNIT_HEAD),
        _staff(f"{prefix}.chuyenvien", officer, "Chuyên viên", unit, Role.OFFICER),
    )


_INTERIOR = AgencyPlan(
    code="H99.02",
    old_code="000.00.02.H99",
    name="Sở Nội vụ tỉnh An Bình",
    parent_name="UBND TỈNH AN BÌNH",
    abbreviation="SNV",
    place="An Bình",
    units=(
        ("Văn phòng Sở", "VP"),
        ("Phòng Công chức, viên chức", "CCVC"),
        ("Phòng Cải cách hành chính", "CCHC"),
    ),
    people=(
        _head("snv.giamdoc", "Trần Thanh Bình", "Giám đốc"),
        PersonPlan(
            username="snv.phogiamdoc",
            full_name="Lê Thị Hồng Vân",
            position="Phó Giám đốc",
            roles=(Role.LEADER,),
            signing_title="KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC",
        ),
        _staff("snv.chanhvanphong", "Tống Văn Quý", "Chánh Văn phòng", "VP", Role.UNIT_HEAD),
        _staff("snv.vanthu", "Nguyễn Thị Minh Thư", "Văn thư", "VP", Role.RECORDS_CLERK, Role.ARCHIVIST),
        _staff("snv.vanthu2", "Đỗ Ngọc Lan", "Văn thư", "VP", Role.RECORDS_CLERK),
        _staff("snv.truongphong", "Phạm Quốc Khánh", "Trưởng phòng", "CCVC", Role.UNIT_HEAD),
        _staff("snv.chuyenvien", "Nguyễn Văn Ước", "Chuyên viên", "CCVC", Role.OFFICER),
        _staff("snv.truongphong2", "Võ Thị Thu Hà", "Trưởng phòng", "CCHC", Role.UNIT_HEAD),
        _staff("snv.chuyenvien2", "Huỳnh Đức Long", "Chuyên viên", "CCHC", Role.OFFICER),
        _staff("snv.quantri", "Bùi Anh Tuấn", "Chuyên viên", "VP", Role.ADMINISTRATOR),
        _staff("snv.moi", "Đặng Thùy Dương", "Chuyên viên", "CCHC", Role.OFFICER, is_new=True),
    ),
)

_PROVINCE_AGENCIES = (
    AgencyPlan(
        code="H99",
        old_code="000.00.00.H99",
        name="Ủy ban nhân dân tỉnh An Bình",
        parent_name="",
        abbreviation="UBND",
        place="An Bình",
        units=(("Văn phòng", "VP"), ("Khối Kiểm soát thủ tục", "KSTT")),
        people=(
            _committee_head("tinh.chutich", "Hoàng Minh Đức"),
            *_small("tinh", ("Lý Thị Hòa", "Bạch Đình Lâm", "Trương Gia Bảo", "Mai Xuân Trường"), "KSTT"),
        ),
    ),
    AgencyPlan(
        code="H99.01",
        old_code="000.00.01.H99",
        name="Văn phòng Ủy ban nhân dân tỉnh An Bình",
        parent_name="UBND TỈNH AN BÌNH",
        abbreviation="VP",
        place="An Bình",
        units=(("Phòng Hành chính", "VP"), ("Phòng Tổng hợp", "TH")),
        people=(
            _head("vp.chanhvanphong", "Ngô Quang Vinh", "Chánh Văn phòng"),
            *_small("vp", ("Phan Thị Yến", "Khuất Thị Loan", "Dương Hữu Nghĩa", "Tô Bích Ngọc"), "TH"),
            _staff("vp.theodoi", "Cao Thị Thanh", "Chuyên viên", "TH", Role.MONITOR, Role.OFFICER),
        ),
    ),
    _INTERIOR,
    AgencyPlan(
        code="H99.03",
        old_code="000.00.03.H99",
        name="Sở Tài chính tỉnh An Bình",
        parent_name="UBND TỈNH AN BÌNH",
        abbreviation="STC",
        place="An Bình",
        units=(("Văn phòng Sở", "VP"), ("Phòng Quản lý ngân sách", "QLNS")),
        people=(
            _head("stc.giamdoc", "Vũ Hoàng Nam", "Giám đốc"),
            *_small("stc", ("Trịnh Thị Mai", "Tăng Văn Sáu", "Đinh Công Thành", "Lâm Khánh Linh"), "QLNS"),
        ),
    ),
    AgencyPlan(
        code="H99.04",
        old_code="000.00.04.H99",
        name="Sở Khoa học và Công nghệ tỉnh An Bình",
        parent_name="UBND TỈNH AN BÌNH",
        abbreviation="SKHCN",
        place="An Bình",
        units=(("Văn phòng Sở", "VP"), ("Phòng Chuyển đổi số", "CĐS")),
        people=(
            _head("skhcn.giamdoc", "Hồ Sỹ Hùng", "Giám đốc"),
            *_small("skhcn", ("Châu Thị Diễm", "Ninh Văn Đạt", "Quách Tuấn Kiệt", "Tạ Hải Yến"), "CĐS"),
        ),
    ),
    AgencyPlan(
        code="H99.31",
        old_code="000.00.31.H99",
        name="Ủy ban nhân dân xã Hòa Bình",
        parent_name="",
        abbreviation="UBND",
        place="Hòa Bình",
        units=(("Văn phòng HĐND và UBND", "VP"), ("Phòng Văn hóa - Xã hội", "VHXH")),
        people=(
            _committee_head("hoabinh.chutich", "Lương Văn Tâm"),
            *_small("hoabinh", ("Kiều Thị Nga", "Vi Văn Thành", "Sầm Đức Thắng", "La Thị Hạnh"), "VHXH"),
        ),
    ),
    AgencyPlan(
        code="H99.32",
        old_code="000.00.32.H99",
        name="Ủy ban nhân dân phường Tân An",
        parent_name="",
        abbreviation="UBND",
        place="Tân An",
        units=(("Văn phòng HĐND và UBND", "VP"), ("Phòng Kinh tế, Hạ tầng và Đô thị", "KTHT")),
        people=(
            _committee_head("tanan.chutich", "Chu Thị Kim Oanh"),
            *_small("tanan", ("Nghiêm Thị Phượng", "Âu Dương Minh", "Thái Bá Duy", "Ông Thị Bích"), "KTHT"),
        ),
    ),
)

_OUTSIDE_AGENCIES = (
    AgencyPlan(
        code="H98.02",
        old_code="000.00.02.H98",
        name="Sở Nội vụ tỉnh Thuận Phước",
        parent_name="UBND TỈNH THUẬN PHƯỚC",
        abbreviation="SNV",
        place="Thuận Phước",
        units=(("Văn phòng Sở", "VP"), ("Phòng Tổ chức, biên chế", "TCBC")),
        people=(
            _head("tp.giamdoc", "Đoàn Ngọc Hải", "Giám đốc"),
            *_small("tp", ("Hà Thị Tuyết", "Giáp Thị Hiền", "Triệu Quang Phúc", "Lục Thị Xuân"), "TCBC"),
        ),
    ),
)

#: Installation name → the agencies it serves.
INSTALLATIONS: dict[str, tuple[AgencyPlan, ...]] = {
    "province": _PROVINCE_AGENCIES,
    "outside": _OUTSIDE_AGENCIES,
}

#: Codes of the agencies between which the letter of `vanthu demo play` travels.
IN_THE_STORY = frozenset({"H99.02", "H99.31", "H98.02"})


def agencies() -> Iterator[AgencyPlan]:
    """Every agency of every installation."""
    for plans in INSTALLATIONS.values():
        yield from plans


def signers() -> Iterator[tuple[AgencyPlan, PersonPlan]]:
    """Everybody who signs documents, with the agency: who needs a personal certificate."""
    for plan in agencies():
        for person in plan.people:
            if person.signing_title:
                yield plan, person


def unit_name(agency: AgencyPlan, abbreviation: str) -> str:
    """The full name of one of the agency's units. Raises KeyError."""
    return {short: name for name, short in agency.units}[abbreviation]
