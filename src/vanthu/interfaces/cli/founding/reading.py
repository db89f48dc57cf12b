"""An agency read from its TOML file: everything in it that is sound, and every fault."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vanthu import pdfsign
from vanthu.documents.rules import DOCUMENT_TYPES
from vanthu.interfaces.cli.founding import section as sections
from vanthu.interfaces.cli.founding.plan import (
    DEFAULT_REGISTERS,
    AgencyPlan,
    CredentialPlan,
    PersonPlan,
    RegisterPlan,
    UnitPlan,
)
from vanthu.interfaces.cli.founding.section import Section
from vanthu.kernel.errors import DomainError, why
from vanthu.organizations import rules
from vanthu.organizations.states import Role
from vanthu.registers import rules as register_rules
from vanthu.registers.states import RegisterKind
from vanthu.room import files
from vanthu.room.errors import FileUnread, RoomClosed

#: The most characters of each text, as the database keeps it.
AGENCY_TEXTS = {"code": 35, "old_code": 35, "name": 200, "abbreviation": 30, "place": 50, "email": 100}
REGISTER_TEXTS = {"name": 100}
UNIT_TEXTS = {"name": 200, "abbreviation": 30}
POSITION_TEXTS = {"name": 100}
PERSON_TEXTS = {"username": 60, "full_name": 50, "signing_title": 200, "email": 100, "phone": 20}
CREDENTIAL_TEXTS = {"token_label": 32, "key_label": 64}
_PATH = 1000

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a file says; `plan` holds only what is sound and is None without a sound agency."""

    plan: AgencyPlan | None
    faults: list[str]


def read(path: Path) -> Reading:
    """Read the file; paths in it start from its folder. Raises CommandRefused (no TOML) and OSError."""
    faults: list[str] = []
    top = Section(sections.load(path), "", faults)
    return Reading(plan=_Reader(top, path.parent, faults).read(), faults=faults)


class _Reader:
    def __init__(self, top: Section, folder: Path, faults: list[str]) -> None:
        self._top, self._folder, self._faults = top, folder, faults

    def read(self) -> AgencyPlan | None:
        section = self._top.table("agency", required=True)
        agency = self._agency(section) if section else None
        registers, units = self._registers(), self._units()
        positions = agency["positions"] if agency else ()
        people = self._people(positions, [unit.abbreviation for unit in units])
        self._top.finish()
        if agency is None or not agency.pop("is_sound"):
            return None
        return AgencyPlan(
            **agency, registers=(*registers, *_defaults(registers)), units=tuple(units), people=tuple(people)
        )

    def _agency(self, section: Section) -> dict[str, Any]:
        """What stands in [agency], and whether its name and code are sound."""
        before = len(self._faults)
        texts = {
            key: section.text(key, most=most, required=key in _AGENCY_NEEDS)
            for key, most in AGENCY_TEXTS.items()
            if key != "email"
        }
        if texts["code"] and not rules.is_agency_code(texts["code"]):
            section.fault("code", f"«{texts['code']}» không đúng QĐ 20/2020/QĐ-TTg (ví dụ đúng: H99.02).")
        agency = {**texts, "email": self._email(section), "is_sound": len(self._faults) == before}
        positions = section.texts("positions", most=POSITION_TEXTS["name"], required=True)
        credential = self._credential(section)
        section.finish()
        return {**agency, "positions": tuple(positions), "credential": credential}

    def _registers(self) -> list[RegisterPlan]:
        found: list[RegisterPlan] = []
        for section in self._top.tables("registers", named="name"):
            kind = section.choice("kind", RegisterKind.values)
            name = section.text("name", most=REGISTER_TEXTS["name"], required=True)
            types = section.choices("document_types", DOCUMENT_TYPES)
            section.finish()
            if not (kind and name):
                continue
            register = RegisterPlan(kind=RegisterKind(kind), name=name, document_types=tuple(types))
            beside = [(each.name, each.document_types) for each in found if each.kind == register.kind]
            try:
                register_rules.require_free(name=name, document_types=types, beside=beside)
            except DomainError as refused:
                section.fault("", str(refused))
            found.append(register)
        return found

    def _units(self) -> list[UnitPlan]:
        found: list[UnitPlan] = []
        for section in self._top.tables("units", named="name"):
            name = section.text("name", most=UNIT_TEXTS["name"], required=True)
            abbreviation = section.text("abbreviation", most=UNIT_TEXTS["abbreviation"], required=True)
            section.finish()
            _require_new(section, "name", name, [unit.name for unit in found])
            _require_new(section, "abbreviation", abbreviation, [unit.abbreviation for unit in found])
            found.append(UnitPlan(name=name, abbreviation=abbreviation))
        return found

    def _people(self, positions: Collection[str], units: Collection[str]) -> list[PersonPlan]:
        found: list[PersonPlan] = []
        usernames: list[str] = []
        for section in self._top.tables("people", named="username"):
            before = len(self._faults)
            person = self._person(section, positions, units)
            section.finish()
            _require_new(section, "username", person.username, usernames)
            usernames.append(person.username)
            if len(self._faults) == before:
                found.append(person)
        return found

    def _person(self, section: Section, positions: Collection[str], units: Collection[str]) -> PersonPlan:
        texts = {
            key: section.text(key, most=most, required=key in _PERSON_NEEDS, lines=key == "signing_title")
            for key, most in PERSON_TEXTS.items()
            if key != "email"
        }
        written = texts.pop("username")
        username = rules.username_form(written)
        if written and username is None:
            section.fault(
                "username",
                "gồm 3 đến 60 chữ cái không dấu, chữ số và . _ - @, bắt đầu bằng chữ hoặc số.",
            )
        position = section.text("position", most=POSITION_TEXTS["name"], required=True)
        if position and position not in positions:
            section.fault("position", f"không có «{position}» trong positions của [agency].")
        unit = section.text("unit", most=UNIT_TEXTS["abbreviation"])
        if unit and unit not in units:
            section.fault("unit", f"không có đơn vị nào viết tắt là «{unit}».")
        roles = section.choices("roles", Role.values, required=True)
        return PersonPlan(
            **texts,
            username=username or "",
            position=position,
            unit=unit or None,
            roles=tuple(Role(role) for role in roles),
            email=self._email(section),
            credential=self._credential(section),
        )

    def _email(self, section: Section) -> str:
        email = section.text("email", most=AGENCY_TEXTS["email"])
        if email and not _EMAIL.fullmatch(email):
            section.fault("email", f"«{email}» không phải địa chỉ thư điện tử.")
        return email

    def _credential(self, owner: Section) -> CredentialPlan | None:
        section = owner.table("credential")
        if section is None:
            return None
        before = len(self._faults)
        token = section.text("token", most=CREDENTIAL_TEXTS["token_label"], required=True)
        key = section.text("key", most=CREDENTIAL_TEXTS["key_label"], required=True)
        certificate = self._pem(section, "certificate", many=False)
        chain = self._pem(section, "chain", many=True)
        image = self._picture(section)
        section.finish()
        if len(self._faults) > before:
            return None
        return CredentialPlan(token=token, key=key, certificate_pem=certificate, chain_pem=chain, image=image)

    def _pem(self, section: Section, key: str, *, many: bool) -> str:
        """The certificates of the file named at `key`, as PEM."""
        path = self._file(section, key)
        if path is None:
            return ""
        try:
            text = path.read_bytes().decode("ascii")
            files.check_certificates(path)
        except OSError as error:
            section.fault(key, f"không đọc được tệp «{path}»: {why(error)}.")
        except (UnicodeDecodeError, pdfsign.BadCertificate):
            section.fault(key, f"tệp «{path}» không phải chứng thư số dạng PEM.")
        except (FileUnread, RoomClosed) as unread:
            section.fault(key, f"tệp «{path}»: {unread}")
        else:
            return text
        return ""

    def _picture(self, section: Section) -> Path:
        path = self._file(section, "image")
        if path is None:
            return self._folder
        try:
            files.check_picture(path)
        except OSError as error:
            section.fault("image", f"không đọc được tệp «{path}»: {why(error)}.")
        except pdfsign.BadImage:
            section.fault("image", f"tệp «{path}» không phải ảnh PNG dùng được.")
        except (FileUnread, RoomClosed) as unread:
            section.fault("image", f"tệp «{path}»: {unread}")
        return path

    def _file(self, section: Section, key: str) -> Path | None:
        name = section.text(key, most=_PATH, required=True)
        return self._folder / name if name else None


_AGENCY_NEEDS = frozenset({"code", "name", "abbreviation", "place"})
_PERSON_NEEDS = frozenset({"username", "full_name"})


def _defaults(registers: Iterable[RegisterPlan]) -> list[RegisterPlan]:
    """The usual register of every kind of which the file names none."""
    named = {register.kind for register in registers}
    return [register for register in DEFAULT_REGISTERS if register.kind not in named]


def _require_new(section: Section, key: str, value: str, before: Collection[str]) -> None:
    if value and value in before:
        section.fault(key, f"«{value}» đã ghi ở trên.")
