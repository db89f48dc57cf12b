"""Ways back: withdrawing, discarding, and returning what is signed and not yet issued."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests import path
from tests.keys import KeyRing
from tests.outgoing.standing import in_state
from tests.seeing import now_seen
from tests.traces import audited, jobs, nothing_changed
from tests.world import NOW, World
from vanthu.documents.models import Document, DocumentFile
from vanthu.kernel.errors import Conflict, NotFound
from vanthu.outgoing import actions, queries
from vanthu.outgoing.models import OutgoingDocument
from vanthu.outgoing.operations import CommentRefused, ReasonMissing
from vanthu.outgoing.states import IllegalStep, State
from vanthu.registers.models import RegisterEntry
from vanthu.workflow.models import ApprovalStep

SEALED_ON = (State.SIGNED, State.NUMBERED, State.SEALED)


def _main_versions(document: UUID) -> list[tuple[int, str, bool]]:
    files = DocumentFile.objects.filter(document_id=document, kind="main").order_by("version")
    return [(file.version, file.blob_id, file.superseded_at is None) for file in files]


class TestReturnSigned:
    @pytest.mark.parametrize("state", SEALED_ON)
    def test_puts_the_version_without_signatures_in_force_and_keeps_the_others(
        self, world: World, signers: KeyRing, state: State
    ) -> None:
        document = path.TO_STATE[state](world)
        before = _main_versions(document)

        path.returned_signed(world, document)

        after = _main_versions(document)
        assert [version[:2] for version in after[:-1]] == [version[:2] for version in before]
        assert [in_force for *_, in_force in after] == [False] * len(before) + [True]
        assert after[-1][1] == before[0][1], "the PDF that was submitted"
        row = OutgoingDocument.objects.get(pk=document)
        assert (row.state, row.signed_at, row.sealed_at, row.number) == ("draft", None, None, None)
        assert row.returned_reason == "Sai thể thức"
        assert jobs() == []

    @pytest.mark.parametrize("state", [State.NUMBERED, State.SEALED])
    def test_cancels_the_number_which_is_never_given_again(self, world: World, state: State) -> None:
        """NĐ 30/2020 Điều 15: the register keeps the cancelled number, the next document takes the next."""
        document = in_state(world, state)

        path.returned_signed(world, document, "Nhầm nơi nhận")

        entry = RegisterEntry.objects.get(document_id=document)
        assert (entry.number, entry.cancelled_reason) == (
            1,
            f"01/SNV-CCVC, {path.SUBJECT}. Trả lại để sửa: Nhầm nơi nhận",
        )
        record = Document.objects.get(id=document)
        assert (record.number, record.issued_on, record.document_code) == ("", None, "")
        action, who, data = audited(document)[-1]
        assert (action, who) == ("outgoing.number-returned", world.clerk.label)
        assert data == {"reason": "Nhầm nơi nhận", "cancelled": "01/SNV-CCVC"}
        other = in_state(world, State.SIGNED)
        assert (
            actions.assign_number(actor=world.clerk, document_id=other, seen=now_seen(other), now=NOW).number
            == 2
        )

    def test_leads_to_a_second_signing_with_a_number_of_its_own(self, world: World, signers: KeyRing) -> None:
        document = path.sealed(world)
        path.returned_signed(world, document)

        actions.submit_draft(
            actor=world.officer, document_id=document, seen=now_seen(document), now=path.true_time()
        )
        actions.approve_content(
            actor=world.head, document_id=document, seen=now_seen(document), now=path.true_time()
        )
        actions.record_signature(
            actor=world.leader,
            document_id=document,
            seen=now_seen(document),
            file=path.signature_made(world, document),
            now=path.true_time(),
        )
        taken = path.assign(world, document)
        actions.record_seal(
            actor=world.clerk,
            document_id=document,
            seen=now_seen(document),
            file=path.seal_made(world, document),
            now=path.true_time(),
        )

        page = queries.get_outgoing(world.clerk, document_id=document, now=path.true_time())
        assert taken.number == 2
        assert page.row.code == "02/SNV-CCVC"
        assert page.verdict is not None
        assert page.verdict.verdict == "valid"
        cancelled = RegisterEntry.objects.filter(document_id=document, cancelled_at__isnull=False)
        assert [entry.number for entry in cancelled] == [1]

    def test_ends_a_seal_under_way(self, world: World, signers: KeyRing) -> None:
        """The clerk's other window still holds a seal made for the version before."""
        document = path.numbered(world)
        seal = path.seal_made(world, document)
        path.returned_signed(world, document)

        with nothing_changed(), pytest.raises((IllegalStep, NotFound, Conflict)):
            actions.record_seal(
                actor=world.clerk,
                document_id=document,
                seen=now_seen(document),
                file=seal,
                now=path.true_time(),
            )

    @pytest.mark.parametrize(
        ("reason", "refusal"), [(" ", ReasonMissing), ("x" * 2001, CommentRefused)], ids=["none", "too long"]
    )
    def test_asks_for_a_reason(self, world: World, reason: str, refusal: type[Exception]) -> None:
        document = in_state(world, State.SEALED)

        with nothing_changed(), pytest.raises(refusal):
            path.returned_signed(world, document, reason)

    def test_takes_the_longest_reason_whole(self, world: World) -> None:
        document = in_state(world, State.NUMBERED)

        path.returned_signed(world, document, "x" * 2000)

        assert RegisterEntry.objects.get(document_id=document).cancelled_reason.endswith("x" * 2000)

    def test_is_told_to_the_author_and_no_more_to_the_clerk(self, world: World) -> None:
        """A draft is its author's business; the clerk finds the number in the register."""
        document = in_state(world, State.NUMBERED)
        path.returned_signed(world, document)

        page = queries.get_outgoing(world.officer, document_id=document, now=NOW)

        assert page.row.returned_reason == "Sai thể thức"
        assert page.history[0].text == "Trả lại để sửa, hủy số 01/SNV-CCVC: Sai thể thức"
        with pytest.raises(NotFound):
            queries.get_outgoing(world.clerk, document_id=document, now=NOW)


class TestWithdrawDraft:
    @pytest.mark.parametrize("state", [State.REVIEWING, State.AWAITING_SIGNATURE])
    def test_gives_the_draft_back_to_its_author_and_ends_every_turn(self, world: World, state: State) -> None:
        document = in_state(world, state)

        actions.withdraw_draft(actor=world.officer, document_id=document, seen=now_seen(document), now=NOW)

        page = queries.get_outgoing(world.officer, document_id=document, now=NOW)
        assert {"edit", "submit"} <= page.acts
        states = ApprovalStep.objects.filter(document_id=document).values_list("kind", "state")
        approved = [("review", "approved")] if state is State.AWAITING_SIGNATURE else [("review", "dropped")]
        assert sorted(states) == [*approved, ("sign", "dropped")]
        assert audited(document)[-1][0] == "outgoing.withdrawn"

    def test_takes_it_out_of_the_leaders_sight(self, world: World) -> None:
        document = in_state(world, State.AWAITING_SIGNATURE)

        actions.withdraw_draft(actor=world.officer, document_id=document, seen=now_seen(document), now=NOW)

        with pytest.raises(NotFound):
            queries.get_outgoing(world.leader, document_id=document, now=NOW)
        assert queries.list_outgoing(world.leader, tab="awaiting_signature").items == []

    def test_leaves_a_signature_under_way_nowhere_to_go(self, world: World, signers: KeyRing) -> None:
        """The leader's key answers after the author has taken the draft back."""
        document = path.approved(world)
        made = path.signature_made(world, document)
        actions.withdraw_draft(
            actor=world.officer, document_id=document, seen=now_seen(document), now=path.true_time()
        )

        with nothing_changed(), pytest.raises((IllegalStep, NotFound)):
            actions.record_signature(
                actor=world.leader,
                document_id=document,
                seen=now_seen(document),
                file=made,
                now=path.true_time(),
            )

    def test_may_be_submitted_again(self, world: World) -> None:
        document = in_state(world, State.REVIEWING)
        actions.withdraw_draft(actor=world.officer, document_id=document, seen=now_seen(document), now=NOW)

        actions.submit_draft(actor=world.officer, document_id=document, seen=now_seen(document), now=NOW)

        assert queries.get_outgoing(world.head, document_id=document, now=NOW).acts >= {"approve"}


class TestDiscardDraft:
    def test_keeps_the_draft_with_its_file_and_history(self, world: World) -> None:
        document = path.drafted(world)

        actions.discard_draft(actor=world.officer, document_id=document, seen=now_seen(document), now=NOW)

        page = queries.get_outgoing(world.officer, document_id=document, now=NOW)
        assert (page.row.state_label, page.acts) == ("Đã hủy dự thảo", frozenset())
        assert page.main_file is not None
        assert page.waiting_for is None
        assert page.history[0].text == "Hủy dự thảo"

    def test_takes_it_out_of_the_work_and_leaves_it_in_the_whole_list(self, world: World) -> None:
        document = path.discarded(world)

        assert queries.list_outgoing(world.officer, tab="my_drafts").items == []
        assert queries.count_outgoing(world.officer)["my_drafts"] == 0
        assert [row.id for row in queries.list_outgoing(world.officer, tab="all").items] == [document]
