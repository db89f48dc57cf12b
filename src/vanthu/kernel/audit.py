"""The audit trail: append-only, one hash chain per agency, checkable from outside.

A link's hash is the SHA-256 of the UTF-8 text of a JSON object with sorted keys and no spaces, holding
agency_id, sequence, form, action, at (UTC, microseconds, `Z`), user_id, post_id, actor_label, for_user_id,
for_post_id, for_label, subject_type, subject_id, data and previous_hash. `form` says that it is these facts,
written so; entries that one day hold more have another one, and both are checked. The first link's
previous_hash is sixty-four zeros. Whoever holds the rows can check them with this paragraph and no line of
ours.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from vanthu.kernel.actor import Actor
from vanthu.kernel.models import AuditChain, AuditEntry
from vanthu.kernel.seen import Seen

GENESIS = "0" * 64
#: The form entries are written in.
FORM = 1
_LARGEST_FLOAT = 1e15


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLink:
    """A place where the chain does not hold."""

    agency_id: UUID
    sequence: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """What checking one agency's chain came to; the chain is whole when `broken` is empty.

    Whoever keeps `entries` and `last_hash` elsewhere can show later that nothing before it was rewritten.
    """

    agency_id: UUID
    entries: int
    last_hash: str
    broken: list[BrokenLink]


def record(
    *,
    action: str,
    actor: Actor,
    at: datetime,
    subject_type: str,
    subject_id: UUID,
    data: Mapping[str, Any] | None = None,
    agency_id: UUID | None = None,
    acted_on: Seen | None = None,
) -> None:
    """Append one fact to the chain of `agency_id` (the actor's own by default), in the caller's transaction.

    `action` is `domain.fact`; `data` holds texts, numbers, booleans, None, and lists and objects of these.
    `acted_on` is the thing as it stood before the act; its state, version and hash join the data under that
    name.
    Call it last before announcing: the chain's row stays locked until the caller commits. Raises TypeError
    for other data.
    """
    assert transaction.get_connection().in_atomic_block, "audit.record needs a transaction"
    chain_id, behalf = agency_id or actor.agency_id, actor.on_behalf_of
    facts = {**(data or {}), **({"acted_on": acted_on.facts} if acted_on else {})}
    last_sequence, last_hash = _lock_chain(chain_id)
    entry = AuditEntry(
        agency_id=chain_id,
        sequence=last_sequence + 1,
        form=FORM,
        action=action,
        at=at,
        user_id=actor.user_id,
        post_id=actor.post_id,
        actor_label=actor.label,
        for_user_id=behalf.user_id if behalf else None,
        for_post_id=behalf.post_id if behalf else None,
        for_label=behalf.label if behalf else "",
        subject_type=subject_type,
        subject_id=subject_id,
        data=_lasting(facts),
        previous_hash=last_hash,
    )
    entry.hash = link_hash(entry)
    _append(entry)


# Every act of either program passes here: SQL that is ready, not composed anew each time (ADR 0018).
_LOCK = "SELECT last_sequence, last_hash FROM kernel_auditchain WHERE agency_id = %s FOR NO KEY UPDATE"
_APPEND = """
WITH link AS (
    INSERT INTO kernel_auditentry (agency_id, sequence, form, action, at, user_id, post_id, actor_label,
                                   for_user_id, for_post_id, for_label,
                                   subject_type, subject_id, data, previous_hash, hash)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s)
    RETURNING agency_id, sequence, hash
)
UPDATE kernel_auditchain chain SET last_sequence = link.sequence, last_hash = link.hash
FROM link WHERE chain.agency_id = link.agency_id
"""


def _lock_chain(agency_id: UUID) -> tuple[int, str]:
    """Place and hash of the agency's last link, locked."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [agency_id])
        last = cursor.fetchone()
        if last is None:
            # The agency's first fact; another one may be arriving at the same time.
            beginning = AuditChain(agency_id=agency_id, last_hash=GENESIS)
            AuditChain.objects.bulk_create([beginning], ignore_conflicts=True)
            cursor.execute(_LOCK, [agency_id])
            last = cursor.fetchone()
    return last[0], last[1]


def _append(entry: AuditEntry) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _APPEND,
            [
                entry.agency_id,
                entry.sequence,
                entry.form,
                entry.action,
                entry.at,
                entry.user_id,
                entry.post_id,
                entry.actor_label,
                entry.for_user_id,
                entry.for_post_id,
                entry.for_label,
                entry.subject_type,
                entry.subject_id,
                json.dumps(entry.data),
                entry.previous_hash,
                entry.hash,
            ],
        )


def link_hash(entry: AuditEntry) -> str:
    """The hash an untouched `entry` must carry; lowercase hexadecimal, 64 characters."""
    facts = {
        "agency_id": str(entry.agency_id),
        "sequence": entry.sequence,
        "form": entry.form,
        "action": entry.action,
        "at": entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "user_id": str(entry.user_id),
        "post_id": str(entry.post_id) if entry.post_id else None,
        "actor_label": entry.actor_label,
        "for_user_id": str(entry.for_user_id) if entry.for_user_id else None,
        "for_post_id": str(entry.for_post_id) if entry.for_post_id else None,
        "for_label": entry.for_label,
        "subject_type": entry.subject_type,
        "subject_id": str(entry.subject_id),
        "data": entry.data,
        "previous_hash": entry.previous_hash,
    }
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def examine() -> Iterator[ChainReport]:
    """Check every chain, link by link; may run while links are added. Reads the trail as a stream."""
    # What is read first is never newer than what is read after it, so links added meanwhile are no fault.
    ends = dict(
        AuditEntry.objects.order_by().values_list("agency_id").annotate(Max("sequence")).order_by("agency_id")
    )
    chains = {chain.agency_id: chain for chain in AuditChain.objects.all()}
    for agency_id in sorted({*ends, *chains}):
        chain = chains.get(agency_id)
        if chain is None:
            lost = BrokenLink(agency_id=agency_id, sequence=0, reason="mất đầu mối của chuỗi")
            yield ChainReport(agency_id=agency_id, entries=ends[agency_id], last_hash="", broken=[lost])
            continue
        broken = list(_broken_in(chain))
        if ends.get(agency_id, 0) > chain.last_sequence:
            broken.append(_broken(chain, ends[agency_id], "mục nằm ngoài chuỗi"))
        yield ChainReport(
            agency_id=agency_id, entries=chain.last_sequence, last_hash=chain.last_hash, broken=broken
        )


def _broken_in(chain: AuditChain) -> Iterator[BrokenLink]:
    previous, sequence = GENESIS, 0
    entries = AuditEntry.objects.filter(agency_id=chain.agency_id, sequence__lte=chain.last_sequence)
    for entry in entries.order_by("sequence").iterator():
        sequence += 1
        if entry.sequence != sequence:
            yield _broken(chain, sequence, f"thiếu mục {sequence} đến {entry.sequence - 1}")
            sequence = entry.sequence
        elif entry.previous_hash != previous:
            yield _broken(chain, sequence, "không nối với mục trước")
        if entry.hash != link_hash(entry):
            yield _broken(chain, sequence, "nội dung đã bị sửa")
        previous = entry.hash
    if (sequence, previous) != (chain.last_sequence, chain.last_hash):
        yield _broken(chain, chain.last_sequence, "mất mục cuối chuỗi")


def _lasting(value: object) -> Any:
    """`value` as the database will give it back, digit for digit; anything else would break its hash."""
    match value:
        case None | bool() | int() | str():
            return value
        # jsonb keeps the decimal digits; it knows no minus zero and writes large numbers out.
        case float() if abs(value) < _LARGEST_FLOAT:
            return value + 0.0
        case list() | tuple():
            return [_lasting(item) for item in value]
        case Mapping() if all(isinstance(key, str) for key in value):
            return {key: _lasting(item) for key, item in value.items()}
    raise TypeError(f"the audit trail cannot hold {value!r}")


def _broken(chain: AuditChain, sequence: int, reason: str) -> BrokenLink:
    return BrokenLink(agency_id=chain.agency_id, sequence=sequence, reason=reason)
