"""A measuring process: put documents into «Chờ tiếp nhận» of the large department, under known keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg

from benchmarks import children


def prepare(job: dict[str, Any]) -> Callable[[], None]:
    """`url`: the database, as superuser; `agency`: whose; `first` and `count`: the keys, as whole numbers."""
    from vanthu.interfaces.cli import settings

    settings.load(settings.SYSTEM)
    return lambda: _arrive(job["url"], job["agency"], range(job["first"], job["first"] + job["count"]))


def _arrive(url: str, agency: str, keys: range) -> None:
    from benchmarks.tables import Table
    from vanthu.documents.models import Document
    from vanthu.incoming.models import IncomingDocument
    from vanthu.signing.states import Verdict

    now = datetime.now(UTC)
    records, arrivals = Table(Document), Table(IncomingDocument)
    for number in keys:
        key = UUID(int=number)
        records.add(
            {
                "id": key,
                "agency_id": agency,
                "issuer_code": "H98.01",
                "issuer_name": "Bộ Nội vụ",
                "number": str(number),
                "notation": "BNV-VP",
                "issued_on": now.date(),
                "type_code": "CV",
                "type_name": "Công văn",
                "subject": f"V/v văn bản chờ vào sổ thứ {number}",
                "created_at": now,
                "search_text": f"{number}/bnv-vp v/v van ban cho vao so thu {number} bo noi vu cong van",
            }
        )
        arrivals.add(
            {
                "document_id": key,
                "agency_id": agency,
                "source_key": f"axis:{key}",
                "channel_label": "Trục liên thông",
                "sender_code": "H98.01",
                "sender_name": "Bộ Nội vụ",
                "arrived_at": now,
                "verdict": Verdict.VALID,
            }
        )
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        records.flush(cursor)
        arrivals.flush(cursor)


if __name__ == "__main__":
    children.answer(prepare)
