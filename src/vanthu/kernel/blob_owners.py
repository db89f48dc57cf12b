"""Whose stored files a folder holds: every database leaves its mark in it, before its first row.

What a mark can tell apart, and what it cannot, stands in the docstring of `blobs`.
"""

from __future__ import annotations

import functools
import os
from datetime import datetime
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.db import connection

#: Folder of the marks, in the storage itself; blobs' own folders have names of two digits.
_OWNERS = "owners"


def owners() -> dict[str, datetime]:
    """The databases that ever spoke of files in this storage, each with the moment of its mark."""
    storage = storages["blobs"]
    try:
        marks = storage.listdir(_OWNERS)[1]
    except FileNotFoundError:
        return {}
    found: dict[str, datetime] = {}
    for mark in marks:
        # Two processes that left the mark at once may have left it twice, the second with a suffix.
        owner, at = mark.partition("_")[0], storage.get_modified_time(f"{_OWNERS}/{mark}")
        found[owner] = min(at, found.get(owner, at))
    return found


def mark_as_ours() -> str:
    """Leave this database's mark in the storage, if it is not there; what `owners` calls it."""
    mark_once.cache_clear()
    return mark_once(storages["blobs"])


@functools.cache
def mark_once(storage: Storage) -> str:
    """Leave the mark, once in the life of this process; what `owners` calls it."""
    with connection.cursor() as cursor:
        # A copy of the database, by dump or in another cluster, is another database; so is one that went its
        # own way from some moment on, a promoted standby: it has another timeline, the first digits here.
        cursor.execute(
            "SELECT (SELECT system_identifier FROM pg_control_system()), oid,"
            " left(pg_walfile_name(pg_current_wal_lsn()), 8)"
            " FROM pg_database WHERE datname = current_database()"
        )
        cluster, database, timeline = cursor.fetchone()
    mark = f"{cluster}-{database}" if int(timeline, 16) == 1 else f"{cluster}-{database}-{timeline}"
    name = f"{_OWNERS}/{mark}"
    if not storage.exists(name):
        storage.save(name, ContentFile(mark.encode()))
        if isinstance(storage, FileSystemStorage):
            sync(Path(storage.path(_OWNERS)))
            sync(Path(storage.path("")))
    return mark


def sync(path: Path) -> None:
    """Have the disk keep a file, or the list of a folder, before anybody goes on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
