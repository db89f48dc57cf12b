"""What every packet passes on its way, as SQL that is ready: who calls, send, fetch, acknowledge.

The ORM composes each statement anew, which was more than half of the axis's processor time (ADR 0018). Only
that way is written out here; everything else stays with the ORM. Rules and rights are not here but in the
actions that call these, and so is the transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from vanthu.axis.states import MailState, PacketKind

_Value = str | int | UUID | datetime | list[str] | list[UUID] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An agency of the directory, as a sender or recipient of a packet."""

    id: UUID
    system_id: UUID
    code: str
    old_code: str
    name: str
    closed_at: datetime | None
    #: Of a closed agency; empty when none was named.
    successor_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedItem:
    """A packet in one recipient's mailbox, locked for the rest of the transaction."""

    id: UUID
    packet_id: UUID
    recipient_id: UUID
    state: MailState
    description: str
    fetched_at: datetime | None
    sha256: str
    #: In bytes.
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPacket:
    """What the axis writes down of a packet."""

    id: UUID
    kind: PacketKind
    sender_id: UUID
    sha256: str
    document_id: str
    business_type: int | None
    symbol: str
    subject: str


def system_keys(code: str) -> tuple[UUID, tuple[str, ...]] | None:
    """A connected system and its keys, the present one first; None for a code nobody has."""
    rows = _rows("SELECT id, secret, former_secret FROM axis_system WHERE code = %s", code)
    if not rows:
        return None
    system_id, secret, former = rows[0]
    return system_id, (secret, former) if former else (secret,)


_PARTIES = """
SELECT agency.id, agency.system_id, agency.code, agency.old_code, agency.name, agency.closed_at,
       coalesce(successor.code, '')
FROM axis_agency agency LEFT JOIN axis_agency successor ON successor.id = agency.successor_id
WHERE agency.code = ANY(%s) OR agency.old_code = ANY(%s)
ORDER BY agency.code
"""


def lock_party(code: str) -> Party | None:
    """The agency of a present or old code, locked; None when there is none."""
    # NO KEY: who sends to this agency meanwhile needs its key only, and need not wait.
    return next(iter(_parties(f"{_PARTIES} LIMIT 1 FOR NO KEY UPDATE OF agency", [code])), None)


def parties_named(codes: Sequence[str]) -> list[Party]:
    """The agencies whose present or old code is among `codes`, each once, in order of code."""
    return _parties(_PARTIES, codes)


def packets_like(packet: NewPacket, *, owns_document_id: bool) -> list[tuple[UUID, str]]:
    """Id and hash of its sender's packets that have its bytes, or its DocumentId when it owns that alone."""
    rows = _rows(
        """
        SELECT id, content_id FROM axis_packet
        WHERE sender_id = %s AND kind = %s
          AND (content_id = %s OR (%s AND document_id = %s AND business_type = 0))
        LIMIT 2
        """,
        packet.sender_id,
        packet.kind.value,
        packet.sha256,
        owns_document_id,
        packet.document_id,
    )
    return [(row[0], row[1]) for row in rows]


def insert_packet(packet: NewPacket, recipients: Sequence[UUID], *, now: datetime) -> None:
    """Write the packet down and lay it into the mailboxes of its recipients."""
    _run(
        """
        WITH packet AS (
            INSERT INTO axis_packet (id, kind, sender_id, content_id, document_id, business_type, symbol,
                                     subject, received_at)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
        )
        INSERT INTO axis_mailboxitem (id, packet_id, recipient_id, state, description, created_at, updated_at)
        SELECT item.id, packet.id, item.recipient_id, %s, '', %s, %s
        FROM packet, unnest(%s::uuid[], %s::uuid[]) AS item (id, recipient_id)
        """,
        packet.id,
        packet.kind.value,
        packet.sender_id,
        packet.sha256,
        packet.document_id,
        packet.business_type,
        packet.symbol,
        packet.subject,
        now,
        MailState.WAITING.value,
        now,
        now,
        [uuid.uuid4() for _ in recipients],
        list(recipients),
    )


def lock_item(item_id: UUID, *, system_id: UUID) -> LockedItem | None:
    """The item, locked, if it lies in a mailbox of that system (`permissions.visible_mail`); else None."""
    rows = _rows(
        """
        SELECT item.packet_id, item.recipient_id, item.state, item.description, item.fetched_at,
               blob.sha256, blob.size
        FROM axis_mailboxitem item
        JOIN axis_agency recipient ON recipient.id = item.recipient_id
        JOIN axis_packet packet ON packet.id = item.packet_id
        JOIN kernel_blob blob ON blob.sha256 = packet.content_id
        WHERE item.id = %s AND recipient.system_id = %s
        FOR NO KEY UPDATE OF item
        """,
        item_id,
        system_id,
    )
    if not rows:
        return None
    packet_id, recipient_id, state, description, fetched_at, sha256, size = rows[0]
    return LockedItem(
        id=item_id,
        packet_id=packet_id,
        recipient_id=recipient_id,
        state=MailState(state),
        description=description,
        fetched_at=fetched_at,
        sha256=sha256,
        size=size,
    )


def note_fetched(item_id: UUID, *, now: datetime) -> None:
    """Write down when the recipient's system first took the bytes."""
    _run("UPDATE axis_mailboxitem SET fetched_at = %s WHERE id = %s", now, item_id)


def move_item(item_id: UUID, state: MailState, description: str, *, now: datetime) -> None:
    """Write down what the recipient's system said of the packet."""
    _run(
        "UPDATE axis_mailboxitem SET state = %s, description = %s, updated_at = %s WHERE id = %s",
        state.value,
        description,
        now,
        item_id,
    )


def spend_signature(system_id: UUID, signature: str, subject: str, *, now: datetime) -> bool:
    """Write down that a signed request changed `subject`; False when it did so before."""
    return (
        _run(
            """
            INSERT INTO axis_usedsignature (system_id, signature, subject, used_at)
            VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
            """,
            system_id,
            signature,
            subject,
            now,
        )
        == 1
    )


def _parties(statement: str, codes: Sequence[str]) -> list[Party]:
    # An agency without an old code has the empty one.
    named = [code for code in codes if code]
    return [
        Party(
            id=row[0],
            system_id=row[1],
            code=row[2],
            old_code=row[3],
            name=row[4],
            closed_at=row[5],
            successor_code=row[6],
        )
        for row in _rows(statement, named, named)
    ]


def _rows(statement: str, *values: _Value) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _run(statement: str, *values: _Value) -> int:
    """Execute; how many rows were written."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
