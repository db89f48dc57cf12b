"""What is right only for a reason of somebody's own is confirmed by name at the act, and written down."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests import path
from tests.path import drafted, paper
from tests.seeing import now_seen
from tests.traces import nothing_changed
from tests.world import NOW, World
from vanthu.kernel.models import AuditEntry
from vanthu.outgoing import actions, queries
from vanthu.outgoing.letter_rules import Matter
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.operations import NotConfirmed
from vanthu.outgoing.states import State

#: What is filled in beside the usual letter, or how the letter is set, and what it makes doubtful.
DOUBTFUL: dict[str, tuple[dict[str, Any], dict[str, Any], Matter]] = {
    "another subject": ({"subject": "V/v biên chế năm 2027"}, {}, Matter.SUBJECT_OTHER),
    "another agency's symbol": ({}, {"notation": "STC-NS"}, Matter.SYMBOL_OF_ANOTHER),
    "another title": ({}, {"title": "PHÓ GIÁM ĐỐC"}, Matter.TITLE_OTHER),
    "a title without its form": (
        {"type_code": "KH"},
        {"notation": "QĐ-SNV"},
        Matter.SYMBOL_OF_ANOTHER_TYPE,
    ),
}
CASES = pytest.mark.parametrize(("filled", "layout", "matter"), DOUBTFUL.values(), ids=DOUBTFUL)


def _doubtful(world: World) -> UUID:
    return drafted(world, subject="V/v biên chế năm 2027")


def _submit(world: World, document: UUID, *confirmed: Matter) -> None:
    actions.submit_draft(
        actor=world.officer,
        document_id=document,
        seen=now_seen(document),
        confirmed=confirmed,
        now=NOW,
    )


def _approve(world: World, document: UUID, *confirmed: Matter) -> None:
    actions.approve_content(
        actor=world.head, document_id=document, seen=now_seen(document), confirmed=confirmed, now=NOW
    )


def _data(document: UUID, action: str) -> dict[str, Any]:
    entry = AuditEntry.objects.filter(subject_id=document, action=action).latest("sequence")
    return dict(entry.data)


class TestTheAuthor:
    @CASES
    def test_confirms_by_name_what_he_submits(
        self, world: World, filled: dict[str, Any], layout: dict[str, Any], matter: Matter
    ) -> None:
        document = drafted(world, draft=paper(**layout), **filled)
        (doubt,) = queries.get_outgoing(world.officer, document_id=document, now=NOW).unanswered
        assert doubt.matter is matter

        with nothing_changed(), pytest.raises(NotConfirmed) as refused:
            _submit(world, document)
        assert doubt.words in str(refused.value)
        _submit(world, document, matter)

        assert _data(document, "outgoing.submitted")["confirmed"] == {str(matter): doubt.words}

    def test_confirms_nothing_else_by_it(self, world: World) -> None:
        with pytest.raises(NotConfirmed):
            _submit(world, _doubtful(world), Matter.TITLE_OTHER)

    def test_of_a_sound_letter_confirms_nothing_whatever_he_ticks(self, world: World) -> None:
        document = drafted(world)
        _submit(world, document, *Matter)

        assert _data(document, "outgoing.submitted")["confirmed"] == {}

    def test_confirms_anew_what_came_back(self, world: World) -> None:
        document = _doubtful(world)
        _submit(world, document, Matter.SUBJECT_OTHER)
        actions.return_draft(
            actor=world.head, document_id=document, seen=now_seen(document), reason="Sai", now=NOW
        )

        with nothing_changed(), pytest.raises(NotConfirmed):
            _submit(world, document)


class TestThoseAfterHim:
    def test_are_told_what_was_confirmed_and_not_asked_again(self, world: World) -> None:
        document = _doubtful(world)
        _submit(world, document, Matter.SUBJECT_OTHER)
        for who in ("head", "leader", "clerk"):
            if who == "clerk":
                OutgoingDocument.objects.filter(pk=document).update(state=State.SIGNED, signed_at=NOW)
            page = queries.get_outgoing(world.actor(who), document_id=document, now=NOW)
            assert [doubt.matter for doubt in page.answered] == [Matter.SUBJECT_OTHER]
            assert page.unanswered == ()

    def test_approve_over_it(self, world: World) -> None:
        document = _doubtful(world)
        _submit(world, document, Matter.SUBJECT_OTHER)
        _approve(world, document)

        assert OutgoingDocument.objects.get(pk=document).state == State.AWAITING_SIGNATURE

    def test_are_asked_what_came_up_since(self, world: World) -> None:
        """A letter that was submitted before its matters were weighed, or whose words are others now."""
        document = _doubtful(world)
        _submit(world, document, Matter.SUBJECT_OTHER)
        OutgoingDocument.objects.filter(pk=document).update(confirmed={})

        with nothing_changed(), pytest.raises(NotConfirmed):
            _approve(world, document)
        _approve(world, document, Matter.SUBJECT_OTHER)

        assert set(_data(document, "outgoing.content-approved")["confirmed"]) == {"subject_other"}
        assert set(OutgoingDocument.objects.get(pk=document).confirmed) == {"subject_other"}

    @pytest.mark.usefixtures("signers")
    def test_sign_over_nothing_that_was_not_confirmed(self, world: World) -> None:
        document = path.approved(world, now=path.true_time(), subject="V/v biên chế năm 2027")
        OutgoingDocument.objects.filter(pk=document).update(confirmed={})

        with nothing_changed(), pytest.raises(NotConfirmed):
            actions.begin_signature(
                actor=world.leader, document_id=document, seen=now_seen(document), now=path.true_time()
            )
        path.signature_made(world, document)
        assert set(_data(document, "outgoing.signature-begun")["confirmed"]) == {"subject_other"}
