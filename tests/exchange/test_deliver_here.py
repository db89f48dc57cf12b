"""Delivery inside the installation."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.exchange import desk, jobs
from tests.world import NOW, World
from vanthu.documents.models import DocumentRelation
from vanthu.exchange import actions, courier, queries
from vanthu.exchange.models import Delivery, DeliveryStatus
from vanthu.incoming import queries as incoming_queries
from vanthu.incoming.models import IncomingDocument
from vanthu.incoming.states import State as IncomingState
from vanthu.kernel.errors import NotAllowed, NotFound
from vanthu.kernel.models import AuditEntry, Blob


class TestDeliverHere:
    def test_puts_the_document_on_the_neighbours_desk_and_tells_the_sender(self, world: World) -> None:
        document = desk.issue(world, [world.neighbour], attachments=[("Phụ lục.txt", b"noi dung")])

        jobs.run_all()

        (copy,) = desk.arrived(world.neighbour, document)
        assert copy.state == IncomingState.ARRIVED
        assert (copy.sender_code, copy.channel_label) == ("H99.02", "Cùng hệ thống")
        assert [file.name for file in copy.document.files.order_by("position")] == [
            f"{document.document.number}_SNV-CCVC.pdf",
            "Phụ lục.txt",
        ]
        (row,) = desk.deliveries(world.clerk, document).rows
        assert (row.state, row.progress, row.is_stuck) == ("01", 2, False)
        assert [status.state for status in row.statuses] == ["queued", "01"]

    def test_gives_the_neighbour_the_same_stored_bytes(self, world: World) -> None:
        document = desk.issue(world, [world.neighbour])

        jobs.run_all()

        (copy,) = desk.arrived(world.neighbour, document)
        ours, theirs = (each.document.files.get().blob_id for each in (document, copy))
        assert ours == theirs
        assert Blob.objects.filter(sha256=ours).count() == 1

    def test_shows_the_sender_every_step_with_its_author(self, world: World) -> None:
        document = desk.issue(world, [world.neighbour])
        jobs.run_all()
        (copy,) = desk.arrived(world.neighbour, document)

        desk.register(copy)
        jobs.run_all()

        (row,) = desk.deliveries(world.clerk, document).rows
        accepted = row.statuses[-1]
        assert (accepted.code, accepted.state_label) == ("03", "Đã tiếp nhận")
        assert accepted.staff.startswith("Văn thư")

    def test_shows_the_sender_why_it_was_returned(self, world: World) -> None:
        document = desk.issue(world, [world.neighbour])
        jobs.run_all()
        (copy,) = desk.arrived(world.neighbour, document)

        desk.send_back(copy, "Không thuộc thẩm quyền của xã.")
        jobs.run_all()

        page = desk.deliveries(world.clerk, document)
        assert (page.returned, page.accepted) == (1, 0)
        assert page.rows[0].note == "Không thuộc thẩm quyền của xã."
        assert page.rows[0].is_returned

    def test_is_audited_with_whom_it_concerns(self, world: World) -> None:
        desk.issue(world, [world.neighbour])

        jobs.run_all()

        written = AuditEntry.objects.filter(action__startswith="exchange.").order_by("sequence")
        assert [
            (entry.agency_id, entry.action) for entry in written.filter(agency_id=world.neighbour.id)
        ] == [(world.neighbour.id, "exchange.delivered-here")]
        assert [entry.action for entry in written.filter(agency_id=world.department.id)] == [
            "exchange.deliveries-planned",
            "exchange.delivery-arrived",
        ]

    def test_joins_a_reply_with_what_it_answers(self, world: World) -> None:
        question = desk.issue(world, [world.neighbour])
        jobs.run_all()
        (received,) = desk.arrived(world.neighbour, question)
        answer = desk.issue(
            world,
            [world.department],
            agency=world.neighbour,
            author=world.users["outsider_officer"],
            replies_to=received.pk,
        )

        jobs.run_all(but=lambda job: job.task == "incoming.complete_answered")

        (arrived,) = desk.arrived(world.department, answer)
        page = desk.deliveries(world.clerk, question)
        assert page.replied == 1
        assert page.rows[0].reply == queries.Link(id=arrived.pk, label=answer.document.code, can_open=True)
        (seen_by_officer,) = desk.deliveries(world.officer, question).rows
        assert seen_by_officer.reply is not None
        assert not seen_by_officer.reply.can_open
        assert DocumentRelation.objects.filter(source_id=arrived.pk, target_id=question.pk).exists()

    def test_notes_what_went_wrong_and_leaves_the_job_to_be_tried_again(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        document = desk.issue(world, [world.neighbour])
        with monkeypatch.context() as broken:
            broken.setattr(courier, "examine_delivery", lambda *_, **__: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                jobs.run_all()

        (row,) = desk.deliveries(world.clerk, document).rows
        assert row.state == "queued"
        assert "sẽ thử lại" in row.trouble

        jobs.run_all()
        (row,) = desk.deliveries(world.clerk, document).rows
        assert (row.state, row.note) == ("01", "")


class TestEveryTask:
    def test_run_twice_changes_nothing_the_second_time(self, world: World) -> None:
        document = desk.issue(world, [world.neighbour])
        while found := jobs.waiting():
            for job in found:
                job.run()
                job.finish()
                before = _everything()
                job.run()
                assert _everything() == before, job.task

        assert len(desk.arrived(world.neighbour, document)) == 1


class TestWhoMay:
    def test_a_person_may_not_carry(self, world: World) -> None:
        document = desk.issue(world, [world.neighbour])

        with pytest.raises(NotAllowed):
            actions.plan_deliveries(actor=world.clerk, document_id=document.pk, now=NOW)

        assert not Delivery.objects.exists()

    @pytest.mark.parametrize("who", ["outsider", "outsider_leader", "administrator", "colleague"])
    def test_deliveries_are_not_found_by(self, world: World, who: str) -> None:
        document = desk.issue(world, [world.neighbour])
        jobs.run_all()

        with pytest.raises(NotFound):
            desk.deliveries(world.actor(who), document)

    def test_deliveries_of_nothing_are_not_found(self, world: World) -> None:
        with pytest.raises(NotFound):
            queries.deliveries(world.clerk, document_id=uuid4(), now=NOW)

    def test_the_sender_sees_nothing_of_the_copy(self, world: World) -> None:
        document = desk.issue(world, [world.neighbour])
        jobs.run_all()
        (copy,) = desk.arrived(world.neighbour, document)

        with pytest.raises(NotFound):
            incoming_queries.get_incoming(world.clerk, document_id=copy.pk, now=NOW)


def _everything() -> list[object]:
    """All that stands in the tables of the exchange and around it, without times of writing."""
    return [
        list(
            Delivery.objects.order_by("id").values_list("id", "state", "attempts", "last_error", "reply_id")
        ),
        list(DeliveryStatus.objects.order_by("id").values_list("delivery_id", "state", "note", "staff")),
        list(IncomingDocument.objects.order_by("pk").values_list("pk", "state")),
        AuditEntry.objects.count(),
        [(job.id, job.task) for job in jobs.waiting()],
    ]
