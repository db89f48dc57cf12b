"""What is measured and how it is shown: one table, and the same in JSON."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

#: Numbers from here on are shown without decimals, and numbers from the second on with one.
_WHOLE, _TENTHS = 100, 10
#: Below this, two digits that say something are shown.
_SMALL = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What this machine can do at most of the same thing, taken in the same run."""

    what: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What the figure should be at least, or at most, in the figure's own unit."""

    way: Literal["≥", "≤"]
    value: float

    def is_kept(self, value: float) -> bool:
        """Whether `value` is within the budget."""
        return value >= self.value if self.way == "≥" else value <= self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table."""

    what: str
    value: float
    unit: str
    limit: Limit | None = None
    budget: Budget | None = None
    #: What must be known to read the figure.
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """The figures of one benchmark."""

    name: str
    title: str
    figures: Sequence[Figure]
    seconds: float


def at_least(value: float) -> Budget:
    """A budget for what should be large."""
    return Budget(way="≥", value=value)


def at_most(value: float) -> Budget:
    """A budget for what should be small."""
    return Budget(way="≤", value=value)


def median(values: Sequence[float]) -> float:
    """p50."""
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """The value 95 of 100 stay below; the largest where there are fewer than 20."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]


def table(chapters: Iterable[Chapter]) -> str:
    """The figures for the eye: what, how much, the limit beside it, their ratio, the budget."""
    blocks = []
    for chapter in chapters:
        rows = [_cells(figure) for figure in chapter.figures]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = [
            "  ".join(_pad(cell, width) for cell, width in zip(row, widths, strict=True)) for row in rows
        ]
        blocks.append("\n".join([f"\n{chapter.title} ({chapter.seconds:.0f} giây)", *map(str.rstrip, lines)]))
    return "\n".join(blocks)


def markdown(chapters: Iterable[Chapter]) -> str:
    """The same for docs/benchmarks.md."""
    lines = []
    for chapter in chapters:
        lines += [
            f"\n### {chapter.title}\n",
            "| Việc đo | Kết quả | Ngân sách | Giới hạn cùng lượt đo | So |",
        ]
        lines.append("|---|---:|---:|---|---:|")
        for figure in chapter.figures:
            what, value, budget, limit, ratio, note = (cell.strip() for cell in _cells(figure))
            lines.append(f"| {what}{f' ({note})' if note else ''} | {value} | {budget} | {limit} | {ratio} |")
    return "\n".join(lines)


def _cells(figure: Figure) -> tuple[str, ...]:
    return (
        f"  {figure.what}",
        f"{_number(figure.value)} {figure.unit}",
        _budget(figure),
        f"{_number(figure.limit.value)} {figure.limit.unit} {figure.limit.what}" if figure.limit else "",
        _ratio(figure),
        figure.note,
    )


def _budget(figure: Figure) -> str:
    if figure.budget is None:
        return ""
    kept = "đạt" if figure.budget.is_kept(figure.value) else "CHƯA ĐẠT"
    return f"{kept} ({figure.budget.way} {_number(figure.budget.value)})"


def _ratio(figure: Figure) -> str:
    """Rates as a share of the limit, times as a multiple of it; nothing where the units differ."""
    if figure.limit is None or figure.limit.unit != figure.unit or not figure.limit.value:
        return ""
    ratio = figure.value / figure.limit.value
    return f"{_number(100 * ratio)} %" if figure.unit.endswith("/giây") else f"×{_number(ratio)}"


def _number(value: float) -> str:
    """As Vietnamese write numbers: 1.234,5."""
    decimals = 0 if abs(value) >= _WHOLE else 1 if abs(value) >= _TENTHS else 2
    if 0 < abs(value) < _SMALL:
        decimals = 1 - math.floor(math.log10(abs(value)))
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def _pad(cell: str, width: int) -> str:
    return cell.ljust(width)
