"""Rules of the exchange, as tables."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world import NOW
from vanthu.exchange import rules
from vanthu.exchange.states import PROGRESS, TOLD, DeliveryState, is_forward
from vanthu.incoming.states import State as IncomingState


class TestStuck:
    @pytest.mark.parametrize(
        ("is_fetched", "age", "stuck"),
        [
            (False, rules.STUCK_AFTER, False),
            (False, rules.STUCK_AFTER + timedelta(seconds=1), True),
            (True, timedelta(days=30), False),
        ],
    )
    def test_is_what_nobody_fetched_for_hours(self, is_fetched: bool, age: timedelta, stuck: bool) -> None:
        assert rules.is_stuck(is_fetched=is_fetched, since=NOW - age, now=NOW) is stuck


class TestKeys:
    def test_of_a_local_delivery_leads_back_to_it(self) -> None:
        delivery = uuid4()

        assert rules.delivery_of(rules.local_key(delivery)) == delivery
        assert not rules.is_from_axis(rules.local_key(delivery))

    def test_from_the_axis_leads_to_no_delivery(self) -> None:
        key = rules.axis_key(sender_code="H98", parts=["a"])

        assert rules.delivery_of(key) is None
        assert rules.is_from_axis(key)

    @given(st.lists(st.text(max_size=300), max_size=6), st.text(min_size=35, max_size=35))
    def test_always_fit_their_column(self, parts: list[str], code: str) -> None:
        assert len(rules.axis_key(sender_code=code, parts=parts)) <= 300

    def test_of_different_documents_differ(self) -> None:
        keys = {rules.axis_key(sender_code="H98", parts=parts) for parts in (["a"], ["b"], ["a", "b"])}

        assert len(keys) == 3

    def test_of_another_kind_is_neither(self) -> None:
        assert rules.delivery_of("paper:1") is None
        assert not rules.is_from_axis("paper:1")


class TestEvery:
    @pytest.mark.parametrize(
        ("seconds", "line"),
        [
            (0, "* * * * * */1"),
            (5, "* * * * * */5"),
            (59, "* * * * * */59"),
            (60, "*/1 * * * *"),
            (9999, "*/59 * * * *"),
        ],
    )
    def test_is_a_cron_line_with_seconds_last(self, seconds: int, line: str) -> None:
        assert rules.every(seconds) == line


class TestTitles:
    @pytest.mark.parametrize(
        ("title", "capacity", "position"),
        [
            ("GIÁM ĐỐC", "", "GIÁM ĐỐC"),
            ("KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC", "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
            ("KT. GIÁM ĐỐC / PHÓ GIÁM ĐỐC", "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
            ("TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH", "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"),
            ("TUQ. GIÁM ĐỐC", "TUQ. GIÁM ĐỐC", ""),
            ("Q. GIÁM ĐỐC", "Q. GIÁM ĐỐC", ""),
            ("", "", ""),
        ],
    )
    def test_are_taken_apart(self, title: str, capacity: str, position: str) -> None:
        assert rules.split_title(title) == (capacity, position)

    @pytest.mark.parametrize("title", ["GIÁM ĐỐC", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"])
    def test_are_put_together_again(self, title: str) -> None:
        assert rules.join_title(*rules.split_title(title)) == title


class TestShortened:
    @given(st.text(), st.integers(1, 50))
    def test_never_exceeds_its_limit(self, text: str, limit: int) -> None:
        assert len(rules.shortened(text, limit)) <= limit

    def test_leaves_short_texts_alone_but_for_white_space(self) -> None:
        assert rules.shortened("Ủy ban\n  nhân dân", 50) == "Ủy ban nhân dân"


class TestStates:
    def test_every_state_has_its_place(self) -> None:
        assert set(PROGRESS) == set(DeliveryState)

    def test_every_state_of_an_incoming_document_is_told(self) -> None:
        assert {state: told.value for state, told in TOLD.items()} == {
            IncomingState.ARRIVED: "01",
            IncomingState.RETURNED: "02",
            IncomingState.REGISTERED: "03",
            IncomingState.DIRECTED: "04",
            IncomingState.PROCESSING: "05",
            IncomingState.COMPLETED: "06",
        }

    @pytest.mark.parametrize("current", list(DeliveryState))
    @pytest.mark.parametrize("new", list(DeliveryState))
    def test_forward_is_one_way(self, current: DeliveryState, new: DeliveryState) -> None:
        assert not (is_forward(current, new) and is_forward(new, current))
        assert not is_forward(current, current)
