"""Watching over stored files: which are due to be read again, which are damaged, which nobody speaks of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.core.files.storage import FileSystemStorage, storages
from django.db.models import ForeignObjectRel, Min
from django.db.models.functions import Coalesce

from vanthu.kernel import blob_owners, blobs
from vanthu.kernel.errors import DomainError
from vanthu.kernel.models import Blob
from vanthu.kernel.states import BlobDamage

#: Names looked up in the database at a time.
_BATCH = 500
#: Rows of one kind named beside a damaged file.
_SPEAKERS_NAMED = 20
_LAST_READ = Coalesce("checked_at", "kept_at")


class StorageAway(DomainError):
    """Không thấy thư mục lưu trữ tệp. Hãy kiểm tra ổ đĩa và biến VANTHU_VAR."""

    code = "custody.storage-away"
    status = 503


class SweepRefused(DomainError):
    """Không được dọn tệp trong thư mục lưu trữ này."""

    code = "custody.sweep-refused"
    status = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedFile:
    """A stored file whose last reading did not give its bytes."""

    sha256: str
    damage: BlobDamage
    damaged_at: datetime
    #: Kind of row, `documents.documentfile`, and keys of the rows that speak of the file; some of them.
    spoken_of_by: dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far the reading has come."""

    files: int
    #: When the file that waits longest was last read; None when there is no file.
    longest_unread_since: datetime | None


def standing() -> Standing:
    """How many files are kept, and since when the one that waits longest has not been read."""
    return Standing(
        files=Blob.objects.count(), longest_unread_since=Blob.objects.aggregate(at=Min(_LAST_READ))["at"]
    )


def list_due(*, before: datetime, limit: int) -> list[str]:
    """Files not read since `before`, the longest unread first. Raises StorageAway.

    Damaged ones wait their turn like whole ones: they must not stand before the rest for ever, and may come
    back from a backup.
    """
    require_storage()
    due = Blob.objects.annotate(last_read=_LAST_READ).filter(last_read__lt=before)
    return list(due.order_by("last_read", "sha256").values_list("sha256", flat=True)[:limit])


def every_file() -> Iterator[tuple[str, int]]:
    """Hash and size of every kept file, as a stream in an order that a pause does not lose.

    Raises StorageAway.
    """
    require_storage()
    return Blob.objects.order_by("sha256").values_list("sha256", "size").iterator(_BATCH)


def list_damaged() -> list[DamagedFile]:
    """What is damaged as far as known, the longest damaged first."""
    rows = Blob.objects.exclude(damage="").order_by("damaged_at", "sha256")
    return [
        DamagedFile(
            sha256=row.sha256,
            damage=BlobDamage(row.damage),
            damaged_at=row.damaged_at or row.kept_at,
            spoken_of_by=speakers_of(row.sha256),
        )
        for row in rows
    ]


def speakers_of(sha256: str) -> dict[str, list[str]]:
    """Which rows speak of a file, by kind; at most a few of each kind, in order of their keys."""
    found: dict[str, list[str]] = {}
    for relation in Blob._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel):
            continue
        model = relation.related_model
        rows = model._base_manager.filter(**{relation.field.name: sha256}).order_by("pk")
        if keys := [str(key) for key in rows.values_list("pk", flat=True)[:_SPEAKERS_NAMED]]:
            found.setdefault(model._meta.label_lower, []).extend(keys)
    return found


def list_unspoken(*, before: datetime) -> Iterator[str]:
    """Stored bytes no row speaks of and nobody put since `before`. Only a guess: see blobs.claim_unspoken."""
    names = blobs.names()
    while batch := list(islice(names, _BATCH)):
        kept = set(Blob.objects.filter(sha256__in=batch).values_list("sha256", flat=True))
        for name in batch:
            if name not in kept and blobs.put_at(name) < before:
                yield name


def require_sole_owner(*, before: datetime) -> None:
    """Make sure that no other database speaks of files here. Raises StorageAway, SweepRefused.

    Every database leaves a mark before its first row, and whenever its worker looks here; whoever shares the
    folder has shown itself when the own mark is older than `before`.
    """
    require_storage()
    ours = blob_owners.mark_as_ours()
    owners = blob_owners.owners()
    if others := sorted(set(owners) - {ours}):
        raise SweepRefused(
            "Thư mục lưu trữ tệp có dấu của cơ sở dữ liệu khác "
            f"({', '.join(others)}); không dọn gì. Nếu cơ sở dữ liệu đó không còn dùng thư mục này, "
            "hãy xóa dấu của nó trong thư mục «owners»."
        )
    if owners[ours] >= before:
        raise SweepRefused(
            "Dấu của cơ sở dữ liệu này trong thư mục lưu trữ còn mới; chưa dọn cho đến khi đủ thời hạn."
        )


def require_storage() -> None:
    """Raise StorageAway when there is no storage at all: that is no damage of single files."""
    storage = storages["blobs"]
    if (
        isinstance(storage, FileSystemStorage)
        and Blob.objects.exists()
        and not Path(storage.path("")).is_dir()
    ):
        raise StorageAway


def overdue(since: datetime | None, *, within: timedelta, now: datetime) -> bool:
    """Whether the longest unread file has waited longer than it may."""
    return since is not None and now - since > within
