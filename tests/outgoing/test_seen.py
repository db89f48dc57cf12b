"""Nobody signs, approves, seals or issues what he did not see; and the trail says what it was."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests import path
from tests.keys import PIN, KeyRing
from tests.outgoing.steps import ACTS
from tests.seeing import now_seen
from tests.traces import acted_on, audited, nothing_changed
from tests.world import NOW, World
from vanthu.documents.operations import current_file
from vanthu.documents.states import FileKind
from vanthu.kernel.seen import Seen, Stale
from vanthu.outgoing import actions
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.states import State
from vanthu.signing import desk
from vanthu.signing.states import SignatureKind


def replaced(world: World, document: UUID) -> None:
    """The author takes his draft back, replaces the file, submits it again; the head approves it again."""
    now = path.true_time()
    officer = world.officer
    actions.withdraw_draft(actor=officer, document_id=document, seen=now_seen(document), now=now)
    actions.revise_draft(
        actor=officer,
        document_id=document,
        seen=now_seen(document),
        content=path.content(world),
        draft=path.paper(page_breaks=1),
        now=now,
    )
    actions.submit_draft(actor=officer, document_id=document, seen=now_seen(document), now=now)
    actions.approve_content(actor=world.head, document_id=document, seen=now_seen(document), now=now)


class TestSigning:
    def test_of_a_version_replaced_meanwhile_does_not_begin(self, world: World) -> None:
        document = path.approved(world, now=path.true_time())
        opened = now_seen(document)
        replaced(world, document)

        with nothing_changed(), pytest.raises(Stale):
            actions.begin_signature(
                actor=world.leader, document_id=document, seen=opened, now=path.true_time()
            )

        assert now_seen(document).state == opened.state == "awaiting_signature"
        assert now_seen(document).sha256 != opened.sha256

    def test_of_a_version_replaced_while_the_key_worked_is_not_recorded(
        self, world: World, signers: KeyRing
    ) -> None:
        document = path.approved(world, now=path.true_time())
        opened = now_seen(document)
        file = path.signature_made(world, document)
        replaced(world, document)

        with nothing_changed(), pytest.raises(Stale):
            actions.record_signature(
                actor=world.leader, document_id=document, seen=opened, file=file, now=path.true_time()
            )

    def test_with_the_old_file_brought_back_is_refused_by_the_version(self, world: World) -> None:
        """The same bytes, but between them somebody had the draft in his hands."""
        document = path.approved(world, now=path.true_time())
        opened = now_seen(document)
        now = path.true_time()
        actions.withdraw_draft(actor=world.officer, document_id=document, seen=now_seen(document), now=now)
        actions.submit_draft(actor=world.officer, document_id=document, seen=now_seen(document), now=now)
        actions.approve_content(actor=world.head, document_id=document, seen=now_seen(document), now=now)

        assert now_seen(document).sha256 == opened.sha256
        with nothing_changed(), pytest.raises(Stale):
            actions.begin_signature(actor=world.leader, document_id=document, seen=opened, now=now)

    def test_is_refused_when_the_marks_were_moved_meanwhile(self, world: World) -> None:
        document = path.approved(world, now=path.true_time())
        opened = now_seen(document)
        places = OutgoingDocument.objects.get(pk=document).places
        actions.place_marks(
            actor=world.leader, document_id=document, seen=opened, places=places, now=path.true_time()
        )

        with nothing_changed(), pytest.raises(Stale):
            actions.begin_signature(
                actor=world.leader, document_id=document, seen=opened, now=path.true_time()
            )
        assert now_seen(document) == opened.after("awaiting_signature")

    def test_records_the_hash_that_was_signed(self, world: World, signers: KeyRing) -> None:
        """The whole path: every entry names the file the act was done to, up to the issued one."""
        document = path.approved(world, now=path.true_time())
        drafted = now_seen(document).sha256
        made = path.signature_made(world, document)
        seen = now_seen(document)
        actions.record_signature(
            actor=world.leader, document_id=document, seen=seen, file=made, now=path.true_time()
        )
        signed = now_seen(document).sha256
        path.assign(world, document)
        made = path.seal_made(world, document)
        seen = now_seen(document)
        actions.record_seal(
            actor=world.clerk, document_id=document, seen=seen, file=made, now=path.true_time()
        )
        sealed = now_seen(document).sha256
        actions.issue_document(
            actor=world.clerk, document_id=document, seen=now_seen(document), now=path.true_time()
        )

        told = [
            (action, facts and (facts["version"], facts["sha256"])) for action, facts in acted_on(document)
        ]

        assert told == [
            ("outgoing.drafted", None),
            ("outgoing.submitted", (1, drafted)),
            ("outgoing.content-approved", (2, drafted)),
            ("outgoing.signature-begun", (3, drafted)),
            ("outgoing.signed", (3, drafted)),
            ("outgoing.numbered", (4, signed)),
            ("outgoing.seal-begun", (5, signed)),
            ("outgoing.sealed", (5, signed)),
            ("outgoing.issued", (6, sealed)),
        ]
        assert len({drafted, signed, sealed}) == 3


class TestSealing:
    def test_goes_on_over_its_own_number_and_over_nothing_else(self, world: World, signers: KeyRing) -> None:
        """Two clerks: the second one's page is from before the number, the first one's is not."""
        document = path.signed(world)
        opened = now_seen(document)
        actions.assign_number(actor=world.clerk, document_id=document, seen=opened, now=path.true_time())
        own = opened.after(State.NUMBERED)

        assert own == now_seen(document)
        with nothing_changed(), pytest.raises(Stale):
            actions.begin_seal(actor=world.clerk, document_id=document, seen=opened, now=path.true_time())
        session = actions.begin_seal(actor=world.clerk, document_id=document, seen=own, now=path.true_time())
        file = desk.sign_here(
            actor=world.clerk,
            session_id=session,
            kind=SignatureKind.AGENCY,
            pin=PIN,
            now=path.true_time(),
        )
        actions.record_seal(
            actor=world.clerk, document_id=document, seen=own, file=file, now=path.true_time()
        )
        assert OutgoingDocument.objects.get(pk=document).state == State.SEALED


class TestApproving:
    def test_of_a_version_replaced_meanwhile_is_refused(self, world: World) -> None:
        document = path.submitted(world)
        opened = now_seen(document)
        actions.withdraw_draft(actor=world.officer, document_id=document, seen=now_seen(document), now=NOW)
        actions.revise_draft(
            actor=world.officer,
            document_id=document,
            seen=now_seen(document),
            content=path.content(world, subject="V/v khác hẳn"),
            draft=None,
            now=NOW,
        )
        actions.submit_draft(
            actor=world.officer,
            document_id=document,
            seen=now_seen(document),
            confirmed=path.EVERYTHING,
            now=NOW,
        )

        with nothing_changed(), pytest.raises(Stale):
            actions.approve_content(actor=world.head, document_id=document, seen=opened, now=NOW)


class TestRevising:
    def test_twice_over_the_same_page_keeps_the_first(self, world: World) -> None:
        document = path.drafted(world)
        opened = now_seen(document)
        revise(world, document, opened, subject="V/v cửa sổ thứ nhất")

        with nothing_changed(), pytest.raises(Stale):
            revise(world, document, opened, subject="V/v cửa sổ thứ hai")

        file = current_file(document, FileKind.MAIN)
        assert file is not None
        assert OutgoingDocument.objects.get(pk=document).document.subject == "V/v cửa sổ thứ nhất"

    def test_writes_down_what_was_filled_in_otherwise(self, world: World) -> None:
        document = path.drafted(world)
        revise(
            world,
            document,
            now_seen(document),
            subject="V/v khác",
            recipient_ids=(world.remote.id,),
            to_places=("Lưu: VT, CCVC", "Như trên"),
        )

        assert audited(document)[-1][2]["changed"] == {
            "subject": [path.SUBJECT, "V/v khác"],
            "recipients": [world.neighbour.name, ""],
            "to_places": ["", "Như trên"],
        }


def revise(world: World, document: UUID, seen: Seen, **changes: object) -> None:
    """Save the draft of a window opened over `seen`."""
    actions.revise_draft(
        actor=world.officer,
        document_id=document,
        seen=seen,
        content=path.content(world, **changes),
        draft=None,
        now=NOW,
    )


class TestATokenOfAnotherDocument:
    @pytest.mark.parametrize("name", ["submit_draft", "discard_draft", "place_marks", "revise_draft"])
    def test_is_worth_nothing(self, world: World, name: str) -> None:
        """Even when state, version and file are the same."""
        one, other = path.drafted(world), path.drafted(world)

        with nothing_changed(), pytest.raises(Stale):
            ACTS[name].do(world, world.officer, one, now_seen(other))
