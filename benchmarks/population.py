"""A measuring process: fill an empty database with a province's documents of two years.

Half belong to one department, two of three are incoming; all are at the state their age suggests. Rows are
copied in past the triggers: hashes of the audit trail are of the right size, not true.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import psycopg

from benchmarks import children

if TYPE_CHECKING:
    from benchmarks.ledger import Ledger
    from benchmarks.province import Office
    from vanthu.organizations.models import Agency

#: How far back the documents go.
_SPAN = timedelta(days=730)
_BATCH = 2500
#: The share of incoming documents.
_INCOMING = 0.67
#: An index that is quicker to make anew than to keep.
_SEARCH_INDEX = "document_search"


def prepare(job: dict[str, Any]) -> Callable[[], None]:
    """`documents`: how many; `url`: the database, as superuser."""
    from vanthu.interfaces.cli import settings

    settings.load(settings.SYSTEM)
    return lambda: _fill(job["documents"], job["url"])


def _fill(documents: int, url: str) -> None:
    from django.db import connection

    from benchmarks import province
    from benchmarks.ledger import Ledger

    now = datetime.now(UTC)
    people = province.build(Random(1), now=now)  # noqa: S311 - names to read, not keys
    connection.close()
    with psycopg.connect(url, autocommit=True) as own:
        definition = own.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname = %s", [_SEARCH_INDEX]
        ).fetchall()[0][0]
        own.execute(f"DROP INDEX {_SEARCH_INDEX}".encode())
    # The large department and all the others share nothing that counts, so each has a process.
    half = documents // 2
    shares = (
        (people.offices[:1], half, Ledger(Random(2), now=now, first_key=1)),  # noqa: S311 - as above
        (people.offices[1:], documents - half, Ledger(Random(3), now=now, first_key=1001)),  # noqa: S311 - as above
    )
    fork = multiprocessing.get_context("fork")
    workers = [
        fork.Process(target=_write, args=(ledger, offices, people.outside, count, url))
        for offices, count, ledger in shares
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        if worker.exitcode != 0:
            raise SystemExit(1)
    with psycopg.connect(url, autocommit=True) as own:
        own.execute("SELECT setval('registers_registeryear_id_seq', 10000)")
        own.execute(definition.encode())
        own.execute("VACUUM ANALYZE")


def _write(
    ledger: Ledger, offices: Sequence[Office], outside: Sequence[Agency], documents: int, url: str
) -> None:
    from benchmarks.arrivals import Arrivals
    from benchmarks.drafts import Drafts

    arrivals, drafts, random = Arrivals(ledger, outside), Drafts(ledger, outside), ledger.random
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        # Checking millions of foreign keys of rows made to fit costs more than the rows.
        cursor.execute("SET session_replication_role = replica")
        for number in range(1, documents + 1):
            kind = arrivals if random.random() < _INCOMING else drafts
            kind.add(random.choice(offices), ledger.now - _SPAN * (1 - number / documents))
            if number % _BATCH == 0:
                ledger.flush(cursor)
        ledger.close_books(cursor)


if __name__ == "__main__":
    children.answer(prepare)
