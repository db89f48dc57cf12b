"""Facts about incoming documents that other domains may hear of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingProgressed:
    """An incoming document came to a state its sender must hear of (QĐ 28/2018 Điều 9).

    `progress` is a value of incoming.states.State; `note` is the reason of a return or a remark, `staff`
    who did it.
    """

    document_id: UUID
    progress: str
    at: datetime
    note: str
    staff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureUnsettled:
    """The signatures of an arrived document could not be judged: a service was silent. Check again."""

    document_id: UUID
