"""Unfinished work of processes that are no more is removed at once, and that of the living never."""

from __future__ import annotations

import fcntl
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from tests.kernel.storage import own_storage
from vanthu.kernel import blobs, tasks, workrooms

#: Another process of ours, in the middle of an upload and of a conversion.
_AT_WORK = """
import sys, time, pathlib, tempfile
from django.conf import settings
settings.configure(VAR=pathlib.Path(sys.argv[1]))
from vanthu.kernel import workrooms
part = tempfile.NamedTemporaryFile(dir=workrooms.workroom(), suffix=".part")
unnamed = tempfile.TemporaryFile(dir=workrooms.workroom())
for file in (part, unnamed):
    file.write(b"x" * 1_000_000)
    file.flush()
with workrooms.work_folder() as folder:
    (folder / "thư.docx").write_bytes(b"x")
    print(workrooms.workroom(), flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path) -> Iterator[None]:
    with own_storage(tmp_path):
        yield


@contextmanager
def at_work() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    process = subprocess.Popen(
        [sys.executable, "-c", _AT_WORK, settings.VAR], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield process, Path(process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate()


def names() -> list[str]:
    return sorted(path.name for path in (Path(settings.VAR) / "work").iterdir())


class TestSweepDeadRooms:
    def test_removes_what_a_killed_process_had_in_hand_and_nothing_of_a_living_one(self) -> None:
        with at_work() as (killed, room), at_work() as (_, lively):
            mine = workrooms.workroom()
            (mine / "đang viết.part").write_bytes(b"x")
            killed.send_signal(signal.SIGKILL)
            killed.wait()
            assert len(list(room.iterdir())) == 2, "an upload has no name at all"

            tasks.sweep_workrooms()

            assert not room.exists()
            assert len(list(lively.iterdir())) == 2
            assert (mine / "đang viết.part").exists()

    def test_removes_no_room_of_a_stopped_process_however_old(self) -> None:
        with at_work() as (stopped, room):
            stopped.send_signal(signal.SIGSTOP)
            year_ago = time.time() - 365 * 24 * 3600
            for path in [room, *room.iterdir(), room.with_name(f"{room.name}.lock")]:
                os.utime(path, (year_ago, year_ago))

            assert workrooms.sweep_dead_rooms() == []
            assert len(list(room.iterdir())) == 2

    def test_leaves_what_was_stored_from_a_room(self) -> None:
        with blobs.arriving(io.BytesIO(b"da luu")) as arrival:
            stored = blobs.store(arrival)

        with at_work() as (killed, _):
            killed.kill()
            killed.wait()
        workrooms.sweep_dead_rooms()

        assert blobs.is_whole(stored.sha256)

    def test_removes_strays_of_an_earlier_release_after_a_day(self) -> None:
        folder = Path(settings.VAR) / "work"
        (folder / "cu").mkdir(parents=True)
        for name in ("a.upload", "cu/b.docx", "moi.upload"):
            (folder / name).write_bytes(b"x")
        two_days_ago = time.time() - 2 * 24 * 3600
        for name in ("a.upload", "cu/b.docx", "cu"):
            os.utime(folder / name, (two_days_ago, two_days_ago))

        assert workrooms.sweep_dead_rooms() == ["a.upload", "cu"]
        assert names() == ["moi.upload"]

    def test_goes_on_where_it_was_cut_off(self) -> None:
        with at_work() as (killed, room):
            killed.kill()
            killed.wait()
        for path in room.rglob("*.docx"):
            path.unlink()

        assert workrooms.sweep_dead_rooms() == [room.name]
        assert names() == []

    def test_a_room_taken_away_is_replaced(self) -> None:
        first = workrooms.workroom()
        first.rmdir()

        assert workrooms.workroom().is_dir()

    def test_an_owner_whose_lock_was_swept_away_takes_another(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # The sweeper comes between the making of the lock file and the locking of it.
        lock, swept = fcntl.flock, list[bool]()

        def slow(descriptor: int, how: int) -> None:
            if not swept:
                swept.append(True)
                workrooms.sweep_dead_rooms()
            lock(descriptor, how)

        monkeypatch.setattr(fcntl, "flock", slow)

        room = workrooms.workroom()

        assert swept
        assert names() == sorted([room.name, f"{room.name}.lock"])
        assert workrooms.sweep_dead_rooms() == []
