"""Who signs in to be measured."""

from __future__ import annotations

#: Of every account of the filled database, which lives in var/bench alone.
PASSWORD = "Đo tốc độ 2026!"  # noqa: S105 - as above
CLERK, LEADER = "snv.vanthu", "snv.giamdoc"
#: Officers of the large department who read at the same time, from different units.
OFFICERS = tuple(f"snv.cv{unit}{seat}" for seat in range(2) for unit in range(8))
OFFICER = OFFICERS[0]


def officer_name(prefix: str, unit: int, seat: int) -> str:
    """The account of the officer in this seat of this unit."""
    return f"{prefix}.cv{unit}{seat}"
