"""The axis as systems use it: send, look into the mailbox, fetch, acknowledge."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import children
from benchmarks.certificates import Root
from benchmarks.figures import Figure, Limit, at_least
from benchmarks.house import FIRST_PORT, House, Server, answers, console
from benchmarks.letter import Letter

_UNIT = "gói/giây"
_DATABASE = "bench_axis"
_AXIS, _HELLO = f"http://127.0.0.1:{FIRST_PORT + 1}", f"http://127.0.0.1:{FIRST_PORT + 2}"
_SECRET = "khoa-chi-de-do-toc-do"  # noqa: S105 - of an axis that lives for a minute
_CLIENTS, _SECONDS, _PACKETS, _BATCH = 4, 6.0, 1200, 10
#: sendEdoc, getEdoc and updateStatus for each packet, getReceivedEdocList for each batch.
_CALLS = 3 + 1 / _BATCH
#: Several commands of the console in one process: each start of Python costs a second.
_CONSOLES = (
    "import json, sys; from vanthu.interfaces.cli.axis import main; "
    "sys.exit(max(main(command) for command in json.loads(sys.argv[1])))"
)
#: What one packet writes on its way, in three transactions, as the axis does.
_SAME_ROWS = """
\\set sender :client_id + 1
SELECT id AS agency FROM axis_agency WHERE code = 'H80.0:sender' \\gset
SELECT id AS other FROM axis_agency WHERE code = 'H81.0:sender' \\gset
SELECT gen_random_uuid() AS packet, gen_random_uuid() AS item,
 encode(sha256(random()::text::bytea), 'hex') AS hash \\gset
BEGIN;
SELECT * FROM axis_agency WHERE id = ':agency' FOR NO KEY UPDATE;
INSERT INTO kernel_blob (sha256, size, kept_at) VALUES (':hash', 100000, now()) ON CONFLICT DO NOTHING;
INSERT INTO axis_packet (id, kind, sender_id, content_id, document_id, business_type, symbol, subject,
 received_at) VALUES (':packet', 'edoc', ':agency', ':hash', ':packet', 0, '1/SNV', 'V/v rà soát', now());
INSERT INTO axis_mailboxitem (id, packet_id, recipient_id, state, description, created_at, updated_at)
 VALUES (':item', ':packet', ':other', 'initial', '', now(), now());
{audit_of_agency}
COMMIT;
BEGIN;
SELECT * FROM axis_mailboxitem WHERE id = ':item' FOR NO KEY UPDATE;
UPDATE axis_mailboxitem SET fetched_at = now() WHERE id = ':item';
{audit_of_other}
COMMIT;
BEGIN;
SELECT * FROM axis_mailboxitem WHERE id = ':item' FOR NO KEY UPDATE;
INSERT INTO axis_usedsignature (system_id, signature, subject, used_at)
 SELECT system_id, ':hash', ':item', now() FROM axis_agency WHERE id = ':agency';
UPDATE axis_mailboxitem SET state = 'done', updated_at = now() WHERE id = ':item';
{audit_of_other}
COMMIT;
"""
_AUDIT = """INSERT INTO kernel_auditchain (agency_id, last_sequence, last_hash) VALUES (':{who}', 0, ':hash')
 ON CONFLICT DO NOTHING;
SELECT last_sequence + 1 AS link FROM kernel_auditchain WHERE agency_id = ':{who}' FOR NO KEY UPDATE \\gset
INSERT INTO kernel_auditentry (agency_id, sequence, action, at, user_id, actor_label, subject_type,
 subject_id, data, previous_hash, hash) VALUES (':{who}', :link, 'axis.packet-accepted', now(), ':agency',
 'Hệ thống', 'axis.packet', ':packet', '{{"kind": "edoc", "sha256": ":hash"}}', ':hash', ':hash');
UPDATE kernel_auditchain SET last_sequence = :link, last_hash = ':hash' WHERE agency_id = ':{who}';"""


@dataclass(frozen=True)
class _Speed:
    """Packets a second, and processor time of the server for each of them."""

    per_second: float
    milliseconds: float


def measure(house: House, *, documents: int) -> list[Figure]:
    """Packets a second the whole way through the axis, by one system and by four."""
    house.new_database(_DATABASE, "vanthu-axis")
    environment = house.environment(_DATABASE)
    _fill_directory(environment)
    serve = console("vanthu-axis", "serve", "--host", "127.0.0.1", "--port", str(FIRST_PORT + 1))
    with tempfile.TemporaryDirectory(dir=house.var) as name:
        letter = Letter(Path(name), Root()).prepare()
        with house.serving("axis", serve, environment, lambda: answers(f"{_AXIS}/suc-khoe")) as axis:
            through = {clients: _through(_AXIS, axis, letter, clients, _BATCH) for clients in (1, _CLIENTS)}
        with house.serving_hello(FIRST_PORT + 2) as hello:
            bare = {clients: _through(_HELLO, hello, letter, clients, 0) for clients in (1, _CLIENTS)}
        size = letter.stat().st_size
    script = _SAME_ROWS.format(
        audit_of_agency=_AUDIT.format(who="agency"), audit_of_other=_AUDIT.format(who="other")
    )
    figures = []
    for clients in (1, _CLIENTS):
        rows = house.pgbench(_DATABASE, script, clients=clients, seconds=3)
        figures += _figures(clients, through[clients], bare[clients], rows.per_second, size)
    return figures


def _figures(clients: int, through: _Speed, bare: _Speed, rows: float, size: int) -> list[Figure]:
    return [
        Figure(
            what=f"gửi, xem hộp nhận, lấy, báo nhận; {clients} hệ thống",
            value=through.per_second,
            unit=_UNIT,
            limit=Limit(what=f"pgbench, cùng các dòng, {clients} kết nối", value=rows, unit=_UNIT),
            budget=at_least(110) if clients > 1 else None,
            note=f"tệp {size / 1024:.0f} KB",
        ),
        Figure(
            what=f"bộ xử lý của máy chủ trục cho mỗi gói; {clients} hệ thống",
            value=through.milliseconds,
            unit="ms",
            limit=Limit(
                what="máy chủ chỉ đáp «OK», cùng số lần gọi", value=bare.milliseconds * _CALLS, unit="ms"
            ),
        ),
        Figure(
            what=f"cùng số lần gọi tới máy chủ chỉ đáp «OK»; {clients} hệ thống",
            value=bare.per_second / _CALLS,
            unit=_UNIT,
        ),
    ]


def _fill_directory(environment: dict[str, str]) -> None:
    commands: list[list[str]] = []
    for number in range(1, _CLIENTS + 1):
        system = f"bench-{number}"
        commands.append(["system", "add", system, "--secret", _SECRET])
        for code in (f"H80.0{number}", f"H81.0{number}"):
            commands.append(["agency", "add", code, f"Cơ quan {code}", "--system", system])
    children.run([sys.executable, "-c", _CONSOLES, json.dumps(commands)], environment)


def _through(url: str, server: Server, letter: Path, clients: int, batch: int) -> _Speed:
    """How fast packets go through `server`; without a batch they are only sent."""
    jobs: list[dict[str, Any]] = [
        {
            "url": url,
            "system": f"bench-{number}",
            "secret": _SECRET,
            "sender": f"H80.0{number}",
            "recipient": f"H81.0{number}",
            "attachment": str(letter),
            "packets": _PACKETS // clients,
            "seconds": _SECONDS,
            "batch": batch,
            # A number is sent once only, and system 1 sends in both rounds.
            "first": 10_000_000 * clients,
        }
        for number in range(1, clients + 1)
    ]
    used = server.processor_seconds()
    answers = children.ask_together("senders", jobs)
    used = server.processor_seconds() - used
    seconds = max(each["ended"] for each in answers) - min(each["began"] for each in answers)
    packets = sum(each["packets"] for each in answers)
    return _Speed(per_second=packets / seconds, milliseconds=1000 * used / packets)
