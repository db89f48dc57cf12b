"""Files stored by the hash of their bytes: streamed, whole or absent, and known when damaged."""

from __future__ import annotations

import hashlib
import io
import os
import threading
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from django.conf import settings
from django.db import transaction
from django.test.utils import override_settings
from hypothesis import given
from hypothesis import strategies as st

from tests.world import NOW
from vanthu.kernel import blobs
from vanthu.kernel.blobs import BlobDamaged, EmptyFile, FileTooLarge
from vanthu.kernel.models import Blob

MEGABYTE = 1024 * 1024
REMOTE = {
    **settings.STORAGES,
    "blobs": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
}


class Dripping(io.RawIOBase):
    """A stream that gives its bytes in pieces of its own choosing, as a network does."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = [piece for piece in pieces if piece]

    def read(self, size: int = -1, /) -> bytes:
        piece = self.pieces.pop(0) if self.pieces else b""
        if len(piece) > size:
            self.pieces.insert(0, piece[size:])
        return piece[:size]


class Endless(io.RawIOBase):
    """`size` bytes that are never together in memory."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1, /) -> bytes:
        given = min(size, self.left)
        self.left -= given
        return b"\x5a" * given


def _stream(raw: io.RawIOBase) -> BinaryIO:
    return cast(BinaryIO, raw)


def _files() -> set[Path]:
    return {path for path in Path(settings.VAR).rglob("*") if path.is_file() and "postgres" not in path.parts}


@pytest.fixture(params=["file system", "remote storage"])
def _storage(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where blobs may live: this disk, or a storage known only through Django's interface (S3)."""
    if request.param == "file system":
        yield
        return
    with override_settings(STORAGES=REMOTE):
        yield


@pytest.mark.usefixtures("_storage")
class TestPut:
    def test_names_bytes_by_their_hash_and_gives_them_back(self) -> None:
        stored = blobs.put(io.BytesIO(b"Quyet dinh"))

        assert stored.sha256 == hashlib.sha256(b"Quyet dinh").hexdigest()
        assert stored.size == 10
        with blobs.open_blob(stored.sha256) as content:
            assert content.read() == b"Quyet dinh"
        with blobs.as_path(stored.sha256) as path:
            assert path.read_bytes() == b"Quyet dinh"

    @given(st.lists(st.binary(max_size=50), min_size=1, max_size=20).filter(any))
    def test_keeps_every_byte_however_they_come(self, pieces: list[bytes]) -> None:
        whole = b"".join(pieces)

        stored = blobs.put(_stream(Dripping(list(pieces))))

        assert (stored.sha256, stored.size) == (hashlib.sha256(whole).hexdigest(), len(whole))
        with blobs.open_blob(stored.sha256) as content:
            assert content.read() == whole

    def test_stores_the_same_bytes_once(self) -> None:
        first = blobs.put(io.BytesIO(b"hai lan"))
        before = _files()

        assert blobs.put(io.BytesIO(b"hai lan")) == first
        assert _files() == before

    def test_refuses_nothing_at_all(self) -> None:
        with pytest.raises(EmptyFile):
            blobs.put(io.BytesIO())

    def test_of_too_much_leaves_nothing(self) -> None:
        before = _files()

        with pytest.raises(FileTooLarge, match="lớn hơn 1 MB"):
            blobs.put(_stream(Endless(MEGABYTE + 1)), limit=MEGABYTE)

        assert _files() == before

    def test_takes_exactly_the_limit(self) -> None:
        assert blobs.put(_stream(Endless(MEGABYTE)), limit=MEGABYTE).size == MEGABYTE

    def test_that_breaks_off_leaves_nothing(self) -> None:
        class Broken(Endless):
            def read(self, size: int = -1, /) -> bytes:
                if self.left <= MEGABYTE:
                    raise ConnectionResetError
                return super().read(size)

        before = _files()

        with pytest.raises(ConnectionResetError):
            blobs.put(_stream(Broken(3 * MEGABYTE)))

        assert _files() == before


class TestPutOnDisk:
    def test_holds_a_small_part_in_memory(self) -> None:
        """design.md: never whole in memory; 64 MB pass through a few."""
        tracemalloc.start()

        blobs.put(_stream(Endless(64 * MEGABYTE)))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert peak < 6 * MEGABYTE

    def test_writes_what_nobody_may_write_again(self) -> None:
        stored = blobs.put(io.BytesIO(b"chi doc"))

        with blobs.as_path(stored.sha256) as path:
            assert path.stat().st_mode & 0o222 == 0

    def test_by_many_at_once_stores_one_whole_file(self) -> None:
        gate = threading.Barrier(8)
        content = os.urandom(3 * MEGABYTE)

        def put() -> blobs.StoredBlob:
            gate.wait()
            return blobs.put(io.BytesIO(content))

        with ThreadPoolExecutor(8) as people:
            stored = {work.result() for work in [people.submit(put) for _ in range(8)]}

        assert len(stored) == 1
        assert blobs.is_whole(stored.pop().sha256)

    def test_takes_a_file_by_its_path(self, tmp_path: Path) -> None:
        (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")

        assert blobs.put_file(tmp_path / "a.pdf").size == 8


@pytest.mark.django_db
class TestKeep:
    def test_writes_the_row_once(self) -> None:
        stored = blobs.put(io.BytesIO(b"giu lai"))

        with transaction.atomic():
            blobs.keep(stored, now=NOW)
            blobs.keep(stored, now=NOW.replace(year=2027))

        assert Blob.objects.get().kept_at == NOW

    def test_that_is_rolled_back_leaves_harmless_bytes(self) -> None:
        """A crash between the bytes and the row: no row without bytes, and the next try succeeds."""
        stored = blobs.put(io.BytesIO(b"mat dien"))
        with transaction.atomic():
            blobs.keep(stored, now=NOW)
            transaction.set_rollback(True)
        assert not Blob.objects.exists()
        assert blobs.is_whole(stored.sha256)

        again = blobs.put(io.BytesIO(b"mat dien"))
        with transaction.atomic():
            blobs.keep(again, now=NOW)

        assert Blob.objects.get().sha256 == stored.sha256

    @pytest.mark.django_db(transaction=True)
    def test_needs_a_transaction(self) -> None:
        with pytest.raises(AssertionError, match="transaction"):
            blobs.keep(blobs.put(io.BytesIO(b"x")), now=NOW)


@pytest.mark.usefixtures("_storage")
class TestMissing:
    def test_bytes_are_damage(self) -> None:
        absent = hashlib.sha256(b"khong co").hexdigest()

        assert not blobs.is_whole(absent)
        with pytest.raises(BlobDamaged, match="báo ngay"):
            blobs.open_blob(absent)
        with pytest.raises(BlobDamaged), blobs.as_path(absent):
            pass

    @pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63])
    def test_names_are_never_paths(self, name: str) -> None:
        with pytest.raises(ValueError, match="64 hexadecimal"):
            blobs.open_blob(name)


class TestIsWhole:
    def test_knows_one_changed_byte(self) -> None:
        stored = blobs.put(io.BytesIO(os.urandom(100_000)))
        assert blobs.is_whole(stored.sha256)

        with blobs.as_path(stored.sha256) as path:
            path.chmod(0o640)
            content = bytearray(path.read_bytes())
            content[50_000] ^= 1
            path.write_bytes(content)

        assert not blobs.is_whole(stored.sha256)
