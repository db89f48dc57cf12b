"""Nơi nhận: agencies to write to, their groups, and those the actor wrote to last."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from vanthu.interfaces.web.picking import SHOWN, Choice, Found, Group
from vanthu.kernel.actor import Actor
from vanthu.organizations import queries as organizations
from vanthu.organizations.queries import AgencyRow
from vanthu.organizations.rules import AgencyGroup
from vanthu.outgoing import queries as outgoing

_GROUPS = {
    AgencyGroup.DEPARTMENTS: "Các sở, ban, ngành của tỉnh",
    AgencyGroup.COMMUNES: "UBND các xã, phường, đặc khu trong tỉnh",
    AgencyGroup.DISTRICTS: "UBND các huyện, quận, thị xã, thành phố trong tỉnh",
    AgencyGroup.PROVINCES: "UBND các tỉnh, thành phố",
    AgencyGroup.CENTRAL: "Các bộ, cơ quan ở trung ương",
}


class Recipients:
    """The agencies one actor may write to."""

    advice = "Thử tên ngắn hơn, hoặc mã định danh."

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    def suggest(self) -> Found:
        """What the actor's last documents went to, then the groups of agencies."""
        before = [
            Group(key=str(row.document_id), name=f"Như văn bản «{row.subject}»", note=f"{row.count} nơi nhận")
            for row in outgoing.recipients_before(self._actor)
        ]
        groups = [
            Group(key=row.group, name=_GROUPS[row.group], note=f"{row.count} cơ quan")
            for row in organizations.list_agency_groups(self._actor)
        ]
        return Found(groups=[*before, *groups])

    def find(self, text: str) -> Found:
        """Agencies by name or code."""
        rows = organizations.search_agencies(self._actor, text, limit=SHOWN)
        total = organizations.count_agencies(self._actor, text) if len(rows) == SHOWN else len(rows)
        return Found(asked=text, choices=[_line(row) for row in rows], more=total - len(rows))

    def members(self, key: str) -> Sequence[Choice]:
        """The agencies of a group, or those of a document before that can still be written to."""
        if key in set(AgencyGroup):
            rows = organizations.agencies_of_group(self._actor, AgencyGroup(key))
            return [_line(row) for row in rows]
        ids = []
        with suppress(ValueError):
            ids = outgoing.recipient_ids(self._actor, document_id=UUID(key))
        return [line for line in self._lines(ids) if not line.bar]

    def named(self, refs: Sequence[str]) -> Sequence[Choice]:
        """Agencies by their ids, closed ones too, which say so."""
        ids = []
        for ref in refs:
            with suppress(ValueError):
                ids.append(UUID(ref))
        return self._lines(ids)

    def _lines(self, ids: Sequence[UUID]) -> list[Choice]:
        return [_line(row) for row in organizations.agencies_by_id(self._actor, ids)]


def _line(row: AgencyRow) -> Choice:
    return Choice(
        ref=str(row.id),
        name=row.name,
        note=f"{row.code} · {row.channel_label}",
        bar="đã ngừng hoạt động, hãy bỏ ra" if row.is_closed else "",
    )
