"""Content-addressed files: a blob is named by the SHA-256 of its bytes, streamed, never whole in memory.

Bytes are written before the transaction that speaks of them. Bytes nobody speaks of are harmless; a row
without bytes would be a lost original, so the order is never the other way round.

Bytes nobody speaks of are removed one day (`claim_unspoken`, `discard`), and must not be removed under
somebody who is about to speak of them: the same bytes may be sent again at that very moment. Why no row can
ever lose its bytes so, however long anybody is held up anywhere:

1. Who writes a row (`keep`) first takes a shared lock of PostgreSQL on the hash, which lasts until the row's
   transaction has ended, then sees with its own eyes that the bytes are there, or refuses (BlobVanished).
2. Who removes bytes (`claim_unspoken`) first takes the exclusive lock on the same hash, in a transaction of
   its own that reads what is committed, then sees that there is no row; it removes the bytes and only then
   ends its transaction.
3. The two locks exclude each other, so for one hash either comes wholly before the other. If the keeper
   comes first, its row is committed when its lock goes (PostgreSQL makes a commit visible before it lets go
   of locks), and the remover sees the row. If the remover comes first, the bytes are gone when the keeper
   looks: it refuses, nothing was promised to anybody, and sending again stores the bytes again.

Bytes that belong to nothing yet, and may be thrown away again (a form's files that wait for it), have no row
here: what speaks of them says so when it is asked (`SPEAKERS`), and its rows are written under the same lock
(`borrow`). So the same three steps hold for them.

Bytes that are not yet stored lie in the room of the process that works on them (`workrooms`), and go with it;
removing a room takes no stored byte away, for storing gives the bytes a second name and the sweeper of rooms
removes the first.

The age of a file is not part of this; it only spares people the refusal. What the locks cannot see is
another database that speaks of the same folder, hence the marks of `blob_owners`: every database leaves one
in the folder before its first row, and nothing is removed from a folder that has several, or a young one.

A mark tells apart what PostgreSQL can tell apart: clusters, databases and timelines, so also a standby that
was promoted, or a cluster recovered to an earlier moment. It does not tell a cluster from a copy of it, byte
for byte, that was started as it is (a copied data folder, a base backup without recovery). Two of those on
one folder would sweep away each other's files; only the administrator can know of them, and is warned in
docs/how-to/care-for-stored-files.md.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.db import connection, transaction

from vanthu.kernel.blob_owners import mark_once, sync
from vanthu.kernel.errors import Conflict, DomainError
from vanthu.kernel.models import Blob
from vanthu.kernel.states import BlobDamage
from vanthu.kernel.workrooms import work_folder as work_folder
from vanthu.kernel.workrooms import workroom as workroom

CHUNK = 1024 * 1024


#: Who else speaks of bytes, by hash, without having kept them; asked under the lock, of what is committed.
SPEAKERS: list[Callable[[str], bool]] = []


class EmptyFile(DomainError):
    """Tệp rỗng. Hãy chọn lại tệp có nội dung."""

    code = "blobs.empty"


class FileTooLarge(DomainError):
    """Tệp quá lớn."""

    code = "blobs.too-large"


class BlobDamaged(DomainError):
    """Tệp lưu trữ bị hỏng hoặc bị thay đổi. Hãy báo ngay cho quản trị hệ thống."""

    code = "blobs.damaged"
    status = 500


class BlobVanished(Conflict):
    """Tệp vừa gửi không còn ở nơi lưu trữ. Hãy gửi lại tệp."""

    code = "blobs.vanished"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBlob:
    """Bytes that are safely on disk; a row will speak of them when an action keeps them."""

    sha256: str
    #: In bytes.
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Bytes that have come whole and are not stored: somebody looks first whether they may be."""

    #: Only to be read; gone when the block of `arriving` ends.
    path: Path
    sha256: str
    #: In bytes.
    size: int


def put(content: BinaryIO, *, limit: int | None = None) -> StoredBlob:
    """Store a stream to its end and return its name. The same bytes are stored once.

    Raises EmptyFile, FileTooLarge (more than `limit` bytes; nothing is left behind), BlobDamaged when the
    same bytes were stored before and are not whole: nobody is told that they are safe.
    """
    with arriving(content, limit=limit) as arrival:
        return store(arrival)


@contextmanager
def arriving(content: BinaryIO, *, limit: int | None = None) -> Iterator[Arrival]:
    """Take a stream in to its end; what the block does not `store` is gone when it ends, without a trace.

    Raises EmptyFile, FileTooLarge as `put`.
    """
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=workroom(), suffix=".part") as part:
        while chunk := content.read(CHUNK):
            size += len(chunk)
            if limit is not None and size > limit:
                raise FileTooLarge(
                    f"Tệp lớn hơn {limit // (1024 * 1024)} MB. Hãy nén, tách nhỏ hoặc gửi bằng cách khác."
                )
            digest.update(chunk)
            part.write(chunk)
        if size == 0:
            raise EmptyFile
        part.flush()
        yield Arrival(path=Path(part.name), sha256=digest.hexdigest(), size=size)


def store(arrival: Arrival) -> StoredBlob:
    """Store what has arrived, without copying it; whole on the disk when this returns. Raises BlobDamaged."""
    sync(arrival.path)
    _place(arrival.path, arrival.sha256)
    return StoredBlob(sha256=arrival.sha256, size=arrival.size)


def put_file(path: Path, *, limit: int | None = None) -> StoredBlob:
    """Store the file at `path`; as `put`."""
    with path.open("rb") as content:
        return put(content, limit=limit)


def keep(blob: StoredBlob, *, now: datetime) -> None:
    """Write the blob's row in the caller's transaction; a blob already kept stays as it is.

    Raises BlobVanished when the bytes were swept away since they were put: whoever sent them sends again.
    """
    assert transaction.get_connection().in_atomic_block, "blobs.keep needs a transaction"
    storage = storages["blobs"]
    mark_once(storage)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH spoken_of AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(%s))
            INSERT INTO kernel_blob (sha256, size, kept_at, damage)
            SELECT %s, %s, %s, '' FROM spoken_of ON CONFLICT DO NOTHING
            """,
            [_lock_of(blob.sha256), blob.sha256, blob.size, now],
        )
    # Only now, under the lock: see this module's docstring.
    if not storage.exists(_name(blob.sha256)):
        raise BlobVanished


def borrow(blob: StoredBlob) -> None:
    """Speak of a blob in the caller's transaction without keeping it; one of `SPEAKERS` says so afterwards.

    Raises BlobVanished as `keep`.
    """
    assert transaction.get_connection().in_atomic_block, "blobs.borrow needs a transaction"
    storage = storages["blobs"]
    mark_once(storage)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_lock_of(blob.sha256)])
    # Only now, under the lock: see this module's docstring.
    if not storage.exists(_name(blob.sha256)):
        raise BlobVanished


def claim_unspoken(sha256: str, *, before: datetime) -> int | None:
    """Hold these bytes against everybody until the caller's transaction ends; their size, in bytes.

    None when they are not to be removed: somebody is just now speaking of them, or a row does, or they were
    put, again perhaps, since `before`. Never waits. The caller's transaction must be its own and read what
    is committed: see this module's docstring.
    """
    assert transaction.get_connection().in_atomic_block, "blobs.claim_unspoken needs a transaction"
    storage, name = storages["blobs"], _name(sha256)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_lock_of(sha256)])
        (free,) = cursor.fetchone()
    # A statement of its own, so that it sees every row committed before the lock was free.
    if not free or Blob.objects.filter(sha256=sha256).exists():
        return None
    if any(speaks_of(sha256) for speaks_of in SPEAKERS):
        return None
    return storage.size(name) if storage.exists(name) and put_at(sha256) < before else None


def discard(sha256: str) -> None:
    """Remove bytes the caller has claimed in this transaction (`claim_unspoken`)."""
    assert transaction.get_connection().in_atomic_block, "blobs.discard needs a transaction"
    storages["blobs"].delete(_name(sha256))


def open_blob(sha256: str) -> File[bytes]:
    """The stored bytes, to be read as a stream and closed. Raises BlobDamaged when they are gone."""
    try:
        return storages["blobs"].open(_name(sha256), "rb")
    except FileNotFoundError:
        raise BlobDamaged from None


@contextmanager
def as_path(sha256: str) -> Iterator[Path]:
    """The stored bytes as a file that must only be read; a temporary copy where storage is remote."""
    storage = storages["blobs"]
    if isinstance(storage, FileSystemStorage):
        path = Path(storage.path(_name(sha256)))
        if not path.exists():
            raise BlobDamaged
        yield path
        return
    with work_folder() as folder, open_blob(sha256) as content:
        path = folder / sha256
        with path.open("wb") as copy:
            shutil.copyfileobj(content, copy, CHUNK)
        yield path


def examine(sha256: str) -> BlobDamage | None:
    """Read the stored bytes whole; what is wrong with them, or None (QCVN 12:2026/BCA)."""
    digest = hashlib.sha256()
    try:
        with open_blob(sha256) as content:
            while chunk := content.read(CHUNK):
                digest.update(chunk)
    except BlobDamaged:
        return BlobDamage.MISSING
    except OSError:
        # A disk that cannot give the bytes back has lost them, for all anybody can tell.
        return BlobDamage.UNREADABLE
    return None if digest.hexdigest() == sha256 else BlobDamage.CHANGED


def seems_whole(sha256: str, *, size: int) -> bool:
    """Whether the bytes are there and `size` in number; they are not read, and may be others."""
    storage, name = storages["blobs"], _name(sha256)
    try:
        return storage.size(name) == size
    except OSError:
        return False


def is_whole(sha256: str) -> bool:
    """Whether the stored bytes still have the hash they are named by."""
    return examine(sha256) is None


def names() -> Iterator[str]:
    """The hash of everything stored, spoken of or not."""
    storage = storages["blobs"]
    for first in _folders(storage, ""):
        for second in _folders(storage, first):
            for name in sorted(storage.listdir(second)[1]):
                if f"{first}/{name[2:4]}" == second and _is_hash(name):
                    yield name


def put_at(sha256: str) -> datetime:
    """When these bytes were last put; the beginning of time when they are gone."""
    try:
        return storages["blobs"].get_modified_time(_name(sha256))
    except FileNotFoundError:
        return datetime.min.replace(tzinfo=UTC)


def _place(part: Path, sha256: str) -> None:
    storage, name = storages["blobs"], _name(sha256)
    if not isinstance(storage, FileSystemStorage):
        if not _is_there(sha256):
            with part.open("rb") as content:
                storage.save(name, File(content))
        return
    target = Path(storage.path(name))
    made = _make_folders(target.parent)
    while not _link(part, target):
        if _is_there(sha256):
            # It is young again: whoever is about to speak of it need not meet the sweeper.
            with suppress(FileNotFoundError):
                os.utime(target)
            break
    # Also where another put it just now: its own sync may come too late for us.
    sync(target.parent)
    for folder in made:
        sync(folder.parent)


def _link(part: Path, target: Path) -> bool:
    """Put the file in its place; False when there is one. A hard link appears whole or not at all."""
    try:
        os.link(part, target)
    except FileExistsError:
        return False
    target.chmod(0o440)
    return True


def _is_there(sha256: str) -> bool:
    """Whether the bytes are stored already, and whole. Raises BlobDamaged."""
    damage = examine(sha256)
    if damage not in (None, BlobDamage.MISSING):
        raise BlobDamaged
    return damage is None


def _make_folders(folder: Path) -> list[Path]:
    """Make the folder and those above it, as far as they are not there; which ones, innermost first."""
    made = []
    for each in (folder, *folder.parents):
        if each.is_dir():
            break
        made.append(each)
    folder.mkdir(parents=True, exist_ok=True)
    return made


def _folders(storage: Storage, path: str) -> list[str]:
    try:
        found = storage.listdir(path)[0]
    except FileNotFoundError:
        return []
    return sorted(f"{path}/{name}".lstrip("/") for name in found if len(name) == 2)


def _lock_of(sha256: str) -> int:
    """The advisory lock of a hash: its first 64 bits. Two hashes that share one only wait for each other."""
    return int.from_bytes(bytes.fromhex(sha256[:16]), signed=True)


def _is_hash(name: str) -> bool:
    return len(name) == 64 and set(name) <= set("0123456789abcdef")


def _name(sha256: str) -> str:
    if not _is_hash(sha256):
        raise ValueError("a blob is named by 64 hexadecimal digits")
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
