"""Turns in the room: one person's files wait behind his own, not others behind them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from vanthu.room.turns import Turns, reader, reading_for

SOON, LONG = 0.05, 20.0


def later(turns: Turns, holder: str, got: list[str]) -> threading.Thread:
    """A thread that waits for a turn, already when this returns, and notes whose it was."""

    def wait() -> None:
        if turns.take(holder, patience=LONG):
            got.append(holder)

    thread = threading.Thread(target=wait)
    before = waiting(turns)
    thread.start()
    until(lambda: waiting(turns) > before)
    return thread


def waiting(turns: Turns) -> int:
    return len(turns._queue)


def until(there: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not there() and time.monotonic() < end:
        time.sleep(0.005)
    assert there()


def test_one_person_never_has_more_than_his_places() -> None:
    turns = Turns(4, each=2, waiting=2)

    assert turns.take("kẻ phá", patience=SOON)
    assert turns.take("kẻ phá", patience=SOON)
    assert not turns.take("kẻ phá", patience=SOON)
    assert turns.take("văn thư", patience=SOON)
    assert turns.take("lãnh đạo", patience=SOON)
    assert not turns.take("chuyên viên", patience=SOON), "all four are taken"

    turns.give_back("kẻ phá")
    assert turns.take("chuyên viên", patience=SOON)


def test_who_holds_fewest_is_called_before_who_came_earlier() -> None:
    turns, got = Turns(2, each=2, waiting=2), list[str]()
    for _ in range(2):
        assert turns.take("kẻ phá", patience=SOON)
    first = later(turns, "kẻ phá", got)
    second = later(turns, "văn thư", got)

    turns.give_back("kẻ phá")
    second.join(LONG)
    assert got == ["văn thư"]
    turns.give_back("văn thư")
    first.join(LONG)
    assert got == ["văn thư", "kẻ phá"]


def test_among_equals_who_came_first_is_called_first() -> None:
    turns, got = Turns(1, each=1, waiting=1), list[str]()
    assert turns.take("ai đó", patience=SOON)
    threads = [later(turns, name, got) for name in ("một", "hai", "ba")]

    for name, thread in zip(["ai đó", "một", "hai"], threads, strict=True):
        turns.give_back(name)
        thread.join(LONG)
    assert got == ["một", "hai", "ba"]


def test_a_person_with_many_tickets_waiting_is_told_at_once_and_jobs_are_not() -> None:
    turns, got = Turns(1, each=1, waiting=1), list[str]()
    assert turns.take("", patience=SOON)
    threads = [later(turns, name, got) for name in ("kẻ phá", "", "")]

    began = time.monotonic()
    assert not turns.take("kẻ phá", patience=LONG)
    assert time.monotonic() - began < LONG / 2

    for name, thread in zip(["", "kẻ phá", ""], threads, strict=True):
        turns.give_back(name)
        thread.join(LONG)
    assert got == ["kẻ phá", "", ""]


def test_a_place_given_up_waiting_for_stays_free() -> None:
    turns = Turns(1, each=1, waiting=1)
    assert turns.take("một", patience=SOON)
    assert not turns.take("hai", patience=SOON)
    turns.give_back("một")
    assert turns.take("ba", patience=SOON)


def test_what_a_thread_reads_counts_as_the_persons_it_reads_for() -> None:
    assert reader() == ""
    with reading_for("văn thư"):
        assert reader() == "văn thư"
    assert reader() == ""
