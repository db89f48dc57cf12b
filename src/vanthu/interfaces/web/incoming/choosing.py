"""Giao cho: units and people of the agency to give work to, and those the actor gave it to last."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from uuid import UUID

from vanthu.interfaces.web.picking import SHOWN, Choice, Found, Group, Picked, Roles
from vanthu.kernel.actor import Actor
from vanthu.organizations import queries as organizations
from vanthu.organizations.queries import StaffRow
from vanthu.workflow import queries as workflow
from vanthu.workflow.rules import Assignee
from vanthu.workflow.states import AssignmentRole

#: Who leads is one alone (NĐ 30/2020 Điều 24).
ALL_ROLES = Roles(
    choices=[(role.value, str(role.label)) for role in AssignmentRole], single=AssignmentRole.LEAD.value
)
#: Of who is named later nobody leads.
FURTHER_ROLES = Roles(choices=[each for each in ALL_ROLES.choices if each[0] != ALL_ROLES.single])

_ALL_UNITS = "don-vi"


def ref_of(who: Assignee) -> str:
    """How a unit or a person stands in the form."""
    return f"{who.kind}-{who.id}"


def assignee_of(ref: str) -> Assignee:
    """The unit or person of a ref the source knows. Raises ValueError of any other."""
    kind, _, id_ = ref.partition("-")
    if kind == "unit":
        return Assignee(kind="unit", id=UUID(id_))
    if kind == "user":
        return Assignee(kind="user", id=UUID(id_))
    raise ValueError(ref)


class Assignees:
    """The units and people of one actor's agency; `taken` are the parts some have already, in words."""

    advice = "Thử tên ngắn hơn, chức danh, hoặc tên viết tắt của đơn vị."

    def __init__(self, actor: Actor, *, taken: Mapping[UUID, str], roles: Roles = ALL_ROLES) -> None:
        self._actor = actor
        self._taken = taken
        self._roles = {value for value, _ in roles.choices}

    def suggest(self) -> Found:
        """How the actor directed before, all units at once, and each of the first units."""
        before = [
            Group(key=str(row.document_id), name=f"Như lần trước: {row.label}", note="")
            for row in workflow.directions_before(self._actor)
        ]
        units = organizations.list_taking_units(self._actor)
        every = [Group(key=_ALL_UNITS, name="Tất cả đơn vị, để biết", note=f"{len(units)} đơn vị")]
        return Found(
            groups=[*before, *(every if len(units) > 1 else [])],
            choices=[self._line(row) for row in units[:SHOWN]],
            more=max(0, len(units) - SHOWN),
        )

    def find(self, text: str) -> Found:
        """Units and people by name, position, unit."""
        found = organizations.search_staff(self._actor, text, limit=SHOWN)
        return Found(
            asked=text,
            choices=[self._line(row) for row in found.rows],
            more=found.total - len(found.rows),
        )

    def members(self, key: str) -> Sequence[Choice]:
        """All units, to know; or those of a direction before, in their roles."""
        if key == _ALL_UNITS:
            units = organizations.list_taking_units(self._actor)
            return self._free(self._line(row, AssignmentRole.INFORM.value) for row in units)
        before = next(
            (row for row in workflow.directions_before(self._actor) if str(row.document_id) == key), None
        )
        parts = [(ref_of(who), role.value) for role, who in before.parts] if before else []
        rows = self._rows([ref for ref, _ in parts])
        return self._free(
            self._line(rows[ref], role) for ref, role in parts if ref in rows and role in self._roles
        )

    def named(self, refs: Sequence[str]) -> Sequence[Choice]:
        """Units and people of the agency by their refs."""
        rows = self._rows(refs)
        return [self._line(rows[ref]) for ref in refs if ref in rows]

    def _rows(self, refs: Collection[str]) -> dict[str, StaffRow]:
        ids = []
        for ref in refs:
            with suppress(ValueError):
                ids.append(assignee_of(ref).id)
        return {f"{row.kind}-{row.id}": row for row in organizations.staff_by_id(self._actor, ids)}

    def _line(self, row: StaffRow, role: str = "") -> Choice:
        part = self._taken.get(row.id, "")
        bar = f"đã được giao ({part.lower()})" if part else ""
        if not row.can_take:
            bar = "chưa có trưởng đơn vị để nhận việc; hãy giao cho một người của đơn vị"
        return Choice(ref=f"{row.kind}-{row.id}", name=row.name, note=row.note, role=role, bar=bar)

    @staticmethod
    def _free(lines: Iterable[Choice]) -> list[Choice]:
        return [line for line in lines if not line.bar]


def chosen_as(picked: Sequence[Picked], role: AssignmentRole) -> list[Assignee]:
    """Everyone chosen in `role`."""
    return [assignee_of(each.ref) for each in picked if each.role == role.value]
