"""Who acts, and with whose rights."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

#: The user and agency of the machine itself: jobs, the axis, the loader. Never a person.
SYSTEM_ID = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Người có quyền: a person at a post, with what the post allows."""

    user_id: UUID
    #: The post (vị trí công tác) the user works from; None for the machine.
    post_id: UUID | None = None
    #: The unit of that post; None for leaders and whoever stands outside units.
    unit_id: UUID | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    #: Name and title as they stand in the audit trail at the time of the act.
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor(Holder):
    """Who acts, at which post of which agency, and for whom. Built once per request or job, never changed.

    What the actor may see and do is asked of `holder` alone; what only he himself can do (sign with his own
    certificate, answer for his own account) of the actor.
    """

    agency_id: UUID
    #: Who is absent and whose rights the actor uses (NĐ 30/2020 Điều 13: thay mặt, ký thay, thừa ủy quyền);
    #: None when he acts for himself.
    on_behalf_of: Holder | None = None

    @property
    def is_system(self) -> bool:
        """Whether this is the machine and not a person."""
        return self.user_id == SYSTEM_ID

    @property
    def holder(self) -> Holder:
        """Whose rights the act uses: the absent person's, and those alone, while the actor acts for him."""
        return self.on_behalf_of or self

    @property
    def told_as(self) -> str:
        """Who acts, and for whom, as others read it: «Trần Văn Bình, Phó Giám đốc thay Lê Hà, Giám đốc»."""
        return told(self.label, self.on_behalf_of.label if self.on_behalf_of else "")


def told(label: str, on_behalf_of: str) -> str:
    """Who acted, and for whom (empty: for himself), as others read it."""
    return f"{label} thay {on_behalf_of}" if on_behalf_of else label


def system(label: str, *, agency_id: UUID = SYSTEM_ID) -> Actor:
    """The machine acting for `agency_id`; `label` is the Vietnamese name of the job."""
    return Actor(user_id=SYSTEM_ID, agency_id=agency_id, label=label)
