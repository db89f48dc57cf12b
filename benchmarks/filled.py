"""The filled database: made once, kept in var/bench, copied for every run."""

from __future__ import annotations

import hashlib
from pathlib import Path

import vanthu
from benchmarks import children
from benchmarks.house import House
from vanthu.kernel.embedded_postgres import SUPERUSER

#: The copy that is measured, and written to.
WORKING = "bench_working"
_MAKERS = (
    *("population.py", "ledger.py", "arrivals.py", "drafts.py", "province.py", "subjects.py", "tables.py"),
    "accounts.py",
)


def working_copy(house: House, documents: int) -> str:
    """A database with so many documents in it, to do with as one likes; its name."""
    original = f"bench_filled_{documents}"
    stamp, wanted = house.var / f"{original}.stamp", _digest()
    made = house.databases()
    if original not in made or not stamp.exists() or stamp.read_text() != wanted:
        for old in made:
            # The disk has better uses than provinces of other sizes.
            if old.startswith("bench_filled_"):
                house.postgres.drop_database(old)
                (house.var / f"{old}.stamp").unlink(missing_ok=True)
        print(f"Nạp {documents:,} văn bản mẫu (lần sau dùng lại)…".replace(",", "."), flush=True)
        house.new_database(original)
        job = {"documents": documents, "url": house.postgres.url(original, SUPERUSER)}
        children.ask("population", job, house.environment(original))
        stamp.write_text(wanted)
    house.copy_database(original, WORKING)
    return WORKING


def _digest() -> str:
    """Changes with the tables, or with what is put into them."""
    package = Path(vanthu.__file__).parent
    files = [*package.glob("*/migrations/*.py"), *(Path(__file__).with_name(name) for name in _MAKERS)]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()
