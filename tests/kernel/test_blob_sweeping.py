"""Bytes nobody speaks of are removed one day, and never under somebody who is about to speak of them."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import override_settings
from django.utils import timezone

from tests.kernel.storage import own_storage
from tests.world import NOW, World
from vanthu.kernel import actions, audit, blob_owners, blobs, custody, tasks
from vanthu.kernel.actor import system
from vanthu.kernel.blobs import BlobDamaged, BlobVanished, StoredBlob
from vanthu.kernel.errors import NotAllowed
from vanthu.kernel.models import AuditEntry, Blob

MACHINE = system("Dọn tệp không ai dùng")
YEAR = timedelta(days=365)


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
    return Path(settings.VAR) / "blobs" / "owners" / blob_owners.mark_as_ours()


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

        assert list(blob_owners.owners()) == [own_mark().name]


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

    def test_no_row_ever_loses_its_bytes_in_whatever_order_the_steps_fall(self) -> None:
        """Every order of the steps of one who keeps the bytes, one who takes it back, and a sweeper."""
        orders = sorted({"".join(order) for order in permutations("kkkttss")})
        with ExitStack() as cast:
            desks = {who: cast.enter_context(_desk()) for who in "kts"}
            for order in orders:
                stored = blobs.put(io.BytesIO(order.encode()))
                with _acts(desks, order.encode(), stored) as acts:
                    steps: list[Future[object]] = []
                    for who in order:
                        steps.append(desks[who].submit(next, acts[who], None))
                        _settle(steps)
                        # The promise, at every moment: where there is a row, there are its bytes.
                        assert blobs.is_whole(stored.sha256) or not _has_row(stored), order

                    refused = [who for who, step in zip(order, steps, strict=True) if _is_refused(step)]
                    assert _has_row(stored) == ("k" not in refused), order
                    assert "s" not in refused


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


@contextmanager
def _desk() -> Iterator[ThreadPoolExecutor]:
    """A thread and a connection of somebody's own, who does one thing after the other."""
    with ThreadPoolExecutor(1) as desk:
        try:
            yield desk
        finally:
            desk.submit(_leave).result(60)


@contextmanager
def _acts(
    desks: Mapping[str, ThreadPoolExecutor], content: bytes, stored: StoredBlob
) -> Iterator[dict[str, Generator[None]]]:
    """What each does, step by step; what is not at its end is undone, so that nobody waits for ever."""
    acts = {"k": _upload(content), "t": _take_back(stored), "s": _sweep_by_steps(stored.sha256)}
    try:
        yield acts
    finally:
        wait([desks[who].submit(act.close) for who, act in acts.items()])


def _has_row(stored: StoredBlob) -> bool:
    return Blob.objects.filter(sha256=stored.sha256).exists()


def _leave() -> None:
    # Here, where `connection` is this thread's.
    connection.close()


def _upload(content: bytes) -> Generator[None]:
    """Put the bytes; keep them; commit."""
    stored = blobs.put(io.BytesIO(content))
    yield
    with transaction.atomic():
        blobs.keep(stored, now=NOW)
        yield
    yield


def _take_back(stored: StoredBlob) -> Generator[None]:
    """Keep bytes put before; roll back."""
    with transaction.atomic():
        blobs.keep(stored, now=NOW)
        yield
        transaction.set_rollback(True)
    yield


def _sweep_by_steps(sha256: str) -> Generator[None]:
    """Claim the bytes, however young; if they may go, remove them and commit (`actions.sweep_blob`)."""
    with transaction.atomic():
        claimed = blobs.claim_unspoken(sha256, before=timezone.now() + YEAR)
        yield
        if claimed is not None:
            blobs.discard(sha256)
    yield


def _is_refused(step: Future[object]) -> bool:
    error = step.exception(60)
    assert error is None or isinstance(error, BlobVanished), error
    return error is not None


def _settle(under_way: Sequence[Future[object]]) -> None:
    """Until each step is done, waits for a lock, or stands behind such a step of the same person."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        undone = [step for step in under_way if not step.done()]
        if not undone or len([step for step in undone if step.running()]) == _waiting():
            return
        time.sleep(0.001)
    raise AssertionError("neither done nor waiting")


def _waiting() -> int:
    """How many wait for a lock of the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return int(cursor.fetchone()[0])


def _until_somebody_waits() -> None:
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        if _waiting():
            return
        time.sleep(0.01)
    raise AssertionError("nobody waits")
