"""The audit trail: append-only, one hash chain per agency, checkable from outside.

A link's hash is the SHA-256 of the UTF-8 text of a JSON object with sorted keys and no spaces, holding
agency_id, sequence, action, at (UTC, microseconds, `Z`), user_id, post_id, actor_label, subject_type,
subject_id, data and previous_hash. The first link's previous_hash is sixty-four zeros. Whoever holds the
rows can check them with these two sentences and no line of ours.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from vanthu.kernel.actor import Actor
from vanthu.kernel.models import AuditChain, AuditEntry

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLink:
    """A place where the chain does not hold."""

    agency_id: UUID
    sequence: int
    reason: str


def record(
    *,
    action: str,
    actor: Actor,
    at: datetime,
    subject_type: str,
    subject_id: UUID,
    data: Mapping[str, Any] | None = None,
    agency_id: UUID | None = None,
) -> None:
    """Append one fact to the chain of `agency_id` (the actor's own by default), in the caller's transaction.

    `action` is `domain.fact`; `data` holds plain JSON values. Call it last before announcing: the chain's
    row stays locked until the caller commits.
    """
    assert transaction.get_connection().in_atomic_block, "audit.record needs a transaction"
    chain_id = agency_id or actor.agency_id
    AuditChain.objects.bulk_create([AuditChain(agency_id=chain_id, last_hash=GENESIS)], ignore_conflicts=True)
    chain = AuditChain.objects.select_for_update().get(agency_id=chain_id)
    entry = AuditEntry(
        agency_id=chain_id,
        sequence=chain.last_sequence + 1,
        action=action,
        at=at,
        user_id=actor.user_id,
        post_id=actor.post_id,
        actor_label=actor.label,
        subject_type=subject_type,
        subject_id=subject_id,
        data=dict(data or {}),
        previous_hash=chain.last_hash,
    )
    entry.hash = link_hash(entry)
    entry.save(force_insert=True)
    chain.last_sequence, chain.last_hash = entry.sequence, entry.hash
    chain.save(update_fields=["last_sequence", "last_hash"])


def link_hash(entry: AuditEntry) -> str:
    """The hash an untouched `entry` must carry; lowercase hexadecimal, 64 characters."""
    facts = {
        "agency_id": str(entry.agency_id),
        "sequence": entry.sequence,
        "action": entry.action,
        "at": entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "user_id": str(entry.user_id),
        "post_id": str(entry.post_id) if entry.post_id else None,
        "actor_label": entry.actor_label,
        "subject_type": entry.subject_type,
        "subject_id": str(entry.subject_id),
        "data": entry.data,
        "previous_hash": entry.previous_hash,
    }
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def broken_links() -> Iterator[BrokenLink]:
    """Every place where a chain was changed, cut or reordered; nothing when the trail is whole."""
    for chain in AuditChain.objects.order_by("agency_id"):
        entries = AuditEntry.objects.filter(agency_id=chain.agency_id).order_by("sequence").iterator()
        yield from _broken_in(chain, entries)
    known = AuditChain.objects.values("agency_id")
    for agency_id in (
        AuditEntry.objects.exclude(agency_id__in=known).values_list("agency_id", flat=True).distinct()
    ):
        yield BrokenLink(agency_id=agency_id, sequence=0, reason="mất đầu mối của chuỗi")


def _broken_in(chain: AuditChain, entries: Iterable[AuditEntry]) -> Iterator[BrokenLink]:
    previous, sequence = GENESIS, 0
    for entry in entries:
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


def _broken(chain: AuditChain, sequence: int, reason: str) -> BrokenLink:
    return BrokenLink(agency_id=chain.agency_id, sequence=sequence, reason=reason)
