"""Files and links of records, for documents the caller has already found visible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from vanthu.documents.models import DocumentFile
from vanthu.documents.states import FileKind
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One version of a file as the screens show it."""

    id: UUID
    kind: str
    name: str
    #: In bytes.
    size: int
    sha256: str
    media_type: str
    version: int
    note: str
    added_at: datetime
    is_current: bool
    #: It asks for a password, or was locked with one.
    is_locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Another document, named."""

    id: UUID
    label: str


def files_of(actor: Actor, *, document_id: UUID) -> list[FileRow]:
    """Every version of every file, main file first, newest version first."""
    rows = DocumentFile.objects.filter(document_id=document_id).select_related("blob")
    order = list(FileKind)
    ordered = sorted(rows, key=lambda row: (order.index(FileKind(row.kind)), row.position, -row.version))
    return [_row(row) for row in ordered]


def file_of(actor: Actor, *, document_id: UUID, file_id: UUID) -> FileRow:
    """One file of a document the caller has found visible. Raises NotFound."""
    row = DocumentFile.objects.select_related("blob").filter(id=file_id, document_id=document_id).first()
    if row is None:
        raise NotFound
    return _row(row)


def count_files(actor: Actor, *, document_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many files in force each of these documents has, sources not counted."""
    counted = (
        DocumentFile.objects.filter(document_id__in=document_ids, superseded_at__isnull=True)
        .exclude(kind=FileKind.SOURCE)
        .values_list("document_id")
        .annotate(files=Count("id"))
    )
    return dict(counted)


def _row(file: DocumentFile) -> FileRow:
    return FileRow(
        id=file.id,
        kind=file.kind,
        name=file.name,
        size=file.blob.size,
        sha256=file.blob_id,
        media_type=file.media_type,
        version=file.version,
        note=file.note,
        added_at=file.added_at,
        is_current=file.superseded_at is None,
        is_locked=file.is_locked,
    )
