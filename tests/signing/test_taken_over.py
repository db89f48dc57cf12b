"""A reader that the draft itself took over prepares what is to be signed: no key signs what it drew.

NĐ 30/2020 Điều 13: who signs answers for what he signed, and that is what he saw.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from tests import path
from tests.pdfsign.documents import typeset
from tests.room.conftest import ROGUE
from tests.seeing import now_seen
from tests.world import World
from vanthu.documents.intake import AcceptedDraft
from vanthu.outgoing import actions
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.operations import NotReady
from vanthu.outgoing.states import State
from vanthu.room import pool
from vanthu.room.pool import Room
from vanthu.signing.models import SigningSession

pytestmark = pytest.mark.usefixtures("signers")


@pytest.fixture(scope="module", autouse=True)
def _room() -> Iterator[Room]:
    with pool.using(Room(further_jobs=[ROGUE])) as room:
        yield room


def _taking_over(deed: str) -> AcceptedDraft:
    letter = typeset(name="Phạm Văn Hùng", title_lines=("GIÁM ĐỐC",), year="……")
    return AcceptedDraft(pdf=path.stored(letter + f"%GO:{deed}\n".encode()))


def _state(document: UUID) -> str:
    return OutgoingDocument.objects.get(pk=document).state


@pytest.mark.parametrize("deed", ["redraws", "swaps"])
def test_the_leader_signs_no_other_page(world: World, deed: str) -> None:
    draft = _taking_over(f"{deed}@begin_person_signature")
    document = path.approved(world, now=path.true_time(), draft=draft)

    with pytest.raises(NotReady, match="bị thay đổi ngoài các ô dành sẵn"):
        actions.begin_signature(
            actor=world.leader, document_id=document, seen=now_seen(document), now=path.true_time()
        )

    assert (SigningSession.objects.count(), _state(document)) == (0, State.AWAITING_SIGNATURE)


@pytest.mark.parametrize("deed", ["redraws", "swaps"])
def test_the_agency_seals_no_other_page(world: World, deed: str) -> None:
    document = path.numbered(world, draft=_taking_over(f"{deed}@begin_seal"))

    with pytest.raises(NotReady, match="bị thay đổi ngoài các ô dành sẵn"):
        actions.begin_seal(
            actor=world.clerk, document_id=document, seen=now_seen(document), now=path.true_time()
        )

    assert (SigningSession.objects.filter(ended_at=None).count(), _state(document)) == (0, State.NUMBERED)


def test_an_honest_reader_is_believed_after_he_was_looked_after(world: World) -> None:
    document = path.sealed(world, draft=_taking_over("redraws@nobody"))

    assert _state(document) == State.SEALED
