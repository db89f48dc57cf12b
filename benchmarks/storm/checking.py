"""After a storm: is anything lost, doubled or wrong? Asked of the databases, the files and the checkers."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.storm.tally import Tally
from vanthu.interfaces.cli.demo.topology import Installation, Topology
from vanthu.kernel.embedded_postgres import OWNER_ROLE

_CHECKER = Path(__file__).parents[2] / "scripts" / "check_audit_trail.py"

#: Statements that find what must not be; each row is one violation, written as one text.
_NEVER = {
    "số trong sổ có chỗ trống hoặc trùng": """
        SELECT year.id::text || ': ' || year.last_number || ' <> ' || count(entry.id)
        FROM registers_registeryear year
        LEFT JOIN registers_registerentry entry ON entry.register_year_id = year.id
        GROUP BY year.id HAVING count(entry.id) <> year.last_number
            OR count(DISTINCT entry.number) <> year.last_number OR max(entry.number) <> year.last_number
    """,
    "số sau ghi giờ trước số trước": """
        SELECT register_id::text || ' số ' || number FROM (
            SELECT year.register_id, entry.number, entry.taken_at, lag(entry.taken_at) OVER (
                PARTITION BY year.register_id ORDER BY year.year, entry.number
            ) AS before
            FROM registers_registerentry entry
            JOIN registers_registeryear year ON year.id = entry.register_year_id
        ) line WHERE taken_at < before
    """,
    "văn bản đi có số khác sổ": """
        SELECT document.document_id::text FROM outgoing_outgoingdocument document
        LEFT JOIN registers_registerentry entry
            ON entry.document_id = document.document_id AND entry.cancelled_at IS NULL
        WHERE document.number IS DISTINCT FROM entry.number
    """,
    "văn bản đến có số khác sổ": """
        SELECT document.document_id::text FROM incoming_incomingdocument document
        LEFT JOIN registers_registerentry entry
            ON entry.document_id = document.document_id AND entry.cancelled_at IS NULL
        WHERE document.arrival_number IS DISTINCT FROM entry.number
    """,
    "ngày văn bản khác ngày lấy số": """
        SELECT document.id::text FROM documents_document document
        JOIN outgoing_outgoingdocument outgoing ON outgoing.document_id = document.id
        JOIN registers_registerentry entry ON entry.document_id = document.id AND entry.cancelled_at IS NULL
        WHERE document.issued_on <> (entry.taken_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
    """,
    "phát hành mà nhật ký không ghi đúng một lần": """
        SELECT document.document_id::text FROM outgoing_outgoingdocument document
        WHERE document.state = 'issued' AND 1 <> (
            SELECT count(*) FROM kernel_auditentry entry
            WHERE entry.subject_id = document.document_id AND entry.action = 'outgoing.issued'
        )
    """,
    "văn bản phát hành thiếu hoặc thừa việc gửi": """
        SELECT document.document_id::text FROM outgoing_outgoingdocument document
        WHERE document.state = 'issued'
          AND (SELECT count(*) FROM outgoing_recipient WHERE document_id = document.document_id)
              <> (SELECT count(*) FROM exchange_delivery WHERE document_id = document.document_id)
    """,
    "cùng một việc gửi tới hai lần": """
        SELECT agency_id || ' ' || source_key FROM incoming_incomingdocument
        GROUP BY agency_id, source_key HAVING count(*) > 1
    """,
    "cùng một trích yếu hai văn bản của một cơ quan": """
        SELECT document.subject FROM documents_document document
        JOIN outgoing_outgoingdocument outgoing ON outgoing.document_id = document.id
        WHERE document.subject LIKE '%%' || %(mark)s || '%%'
        GROUP BY document.subject HAVING count(*) > 1
    """,
    "tệp xấu được nhận": """
        SELECT subject FROM documents_document WHERE subject LIKE '%%tệp xấu%%' || %(mark)s || '%%'
    """,
    "việc nền dừng hẳn": """
        -- What comes again by the clock has a next turn, which does the work of one that failed.
        SELECT task_name || ' ' || id FROM procrastinate_jobs
        WHERE status = 'failed'
          AND task_name NOT IN (SELECT task_name FROM procrastinate_periodic_defers)
          AND queueing_lock IS NULL
    """,
}

#: Deliveries that have not come to their recipient.
_UNDERWAY = """
    SELECT count(*) FROM exchange_delivery delivery
    WHERE delivery.state IN ('queued', 'sent')
       OR NOT EXISTS (SELECT FROM exchange_deliverystatus WHERE delivery_id = delivery.id AND state = '01')
"""
_ISSUED_UNPLANNED = """
    SELECT count(*) FROM outgoing_outgoingdocument document WHERE state = 'issued'
      AND NOT EXISTS (SELECT FROM exchange_delivery WHERE document_id = document.document_id)
"""
#: Each delivery: the sender's document code, the recipient, and the hash of the main file that was sent.
_SENT = """
    SELECT document.document_code, recipient.code, file.blob_id, delivery.channel
    FROM exchange_delivery delivery
    JOIN documents_document document ON document.id = delivery.document_id
    JOIN organizations_agency recipient ON recipient.id = delivery.recipient_id
    JOIN documents_documentfile file
        ON file.document_id = document.id AND file.kind = 'main' AND file.superseded_at IS NULL
    WHERE document.subject LIKE '%%' || %(mark)s || '%%'
"""
_RECEIVED = """
    SELECT document.document_code, agency.code, file.blob_id
    FROM incoming_incomingdocument incoming
    JOIN documents_document document ON document.id = incoming.document_id
    JOIN organizations_agency agency ON agency.id = incoming.agency_id
    JOIN documents_documentfile file
        ON file.document_id = document.id AND file.kind = 'main' AND file.superseded_at IS NULL
    WHERE document.subject LIKE '%%' || %(mark)s || '%%'
"""


class Checks:
    """Everything that is checked when the storm is over."""

    def __init__(self, topology: Topology, tally: Tally, mark: str) -> None:
        self._topology, self._tally, self._mark = topology, tally, mark

    def wait_until_calm(self, seconds: float) -> None:
        """Let what is under way come to its end; what never does is a violation."""
        end, left = time.monotonic() + seconds, -1
        while time.monotonic() < end:
            try:
                left = sum(self._count(each) for each in self._systems)
            except psycopg.Error:
                left = -1
            if left == 0:
                return
            time.sleep(1)
        self._tally.fault(f"sau {seconds:.0f} giây còn {left} việc gửi chưa tới nơi nhận")

    def run(self) -> None:
        """Check it all; faults go to the tally."""
        for each in self._systems:
            for what, statement in _NEVER.items():
                for (found,) in self._rows(each, statement):
                    self._tally.fault(f"{each.name}: {what}: {found}")
            self._check_command(each, "audit", "verify")
        for each in self._topology.installations:
            self._check_command(each, "blobs", "check", "--all")
            self._check_from_outside(each)
        self._check_promises()
        self._check_both_ends()

    @property
    def _systems(self) -> tuple[Installation, ...]:
        return (self._topology.province, self._topology.outside)

    def _count(self, installation: Installation) -> int:
        return sum(self._rows(installation, statement)[0][0] for statement in (_UNDERWAY, _ISSUED_UNPLANNED))

    def _rows(self, installation: Installation, statement: str, **more: object) -> list[tuple[Any, ...]]:
        address = self._topology.postgres().url(installation.database, OWNER_ROLE)
        with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
            if "%(" not in statement:
                return connection.execute(statement).fetchall()
            return connection.execute(statement, {"mark": self._mark, **more}).fetchall()

    def _check_command(self, installation: Installation, *arguments: str) -> None:
        self._check_ends_well(
            f"{installation.name} {' '.join(arguments)}",
            [*self._topology.program(installation), *arguments],
            self._topology.environment(installation),
        )

    def _check_from_outside(self, installation: Installation) -> None:
        address = self._topology.postgres().url(installation.database, OWNER_ROLE)
        self._check_ends_well(f"{installation.name} từ ngoài", [sys.executable, str(_CHECKER), address], None)

    def _check_ends_well(self, what: str, command: Sequence[str], environment: dict[str, str] | None) -> None:
        done = subprocess.run(  # noqa: S603 - our own programs
            command, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        if done.returncode != 0:
            last = [*done.stdout.splitlines()[-3:], *done.stderr.splitlines()[-3:]]
            self._tally.fault(f"{what}: {' / '.join(last)}")

    def _check_promises(self) -> None:
        """Every document somebody was told of is there, with its bytes."""
        province = self._topology.province
        kept = set(self._rows(province, "SELECT document_id::text, blob_id FROM documents_documentfile"))
        for document_id, (subject, sha256) in self._tally.drafts.items():
            if (document_id, sha256) not in kept:
                self._tally.fault(f"mất dự thảo «{subject}» {document_id}")
            elif not self._is_whole(province, sha256):
                self._tally.fault(f"mất tệp của «{subject}» {sha256}")
        issued = self._ids(province, "outgoing_outgoingdocument", "state = 'issued'")
        for document_id in self._tally.issued - issued:
            self._tally.fault(f"đã báo phát hành mà không phải: {document_id}")
        for installation in self._systems:
            numbered = self._ids(installation, "incoming_incomingdocument", "arrival_number IS NOT NULL")
            told = {document_id for name, document_id in self._tally.registered if name == installation.name}
            for document_id in told - numbered:
                self._tally.fault(f"đã báo vào sổ mà không có số: {document_id}")

    def _ids(self, installation: Installation, table: str, where: str) -> set[str]:
        statement = f"SELECT document_id::text FROM {table} WHERE {where}"  # noqa: S608 - of ours, above
        return {document_id for (document_id,) in self._rows(installation, statement)}

    def _is_whole(self, installation: Installation, sha256: str) -> bool:
        path = self._topology.var / installation.name / "blobs" / sha256[:2] / sha256[2:4] / sha256
        return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256

    def _check_both_ends(self) -> None:
        """What was sent is what was received, once, byte for byte."""
        received: dict[tuple[str, str], list[str]] = {}
        for installation in self._systems:
            for code, agency, blob in self._rows(installation, _RECEIVED):
                received.setdefault((code, agency), []).append(blob)
        for code, agency, blob, channel in self._all_sent():
            if received.get((code, agency)) != [blob]:
                self._tally.fault(
                    f"{code} gửi {agency} ({channel}): gửi {blob[:12]}, nhận {received.get((code, agency))}"
                )

    def _all_sent(self) -> Iterator[tuple[Any, ...]]:
        for installation in self._systems:
            yield from self._rows(installation, _SENT)
