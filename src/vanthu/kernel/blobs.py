"""Content-addressed files: a blob is named by the SHA-256 of its bytes, streamed, never whole in memory.

Bytes are written before the transaction that speaks of them. Bytes nobody speaks of are harmless; a row
without bytes would be a lost original, so the order is never the other way round.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, storages
from django.db import transaction

from vanthu.kernel.errors import DomainError
from vanthu.kernel.models import Blob

CHUNK = 1024 * 1024


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


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBlob:
    """Bytes that are safely on disk; a row will speak of them when an action keeps them."""

    sha256: str
    #: In bytes.
    size: int


def put(content: BinaryIO, *, limit: int | None = None) -> StoredBlob:
    """Store a stream to its end and return its name. The same bytes are stored once.

    Raises EmptyFile, FileTooLarge (more than `limit` bytes; nothing is left behind).
    """
    folder = workroom()
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".part") as part:
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
        os.fsync(part.fileno())
        _place(Path(part.name), digest.hexdigest())
    return StoredBlob(sha256=digest.hexdigest(), size=size)


def put_file(path: Path, *, limit: int | None = None) -> StoredBlob:
    """Store the file at `path`; as `put`."""
    with path.open("rb") as content:
        return put(content, limit=limit)


def keep(blob: StoredBlob, *, now: datetime) -> None:
    """Write the blob's row in the caller's transaction; a blob already kept stays as it is."""
    assert transaction.get_connection().in_atomic_block, "blobs.keep needs a transaction"
    row = Blob(sha256=blob.sha256, size=blob.size, kept_at=now)
    Blob.objects.bulk_create([row], ignore_conflicts=True)


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


def is_whole(sha256: str) -> bool:
    """Whether the stored bytes still have the hash they are named by (QCVN 12:2026/BCA)."""
    digest = hashlib.sha256()
    try:
        with open_blob(sha256) as content:
            while chunk := content.read(CHUNK):
                digest.update(chunk)
    except BlobDamaged:
        return False
    return digest.hexdigest() == sha256


@contextmanager
def work_folder() -> Iterator[Path]:
    """A temporary folder beside the blobs, removed at the end."""
    with tempfile.TemporaryDirectory(dir=workroom()) as name:
        yield Path(name)


def workroom() -> Path:
    """Where files are worked on before they are stored; on the same disk as this installation's state."""
    folder = Path(settings.VAR) / "work"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _place(part: Path, sha256: str) -> None:
    storage, name = storages["blobs"], _name(sha256)
    if storage.exists(name):
        return
    if not isinstance(storage, FileSystemStorage):
        with part.open("rb") as content:
            storage.save(name, File(content))
        return
    target = Path(storage.path(name))
    target.parent.mkdir(parents=True, exist_ok=True)
    # A hard link appears whole or not at all, and never replaces what is already there.
    try:
        os.link(part, target)
    except FileExistsError:
        return
    target.chmod(0o440)
    directory = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _name(sha256: str) -> str:
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError("a blob is named by 64 hexadecimal digits")
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
