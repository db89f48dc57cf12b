"""Sending over the axis: one packet for all, refusals told apart, nothing given up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from tests.exchange import desk, jobs
from tests.exchange.axis_process import SYSTEM_ID, AxisProcess
from tests.exchange.far_system import FarSystem
from tests.world import World
from vanthu.exchange import rules, tasks
from vanthu.exchange.axis_client import AxisClient, AxisRefused, AxisUnreachable
from vanthu.exchange.models import Delivery, StatusReport
from vanthu.exchange.states import DeliveryState
from vanthu.incoming.models import IncomingDocument
from vanthu.kernel.models import AuditEntry
from vanthu.organizations.models import Agency
from vanthu.outgoing.models import OutgoingDocument


@pytest.fixture
def far(axis: AxisProcess, tmp_path: Path) -> Iterator[FarSystem]:
    system = FarSystem(axis, tmp_path)
    system.statuses()
    system.documents()
    yield system
    system.client.close()


def _states(document: OutgoingDocument) -> dict[str, str]:
    return dict(Delivery.objects.filter(document=document).values_list("recipient__code", "state"))


class TestSendPacket:
    def test_sends_one_packet_to_all(self, committed: World, far: FarSystem) -> None:
        second = desk.far_agency("H97.01", "Sở Nội vụ tỉnh Phú Vinh")
        document = desk.issue(committed, [committed.remote, second])

        jobs.run_all()

        deliveries = Delivery.objects.filter(document=document)
        assert {delivery.state for delivery in deliveries} == {DeliveryState.SENT}
        assert len({(delivery.axis_doc_id, delivery.packet_id) for delivery in deliveries}) == 1
        (packet,) = far.documents()
        assert {party.organ_id for party in packet.recipients} == {"H97.01", "H98"}
        assert packet.document_id == document.document.document_code
        assert packet.signer is not None
        assert (packet.signer.competence, packet.signer.position) == ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")
        assert packet.business.staff is not None
        assert (packet.business.staff.department, packet.business.staff.staff) == (
            "Phòng Công chức, viên chức",
            "Nguyễn Văn An",
        )
        assert packet.trace[0].organ_id == "H99.02"
        assert packet.warnings == ()

    def test_says_what_it_answers(self, committed: World, far: FarSystem) -> None:
        question = far.packet("H99.02")
        far.send(question, ("hoi.pdf", desk.pdf()))
        jobs.run_until_still()
        received = IncomingDocument.objects.get()

        desk.issue(committed, [committed.remote], replies_to=received.pk)
        jobs.run_all(but=lambda job: job.task == "incoming.complete_answered")

        (packet,) = far.documents()
        (response,) = packet.responses
        assert (response.organ_id, response.code, response.document_id) == (
            "H98",
            question.code.text,
            question.document_id,
        )

    def test_an_answer_that_got_lost_does_not_send_it_twice(
        self, committed: World, far: FarSystem, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        document = desk.issue(committed, [committed.remote])
        send = AxisClient.send

        def send_and_hear_nothing(client: AxisClient, *arguments: object) -> str:
            send(client, *arguments)  # type: ignore[arg-type]  # passed on as given
            raise AxisUnreachable

        with monkeypatch.context() as broken:
            broken.setattr(AxisClient, "send", send_and_hear_nothing)
            with pytest.raises(AxisUnreachable):
                jobs.run_all()
        (delivery,) = Delivery.objects.filter(document=document)
        assert (delivery.state, delivery.attempts) == (DeliveryState.QUEUED, 1)
        assert "Không kết nối được" in delivery.last_error

        jobs.run_all()

        (delivery,) = Delivery.objects.filter(document=document)
        assert (delivery.state, delivery.last_error) == (DeliveryState.SENT, "")
        assert len(far.documents()) == 1

    def test_a_recipient_the_axis_does_not_know_does_not_stop_the_others(
        self, committed: World, far: FarSystem
    ) -> None:
        nobody = desk.far_agency("H96", "Cơ quan không có trong danh bạ của Trục liên thông")
        document = desk.issue(committed, [committed.remote, nobody])

        jobs.run_all()

        assert _states(document) == {"H98": "sent", "H96": "refused"}
        refused = Delivery.objects.get(document=document, recipient=nobody)
        assert "không có trong danh bạ của Trục liên thông" in refused.statuses.get(state="refused").note
        (packet,) = far.documents()
        assert [party.organ_id for party in packet.recipients] == ["H98"]

    def test_a_closed_recipient_does_not_stop_the_others(
        self, committed: World, far: FarSystem, axis: AxisProcess
    ) -> None:
        axis.console(
            ["agency", "add", "H95", "Cơ quan sắp đóng", "--system", SYSTEM_ID],
            ["agency", "close", "H95"],
        )
        closed = desk.far_agency("H95", "Cơ quan sắp đóng")
        document = desk.issue(committed, [committed.remote, closed])

        jobs.run_all()

        assert _states(document) == {"H98": "sent", "H95": "refused"}
        (row, _) = sorted(desk.deliveries(committed.clerk, document).rows, key=lambda row: row.state)
        assert "đã đóng mã" in row.note
        assert len(far.documents()) == 1

    def test_a_document_the_standard_has_no_room_for_is_refused_with_the_reason(
        self, committed: World, far: FarSystem
    ) -> None:
        document = desk.issue(committed, [committed.remote], notation="X" * 40)

        jobs.run_all()

        (row,) = desk.deliveries(committed.clerk, document).rows
        assert row.state == "refused"
        assert "CodeNotation" in row.note
        assert jobs.waiting() == []

    def test_a_wrong_secret_refuses_nobody_and_waits_to_be_mended(
        self, committed: World, far: FarSystem, settings: Settings
    ) -> None:
        document = desk.issue(committed, [committed.remote])
        right, settings.AXIS_SECRET = settings.AXIS_SECRET, "mot-khoa-bi-mat-nao-khac"
        with pytest.raises(AxisRefused):
            jobs.run_all()
        assert _states(document) == {"H98": "queued"}

        settings.AXIS_SECRET = right
        jobs.run_all()

        assert _states(document) == {"H98": "sent"}

    def test_without_an_axis_it_waits_and_says_so(self, world: World) -> None:
        document = desk.issue(world, [world.remote])

        with pytest.raises(AxisUnreachable):
            jobs.run_all()

        (row,) = desk.deliveries(world.clerk, document).rows
        assert (row.state, row.progress) == ("queued", 0)
        assert "chưa được nối với Trục liên thông" in row.trouble

    def test_what_cannot_leave_says_why_and_since_when_until_it_has_left(
        self, committed: World, far: FarSystem, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        document = desk.issue(committed, [committed.neighbour, committed.remote])
        began = timezone.now()

        def unreachable(*_: object) -> str:
            raise AxisUnreachable

        with monkeypatch.context() as broken:
            broken.setattr(AxisClient, "send", unreachable)
            for _ in range(2):
                with pytest.raises(AxisUnreachable):
                    jobs.run_all(but=lambda job: False)
        tried = timezone.now()

        (held,) = desk.deliveries(committed.clerk, document).held_up
        assert held.recipient_name == committed.remote.name
        assert held.trouble == str(AxisUnreachable())
        assert held.troubled_since is not None
        assert began <= held.troubled_since <= tried
        first = held.troubled_since
        with monkeypatch.context() as broken:
            broken.setattr(AxisClient, "send", unreachable)
            with pytest.raises(AxisUnreachable):
                jobs.run_all()
        (held,) = desk.deliveries(committed.clerk, document).held_up
        assert held.troubled_since == first, "a further failure does not make the wait any shorter"

        jobs.run_all()

        page = desk.deliveries(committed.clerk, document)
        assert page.held_up == ()
        assert {row.trouble for row in page.rows} == {""}
        assert page.recipients == page.arrived + page.not_fetched

    def test_the_same_trouble_is_audited_once(self, world: World) -> None:
        document = desk.issue(world, [world.remote])
        for _ in range(3):
            with pytest.raises(AxisUnreachable):
                jobs.run_all()

        assert Delivery.objects.get(document=document).attempts == 3
        assert AuditEntry.objects.filter(action="exchange.sending-troubled").count() == 1

    def test_nobody_fetching_it_for_hours_is_shown(self, world: World) -> None:
        document = desk.issue(world, [world.remote])
        with pytest.raises(AxisUnreachable):
            jobs.run_all()
        long_ago = timezone.now() - rules.STUCK_AFTER - timedelta(minutes=1)
        Delivery.objects.filter(document=document).update(created_at=long_ago)

        page = desk.deliveries(world.clerk, document)

        assert page.rows[0].is_stuck
        assert page.not_fetched == 1


class TestSendStatus:
    def test_waits_for_an_axis_that_is_away_and_is_then_told_once(
        self, committed: World, far: FarSystem, settings: Settings
    ) -> None:
        far.send(far.packet("H99.02"), ("126.pdf", desk.pdf()))
        jobs.poll()
        for job in jobs.waiting("exchange.take_packet"):
            job.run()
            job.finish()
        jobs.run_all(but=lambda job: job.task == "exchange.send_status")
        (sending,) = jobs.waiting("exchange.send_status")
        url, settings.AXIS_URL = settings.AXIS_URL, "http://127.0.0.1:9"

        with pytest.raises(AxisUnreachable):
            sending.run()
        report = StatusReport.objects.get()
        assert (report.sent_at, report.attempts) == (None, 1)
        assert "Không kết nối được" in report.last_error

        settings.AXIS_URL = url
        sending.run()
        sending.run()
        assert [status.status_code for status in far.statuses()] == ["01"]
        assert StatusReport.objects.get().sent_at is not None


class TestRefreshDirectory:
    def test_learns_the_agencies_of_the_axis(self, committed: World, axis: AxisProcess) -> None:
        tasks.refresh_directory()

        learned = Agency.objects.get(code="H97.01")
        assert (learned.name, learned.is_hosted) == ("Sở Nội vụ tỉnh Phú Vinh", False)
        assert Agency.objects.get(code="H99.02").is_hosted

    def test_learns_that_an_agency_was_closed_and_which_took_its_place(
        self, committed: World, axis: AxisProcess
    ) -> None:
        code = "H97.09"
        axis.console(["agency", "add", code, "Sở Nội vụ cũ", "--system", SYSTEM_ID, "--code102", "97.OLD"])
        tasks.refresh_directory()
        assert Agency.objects.get(code=code).closed_at is None

        axis.console(["agency", "close", code, "--successor", "H97.01"])
        for _ in range(2):
            tasks.refresh_directory()

        closed = Agency.objects.get(code=code)
        assert closed.closed_at is not None
        assert (closed.old_code, closed.successor and closed.successor.code) == ("97.OLD", "H97.01")

    def test_needs_no_word_of_closed_agencies(
        self, committed: World, axis: AxisProcess, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An axis may not have the call that names them."""

        def refuse(_: AxisClient) -> NoReturn:
            raise AxisRefused("40", "Trục liên thông không có lời gọi này.")

        monkeypatch.setattr(AxisClient, "list_closed_agencies", refuse)

        tasks.refresh_directory()

        assert Agency.objects.filter(code="H97.01").exists()

    def test_of_an_axis_that_is_away_is_tried_again_soon(
        self, committed: World, axis: AxisProcess, settings: Settings
    ) -> None:
        url, settings.AXIS_URL = settings.AXIS_URL, "http://127.0.0.1:9"
        tasks.refresh_directory()
        (again,) = jobs.waiting()

        settings.AXIS_URL = url
        again.run()

        assert Agency.objects.filter(code="H97.01").exists()

    def test_without_an_axis_is_silent(self, world: World) -> None:
        tasks.refresh_directory()
        tasks.poll_axis()

        assert jobs.waiting() == []


class TestPollAxis:
    def test_makes_one_job_of_a_packet_however_often_it_looks(self, committed: World, far: FarSystem) -> None:
        far.send(far.packet("H99.02"), ("126.pdf", desk.pdf()))

        for _ in range(3):
            jobs.poll()
        assert [job.task for job in jobs.waiting()] == ["exchange.take_packet"]

        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        jobs.poll()
        assert jobs.waiting() == []

    def test_an_axis_that_is_away_is_looked_for_again_later(
        self, committed: World, axis: AxisProcess, settings: Settings
    ) -> None:
        settings.AXIS_URL = "http://127.0.0.1:9"

        jobs.poll()

        assert jobs.waiting() == []
