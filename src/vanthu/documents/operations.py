"""Writing records, files and relations, inside the transaction of the life cycle they belong to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from vanthu.documents.models import Document, DocumentFile, DocumentRelation
from vanthu.documents.states import FileKind, RelationKind
from vanthu.kernel import blobs
from vanthu.kernel.blobs import StoredBlob
from vanthu.kernel.errors import NotFound
from vanthu.kernel.folding import fold, tidy


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """What is known of a document when its record is made (QĐ 28/2018 Điều 10.2)."""

    agency_id: UUID
    issuer_code: str
    issuer_name: str
    type_name: str
    subject: str
    type_code: str = ""
    document_code: str = ""
    number: str = ""
    notation: str = ""
    issued_on: date | None = None
    place: str = ""
    signer_name: str = ""
    signer_title: str = ""
    urgency: int = 0
    due_on: date | None = None
    to_places: Sequence[str] = ()
    sphere: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file whose bytes are stored and which is to become a version of a document's file."""

    kind: FileKind
    name: str
    media_type: str
    blob: StoredBlob
    position: int = 0
    note: str = ""
    page_count: int | None = None
    is_locked: bool = False


def create_document(record: NewRecord, files: Sequence[NewFile], *, now: datetime) -> Document:
    """Make the record with its first files. The blobs' rows are kept in the same transaction."""
    assert transaction.get_connection().in_atomic_block, "create_document needs a transaction"
    document = Document(
        agency_id=record.agency_id,
        document_code=record.document_code,
        issuer_code=record.issuer_code,
        issuer_name=record.issuer_name,
        number=record.number,
        notation=record.notation,
        issued_on=record.issued_on,
        place=record.place,
        type_code=record.type_code,
        type_name=record.type_name,
        subject=tidy(record.subject),
        signer_name=record.signer_name,
        signer_title=record.signer_title,
        urgency=record.urgency,
        due_on=record.due_on,
        to_places=list(record.to_places),
        sphere=record.sphere,
        created_at=now,
    )
    document.search_text = search_text(document)
    document.save(force_insert=True)
    for file in files:
        add_version(document, file, now=now)
    return document


def add_version(document: Document, file: NewFile, *, now: datetime) -> DocumentFile:
    """Add the next version of a file; the one before it stays, superseded, never overwritten."""
    assert transaction.get_connection().in_atomic_block, "add_version needs a transaction"
    blobs.keep(file.blob, now=now)
    if file.kind == FileKind.MAIN and file.page_count is not None:
        document.page_count = file.page_count
        document.save(update_fields=["page_count"])
    return DocumentFile.objects.create(
        document=document,
        kind=file.kind,
        position=file.position,
        version=_next_version(document, file.kind, file.position, now=now),
        name=file.name,
        media_type=file.media_type,
        is_locked=file.is_locked,
        blob_id=file.blob.sha256,
        note=file.note,
        added_at=now,
    )


def restore_version(document: Document, sha256: str, *, note: str, now: datetime) -> DocumentFile:
    """Put a former version of the main file, known by its hash, in force again as the newest version.

    Nothing is taken away: the versions made since then stay, superseded. Raises NotFound.
    """
    assert transaction.get_connection().in_atomic_block, "restore_version needs a transaction"
    versions = DocumentFile.objects.filter(document=document, kind=FileKind.MAIN, blob_id=sha256)
    former = versions.order_by("-version").first()
    if former is None:
        raise NotFound("Không tìm thấy bản trước của văn bản. Hãy báo quản trị hệ thống.")
    return DocumentFile.objects.create(
        document=document,
        kind=FileKind.MAIN,
        version=_next_version(document, FileKind.MAIN, 0, now=now),
        name=former.name,
        media_type=former.media_type,
        blob_id=sha256,
        note=note,
        added_at=now,
    )


def change_attachments(
    document: Document, *, removed: Collection[UUID], added: Sequence[NewFile], now: datetime
) -> None:
    """Take attachments out and add others after them; what is taken out stays as a superseded version.

    `removed` are ids of files; one that is no attachment in force of this document changes nothing.
    """
    attached = DocumentFile.objects.filter(document=document, kind=FileKind.ATTACHMENT)
    attached.filter(id__in=removed, superseded_at__isnull=True).update(superseded_at=now)
    last = attached.aggregate(last=Max("position"))["last"] or 0
    for position, file in enumerate(added, start=last + 1):
        add_version(document, replace(file, position=position), now=now)


def _next_version(document: Document, kind: FileKind, position: int, *, now: datetime) -> int:
    """The number of a file's next version; the version in force is in force no more."""
    same = DocumentFile.objects.filter(document=document, kind=kind, position=position)
    same.filter(superseded_at__isnull=True).update(superseded_at=now)
    return (same.aggregate(last=Max("version"))["last"] or 0) + 1


def current_file(document_id: UUID, kind: FileKind) -> DocumentFile | None:
    """The version in force of the document's main or source file."""
    return DocumentFile.objects.filter(
        document_id=document_id, kind=kind, position=0, superseded_at__isnull=True
    ).first()


def current_files(document_id: UUID) -> list[DocumentFile]:
    """The main file and the attachments in force, in order."""
    rows = DocumentFile.objects.filter(document_id=document_id, superseded_at__isnull=True)
    kept = [row for row in rows.order_by("position", "id") if row.kind != FileKind.SOURCE]
    return sorted(kept, key=lambda row: (row.kind != FileKind.MAIN, row.position))


def relate(*, source_id: UUID, target_id: UUID, kind: RelationKind) -> None:
    """Say once that `source` replies to, or supersedes, `target`."""
    relation = DocumentRelation(source_id=source_id, target_id=target_id, kind=kind)
    DocumentRelation.objects.bulk_create([relation], ignore_conflicts=True)


def search_text(document: Document) -> str:
    """What the record is found by, folded."""
    return fold(" ".join([document.code, document.subject, document.issuer_name, document.type_name]))
