"""What a connection may cost: how long it may take, who makes room, and whose address is believed."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vanthu.interfaces.server.limits import (
    Limits,
    Waiting,
    client_behind,
    is_trickle,
    neighbourhood,
    whom_to_drop,
)

LIMITS = Limits(body=1, bodies=1)
PROXIES = [ip_network("10.0.0.0/24")]
WAITING = st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 1000, allow_nan=False)), max_size=20)


class TestTime:
    @given(st.integers(0, 10**12), st.integers(0, 10**9))
    def test_grows_with_what_has_come_and_ends(self, done: int, more: int) -> None:
        assert LIMITS.grace <= LIMITS.time_for(done) <= LIMITS.time_for(done + more) <= LIMITS.whole

    @given(st.integers(1, 100))
    def test_is_never_enough_for_a_byte_a_second(self, bytes_a_second: int) -> None:
        seconds = 2 * LIMITS.grace

        assert seconds > LIMITS.time_for(int(bytes_a_second * seconds))

    @given(st.integers(64 * 1024, 10**9))
    def test_is_enough_for_an_honest_line_of_half_a_megabit(self, size: int) -> None:
        rate = 64 * 1024
        seconds = min(size / rate, LIMITS.whole)

        assert seconds <= LIMITS.time_for(int(seconds * rate)) + LIMITS.grace or seconds == LIMITS.whole


class TestTrickles:
    @pytest.mark.parametrize(
        ("pieces", "received", "trickles"), [(7, 7, False), (8, 8, True), (8, 8 * 1400, False)]
    )
    def test_are_many_small_pieces(self, pieces: int, received: int, trickles: bool) -> None:
        assert is_trickle(pieces=pieces, received=received) == trickles


class TestRoom:
    @given(WAITING)
    def test_is_made_by_an_address_that_holds_most(self, found: list[tuple[str, float]]) -> None:
        waiting = [Waiting(key=key, neighbourhood=who, since=at) for key, (who, at) in enumerate(found)]
        dropped = whom_to_drop(waiting)

        if dropped is None:
            assert waiting == []
            return
        held = [who for who, _ in found]
        who, since = found[dropped]
        assert held.count(who) == max(map(held.count, held))
        assert since == min(at for other, at in found if held.count(other) == held.count(who))


class TestAddresses:
    @pytest.mark.parametrize(
        ("address", "counted_as"),
        [
            ("10.1.2.3", "10.1.2.3"),
            ("::ffff:10.1.2.3", "10.1.2.3"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("fe80::1%eth0", "fe80::/64"),
            ("không phải", "không phải"),
        ],
    )
    def test_are_counted_as_one_customer_has_them(self, address: str, counted_as: str) -> None:
        assert neighbourhood(address) == counted_as

    @given(st.text(max_size=60))
    def test_of_who_is_no_proxy_is_his_own_whatever_he_says(self, said: str) -> None:
        assert client_behind("10.9.9.9", said, PROXIES) == "10.9.9.9"

    @given(st.text(max_size=60))
    def test_is_the_last_one_our_proxy_names_whatever_stands_before(self, said: str) -> None:
        assert client_behind("10.0.0.1", f"{said},203.0.113.5", PROXIES) == "203.0.113.5"
