"""One page of a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Source = TypeVar("Source")
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """Some items of a list; `number` counts from 1. `total` is None where counting would cost too much."""

    items: Sequence[Item]
    number: int
    has_next: bool
    total: int | None = None

    @property
    def has_previous(self) -> bool:
        """Whether there are items before these."""
        return self.number > 1

    def map(self, make: Callable[[Item], Other]) -> Page[Other]:
        """The same page with each item made into something else."""
        return Page(
            items=[make(item) for item in self.items],
            number=self.number,
            has_next=self.has_next,
            total=self.total,
        )


def page_of(
    rows: Sequence[Source],
    *,
    number: int,
    size: int,
    make: Callable[[Source], Item],
    total: int | None = None,
) -> Page[Item]:
    """Page `number` of `rows` (an ordered, lazily sliced sequence such as a QuerySet), `size` items each.

    One item more than shown is read to know whether a next page exists; the list is never counted. A number
    below 1 is the first page; a page past the end is empty.
    """
    number = max(number, 1)
    start = (number - 1) * size
    found = list(rows[start : start + size + 1])
    return Page(
        items=[make(row) for row in found[:size]], number=number, has_next=len(found) > size, total=total
    )
