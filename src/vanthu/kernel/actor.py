"""Who acts."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

#: The user and agency of the machine itself: jobs, the axis, the loader. Never a person.
SYSTEM_ID = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, at which post of which agency. Built once per request or job, never changed."""

    user_id: UUID
    agency_id: UUID
    #: The post (vị trí công tác) the user works from; None for the machine.
    post_id: UUID | None = None
    #: The unit of that post; None for leaders and whoever stands outside units.
    unit_id: UUID | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    #: Name and title as they stand in the audit trail at the time of the act.
    label: str = ""

    @property
    def is_system(self) -> bool:
        """Whether this is the machine and not a person."""
        return self.user_id == SYSTEM_ID


def system(label: str, *, agency_id: UUID = SYSTEM_ID) -> Actor:
    """The machine acting for `agency_id`; `label` is the Vietnamese name of the job."""
    return Actor(user_id=SYSTEM_ID, agency_id=agency_id, label=label)
