"""Where files are worked on before they are stored: each process has a room of its own, gone with it.

A process that is killed removes nothing, so what it had in hand must be told from what a living one has.
Every room has a lock file beside it, and its process holds that lock (flock) from before the room is made
until it ends, however it ends: the kernel lets go of it, and of nothing earlier. So whoever gets the lock
knows that the process is dead and nobody works in the room, and removes it, whatever its age. Nothing in a
room is a stored file: storing links the bytes into another folder (`blobs`), and a link lives on when another
is removed.

Why no living room is ever removed:

1. The owner locks the file, then sees that the locked file still bears its name, and only then makes the
   room.
2. The sweeper locks the file without waiting, removes the room and then the file, and only then lets go.
3. If the sweeper was first, the owner's locked file bears no name any more: it takes another, and has made no
   room yet. If the owner was first, the sweeper does not get the lock.

A child made by fork makes a room of its own, for it has another number; programs a process starts inherit no
lock.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)

#: What lies here outside every room was left by an earlier release, or by hand. No work of one lasts so long.
STRAY_AFTER = timedelta(days=1)
_LOCK = ".lock"
#: The room of each process, by folder and number of process; the lock lasts as long as its descriptor.
_rooms: dict[tuple[Path, int], tuple[Path, int]] = {}


def workroom() -> Path:
    """This process's room, on the same disk as the state of this installation."""
    folder = Path(settings.VAR) / "work"
    key = (folder, os.getpid())
    if key not in _rooms or not _rooms[key][0].is_dir():
        _rooms[key] = _take_room(folder)
    return _rooms[key][0]


@contextmanager
def work_folder() -> Iterator[Path]:
    """A temporary folder in this process's room, removed at the end."""
    with tempfile.TemporaryDirectory(dir=workroom()) as name:
        yield Path(name)


def sweep_dead_rooms() -> list[str]:
    """Remove the rooms of processes that are no more, at any age, and what is older than a day; its names."""
    folder = Path(settings.VAR) / "work"
    if not folder.is_dir():
        return []
    swept = [path.stem for path in sorted(folder.glob(f"*{_LOCK}")) if _remove_if_dead(path)]
    swept += _remove_strays(folder, before=time.time() - STRAY_AFTER.total_seconds())
    for name in swept:
        logger.info("Đã dọn tệp dở dang %s", name)
    return swept


def _take_room(folder: Path) -> tuple[Path, int]:
    folder.mkdir(parents=True, exist_ok=True)
    while True:
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=f"{os.getpid()}-", suffix=_LOCK)
        # Nobody else holds it but a sweeper, and for a moment.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _bears_its_name(descriptor, Path(name)):
            room = Path(name).with_suffix("")
            room.mkdir()
            return room, descriptor
        os.close(descriptor)


def _bears_its_name(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _remove_if_dead(lock: Path) -> bool:
    """Remove the room, then its lock, if nobody holds it."""
    try:
        descriptor = os.open(lock, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not _bears_its_name(descriptor, lock):
            return False
        shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
        # The lock goes last: cut off here, the room is found again.
        if not lock.with_suffix("").exists():
            lock.unlink(missing_ok=True)
        return True
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)


def _remove_strays(folder: Path, *, before: float) -> list[str]:
    swept = []
    for path in sorted(folder.iterdir()):
        in_use = path.suffix == _LOCK or path.with_name(path.name + _LOCK).exists()
        if in_use or _touched_at(path) >= before:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        swept.append(path.name)
    return swept


def _touched_at(path: Path) -> float:
    """When anything in a file or folder was last written, in seconds since 1970."""
    times = [0.0]
    for each in [path, *(path.rglob("*") if path.is_dir() else ())]:
        # It may be removed by its owner at this moment.
        with suppress(FileNotFoundError):
            times.append(each.lstat().st_mtime)
    return max(times)
