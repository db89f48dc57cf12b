"""Steps shared by the use cases of outgoing documents, inside their transaction."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from vanthu import pdfsign
from vanthu.documents import operations as documents
from vanthu.documents.models import DocumentFile
from vanthu.documents.states import FileKind
from vanthu.kernel import blobs
from vanthu.kernel.actor import Actor
from vanthu.kernel.errors import DomainError, NotFound
from vanthu.outgoing import permissions
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.rules import SUBJECT_TYPE as SUBJECT_TYPE
from vanthu.outgoing.states import State


class NotReady(DomainError):
    """Văn bản chưa đủ điều kiện để làm bước này."""

    code = "outgoing.not-ready"


def lock(actor: Actor, document_id: UUID) -> OutgoingDocument:
    """The document, locked until the caller commits, if the actor may know of it. Raises NotFound."""
    document = (
        OutgoingDocument.objects.select_for_update(of=("self",))
        .select_related("document")
        .filter(permissions.visible(actor), pk=document_id)
        .first()
    )
    if document is None:
        raise NotFound
    return document


def main_file(document: OutgoingDocument) -> DocumentFile:
    """The version in force of the PDF. Every outgoing document has one from its first moment."""
    file = documents.current_file(document.pk, FileKind.MAIN)
    assert file is not None, "an outgoing document is drafted with its PDF"
    return file


def move(document: OutgoingDocument, state: State, now: datetime, *, also: tuple[str, ...] = ()) -> None:
    """Write the new state, and the fields in `also` that changed with it."""
    document.state, document.moved_at = state, now
    document.save(update_fields=["state", "moved_at", *also])


def found_places(path: Path, *, signer_name: str, signer_title: str) -> dict[str, Any]:
    """Where number, date, signature and seal belong on the PDF, as far as its text tells."""
    try:
        places = pdfsign.find_places(path, signer_name=signer_name, signer_title=signer_title)
    except pdfsign.PdfSignError as error:
        raise NotReady(str(error)) from error
    return places.to_dict()


def find_places(document: OutgoingDocument, sha256: str) -> None:
    """Look for the places on a new version of the PDF, for this document's signer."""
    record = document.document
    with blobs.as_path(sha256) as path:
        document.places = found_places(path, signer_name=record.signer_name, signer_title=record.signer_title)
