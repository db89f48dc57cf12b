"""One page of a list, counted only where it is asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vanthu.kernel.pages import MATCHES_COUNTED, page_of


class TestPageOf:
    @given(st.integers(0, 60), st.integers(1, 13))
    def test_pages_hold_every_row_once_in_order(self, length: int, size: int) -> None:
        rows = list(range(length))
        seen: list[int] = []
        number = 1
        while True:
            page = page_of(rows, number, size=size)
            seen += page.items
            assert page.has_previous == (number > 1)
            if not page.has_next:
                break
            number += 1

        assert seen == rows
        assert list(page_of(rows, number + 1, size=size).items) == []

    @given(st.integers(max_value=0))
    def test_takes_a_number_below_one_as_the_first(self, number: int) -> None:
        assert page_of("abc", number, size=2).items == page_of("abc", 1, size=2).items

    @given(st.integers(min_value=2))
    def test_is_empty_past_the_end_however_far(self, number: int) -> None:
        assert page_of("abc", number, size=50).items == []

    def test_maps_its_items_and_keeps_its_place(self) -> None:
        page = page_of([1, 2, 3], 1, size=2, total=3).map(str)

        assert (page.items, page.number, page.has_next, page.total) == (["1", "2"], 1, True, 3)

    @given(st.integers(0, 1100), st.integers(1, 40), st.integers(1, 60))
    def test_counts_what_it_is_asked_to_as_far_as_anybody_reads(
        self, length: int, number: int, size: int
    ) -> None:
        total = page_of(range(length), number, size=size, is_counted=True).total

        assert total is not None
        assert min(total, MATCHES_COUNTED + 1) == min(length, MATCHES_COUNTED + 1)

    def test_counts_nothing_unasked(self) -> None:
        assert page_of("abc", 1, size=2).total is None
