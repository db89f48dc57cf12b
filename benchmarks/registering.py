"""Registering incoming documents with everything that belongs to it, beside the bare rows by pgbench."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from benchmarks import children, filled, machine
from benchmarks.accounts import CLERK
from benchmarks.children import MeasuringFailed
from benchmarks.figures import Figure, Limit, at_least
from benchmarks.house import House
from vanthu.kernel.embedded_postgres import APP_ROLE, SUPERUSER

_UNIT = "văn bản/giây"
#: Documents registered by one clerk alone, and by eight at once: two processes of four threads, as the web
#: server has them.
_ALONE, _TOGETHER = 150, 320
_PROCESSES, _THREADS = 2, 4
#: Transactions of pgbench, by one client and by eight.
_BARE_ALONE, _BARE_TOGETHER = 500, 1600

#: What one registration sends, statement by statement, without what Python does between them.
_SAME_ROWS = """
SELECT lpad(to_hex(nextval('bench_next')), 32, '0')::uuid AS id \\gset
BEGIN;
SELECT * FROM incoming_incomingdocument i JOIN documents_document d ON d.id = i.document_id
 WHERE i.agency_id = '{agency}' AND i.document_id = ':id' FOR NO KEY UPDATE OF i;
SELECT * FROM registers_register WHERE agency_id = '{agency}' AND kind = 'incoming' ORDER BY name, id;
SELECT * FROM registers_register WHERE id = '{register}' FOR NO KEY UPDATE;
UPDATE registers_register SET last_taken_at = now() WHERE id = '{register}';
SELECT id AS counter, last_number + 1 AS number FROM registers_registeryear
 WHERE register_id = '{register}' AND year = {year} \\gset
UPDATE registers_registeryear SET last_number = :number WHERE id = :counter;
INSERT INTO registers_registerentry (register_year_id, number, document_id, taken_at, cancelled_reason)
 VALUES (:counter, :number, ':id', now(), '');
UPDATE incoming_incomingdocument SET state = 'registered', arrival_number = :number, arrival_year = {year},
 registered_at = now(), submitted_to_id = NULL WHERE document_id = ':id';
SELECT last_sequence + 1 AS link, last_hash AS before FROM kernel_auditchain
 WHERE agency_id = '{agency}' FOR NO KEY UPDATE \\gset
INSERT INTO kernel_auditentry (agency_id, sequence, action, at, user_id, actor_label, subject_type,
 subject_id, data, previous_hash, hash) VALUES ('{agency}', :link, 'incoming.registered', now(),
 '{agency}', 'Nguyễn Thị Minh Thư, Văn thư', 'incoming.document', ':id',
 '{{"register": "Sổ văn bản đến", "verdict": "valid", "arrival_number": 1, "submitted_to": null}}',
 ':before', ':before');
UPDATE kernel_auditchain SET last_sequence = :link, last_hash = ':before' WHERE agency_id = '{agency}';
SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[ROW('exchange', 'exchange.report_progress', 0, NULL, NULL,
 '{{"document_id": ":id", "progress": "registered", "note": "", "staff": "Văn thư"}}', NULL
 )::procrastinate_job_to_defer_v1]));
COMMIT;
"""


def measure(house: House, *, documents: int) -> list[Figure]:
    """Registrations a second with outbox, by one clerk and by eight in one register, fsync on."""
    database = filled.working_copy(house, documents)
    facts = _facts(house, database)
    bare = _ALONE + _TOGETHER
    total = bare + _BARE_ALONE + _BARE_TOGETHER
    arriving = {
        "url": house.postgres.url(database, SUPERUSER),
        "agency": facts["agency"],
        "first": 1,
        "count": total,
    }
    children.ask("waiting", arriving, house.environment(database))
    alone = _register(house, database, [[list(range(1, _ALONE + 1))]])
    share = _TOGETHER // (_PROCESSES * _THREADS)
    starts = range(_ALONE + 1, bare + 1, share)
    keys = [list(range(start, start + share)) for start in starts]
    together = _register(
        house, database, [keys[process * _THREADS :][:_THREADS] for process in range(_PROCESSES)]
    )
    _require_nothing_lost(house, database, facts, bare)
    with house.connect(database) as connection:
        connection.execute(f"CREATE SEQUENCE bench_next START {bare + 1}".encode())
        connection.execute(f"GRANT USAGE ON SEQUENCE bench_next TO {APP_ROLE}".encode())
    script = _SAME_ROWS.format(**facts)
    clients = _PROCESSES * _THREADS
    rows_alone = house.pgbench(database, script, clients=1, transactions=_BARE_ALONE)
    rows_together = house.pgbench(database, script, clients=clients, transactions=_BARE_TOGETHER // clients)
    return [
        Figure(
            what="tiếp nhận, vào sổ, 1 người",
            value=alone,
            unit=_UNIT,
            limit=Limit(what="pgbench, cùng các dòng, 1 kết nối", value=rows_alone.per_second, unit=_UNIT),
            budget=at_least(25),
            note="không mất, không trùng, không khuyết số",
        ),
        Figure(
            what=f"tiếp nhận, vào sổ, {clients} người cùng một sổ",
            value=together,
            unit=_UNIT,
            limit=Limit(
                what=f"pgbench, cùng các dòng, {clients} kết nối",
                value=rows_together.per_second,
                unit=_UNIT,
            ),
            budget=at_least(25),
            note=f"{_PROCESSES} tiến trình × {_THREADS} luồng",
        ),
        Figure(
            what="ghi một trang 8 KiB xuống đĩa (fdatasync)",
            value=machine.fsyncs_per_second(house),
            unit="lần/giây",
            note="trần của mỗi kết nối ghi một mình",
        ),
    ]


def _register(house: House, database: str, shares: list[list[list[int]]]) -> float:
    """Registrations a second; `shares` are the keys of each thread of each process."""
    jobs = [{"username": CLERK, "keys": keys} for keys in shares]
    spans = children.ask_together("clerks", jobs, house.environment(database))
    done = sum(len(keys) for process in shares for keys in process)
    seconds: float = max(end for _, end in spans) - min(begin for begin, _ in spans)
    return done / seconds


def _facts(house: House, database: str) -> dict[str, Any]:
    with house.connect(database) as connection:
        agency, register = connection.execute(
            "SELECT p.agency_id::text, r.id::text FROM organizations_user u"
            " JOIN organizations_post p ON p.user_id = u.id"
            " JOIN registers_register r ON r.agency_id = p.agency_id AND r.kind = 'incoming'"
            " WHERE u.username = %s",
            [CLERK],
        ).fetchall()[0]
    year = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).year
    return {"agency": agency, "register": register, "year": year}


def _require_nothing_lost(house: House, database: str, facts: dict[str, Any], wanted: int) -> None:
    """Every document has its number, its link in the audit trail and its job, and no number is missing."""
    with house.connect(database) as connection:
        found = connection.execute(
            "SELECT (SELECT count(*) FROM incoming_incomingdocument"
            "  WHERE state = 'registered' AND document_id < %(end)s),"
            " (SELECT count(*) FROM procrastinate_jobs),"
            " (SELECT count(*) FROM kernel_auditentry"
            "  WHERE subject_id < %(end)s),"
            " (SELECT y.last_number - count(e.*) FROM registers_registeryear y"
            "  JOIN registers_registerentry e ON e.register_year_id = y.id"
            "  WHERE y.register_id = %(register)s AND y.year = %(year)s GROUP BY y.last_number)",
            {"end": UUID(int=wanted + 1), **facts},
        ).fetchall()[0]
    if found != (wanted, wanted, wanted, 0):
        raise MeasuringFailed(f"Vào sổ {wanted} văn bản mà số dòng là {found}.")
