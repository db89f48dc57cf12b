"""The audit trail of one thing, told in sentences for its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from vanthu.kernel.actor import told
from vanthu.kernel.models import AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that was filled in otherwise: as it read before, and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One line of a history: when, what, by whom."""

    at: datetime
    text: str
    who: str
    #: The code the sender was told, e.g. «03»; empty when nobody outside was told.
    status_code: str = ""
    #: The version it was done to, so that what came after one that was seen is known; 0: not written down.
    version: int = 0
    #: What it changed of what is filled in.
    changes: tuple[Change, ...] = ()


def history(
    *,
    subject_type: str,
    subject_id: UUID,
    texts: Mapping[str, str],
    status_codes: Mapping[str, str] | None = None,
) -> list[HistoryRow]:
    """What happened to a thing the caller has already found visible, newest first.

    `texts` gives the sentence of each audit action, with `{name}` for a value of the entry's data; actions
    without a sentence are inner steps and are not told.
    """
    codes = status_codes or {}
    entries = AuditEntry.objects.filter(
        subject_type=subject_type, subject_id=subject_id, action__in=list(texts)
    ).order_by("-at", "-sequence")
    return [
        HistoryRow(
            at=entry.at,
            text=texts[entry.action].format_map(_Values(entry.data)),
            who=told(entry.actor_label, entry.for_label),
            status_code=codes.get(entry.action, ""),
            version=entry.data.get("acted_on", {}).get("version", 0),
            changes=tuple(
                Change(field=field, before=before, after=after)
                for field, (before, after) in entry.data.get("changed", {}).items()
            ),
        )
        for entry in entries
    ]


class _Values(dict[str, object]):
    """Data of an old entry may lack what a newer sentence names."""

    def __missing__(self, key: str) -> str:
        return "…"
