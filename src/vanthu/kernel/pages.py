"""One page of a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from django.db.models import QuerySet

Item = TypeVar("Item")
Other = TypeVar("Other")
Row = TypeVar("Row", bound="Any")

#: Rows of one page where a screen asks for nothing else: three screenfuls, drawn in half the time of fifty.
PAGE_SIZE = 30
#: A page further away than this is empty: no screen leads there, and reading up to it costs the database.
LAST_PAGE = 100_000
#: Matches beyond this are told as «hơn 1.000»: nobody reads so many, and counting on costs the database.
MATCHES_COUNTED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """Some items of a list; `number` counts from 1. `total` is None where counting would cost too much.

    Of a list that is counted up to MATCHES_COUNTED only, a `total` beyond that means «more than that».
    """

    items: Sequence[Item]
    number: int
    has_next: bool
    total: int | None = None

    @property
    def has_previous(self) -> bool:
        """Whether there are items before these."""
        return self.number > 1

    def map(self, make: Callable[[Item], Other]) -> Page[Other]:
        """The same page with `make` of each item."""
        return Page(
            items=[make(item) for item in self.items],
            number=self.number,
            has_next=self.has_next,
            total=self.total,
        )


def page_of(
    rows: QuerySet[Row] | Sequence[Row],
    number: int,
    *,
    size: int = PAGE_SIZE,
    total: int | None = None,
    is_counted: bool = False,
) -> Page[Row]:
    """Page `number` of `rows`, an ordered QuerySet or sequence.

    One row more than shown is read to know whether a next page exists; the list is counted where `is_counted`
    asks for it, up to MATCHES_COUNTED and one more, and only when this page does not end it. A number below 1
    is the first page; a page past the end is empty.
    """
    number = min(max(number, 1), LAST_PAGE)
    start = (number - 1) * size
    found: list[Row] = list(rows[start : start + size + 1])
    has_next = len(found) > size
    if is_counted:
        is_end = not has_next and bool(found or number == 1)
        total = start + len(found) if is_end else _count(rows)
    return Page(items=found[:size], number=number, has_next=has_next, total=total)


def _count(rows: QuerySet[Row] | Sequence[Row]) -> int:
    """How many rows there are, MATCHES_COUNTED and one more at most."""
    some = rows[: MATCHES_COUNTED + 1]
    return len(some) if isinstance(some, Sequence) else some.count()
