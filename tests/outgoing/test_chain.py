"""Trình, duyệt, trả lại, cấp số, phát hành: one turn after the other (NĐ 30/2020 Điều 11–18)."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from tests import path
from tests.outgoing.standing import in_state
from tests.path import drafted, submitted
from tests.seeing import now_seen
from tests.traces import audited, jobs, nothing_changed
from tests.world import NOW, World
from vanthu.documents.models import Document
from vanthu.organizations.models import Post
from vanthu.outgoing import actions, queries
from vanthu.outgoing.models import OutgoingDocument, Recipient
from vanthu.outgoing.operations import CommentRefused, NotReady, ReasonMissing
from vanthu.outgoing.states import State
from vanthu.registers.models import Register
from vanthu.registers.operations import NoRegister
from vanthu.workflow.models import ApprovalStep

#: 31/12/2026 at 23:59:59 in Hà Nội, and the second after.
LAST_SECOND = datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC)
NEW_YEAR = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)


def _turns(document: UUID) -> list[tuple[int, str, str]]:
    steps = ApprovalStep.objects.filter(document_id=document).order_by("round", "position")
    return [(step.round, step.kind, step.state) for step in steps]


class TestSubmitDraft:
    def test_begins_the_turn_of_the_head(self, world: World) -> None:
        document = submitted(world)

        assert _turns(document) == [(1, "review", "current"), (1, "sign", "waiting")]
        action, who, data = audited(document)[-1]
        assert (action, who, data["round"]) == ("outgoing.submitted", world.officer.label, 1)
        assert jobs() == []

    @pytest.mark.parametrize("who", ["head", "leader"])
    def test_goes_straight_to_the_signer_where_nobody_is_to_review(self, world: World, who: str) -> None:
        """The head's own draft; the leader's, who belongs to no unit."""
        deputys = path.paper("Đỗ Thị Mai", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC")
        document = drafted(world, by=world.actor(who), draft=deputys, signer_id=world.deputy.user_id)

        actions.submit_draft(actor=world.actor(who), document_id=document, seen=now_seen(document), now=NOW)

        assert _turns(document) == [(1, "sign", "current")]
        assert OutgoingDocument.objects.get(pk=document).state == "awaiting_signature"

    def test_is_refused_while_the_unit_has_no_head_to_answer_for_it(self, world: World) -> None:
        """NĐ 30/2020 Điều 12: the head of the unit answers for the content; a vacant post does not."""
        document = drafted(world)
        Post.objects.filter(pk=world.posts["head"].pk).update(ended_at=NOW)

        with (
            nothing_changed(),
            pytest.raises(NotReady, match="Phòng Công chức, viên chức chưa có trưởng đơn vị"),
        ):
            actions.submit_draft(actor=world.officer, document_id=document, seen=now_seen(document), now=NOW)

    def test_names_all_that_is_missing(self, world: World) -> None:
        document = drafted(world, draft=path.paper(name="Ai khác", number_blank="h(0pt)"), recipient_ids=())

        with nothing_changed(), pytest.raises(NotReady) as refusal:
            actions.submit_draft(actor=world.officer, document_id=document, seen=now_seen(document), now=NOW)

        assert str(refusal.value) == (
            "Chưa có nơi nhận. Sau «Số:» không còn chỗ để ghi số. Trong Word, hãy chừa khoảng trống: "
            "«Số:          /SNV-CCVC», hoặc tự đặt khung «Số» trên trang. Dưới chỗ ký ghi «Ai khác», "
            "người ký đã chọn là «Phạm Văn Hùng». Hãy sửa họ tên trong Word, hoặc chọn lại người ký."
        )

    def test_begins_a_new_round_after_a_return(self, world: World) -> None:
        document = submitted(world)
        actions.return_draft(
            actor=world.head, document_id=document, seen=now_seen(document), reason="Sửa", now=NOW
        )
        actions.submit_draft(actor=world.officer, document_id=document, seen=now_seen(document), now=NOW)

        assert _turns(document) == [
            (1, "review", "returned"),
            (1, "sign", "dropped"),
            (2, "review", "current"),
            (2, "sign", "waiting"),
        ]
        assert OutgoingDocument.objects.get(pk=document).returned_reason == ""


class TestApproveContent:
    def test_begins_the_turn_of_the_signer(self, world: World) -> None:
        document = submitted(world)

        actions.approve_content(
            actor=world.head, document_id=document, seen=now_seen(document), comment="Nhất trí", now=NOW
        )

        assert _turns(document) == [(1, "review", "approved"), (1, "sign", "current")]
        action, who, data = audited(document)[-1]
        assert (action, who, data["comment"]) == ("outgoing.content-approved", world.head.label, "Nhất trí")

    def test_is_refused_with_a_comment_without_end(self, world: World) -> None:
        document = submitted(world)

        with nothing_changed(), pytest.raises(CommentRefused, match="Ý kiến dài quá 2000 ký tự"):
            actions.approve_content(
                actor=world.head, document_id=document, seen=now_seen(document), comment="x" * 2001, now=NOW
            )


class TestReturnDraft:
    @pytest.mark.parametrize(
        ("state", "who"), [(State.REVIEWING, "head"), (State.AWAITING_SIGNATURE, "leader")]
    )
    def test_gives_it_back_with_the_reason(self, world: World, state: State, who: str) -> None:
        document = in_state(world, state)

        actions.return_draft(
            actor=world.actor(who),
            document_id=document,
            seen=now_seen(document),
            reason="Thiếu căn cứ",
            now=NOW,
        )

        outgoing = OutgoingDocument.objects.get(pk=document)
        assert (outgoing.state, outgoing.returned_reason) == ("draft", "Thiếu căn cứ")
        assert audited(document)[-1] == (
            "outgoing.returned",
            world.actor(who).label,
            {"reason": "Thiếu căn cứ"},
        )

    @pytest.mark.parametrize("reason", ["", "  \n"])
    def test_is_refused_without_a_reason(self, world: World, reason: str) -> None:
        document = submitted(world)

        with nothing_changed(), pytest.raises(ReasonMissing):
            actions.return_draft(
                actor=world.head, document_id=document, seen=now_seen(document), reason=reason, now=NOW
            )

    def test_is_refused_with_a_reason_without_end(self, world: World) -> None:
        document = submitted(world)

        with nothing_changed(), pytest.raises(CommentRefused, match="Lý do dài quá"):
            actions.return_draft(
                actor=world.head, document_id=document, seen=now_seen(document), reason="x" * 2001, now=NOW
            )


class TestAssignNumber:
    def test_gives_number_date_and_code(self, world: World) -> None:
        document = in_state(world, State.SIGNED)

        taken = actions.assign_number(
            actor=world.clerk, document_id=document, seen=now_seen(document), now=NOW
        )

        assert (taken.number, taken.year, taken.register_name) == (1, 2026, "Sổ văn bản đi")
        record = Document.objects.get(id=document)
        assert (record.code, record.document_code) == ("01/SNV-CCVC", "H99.02,2026/11/22,01/SNV-CCVC")
        assert audited(document)[-1] == (
            "outgoing.numbered",
            world.clerk.label,
            {"code": "01/SNV-CCVC", "issued_on": "2026-11-22", "register": "Sổ văn bản đi"},
        )

    @pytest.mark.parametrize(
        ("now", "year", "day"),
        [
            pytest.param(LAST_SECOND, 2026, "2026-12-31", id="NĐ 30/2020 Điều 15: the last second"),
            pytest.param(NEW_YEAR, 2027, "2027-01-01", id="17:00 UTC is the next year in Hà Nội"),
        ],
    )
    def test_counts_by_the_year_in_vietnam(self, world: World, now: datetime, year: int, day: str) -> None:
        document = in_state(world, State.SIGNED, draft=path.paper(year=year))

        assert (
            actions.assign_number(
                actor=world.clerk, document_id=document, seen=now_seen(document), now=now
            ).year
            == year
        )
        assert str(Document.objects.get(id=document).issued_on) == day

    def test_is_refused_in_another_year_than_the_paper_names(self, world: World) -> None:
        """Signed on New Year's Eve, numbered after it: the day and the month are blanks, the year is not."""
        document = in_state(world, State.SIGNED, draft=path.paper(year=2026))

        with nothing_changed(), pytest.raises(NotReady) as refusal:
            actions.assign_number(
                actor=world.clerk, document_id=document, seen=now_seen(document), now=NEW_YEAR
            )

        assert str(refusal.value) == ("Văn bản ghi năm 2026, nay là năm 2027. Hãy trả lại người soạn để sửa.")

    def test_is_refused_without_a_register(self, world: World) -> None:
        document = in_state(world, State.SIGNED)
        Register.objects.filter(id=world.outgoing_register.id).delete()

        with nothing_changed(), pytest.raises(NoRegister):
            actions.assign_number(actor=world.clerk, document_id=document, seen=now_seen(document), now=NOW)


class TestIssueDocument:
    def test_tells_everyone_once(self, world: World) -> None:
        document = in_state(world, State.SEALED)

        actions.issue_document(actor=world.clerk, document_id=document, seen=now_seen(document), now=NOW)

        outgoing = OutgoingDocument.objects.get(pk=document)
        assert (outgoing.state, outgoing.issued_at) == ("issued", NOW)
        action, who, data = audited(document)[-1]
        assert (action, who) == ("outgoing.issued", world.clerk.label)
        assert data["recipients"] == [str(world.neighbour.id), str(world.remote.id)]
        told = {
            "document_id": str(document),
            "issued_at": NOW.isoformat(),
            "code": "01/SNV-CCVC",
            "replies_to": None,
            "staff": world.clerk.label,
        }
        assert jobs() == [("exchange.deliver_issued", told), ("incoming.complete_answered", told)]

    def test_is_refused_with_nobody_to_issue_it_to(self, world: World) -> None:
        document = in_state(world, State.SEALED)
        Recipient.objects.all().delete()

        with nothing_changed(), pytest.raises(NotReady, match="chưa có nơi nhận"):
            actions.issue_document(actor=world.clerk, document_id=document, seen=now_seen(document), now=NOW)

    def test_stands_in_the_list_of_what_was_issued(self, world: World) -> None:
        document = in_state(world, State.SEALED)
        actions.issue_document(actor=world.clerk, document_id=document, seen=now_seen(document), now=NOW)

        [row] = queries.list_outgoing(world.clerk, tab="issued").items
        assert (row.id, row.issued_at, row.recipients_count) == (document, NOW, 2)
