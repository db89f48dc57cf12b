"""What was sent for a draft, as it is kept until LibreOffice has read its files, and back again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from vanthu.documents.findings import Findings
from vanthu.documents.intake import AcceptedFile
from vanthu.kernel.blobs import StoredBlob
from vanthu.kernel.seen import Seen
from vanthu.outgoing.rules import DraftContent


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """One file of an upload."""

    file: AcceptedFile
    #: Whether it is the draft itself, and not attached.
    is_draft: bool
    #: Whether LibreOffice must read it before it becomes part of a document.
    is_unread: bool
    #: Of a draft that was made ready at once: what it was made of, and what was found in that.
    source: AcceptedFile | None = None
    findings: Findings = field(default_factory=Findings)

    @property
    def stored(self) -> list[AcceptedFile]:
        """What is kept of it meanwhile."""
        return [self.file, self.source] if self.source else [self.file]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Everything a form of a draft brought: what `draft_document` and `revise_draft` ask for."""

    content: DraftContent
    files: Sequence[SentFile]
    #: The draft it revises, as it was seen; None for a new one.
    seen: Seen | None = None
    replies_to: UUID | None = None
    draft_key: UUID | None = None
    removed: Sequence[UUID] = ()


def held_key(form_key: UUID, *, agency_id: UUID) -> UUID:
    """The key under which the files of a form are held: not the one under which the form itself is sent.

    Whoever has posts at two agencies carries nothing held at the one into a draft of the other.
    """
    return uuid5(form_key, f"held {agency_id}")


def words_of(sent: Sent, *, form_key: UUID | None) -> dict[str, Any]:
    """What was filled in, and in which form, as JSON."""
    content = asdict(sent.content)
    content["signer_id"] = str(sent.content.signer_id)
    content["recipient_ids"] = [str(each) for each in sent.content.recipient_ids]
    content["to_places"] = list(sent.content.to_places)
    content["due_on"] = sent.content.due_on.isoformat() if sent.content.due_on else None
    return {
        "content": content,
        "seen": str(sent.seen) if sent.seen else None,
        "replies_to": str(sent.replies_to) if sent.replies_to else None,
        "removed": [str(each) for each in sent.removed],
        "form_key": str(form_key) if form_key else None,
    }


def form_key_in(words: Mapping[str, Any]) -> UUID | None:
    """The form `words_of` kept; None of what was sent by no form."""
    return UUID(words["form_key"]) if words.get("form_key") else None


def files_of(files: Sequence[SentFile]) -> list[dict[str, Any]]:
    """The files, as JSON."""
    return [
        {
            **_kept(each.file),
            "is_draft": each.is_draft,
            "is_unread": each.is_unread,
            "source": _kept(each.source) if each.source else None,
            "findings": each.findings.to_dict(),
        }
        for each in files
    ]


def _kept(file: AcceptedFile) -> dict[str, Any]:
    return {
        "sha256": file.blob.sha256,
        "size": file.blob.size,
        "name": file.name,
        "media_type": file.media_type,
        "page_count": file.page_count,
    }


def sent_from(
    words: Mapping[str, Any], files: Sequence[Mapping[str, Any]], *, draft_key: UUID | None
) -> Sent:
    """What `words_of` and `files_of` kept."""
    content = dict(words["content"])
    content["signer_id"] = UUID(content["signer_id"])
    content["recipient_ids"] = [UUID(each) for each in content["recipient_ids"]]
    content["due_on"] = date.fromisoformat(content["due_on"]) if content["due_on"] else None
    return Sent(
        content=DraftContent(**content),
        files=files_from(files),
        seen=Seen.parse(words["seen"]) if words["seen"] else None,
        replies_to=UUID(words["replies_to"]) if words["replies_to"] else None,
        draft_key=draft_key,
        removed=[UUID(each) for each in words["removed"]],
    )


def files_from(files: Sequence[Mapping[str, Any]]) -> list[SentFile]:
    """What `files_of` kept."""
    return [_file(each) for each in files]


def _file(kept: Mapping[str, Any]) -> SentFile:
    source = kept.get("source")
    return SentFile(
        file=_accepted(kept),
        is_draft=kept["is_draft"],
        is_unread=kept["is_unread"],
        source=_accepted(source) if source else None,
        findings=Findings.from_dict(kept.get("findings", {})),
    )


def _accepted(kept: Mapping[str, Any]) -> AcceptedFile:
    return AcceptedFile(
        blob=StoredBlob(sha256=kept["sha256"], size=kept["size"]),
        name=kept["name"],
        media_type=kept["media_type"],
        page_count=kept["page_count"],
    )
