"""The path of a document, step by step, each step by the right person of the cast and by the real action.

Steps that sign need the fixture `signers`, and the true time: tokens, certificates and time stamps live in
it. The others happen at `NOW` unless told otherwise.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tests.keys import PIN, KeyRing
from tests.pdfsign.documents import typeset
from tests.seeing import now_seen
from tests.world import NOW, World
from vanthu.documents.intake import AcceptedDraft, AcceptedFile
from vanthu.documents.operations import current_file
from vanthu.documents.states import FileKind
from vanthu.kernel import blobs
from vanthu.kernel.actor import Actor
from vanthu.outgoing import actions
from vanthu.outgoing.letter_rules import Matter
from vanthu.outgoing.rules import DraftContent
from vanthu.outgoing.states import State
from vanthu.registers.operations import TakenNumber
from vanthu.signing import desk
from vanthu.signing.operations import SignedFile
from vanthu.signing.states import SignatureKind

SUBJECT = "V/v rà soát vị trí việc làm"
#: Whoever has doubts of a letter to confirm on this path confirms them all.
EVERYTHING = frozenset(Matter)


def true_time() -> datetime:
    """The time tokens and services live in."""
    return datetime.now(UTC)


def stored(content: bytes, name: str = "du-thao.pdf", *, pages: int | None = 1) -> AcceptedFile:
    """A file as intake hands it over."""
    media_type = "application/pdf" if name.endswith(".pdf") else "application/octet-stream"
    return AcceptedFile(
        blob=blobs.put(io.BytesIO(content)), name=name, media_type=media_type, page_count=pages
    )


def paper(
    name: str = "Phạm Văn Hùng", title: str = "GIÁM ĐỐC", *, year: int | None = None, **layout: Any
) -> AcceptedDraft:
    """A typeset letter, taken in, to be signed by the leader unless told otherwise.

    Its year is left blank unless given, so that it may be signed both at `NOW` and at the true time.
    """
    written = typeset(
        name=name, title_lines=tuple(title.split("\n")), year=str(year) if year else "……", **layout
    )
    return AcceptedDraft(pdf=stored(written))


def content(world: World, **changes: Any) -> DraftContent:
    """What the drafter fills in: a letter of the leader's to the neighbour and to the agency far away."""
    filled: dict[str, Any] = {
        "type_code": "CV",
        "subject": SUBJECT,
        "signer_id": world.leader.user_id,
        "recipient_ids": (world.neighbour.id, world.remote.id),
        "to_places": ("Lưu: VT, CCVC",),
    }
    return DraftContent(**filled | changes)


def drafted(
    world: World,
    *,
    by: Actor | None = None,
    draft: AcceptedDraft | None = None,
    attachments: Sequence[AcceptedFile] = (),
    replies_to: UUID | None = None,
    draft_key: UUID | None = None,
    now: datetime = NOW,
    **changes: Any,
) -> UUID:
    """A draft of the officer's."""
    return actions.draft_document(
        actor=by or world.officer,
        content=content(world, **changes),
        draft=draft or paper(),
        attachments=attachments,
        replies_to=replies_to,
        draft_key=draft_key,
        now=now,
    )


def submitted(world: World, *, by: Actor | None = None, now: datetime = NOW, **draft: Any) -> UUID:
    """A draft waiting for the head's review."""
    document = drafted(world, by=by, now=now, **draft)
    actions.submit_draft(
        actor=by or world.officer,
        document_id=document,
        seen=now_seen(document),
        confirmed=EVERYTHING,
        now=now,
    )
    return document


def approved(world: World, *, now: datetime = NOW, **draft: Any) -> UUID:
    """A draft waiting for the leader's signature."""
    document = submitted(world, now=now, **draft)
    actions.approve_content(
        actor=world.head, document_id=document, seen=now_seen(document), confirmed=EVERYTHING, now=now
    )
    return document


def signature_made(world: World, document: UUID, *, by: Actor | None = None, pin: str = PIN) -> SignedFile:
    """The leader's signature, begun and made, not yet recorded."""
    actor, now = by or world.leader, true_time()
    session = actions.begin_signature(
        actor=actor, document_id=document, seen=now_seen(document), confirmed=EVERYTHING, now=now
    )
    return desk.sign_here(actor=actor, session_id=session, kind=SignatureKind.PERSON, pin=pin, now=now)


def signed(world: World, **draft: Any) -> UUID:
    """A document the leader has signed, waiting for its number."""
    document = approved(world, now=true_time(), **draft)
    actions.record_signature(
        actor=world.leader,
        document_id=document,
        seen=now_seen(document),
        file=signature_made(world, document),
        now=true_time(),
    )
    return document


def numbered(world: World, **draft: Any) -> UUID:
    """A document with its number and date, waiting for the seal."""
    document = signed(world, **draft)
    assign(world, document)
    return document


def assign(world: World, document: UUID) -> TakenNumber:
    """Give the number."""
    return actions.assign_number(
        actor=world.clerk, document_id=document, seen=now_seen(document), now=true_time()
    )


def returned_signed(world: World, document: UUID, reason: str = "Sai thể thức") -> None:
    """The clerk gives a signed document back."""
    actions.return_signed(
        actor=world.clerk, document_id=document, seen=now_seen(document), reason=reason, now=true_time()
    )


def seal_made(world: World, document: UUID, *, pin: str = PIN) -> SignedFile:
    """The agency's seal, begun and made, not yet recorded."""
    now = true_time()
    session = actions.begin_seal(actor=world.clerk, document_id=document, seen=now_seen(document), now=now)
    return desk.sign_here(actor=world.clerk, session_id=session, kind=SignatureKind.AGENCY, pin=pin, now=now)


def sealed(world: World, **draft: Any) -> UUID:
    """A document with every signature, waiting to be issued."""
    document = numbered(world, **draft)
    actions.record_seal(
        actor=world.clerk,
        document_id=document,
        seen=now_seen(document),
        file=seal_made(world, document),
        now=true_time(),
    )
    return document


def issued(world: World, **draft: Any) -> UUID:
    """A document on its way to its recipients."""
    document = sealed(world, **draft)
    actions.issue_document(actor=world.clerk, document_id=document, seen=now_seen(document), now=true_time())
    return document


def sealed_pdf(world: World, keys: KeyRing) -> bytes:
    """The PDF of a sealed document; made once per session."""
    if "sealed" not in keys.files:
        current = current_file(sealed(world), FileKind.MAIN)
        assert current is not None, "sealed a moment ago"
        with blobs.open_blob(current.blob_id) as content_:
            keys.files["sealed"] = content_.read()
    return keys.files["sealed"]


def discarded(world: World, **draft: Any) -> UUID:
    """A draft its author has given up."""
    document = drafted(world, **draft)
    actions.discard_draft(
        actor=draft.get("by") or world.officer, document_id=document, seen=now_seen(document), now=NOW
    )
    return document


#: How a document of the officer's comes to each state.
TO_STATE = {
    State.DRAFT: drafted,
    State.REVIEWING: submitted,
    State.AWAITING_SIGNATURE: approved,
    State.SIGNED: signed,
    State.NUMBERED: numbered,
    State.SEALED: sealed,
    State.ISSUED: issued,
    State.DISCARDED: discarded,
}
