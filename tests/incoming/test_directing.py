"""Chỉ đạo, phân công tiếp: who leads, who supports, who is to know (NĐ 30/2020 Điều 23–24)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests import arrivals
from tests.incoming.steps import parts_of, told, unit_of, user_of
from tests.seeing import assignment_seen, now_seen, part_seen
from tests.traces import audited, jobs, nothing_changed
from tests.world import NOW, World
from vanthu.incoming import actions, queries
from vanthu.incoming.actions.directing import DirectionRefused
from vanthu.incoming.models import IncomingDocument
from vanthu.kernel.errors import NotAllowed, NotFound
from vanthu.organizations.models import Post, Unit
from vanthu.organizations.operations import UnknownPerson
from vanthu.workflow.models import Assignment
from vanthu.workflow.rules import Assignee
from vanthu.workflow.states import AssignmentStep


class TestDirectFurther:
    def test_gives_further_parts_and_leaves_the_lead(self, world: World) -> None:
        document, due = arrivals.directed(world), NOW + timedelta(days=2)
        before = len(jobs())

        actions.direct_further(
            actor=world.leader,
            document_id=document,
            seen=now_seen(document),
            support=[unit_of(world)],
            inform=[user_of(world, "colleague")],
            instruction=" Phối hợp số liệu ",
            due_at=due,
            now=NOW,
        )

        assert parts_of(document) == [
            ("Lê Minh Đức", "inform", "given"),
            ("Nguyễn Văn An", "lead", "given"),
            ("Phòng Công chức, viên chức", "support", "given"),
        ]
        assert IncomingDocument.objects.get(pk=document).state == "directed"
        given = Assignment.objects.get(document_id=document, unit=world.civil_service)
        assert (given.instruction, given.due_at, given.given_by_id) == (
            "Phối hợp số liệu",
            due,
            world.leader.user_id,
        )
        assert audited(document)[-1][:2] == ("incoming.directed-further", world.leader.label)
        assert jobs(after=before) == [], "the sender was told when it was directed"

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({}, "Hãy chọn người hoặc đơn vị"),
            ({"inform": ["officer"]}, "đã được giao việc này"),
            ({"support": ["clerk"], "inform": ["clerk"]}, "chỉ giữ một vai trò"),
            ({"support": ["clerk"], "due_at": NOW}, "Hạn xử lý đã qua"),
            ({"support": ["clerk"], "instruction": "x" * 2001}, "dài quá 2000 ký tự"),
        ],
    )
    def test_is_refused(self, world: World, changes: dict[str, Any], sentence: str) -> None:
        document = arrivals.directed(world)
        named: dict[str, Any] = {
            role: [user_of(world, name) for name in changes.pop(role, [])] for role in ("support", "inform")
        }

        with nothing_changed(), pytest.raises(DirectionRefused, match=sentence):
            actions.direct_further(
                actor=world.leader, document_id=document, seen=now_seen(document), **named, **changes, now=NOW
            )

    def test_is_refused_for_people_of_another_agency(self, world: World) -> None:
        document = arrivals.directed(world)

        with nothing_changed(), pytest.raises(UnknownPerson):
            actions.direct_further(
                actor=world.leader,
                document_id=document,
                seen=now_seen(document),
                inform=[user_of(world, "outsider")],
                now=NOW,
            )


class TestDirectDocument:
    def test_gives_each_a_part_and_tells_the_sender(self, world: World) -> None:
        document, due = arrivals.registered(world), NOW + timedelta(days=3)
        before = len(jobs())

        actions.direct_document(
            actor=world.leader,
            document_id=document,
            seen=now_seen(document),
            lead=user_of(world, "officer"),
            support=[unit_of(world)],
            inform=[user_of(world, "colleague")],
            instruction=" Tham mưu ",
            due_at=due,
            now=NOW,
        )

        assert parts_of(document) == [
            ("Lê Minh Đức", "inform", "given"),
            ("Nguyễn Văn An", "lead", "given"),
            ("Phòng Công chức, viên chức", "support", "given"),
        ]
        row = IncomingDocument.objects.get(pk=document)
        assert (row.state, row.directed_at, row.due_at) == ("directed", NOW, due)
        action, who, data = audited(document)[-1]
        assert (action, who) == ("incoming.directed", world.leader.label)
        assert data["lead"] == str(world.officer.user_id)
        assert jobs(after=before) == [told(document, "directed", staff=world.leader.label)]
        assert {part.instruction for part in Assignment.objects.all()} == {"Tham mưu"}

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"due_at": NOW}, "Hạn xử lý đã qua"),
            ({"instruction": "x" * 2001}, "dài quá 2000 ký tự"),
            ({"support": ["officer"]}, "chỉ giữ một vai trò"),
            ({"support": ["clerk"], "inform": ["clerk"]}, "chỉ giữ một vai trò"),
        ],
    )
    def test_is_refused(self, world: World, changes: dict[str, Any], sentence: str) -> None:
        document = arrivals.registered(world)
        named = {
            role: [user_of(world, name) for name in changes.pop(role, [])] for role in ("support", "inform")
        }

        with nothing_changed(), pytest.raises(DirectionRefused, match=sentence):
            _direct(world, document, **named, **changes)

    @pytest.mark.parametrize("who", ["outsider", "outsider_officer"])
    def test_is_refused_for_people_of_another_agency(self, world: World, who: str) -> None:
        document = arrivals.registered(world)

        with nothing_changed(), pytest.raises(UnknownPerson):
            _direct(world, document, lead=user_of(world, who))

    def test_is_refused_for_whoever_has_left(self, world: World) -> None:
        document = arrivals.registered(world)
        Post.objects.filter(pk=world.posts["officer"].pk).update(ended_at=NOW)

        with nothing_changed(), pytest.raises(UnknownPerson):
            _direct(world, document)

    def test_is_refused_for_a_unit_nobody_heads(self, world: World) -> None:
        document = arrivals.registered(world)

        with nothing_changed(), pytest.raises(DirectionRefused, match="chưa có trưởng đơn vị"):
            _direct(world, document, lead=Assignee(kind="unit", id=world.office.id))

    def test_is_refused_for_a_closedunit_of(self, world: World) -> None:
        document = arrivals.registered(world)
        Unit.objects.filter(id=world.civil_service.id).update(closed_at=NOW)

        with nothing_changed(), pytest.raises(UnknownPerson):
            _direct(world, document, lead=unit_of(world))


def _direct(world: World, document: UUID, **changes: Any) -> None:
    given: dict[str, Any] = {"lead": user_of(world, "officer"), "now": NOW}
    actions.direct_document(
        actor=world.leader, document_id=document, seen=now_seen(document), **given | changes
    )


class TestPassOn:
    def test_gives_the_units_part_in_the_same_role(self, world: World) -> None:
        document = arrivals.directed(world, lead=unit_of(world), due_at=NOW + timedelta(days=2))
        part = Assignment.objects.get(document_id=document)

        _pass(world, part, "officer", instruction="Làm ngay")

        child = Assignment.objects.get(parent=part)
        assert (child.user_id, child.role, child.due_at) == (world.officer.user_id, "lead", part.due_at)
        assert audited(document)[-1] == (
            "incoming.passed-on",
            world.head.label,
            {"assignment": str(part.id), "to": str(world.officer.user_id), "instruction": "Làm ngay"},
        )
        node = queries.get_incoming(world.head, document_id=document, now=NOW).assignments[0]
        assert [child.who for child in node.children] == ["Nguyễn Văn An"]

    @pytest.mark.parametrize("who", ["colleague", "outsider_officer", "leader"])
    def test_is_refused_for_somebody_outside_theunit_of(self, world: World, who: str) -> None:
        document = arrivals.directed(world, lead=unit_of(world))

        with nothing_changed(), pytest.raises(UnknownPerson):
            _pass(world, Assignment.objects.get(document_id=document), who)

    def test_is_refused_for_somebody_who_has_a_part(self, world: World) -> None:
        document = arrivals.directed(world, support=[unit_of(world)])
        part = Assignment.objects.get(document_id=document, unit__isnull=False)

        with nothing_changed(), pytest.raises(DirectionRefused, match="đã có phần việc"):
            _pass(world, part, "officer")

    def test_is_refused_a_second_time(self, world: World) -> None:
        document = arrivals.directed(world, lead=unit_of(world))
        part = Assignment.objects.get(document_id=document)
        _pass(world, part, "officer")

        with nothing_changed(), pytest.raises(DirectionRefused, match="đã được phân công tiếp"):
            _pass(world, part, "second_officer")

    def test_is_refused_once_the_part_is_done(self, world: World) -> None:
        document = arrivals.directed(world, support=[unit_of(world)])
        actions.report_work(
            actor=world.head,
            document_id=document,
            seen=part_seen(document, world.head, AssignmentStep.FINISH),
            result="Xong",
            now=NOW,
        )
        part = Assignment.objects.get(document_id=document, unit__isnull=False)

        with nothing_changed(), pytest.raises(DirectionRefused, match="đã hoàn thành"):
            _pass(world, part, "second_officer")

    def test_is_refused_for_the_part_of_another_document(self, world: World) -> None:
        document, other = (arrivals.directed(world, lead=unit_of(world)) for _ in range(2))
        part = Assignment.objects.get(document_id=other)

        with nothing_changed(), pytest.raises(NotFound):
            actions.pass_on(
                actor=world.head,
                document_id=document,
                seen=assignment_seen(part.id),
                assignment_id=part.id,
                user_id=world.officer.user_id,
                now=NOW,
            )

    def test_is_refused_for_a_personal_part(self, world: World) -> None:
        document = arrivals.directed(world, lead=user_of(world, "head"))

        with nothing_changed(), pytest.raises(NotAllowed):
            _pass(world, Assignment.objects.get(document_id=document), "officer")


def _pass(world: World, part: Assignment, who: str, **changes: Any) -> None:
    actions.pass_on(
        actor=world.head,
        document_id=part.document_id,
        seen=assignment_seen(part.id),
        assignment_id=part.id,
        user_id=world.posts[who].user_id,
        now=NOW,
        **changes,
    )
