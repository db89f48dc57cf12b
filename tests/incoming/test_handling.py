"""Tiếp nhận, chỉ đạo, phân công, xử lý, hoàn thành (NĐ 30/2020 Điều 21–24; QĐ 28/2018 Điều 9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tests import arrivals
from tests.incoming.steps import parts_of, told, user_of
from tests.seeing import now_seen, part_seen
from tests.traces import audited, jobs, nothing_changed
from tests.world import NOW, World
from vanthu.incoming import actions, tasks
from vanthu.incoming.actions.handling import ResultRefused
from vanthu.incoming.actions.registering import NotALeader, ReturnRefused
from vanthu.incoming.models import IncomingDocument
from vanthu.incoming.states import State
from vanthu.kernel.errors import NotAllowed
from vanthu.registers.models import Register
from vanthu.registers.operations import NoRegister
from vanthu.workflow.models import Assignment
from vanthu.workflow.states import AssignmentStep
from vanthu.workflow.states import IllegalStep as IllegalPartStep

#: 01/01/2027 at 00:00 in Hà Nội.
NEW_YEAR = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)


class TestRegisterDocument:
    def test_takes_the_next_number_and_tells_the_sender(self, world: World) -> None:
        document = arrivals.arrived(world)
        before = len(jobs())

        number = actions.register_document(
            actor=world.clerk,
            document_id=document,
            seen=now_seen(document),
            leader_id=world.leader.user_id,
            now=NOW,
        )

        row = IncomingDocument.objects.get(pk=document)
        assert (number, row.arrival_number, row.arrival_year, row.state) == (1, 1, 2026, "registered")
        assert (row.registered_at, row.submitted_to_id) == (NOW, world.leader.user_id)
        assert audited(document)[-1] == (
            "incoming.registered",
            world.clerk.label,
            {
                "arrival_number": 1,
                "register": "Sổ văn bản đến",
                "verdict": "valid",
                "submitted_to": str(world.leader.user_id),
            },
        )
        assert jobs(after=before) == [told(document, "registered", staff=world.clerk.label)]

    def test_counts_by_the_year_in_vietnam(self, world: World) -> None:
        first, second = arrivals.arrived(world), arrivals.arrived(world)

        for document, now in ((first, NEW_YEAR - timedelta(seconds=1)), (second, NEW_YEAR)):
            assert (
                actions.register_document(
                    actor=world.clerk, document_id=document, seen=now_seen(document), now=now
                )
                == 1
            )
        years = IncomingDocument.objects.order_by("arrival_year").values_list("arrival_year", flat=True)
        assert list(years) == [2026, 2027]

    @pytest.mark.parametrize("who", ["officer", "outsider_leader"])
    def test_is_refused_with_somebody_who_does_not_lead_here(self, world: World, who: str) -> None:
        document = arrivals.arrived(world)

        with nothing_changed(), pytest.raises(NotALeader):
            actions.register_document(
                actor=world.clerk,
                document_id=document,
                seen=now_seen(document),
                leader_id=world.actor(who).user_id,
                now=NOW,
            )

    def test_is_refused_without_a_register(self, world: World) -> None:
        document = arrivals.arrived(world)
        Register.objects.filter(id=world.incoming_register.id).delete()

        with nothing_changed(), pytest.raises(NoRegister):
            actions.register_document(
                actor=world.clerk, document_id=document, seen=now_seen(document), now=NOW
            )


class TestReturnDocument:
    def test_takes_no_number_and_tells_the_sender_why(self, world: World) -> None:
        document = arrivals.arrived(world)
        before = len(jobs())

        actions.return_document(
            actor=world.clerk, document_id=document, seen=now_seen(document), reason=" Sai nơi nhận ", now=NOW
        )

        row = IncomingDocument.objects.get(pk=document)
        assert (row.state, row.returned_reason, row.arrival_number) == ("returned", "Sai nơi nhận", None)
        assert audited(document)[-1] == (
            "incoming.returned",
            world.clerk.label,
            {"reason": "Sai nơi nhận", "verdict": "valid"},
        )
        assert jobs(after=before) == [
            told(document, "returned", note="Sai nơi nhận", staff=world.clerk.label)
        ]

    @pytest.mark.parametrize("reason", ["", " \n", "x" * 1001])
    def test_is_refused_without_a_reason_that_can_betold(self, world: World, reason: str) -> None:
        document = arrivals.arrived(world)

        with nothing_changed(), pytest.raises(ReturnRefused):
            actions.return_document(
                actor=world.clerk, document_id=document, seen=now_seen(document), reason=reason, now=NOW
            )


class TestWork:
    def test_begins_for_the_sender_with_the_first_who_starts(self, world: World) -> None:
        document = arrivals.directed(world, support=[user_of(world, "second_officer")])
        before = len(jobs())

        actions.start_work(
            actor=world.officer,
            document_id=document,
            seen=part_seen(document, world.officer, AssignmentStep.START),
            now=NOW,
        )
        actions.start_work(
            actor=world.actor("second_officer"),
            document_id=document,
            seen=part_seen(document, world.actor("second_officer"), AssignmentStep.START),
            now=NOW,
        )

        assert IncomingDocument.objects.get(pk=document).state == "processing"
        assert jobs(after=before) == [told(document, "processing", staff=world.officer.label)]
        assert [state for _, _, state in parts_of(document)] == ["started", "started"]

    def test_cannot_start_twice(self, world: World) -> None:
        document = arrivals.processing(world)

        with nothing_changed(), pytest.raises(IllegalPartStep, match="Không thể «Bắt đầu xử lý»"):
            actions.start_work(
                actor=world.officer,
                document_id=document,
                seen=part_seen(document, world.officer, AssignmentStep.START),
                now=NOW,
            )

    def test_of_who_is_only_to_know_is_refused(self, world: World) -> None:
        document = arrivals.directed(world, inform=[user_of(world, "colleague")])

        with nothing_changed(), pytest.raises(NotAllowed, match="không có phần việc nào đang mở"):
            actions.start_work(
                actor=world.colleague,
                document_id=document,
                seen=part_seen(document, world.colleague, AssignmentStep.START),
                now=NOW,
            )

    def test_reported_at_once_tells_the_sender_it_was_handled(self, world: World) -> None:
        document = arrivals.directed(world)
        before = len(jobs())

        actions.report_work(
            actor=world.officer,
            document_id=document,
            seen=part_seen(document, world.officer, AssignmentStep.FINISH),
            result=" Đã xong ",
            now=NOW,
        )

        part = Assignment.objects.get(document_id=document)
        assert (part.state, part.result, part.finished_at) == ("done", "Đã xong", NOW)
        assert IncomingDocument.objects.get(pk=document).state == "processing"
        assert jobs(after=before) == [told(document, "processing", staff=world.officer.label)]
        assert audited(document)[-1][2]["result"] == "Đã xong"

    @pytest.mark.parametrize("result", ["", "  ", "x" * 2001])
    def test_is_refused_without_a_result_that_can_be_kept(self, world: World, result: str) -> None:
        document = arrivals.processing(world)

        part = part_seen(document, world.officer, AssignmentStep.FINISH)

        for act, seen in ((actions.report_work, part), (actions.complete_document, now_seen(document))):
            with nothing_changed(), pytest.raises(ResultRefused):
                act(actor=world.officer, document_id=document, seen=seen, result=result, now=NOW)


class TestCompleteDocument:
    @pytest.mark.parametrize("who", ["officer", "leader"])
    def test_ends_every_part_and_tells_the_sender(self, world: World, who: str) -> None:
        document = arrivals.processing(world, support=[user_of(world, "second_officer")])
        before = len(jobs())

        actions.complete_document(
            actor=world.actor(who), document_id=document, seen=now_seen(document), result="Xong", now=NOW
        )

        row = IncomingDocument.objects.get(pk=document)
        assert (row.state, row.completed_at) == ("completed", NOW)
        assert [state for _, _, state in parts_of(document)] == ["done", "done"]
        assert audited(document)[-1] == (
            "incoming.completed",
            world.actor(who).label,
            {"result": "Xong"},
        )
        assert jobs(after=before) == [told(document, "completed", note="Xong", staff=world.actor(who).label)]

    def test_writes_no_result_for_who_was_only_to_know(self, world: World) -> None:
        document = arrivals.processing(world, inform=[user_of(world, "colleague")])

        actions.complete_document(
            actor=world.officer, document_id=document, seen=now_seen(document), result="Xong", now=NOW
        )

        known = Assignment.objects.get(document_id=document, role="inform")
        assert (known.state, known.result) == ("given", "")

    def test_is_refused_to_who_supports(self, world: World) -> None:
        document = arrivals.processing(world, support=[user_of(world, "second_officer")])

        with nothing_changed(), pytest.raises(NotAllowed):
            actions.complete_document(
                actor=world.actor("second_officer"),
                document_id=document,
                seen=now_seen(document),
                result="Xong",
                now=NOW,
            )


class TestCompleteAnswered:
    def test_ends_it_in_the_name_of_who_issued_the_answer(self, world: World) -> None:
        document, reply = arrivals.processing(world), uuid4()
        before = len(jobs())

        _answered(world, document, reply)

        assert IncomingDocument.objects.get(pk=document).state == "completed"
        assert audited(document)[-1] == (
            "incoming.answered",
            "Kiểm thử",
            {"reply": str(reply), "code": "02/SNV-CCVC"},
        )
        assert jobs(after=before) == [
            told(
                document,
                "completed",
                note="Đã trả lời bằng văn bản 02/SNV-CCVC",
                staff="Hoàng Thị Lan",
            )
        ]

    @pytest.mark.parametrize("state", [State.COMPLETED, State.ARRIVED, State.RETURNED])
    def test_only_notes_it_where_there_is_nothing_to_end(self, world: World, state: State) -> None:
        """Told twice by the outbox, or answered before it was registered."""
        document = arrivals.TO_STATE[state](world)
        before = len(jobs())

        _answered(world, document, uuid4())

        assert IncomingDocument.objects.get(pk=document).state == state
        assert audited(document)[-1][0] == "incoming.answered-again"
        assert jobs(after=before) == []

    @pytest.mark.parametrize("who", ["officer", "clerk"])
    def test_is_refused_to_people(self, world: World, who: str) -> None:
        document = arrivals.processing(world)

        with nothing_changed(), pytest.raises(NotAllowed):
            _answered(world, document, uuid4(), who)

    def test_follows_the_issue_by_a_job(self, world: World) -> None:
        document = arrivals.processing(world)
        issued = {"document_id": str(uuid4()), "code": "02/SNV-CCVC", "staff": "Hoàng Thị Lan"}

        tasks.complete_answered(**issued, replies_to=None, issued_at="later", recipients=[])
        assert IncomingDocument.objects.get(pk=document).state == "processing"

        for _ in range(2):
            tasks.complete_answered(**issued, replies_to=str(document), something="new")
        assert IncomingDocument.objects.get(pk=document).state == "completed"
        assert [action for action, _, _ in audited(document)].count("incoming.answered") == 1


def _answered(world: World, document: UUID, reply: UUID, who: str | None = None) -> None:
    actions.complete_answered(
        actor=world.actor(who) if who else world.machine,
        document_id=document,
        reply_id=reply,
        reply_code="02/SNV-CCVC",
        staff="Hoàng Thị Lan",
        now=NOW,
    )
