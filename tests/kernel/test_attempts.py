"""An attempt is written down before it begins; what fails twice is put aside, whoever else died beside it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DataError, OperationalError
from django.utils import timezone

from tests.worker import WorkerProcess
from vanthu.kernel import attempts
from vanthu.kernel.apart import Ending
from vanthu.kernel.errors import Busy
from vanthu.kernel.models import Attempt, AuditEntry
from vanthu.kernel.states import AttemptState
from vanthu.kernel.trouble import Unavailable
from vanthu.room.errors import RoomClosed

pytestmark = pytest.mark.django_db(transaction=True)


class Died(BaseException):
    """The process is no more: no handler of ours gets to run."""


class AxisAway(Exception):
    """Something else is away."""


class Reader:
    """A task that reads «name» from outside, falls as it is told to, and counts how often it was begun."""

    def __init__(self, *falls: BaseException | None, **care: Any) -> None:
        self._falls: Iterator[BaseException | None] = iter(falls)
        self.begun = 0
        self.given_up: list[dict[str, Any]] = []
        self.run = attempts.written_down("test.read", about="name", elsewhere=(AxisAway,), **care)(self._read)

    def _read(self, *, name: str) -> None:
        self.begun += 1
        # Committed before: another connection would see it.
        assert Attempt.objects.get(subject=name).state == AttemptState.BEGUN
        fall = next(self._falls, None)
        if fall is not None:
            raise fall

    def give_up(self, **words: Any) -> None:
        self.given_up.append(words)


def _tried(reader: Reader, times: int, *, name: str = "goi-1") -> None:
    for _ in range(times):
        try:
            reader.run(name=name)
        except (Died, Exception):
            continue


def test_what_is_finished_leaves_nothing() -> None:
    reader = Reader()

    reader.run(name="goi-1")

    assert (reader.begun, Attempt.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("fall", "times"),
    [
        (ValueError("Ai biết vì sao"), attempts.LIMIT),
        (MemoryError(), attempts.LIMIT),
        (RecursionError(), attempts.LIMIT),
        (DataError("NUL không ghi được"), attempts.LIMIT),
        (Died(), attempts.LIMIT_UNSEEN),
    ],
    ids=["unforeseen", "memory", "stack", "what no column holds", "death with its worker"],
)
def test_what_falls_again_and_again_is_put_aside_audited_and_not_begun_once_more(
    fall: BaseException, times: int
) -> None:
    reader = Reader(*[fall] * 9)

    _tried(reader, 9)

    attempt = Attempt.objects.get()
    assert reader.begun == times
    assert (attempt.state, attempt.subject) == (AttemptState.PUT_ASIDE, "goi-1")
    assert attempt.reason.endswith(".")
    assert "Ai biết" not in attempt.reason
    assert AuditEntry.objects.get().action == "kernel.attempt-put-aside"


def test_those_beside_it_are_begun_all_the_same() -> None:
    reader = Reader(ValueError(), ValueError())
    _tried(reader, 3)

    reader.run(name="goi-2")

    assert reader.begun == attempts.LIMIT + 1
    assert [each.subject for each in Attempt.objects.all()] == ["goi-1"]


@pytest.mark.parametrize(
    "away",
    [
        AxisAway(),
        OperationalError("cơ sở dữ liệu đang khởi động lại"),
        OSError(errno.ENOSPC, "hết chỗ"),
        Busy(),
        RoomClosed(),
    ],
    ids=["axis", "database", "disk", "crowd", "room"],
)
def test_what_fails_because_another_is_away_is_tried_for_ever(away: Exception) -> None:
    reader = Reader(*[away] * 7)

    _tried(reader, 8)

    assert (reader.begun, Attempt.objects.count()) == (8, 0)


def test_a_death_and_a_failure_are_two() -> None:
    reader = Reader(Died(), AxisAway(), ValueError())

    _tried(reader, 5)

    assert reader.begun == 3
    assert Attempt.objects.get().state == AttemptState.PUT_ASIDE


def test_what_was_finished_begins_with_a_clean_sheet() -> None:
    reader = Reader(Died(), None, Died(), None, Died(), None)

    _tried(reader, 6)

    assert (reader.begun, Attempt.objects.count()) == (6, 0)


class TestGivingUp:
    def test_is_told_why_and_leaves_nothing_in_the_ledger(self) -> None:
        told: list[dict[str, Any]] = []
        reader = Reader(*[Died()] * 5, give_up=lambda **words: told.append(words))

        _tried(reader, 6)

        assert told == [{"reason": attempts.DIED, "died_before": False, "name": "goi-1"}]
        assert Attempt.objects.count() == 0

    def test_follows_an_unforeseen_failure_at_once(self) -> None:
        told: list[dict[str, Any]] = []
        reader = Reader(ValueError(), ValueError(), give_up=lambda **words: told.append(words))

        _tried(reader, 2)

        assert [words["died_before"] for words in told] == [False]

    def test_that_dies_itself_is_told_so_the_next_time(self) -> None:
        told: list[bool] = []

        def give_up(*, died_before: bool, **_: Any) -> None:
            told.append(died_before)
            if not died_before:
                raise Died

        _tried(Reader(*[Died()] * 5, give_up=give_up), 8)

        assert told == [False, True]

    def test_that_fails_is_tried_again_but_not_the_reading(self) -> None:
        told: list[bool] = []

        def give_up(*, died_before: bool, **_: Any) -> None:
            told.append(died_before)
            if len(told) < 3:
                raise AxisAway

        reader = Reader(ValueError(), ValueError(), give_up=give_up)
        _tried(reader, 4)

        assert (reader.begun, told) == (2, [False, False, False])
        assert Attempt.objects.count() == 0


def test_after_its_rest_it_is_tried_once_more_by_itself() -> None:
    reader = Reader(ValueError(), ValueError(), ValueError(), rest=timedelta(minutes=5))
    _tried(reader, 4)
    assert reader.begun == attempts.LIMIT

    Attempt.objects.update(put_aside_at=timezone.now() - timedelta(minutes=6))
    _tried(reader, 2)
    assert reader.begun == attempts.LIMIT + 1
    assert Attempt.objects.get().state == AttemptState.PUT_ASIDE

    Attempt.objects.update(put_aside_at=timezone.now() - timedelta(minutes=6))
    _tried(reader, 1)
    assert (reader.begun, Attempt.objects.count()) == (attempts.LIMIT + 2, 0)


class TestUnderSuspicion:
    """What did not finish in a worker is begun again in a process of its own."""

    def test_it_is_begun_apart_and_the_innocent_finish(self, monkeypatch: pytest.MonkeyPatch) -> None:
        apart: list[str] = []

        def run_apart(_task: str, words: Mapping[str, Any]) -> Ending:
            apart.append(words["name"])
            return Ending()

        monkeypatch.setattr(attempts, "_apart", run_apart)
        reader = Reader(Died(), Died())
        _tried(reader, 1, name="goi-1")
        _tried(reader, 1, name="goi-2")

        _tried(reader, 1, name="goi-1")
        _tried(reader, 1, name="goi-2")

        assert (reader.begun, apart) == (2, ["goi-1", "goi-2"])
        assert not Attempt.objects.exists()

    def test_the_one_that_dies_apart_is_put_aside_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(attempts, "_apart", lambda task, words: Ending(raised="died"))
        reader = Reader(Died())

        _tried(reader, 2)

        assert (Attempt.objects.get().state, Attempt.objects.get().reason) == ("put_aside", attempts.DIED)

    def test_what_is_away_for_it_apart_is_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            attempts, "_apart", lambda task, words: Ending(raised="AxisAway", words="đi vắng")
        )
        reader = Reader(Died())
        _tried(reader, 1)

        with pytest.raises(AxisAway, match="đi vắng"):
            reader.run(name="goi-1")

        assert Attempt.objects.get().unfinished == 1

    def test_a_full_disk_met_apart_does_not_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(attempts, "_apart", lambda task, words: Ending(raised="OSError", passes=True))
        reader = Reader(Died())
        _tried(reader, 1)

        for _ in range(attempts.LIMIT_UNSEEN + 1):
            with pytest.raises(Unavailable):
                reader.run(name="goi-1")

        assert Attempt.objects.get().state == AttemptState.BEGUN


_HANGS = """
import time
import django
django.setup()
from vanthu.kernel import attempts
from vanthu.kernel.apart import run_apart
attempts.LONGEST = 1
attempts.try_suspects_apart(run_apart)
attempts.written_down("test.hang", about="name")(lambda *, name: time.sleep(%d))(name="goi-treo")
"""


class TestAHang:
    def test_ends_its_worker_so_that_it_is_begun_apart(self) -> None:
        """The next to begin it knows that it was begun before and did not finish."""
        ended = _in_a_worker(_HANGS % 120)

        assert ended.returncode == attempts.ENDED_BY_A_HANG
        assert "Việc test.hang goi-treo không xong trong 1 giây" in ended.stderr
        attempt = Attempt.objects.get()
        assert (attempt.subject, attempt.state, attempt.unfinished) == ("goi-treo", AttemptState.BEGUN, 1)

    def test_that_ends_in_time_ends_nothing(self) -> None:
        ended = _in_a_worker(_HANGS % 0 + "time.sleep(2)")

        assert (ended.returncode, Attempt.objects.count()) == (0, 0)


def _in_a_worker(code: str) -> subprocess.CompletedProcess[str]:
    """Python in a process of its own, on the database of the tests."""
    environment = WorkerProcess(Path(os.devnull)).environment
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=100,
    )
