"""Bytes nobody speaks of are removed one day, and never under somebody who is about to speak of them."""

from __future__ import annotations

import io
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import override_settings
from django.utils import timezone

from tests.at_once import at_once
from tests.kernel.storage import own_storage
from tests.world import NOW, World
from vanthu.kernel import actions, audit, blobs, custody, tasks
from vanthu.kernel.actor import system
from vanthu.kernel.blobs import BlobDamaged, BlobVanished, StoredBlob
from vanthu.kernel.errors import NotAllowed
from vanthu.kernel.models import AuditEntry, Blob

MACHINE = system("Dọn tệp không ai dùng")
YEAR = timedelta(days=365)
_ROUNDS = 80


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path) -> Iterator[None]:
    with own_storage(tmp_path):
        yield


def path_of(sha256: str) -> Path:
    with blobs.as_path(sha256) as path:
        return path


def age(path: Path, *, by: timedelta = YEAR) -> None:
    """Make a file as old as it would be after `by`."""
    then = (timezone.now() - by).timestamp()
    os.utime(path, (then, then))


def stray(content: bytes, *, by: timedelta = YEAR) -> StoredBlob:
    """Bytes of an upload whose transaction never came."""
    stored = blobs.put(io.BytesIO(content))
    age(path_of(stored.sha256), by=by)
    return stored


def keep(stored: StoredBlob) -> None:
    with transaction.atomic():
        blobs.keep(stored, now=NOW)


def own_mark() -> Path:
    return Path(settings.VAR) / "blobs" / "owners" / blobs.mark_as_ours()


def sweep(sha256: str, *, before: datetime | None = None) -> int | None:
    """Try to remove these bytes, by default however young they are: age must not be what protects them."""
    now = timezone.now()
    return actions.sweep_blob(actor=MACHINE, sha256=sha256, before=before or now + YEAR, now=now)


@pytest.mark.django_db
class TestSweepBlobs:
    def test_removes_what_nobody_speaks_of_and_says_so(self, caplog: pytest.LogCaptureFixture) -> None:
        age(own_mark())
        gone, kept = stray(b"giao dich bi huy"), stray(b"co dong noi den")
        keep(kept)
        caplog.set_level("INFO")

        tasks.sweep_blobs()

        assert not blobs.is_whole(gone.sha256)
        assert blobs.is_whole(kept.sha256)
        (entry,) = AuditEntry.objects.filter(action="kernel.blob-swept")
        assert entry.data == {"sha256": gone.sha256, "size": gone.size}
        assert gone.sha256 in caplog.text

    def test_leaves_what_is_young(self) -> None:
        age(own_mark())
        young = stray(b"moi toi", by=timedelta(days=29))

        tasks.sweep_blobs()

        assert blobs.is_whole(young.sha256)

    def test_leaves_what_was_just_put_again(self) -> None:
        age(own_mark())
        again = stray(b"gui lai")
        blobs.put(io.BytesIO(b"gui lai"))

        tasks.sweep_blobs()

        assert blobs.is_whole(again.sha256)

    def test_removes_nothing_where_that_is_switched_off(self) -> None:
        age(own_mark())
        left = stray(b"khong don")

        with override_settings(BLOB_SWEEP_DAYS=0):
            tasks.sweep_blobs()

        assert blobs.is_whole(left.sha256)

    def test_removes_nothing_while_our_mark_is_young(self, caplog: pytest.LogCaptureFixture) -> None:
        """Whoever else speaks of files here has not had the time to show itself."""
        left = stray(b"dau con moi")

        tasks.sweep_blobs()

        assert blobs.is_whole(left.sha256)
        assert "còn mới" in caplog.text

    def test_removes_nothing_from_a_folder_another_database_speaks_of(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        age(own_mark())
        (own_mark().parent / "7300000000000000001-16384").touch()
        left = stray(b"cua nguoi khac")

        tasks.sweep_blobs()

        assert blobs.is_whole(left.sha256)
        assert "7300000000000000001-16384" in caplog.text

    def test_a_mark_left_twice_at_once_is_one_database(self) -> None:
        age(own_mark())
        own_mark().with_name(f"{own_mark().name}_aB3dE5f").touch()

        custody.require_sole_owner(before=timezone.now() - timedelta(days=30))

    def test_removes_what_killed_work_left_and_nothing_under_way(self) -> None:
        age(own_mark())
        room = blobs.workroom()
        (room / "cu").mkdir()
        for name in ("a.part", "b.upload", "cu/c.docx", "d.part"):
            (room / name).write_bytes(b"do dang")
        for name in ("a.part", "b.upload", "cu/c.docx", "cu"):
            age(room / name)

        tasks.sweep_blobs()

        assert [path.name for path in room.iterdir()] == ["d.part"]

    def test_is_refused_to_people(self, world: World) -> None:
        left = stray(b"nguoi xin xoa")

        with pytest.raises(NotAllowed):
            actions.sweep_blob(actor=world.clerk, sha256=left.sha256, before=NOW + YEAR, now=NOW)

        assert blobs.is_whole(left.sha256)

    def test_leaves_the_bytes_when_the_trail_cannot_be_written(self, monkeypatch: pytest.MonkeyPatch) -> None:
        left = stray(b"khong ghi duoc")

        def fail(**_: object) -> None:
            raise RuntimeError

        monkeypatch.setattr(audit, "record", fail)
        with pytest.raises(RuntimeError):
            sweep(left.sha256)

        assert blobs.is_whole(left.sha256)

    def test_of_what_is_gone_already_does_nothing(self) -> None:
        assert sweep("0" * 64) is None


class TestMark:
    @pytest.mark.django_db
    def test_stands_before_the_first_row(self) -> None:
        keep(stray(b"dong dau tien"))

        assert list(blobs.owners()) == [own_mark().name]


@pytest.mark.django_db(transaction=True)
class TestAgainstTheSweeper:
    """Real transactions on connections of their own; the files' age protects none of them."""

    def test_a_row_not_yet_committed_holds_its_bytes(self) -> None:
        stored = stray(b"chua xong giao dich")
        with ThreadPoolExecutor(1) as sweeper:
            with transaction.atomic():
                blobs.keep(stored, now=NOW)
                assert sweeper.submit(_apart, lambda: sweep(stored.sha256)).result(60) is None
            assert sweeper.submit(_apart, lambda: sweep(stored.sha256)).result(60) is None

        assert blobs.is_whole(stored.sha256)

    def test_a_row_that_was_rolled_back_holds_nothing(self) -> None:
        stored = stray(b"bi huy")
        with transaction.atomic():
            blobs.keep(stored, now=NOW)
            transaction.set_rollback(True)

        assert sweep(stored.sha256) == stored.size

    def test_bytes_swept_between_putting_and_keeping_are_refused_and_can_be_sent_again(self) -> None:
        blobs.put(io.BytesIO(b"den sau"))
        stored = blobs.put(io.BytesIO(b"den sau"))
        sweep(stored.sha256)

        with pytest.raises(BlobVanished):
            keep(stored)
        assert not Blob.objects.exists()

        keep(blobs.put(io.BytesIO(b"den sau")))
        assert blobs.is_whole(Blob.objects.get().sha256)

    def test_a_keeper_waits_for_a_sweeper_at_work_and_is_then_refused(self) -> None:
        stored = stray(b"dung luc dang don")
        with ThreadPoolExecutor(1) as keeper:
            with transaction.atomic():
                assert blobs.claim_unspoken(stored.sha256, before=timezone.now()) == stored.size
                waiting = keeper.submit(_apart, lambda: keep(stored))
                _until_somebody_waits()
                blobs.discard(stored.sha256)
            with pytest.raises(BlobVanished):
                waiting.result(60)

        assert not Blob.objects.exists()

    def test_no_row_ever_loses_its_bytes_however_putting_keeping_and_sweeping_fall(self) -> None:
        tally: Counter[str] = Counter()
        for number in range(_ROUNDS):
            content = b"vong %d" % number
            stored = blobs.put(io.BytesIO(content))
            ends, refusals = at_once(
                [*[partial(_upload, content)] * 3, *[partial(_sweep_on, stored.sha256)] * 2]
            )

            assert {type(refusal) for refusal in refusals} <= {BlobVanished}
            # The promise, whoever was first: where there is a row, there are its bytes.
            if Blob.objects.filter(sha256=stored.sha256).exists():
                assert blobs.is_whole(stored.sha256), number
            assert ("kept" in ends) == Blob.objects.filter(sha256=stored.sha256).exists()
            tally.update([*ends, *(type(refusal).__name__ for refusal in refusals)])

        # All of it happened, and not once only; else this showed nothing.
        assert min(tally[each] for each in ("kept", "rolled back", "swept", "left", "BlobVanished")) > 3, (
            tally
        )


@pytest.mark.django_db
class TestPutAgain:
    def test_over_damaged_bytes_promises_nothing(self) -> None:
        stored = blobs.put(io.BytesIO(b"ban luu da hong"))
        path = path_of(stored.sha256)
        path.chmod(0o640)
        path.write_bytes(b"x" * stored.size)

        with pytest.raises(BlobDamaged):
            blobs.put(io.BytesIO(b"ban luu da hong"))


def _apart(act: object) -> object:
    """Run on a connection of this thread's own, and close it."""
    assert callable(act)
    try:
        return act()
    finally:
        connection.close()


def _upload(content: bytes) -> str:
    """Put and keep, with pauses for others to come between; half of the transactions are rolled back."""
    stored = blobs.put(io.BytesIO(content))
    time.sleep(random.random() / 500)
    with transaction.atomic():
        blobs.keep(stored, now=NOW)
        time.sleep(random.random() / 500)
        failed = random.random() < 0.5
        transaction.set_rollback(failed)
    return "rolled back" if failed else "kept"


def _sweep_on(sha256: str) -> str:
    """Try again and again to remove the bytes."""
    swept = 0
    for _ in range(3):
        # Long enough at times for an upload to be wholly before it.
        time.sleep(random.random() / 40)
        swept += sweep(sha256) is not None
    return "swept" if swept else "left"


def _until_somebody_waits() -> None:
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")
