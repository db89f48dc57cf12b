"""Facts about outgoing documents that other domains may hear of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingIssued:
    """A document was issued (phát hành): it is to be delivered, and what it answers is done."""

    document_id: UUID
    issued_at: datetime
    code: str
    #: The incoming document it replies to, if any.
    replies_to: UUID | None
    staff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftUploaded:
    """Files were sent for a draft that LibreOffice must read first."""

    upload_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftUploadCancelled:
    """Its author does not want them any more."""

    upload_id: UUID
