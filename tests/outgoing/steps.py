"""Every act on an outgoing document: from which state, by whom of the cast, and who may know of it there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tests import path
from tests.arrivals import examined
from tests.seeing import now_seen
from tests.world import NOW, World
from vanthu.kernel.actor import Actor
from vanthu.kernel.seen import Seen
from vanthu.outgoing import actions
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.states import State
from vanthu.outgoing.uploads import Sent, SentFile
from vanthu.signing.operations import SignedFile

#: Fewest rights first.
CAST = (
    "outsider_administrator",
    "outsider_officer",
    "outsider",
    "outsider_leader",
    "administrator",
    "colleague",
    "archivist",
    "clerk",
    "officer",
    "head",
    "deputy",
    "leader",
)

_EARLY = {"officer", "head", "leader", "deputy"}
_LATE = _EARLY | {"clerk", "archivist"}
#: Who may know that the officer's document exists; DRAFT is one that was never submitted.
SEEN_BY: dict[State, set[str]] = {
    State.DRAFT: {"officer", "head"},
    State.REVIEWING: _EARLY,
    State.AWAITING_SIGNATURE: _EARLY,
    State.SIGNED: _LATE,
    State.NUMBERED: _LATE,
    State.SEALED: _LATE,
    State.ISSUED: _LATE,
    State.DISCARDED: {"officer", "head"},
}


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act: `do(world, actor, document)`, at a document in one of `states`, by `by`."""

    states: tuple[State, ...]
    by: str
    act: Callable[[World, Actor, UUID, Seen], object]
    #: What its page shows of the document, or of the part of the work that is acted on.
    shown: Callable[[World, Actor, UUID], Seen] = lambda world, actor, document: now_seen(document)

    def do(self, world: World, actor: Actor, document: UUID, seen: Seen | None = None) -> object:
        """Do it over what is there now, or over what was `seen` before."""
        return self.act(world, actor, document, seen or self.shown(world, actor, document))

    @property
    def state(self) -> State:
        """The state the tests do it in."""
        return self.states[0]


def a_signed_file(world: World) -> SignedFile:
    """A file of no session at all."""
    return SignedFile(session_id=uuid4(), blob=path.stored(b"%PDF").blob, examination=examined())


ACTS: dict[str, Act] = {
    "revise_draft": Act(
        states=(State.DRAFT,),
        by="officer",
        act=lambda world, actor, document, seen: actions.revise_draft(
            actor=actor,
            document_id=document,
            seen=seen,
            content=path.content(world),
            draft=None,
            now=NOW,
        ),
    ),
    "place_marks": Act(
        states=(State.DRAFT,),
        by="officer",
        act=lambda world, actor, document, seen: actions.place_marks(
            actor=actor, document_id=document, seen=seen, places={}, now=NOW
        ),
    ),
    "submit_draft": Act(
        states=(State.DRAFT,),
        by="officer",
        act=lambda world, actor, document, seen: actions.submit_draft(
            actor=actor, document_id=document, seen=seen, now=NOW
        ),
    ),
    "approve_content": Act(
        states=(State.REVIEWING,),
        by="head",
        act=lambda world, actor, document, seen: actions.approve_content(
            actor=actor, document_id=document, seen=seen, comment="Nhất trí", now=NOW
        ),
    ),
    "return_draft_by_head": Act(
        states=(State.REVIEWING,),
        by="head",
        act=lambda world, actor, document, seen: actions.return_draft(
            actor=actor, document_id=document, seen=seen, reason="Thiếu căn cứ", now=NOW
        ),
    ),
    "return_draft_by_signer": Act(
        states=(State.AWAITING_SIGNATURE,),
        by="leader",
        act=lambda world, actor, document, seen: actions.return_draft(
            actor=actor, document_id=document, seen=seen, reason="Thiếu căn cứ", now=NOW
        ),
    ),
    "begin_signature": Act(
        states=(State.AWAITING_SIGNATURE,),
        by="leader",
        act=lambda world, actor, document, seen: actions.begin_signature(
            actor=actor, document_id=document, seen=seen, now=path.true_time()
        ),
    ),
    "record_signature": Act(
        states=(State.AWAITING_SIGNATURE,),
        by="leader",
        act=lambda world, actor, document, seen: actions.record_signature(
            actor=actor, document_id=document, seen=seen, file=a_signed_file(world), now=NOW
        ),
    ),
    "assign_number": Act(
        states=(State.SIGNED,),
        by="clerk",
        act=lambda world, actor, document, seen: actions.assign_number(
            actor=actor, document_id=document, seen=seen, now=NOW
        ),
    ),
    "begin_seal": Act(
        states=(State.NUMBERED,),
        by="clerk",
        act=lambda world, actor, document, seen: actions.begin_seal(
            actor=actor, document_id=document, seen=seen, now=path.true_time()
        ),
    ),
    "record_seal": Act(
        states=(State.NUMBERED,),
        by="clerk",
        act=lambda world, actor, document, seen: actions.record_seal(
            actor=actor, document_id=document, seen=seen, file=a_signed_file(world), now=NOW
        ),
    ),
    "withdraw_draft": Act(
        states=(State.REVIEWING, State.AWAITING_SIGNATURE),
        by="officer",
        act=lambda world, actor, document, seen: actions.withdraw_draft(
            actor=actor, document_id=document, seen=seen, now=NOW
        ),
    ),
    "discard_draft": Act(
        states=(State.DRAFT,),
        by="officer",
        act=lambda world, actor, document, seen: actions.discard_draft(
            actor=actor, document_id=document, seen=seen, now=NOW
        ),
    ),
    "return_signed": Act(
        states=(State.SIGNED, State.NUMBERED, State.SEALED),
        by="clerk",
        act=lambda world, actor, document, seen: actions.return_signed(
            actor=actor, document_id=document, seen=seen, reason="Sai thể thức", now=NOW
        ),
    ),
    "issue_document": Act(
        states=(State.SEALED,),
        by="clerk",
        act=lambda world, actor, document, seen: actions.issue_document(
            actor=actor, document_id=document, seen=seen, now=NOW
        ),
    ),
}
#: Acts that need no key and so can be done whole here.
WITHOUT_KEYS = [
    name for name in ACTS if name not in {"begin_signature", "record_signature", "begin_seal", "record_seal"}
]
#: Of these, the ones that move the document on, so that they cannot happen twice.
ONCE = [name for name in WITHOUT_KEYS if name not in {"revise_draft", "place_marks"}]


def upload_of(world: World) -> UUID:
    """A Word file the officer sent to become a draft, which waits for LibreOffice."""
    word = SentFile(file=path.stored(b"PK du thao", "du-thao.docx"), is_draft=True, is_unread=True)
    sent = Sent(content=path.content(world), files=[word])
    return actions.send_draft(actor=world.officer, sent=sent, now=NOW)


def moved(document: UUID) -> dict[str, Any]:
    """The places found, the signature moved a little."""
    places = dict(OutgoingDocument.objects.get(pk=document).places)
    box = places["signature"]
    places["signature"] = box | {"x0": box["x0"] - 10, "x1": box["x1"] - 10}
    return {name: box | {} for name, box in places.items()}
