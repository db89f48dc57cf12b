"""What arrives from another installation: taken once, or put aside with its bytes and a reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from errno import ENAMETOOLONG
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import pytest
from pytest_django import Settings

from tests.documents import office_files, papers
from tests.exchange import desk, jobs
from tests.exchange.axis_process import AxisProcess
from tests.exchange.far_system import CODE, NAME, FarSystem
from tests.pdfsign.documents import typeset
from tests.world import NOW, World
from vanthu import edxml
from vanthu.documents.models import DocumentRelation
from vanthu.exchange import courier, opening, queries
from vanthu.exchange.axis_client import AxisClient, AxisRefused
from vanthu.exchange.models import Delivery, DeliveryStatus, ReceivedPacket
from vanthu.exchange.states import PacketState
from vanthu.incoming.models import IncomingDocument
from vanthu.kernel import blobs
from vanthu.kernel.models import Blob


@pytest.fixture
def far(axis: AxisProcess, tmp_path: Path) -> Iterator[FarSystem]:
    system = FarSystem(axis, tmp_path)
    # What an earlier test left in the mailbox is none of this one's.
    system.statuses()
    system.documents()
    yield system
    system.client.close()


def _secret_pdf() -> bytes:
    """A letter whose first page bears a line «MẬT»."""
    return typeset(title_lines=("MẬT",))


def _waiting() -> list[str]:
    """What the axis still offers this installation."""
    return [packet.doc_id for packet in courier.list_waiting()]


class TestTakeDocument:
    def test_stands_among_the_incoming_and_its_sender_hears_of_it(
        self, committed: World, far: FarSystem
    ) -> None:
        packet = far.packet("H99.02")
        far.send(packet, ("126.pdf", desk.pdf()), ("Phụ lục.xlsx", b"khong phai bang tinh"))

        jobs.run_until_still()

        incoming = IncomingDocument.objects.get()
        record = incoming.document
        assert incoming.agency_id == committed.department.id
        assert (incoming.sender_code, incoming.sender_name) == (CODE, NAME)
        assert (record.code, record.document_code) == (packet.code.text, packet.document_id)
        assert record.signer_title == "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH"
        assert incoming.verdict == "unsigned"
        (status,) = far.statuses()
        assert (status.status_code, status.response_for.document_id) == ("01", packet.document_id)
        assert status.response_for.code == packet.code.text
        assert status.sender.organ_id == "H99.02"
        assert _waiting() == []

    def test_is_kept_byte_for_byte(self, committed: World, far: FarSystem) -> None:
        content = far.written(far.packet("H99.02"), [("126.pdf", desk.pdf())])
        far.send_bytes(content)

        jobs.run_until_still()

        row = ReceivedPacket.objects.get(kind="edoc")
        assert row.state == PacketState.TAKEN
        assert row.packet_id is not None
        with blobs.open_blob(row.packet_id) as kept:
            assert kept.read() == content

    def test_to_two_agencies_gives_each_its_own(self, committed: World, far: FarSystem) -> None:
        far.send(far.packet("H99.02", "H99.31"), ("126.pdf", desk.pdf()))

        jobs.run_until_still()

        assert set(IncomingDocument.objects.values_list("agency__code", flat=True)) == {"H99.02", "H99.31"}

    def test_that_only_calls_itself_a_pdf_arrives_as_invalid(self, committed: World, far: FarSystem) -> None:
        far.send(far.packet("H99.02"), ("126.pdf", b"khong phai PDF"))

        jobs.run_until_still()

        incoming = IncomingDocument.objects.get()
        assert incoming.verdict == "invalid"
        assert "không phải là PDF" in incoming.verdict_message

    def test_under_a_used_identifier_but_with_other_content_is_not_lost(
        self, committed: World, far: FarSystem
    ) -> None:
        packet = far.packet("H99.02")
        far.send(packet, ("126.pdf", desk.pdf()))
        again = replace(
            packet,
            business=edxml.Business(
                type=edxml.BusinessType.REPLACE,
                replacements=(edxml.Replacement(document_id=packet.document_id, organ_ids=("H99.02",)),),
            ),
        )
        far.send(again, ("126.pdf", desk.pdf()))

        jobs.run_until_still()

        assert IncomingDocument.objects.count() == 2

    def test_that_answers_ours_shows_at_that_recipient(self, committed: World, far: FarSystem) -> None:
        document = desk.issue(committed, [committed.remote])
        jobs.run_all()
        (ours,) = far.documents()
        answered = edxml.ResponseFor(
            organ_id="H99.02",
            code=ours.code.text,
            promulgation_date=ours.promulgation.promulgation_date,
            document_id=ours.document_id,
        )
        reply = far.packet("H99.02", responses=(answered,))
        far.send(reply, ("tra-loi.pdf", desk.pdf()))

        jobs.run_until_still()

        arrived = IncomingDocument.objects.get()
        (row,) = desk.deliveries(committed.clerk, document).rows
        assert row.reply == queries.Link(id=arrived.pk, label=reply.code.text, can_open=True)
        assert DocumentRelation.objects.filter(
            source_id=arrived.pk, target_id=document.pk, kind="replies_to"
        ).exists()


class TestPutAside:
    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            pytest.param(
                {"business": edxml.Business(type=edxml.BusinessType.RECALL, document_id="x")},
                "thu hồi",
                id="recall",
            ),
            pytest.param({}, "không kèm tệp văn bản nào", id="no file"),
        ],
    )
    def test_a_packet_that_is_no_document_for_us(
        self, committed: World, far: FarSystem, change: dict[str, object], reason: str
    ) -> None:
        doc = far.packet("H99.02", **change)
        far.send(doc, *([("thu-hoi.pdf", desk.pdf())] if change else []))

        jobs.run_until_still()

        row = ReceivedPacket.objects.get()
        assert row.state == PacketState.FAILED
        assert reason in row.reason
        assert row.packet_id is not None
        assert not IncomingDocument.objects.exists()
        assert _waiting() == []

    def test_a_packet_damaged_on_the_way_keeps_its_bytes_as_they_came(
        self, committed: World, far: FarSystem, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        far.send(far.packet("H99.02"), ("126.pdf", desk.pdf()))
        fetch = AxisClient.fetch

        def fetch_half(client: AxisClient, doc_id: str, target: Path) -> None:
            fetch(client, doc_id, target)
            target.write_bytes(target.read_bytes()[:1500])

        monkeypatch.setattr(AxisClient, "fetch", fetch_half)
        jobs.run_until_still()

        row = ReceivedPacket.objects.get()
        assert row.state == PacketState.FAILED
        assert "cắt ngang" in row.reason
        assert row.packet_id is not None
        with blobs.open_blob(row.packet_id) as kept:
            assert kept.size == 1500
        assert _waiting() == []

    def test_a_packet_for_an_agency_that_is_not_served_here(self, committed: World, far: FarSystem) -> None:
        far.send(far.packet("H97.01"), ("126.pdf", desk.pdf()))

        jobs.run_until_still()

        row = ReceivedPacket.objects.get()
        assert row.reason == "Nơi nhận H97.01 không thuộc hệ thống này."
        assert not IncomingDocument.objects.exists()

    @pytest.mark.parametrize(
        "files",
        [
            pytest.param([("126.pdf", _secret_pdf())], id="PDF"),
            pytest.param([("126.pdf", desk.pdf()), ("Phụ lục.docx", papers.docx("MẬT"))], id="Word"),
            pytest.param(
                [("126.pdf", desk.pdf()), ("Phụ lục.odt", office_files.odt("MẬT"))], id="OpenDocument"
            ),
            pytest.param([("126.pdf", desk.pdf()), ("Phụ lục.rtf", office_files.rtf("MẬT"))], id="RTF"),
        ],
    )
    def test_a_secret_document_leaves_no_bytes_and_goes_back_with_a_reason(
        self, committed: World, far: FarSystem, files: list[tuple[str, bytes]]
    ) -> None:
        packet = far.packet("H99.02")
        far.send(packet, *files)
        stored = set(Blob.objects.values_list("sha256", flat=True))

        jobs.run_until_still()

        row = ReceivedPacket.objects.get()
        assert (row.state, row.packet_id) == (PacketState.FAILED, None)
        assert "độ mật" in row.reason
        assert set(Blob.objects.values_list("sha256", flat=True)) == stored
        assert not IncomingDocument.objects.exists()
        (status,) = far.statuses()
        assert status.status_code == "02"
        assert status.response_for.document_id == packet.document_id
        assert "độ mật" in status.description
        assert _waiting() == []

    def test_a_packet_the_axis_offers_and_does_not_have(self, committed: World, far: FarSystem) -> None:
        """Fetching it is refused for good (28): it must not be asked for as long as the system stands."""
        offered = {"doc_id": str(uuid4()), "kind": "edoc", "sender_code": CODE, "recipient_code": "H99.02"}

        for _ in range(2):
            jobs.Waiting(1, "exchange.take_packet", dict(offered)).run()

        row = ReceivedPacket.objects.get()
        assert (row.axis_doc_id, row.state, row.packet_id) == (offered["doc_id"], PacketState.FAILED, None)
        assert (
            row.reason == "Trục liên thông không giao gói tin: Không có gói tin này trong hộp của hệ thống."
        )

    def test_not_a_packet_whose_fetching_is_refused_to_our_connection(
        self, committed: World, far: FarSystem, settings: Settings
    ) -> None:
        far.send(far.packet("H99.02"), ("126.pdf", desk.pdf()))
        jobs.poll()
        (job,) = jobs.waiting()
        settings.AXIS_SECRET = "khoa-bi-mat-khac-han"

        with pytest.raises(AxisRefused):
            job.run()

        assert not ReceivedPacket.objects.exists()

    @pytest.mark.parametrize("fault", [ZeroDivisionError(), OSError(ENAMETOOLONG, "File name too long")])
    def test_a_packet_that_trips_over_a_fault_of_ours_again_and_again(
        self, committed: World, far: FarSystem, monkeypatch: pytest.MonkeyPatch, fault: Exception
    ) -> None:
        content = far.written(far.packet("H99.02"), [("126.pdf", desk.pdf())])
        far.send_bytes(content)

        def trip(*_: object, **__: object) -> NoReturn:
            raise fault

        monkeypatch.setattr(opening, "open_packet", trip)
        jobs.poll()
        (job,) = jobs.waiting()

        with pytest.raises(type(fault)):
            job.run()
        assert not ReceivedPacket.objects.exists()
        job.run()

        row = ReceivedPacket.objects.get()
        assert row.state == PacketState.FAILED
        assert row.packet_id is not None
        with blobs.open_blob(row.packet_id) as kept:
            assert kept.read() == content
        assert _waiting() == []

    def test_a_packet_whose_files_together_take_too_long(
        self, committed: World, far: FarSystem, settings: Settings
    ) -> None:
        settings.PACKET_SECONDS = 0
        far.send(far.packet("H99.02"), ("126.pdf", desk.pdf()), ("Phụ lục.rtf", office_files.rtf("Bảng kê")))

        jobs.run_until_still()

        row = ReceivedPacket.objects.get()
        assert "quá nhiều thời gian để đọc" in row.reason
        assert (row.state, row.may_reopen) == (PacketState.FAILED, True)
        assert not IncomingDocument.objects.exists()
        assert _waiting() == []


class TestTakeStatus:
    def test_moves_the_delivery_and_a_late_one_does_not_turn_it_back(
        self, committed: World, far: FarSystem
    ) -> None:
        document = desk.issue(committed, [committed.remote])
        jobs.run_all()
        (ours,) = far.documents()

        for code in ("03", "01", "06"):
            far.send_status(_status(ours, code))
            jobs.run_until_still()

        (delivery,) = Delivery.objects.filter(document=document)
        assert delivery.state == "06"
        states = DeliveryStatus.objects.filter(delivery=delivery).values_list("state", flat=True)
        assert sorted(states) == ["01", "03", "06", "queued", "sent"]

    def test_of_a_return_shows_its_reason(self, committed: World, far: FarSystem) -> None:
        document = desk.issue(committed, [committed.remote])
        jobs.run_all()
        (ours,) = far.documents()

        far.send_status(_status(ours, "02", "Gửi nhầm, đơn vị đã sáp nhập."))
        jobs.run_until_still()

        page = desk.deliveries(committed.clerk, document)
        assert (page.returned, page.rows[0].note) == (1, "Gửi nhầm, đơn vị đã sáp nhập.")

    def test_twice_is_recorded_once(self, committed: World, far: FarSystem) -> None:
        desk.issue(committed, [committed.remote])
        jobs.run_all()
        (ours,) = far.documents()

        for note in ("lần một", "lần hai"):
            far.send_status(_status(ours, "05", note))
            jobs.run_until_still()

        assert DeliveryStatus.objects.get(state="05").note == "lần một"

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            pytest.param({"document_id": "khong-co", "code": "1/KHONG-CO"}, "Không có văn bản", id="unknown"),
            pytest.param({"organ_id": "H97.01"}, "không thuộc hệ thống này", id="of another agency"),
        ],
    )
    def test_about_nothing_we_sent_is_put_aside(
        self, committed: World, far: FarSystem, change: dict[str, str], reason: str
    ) -> None:
        desk.issue(committed, [committed.remote])
        jobs.run_all()
        (ours,) = far.documents()
        status = _status(ours, "03")

        far.send_status(replace(status, response_for=replace(status.response_for, **change)))  # type: ignore[arg-type]  # texts only
        jobs.run_until_still()

        row = ReceivedPacket.objects.get(kind="status")
        assert row.state == PacketState.FAILED
        assert reason in row.reason
        assert row.packet_id is not None
        assert _waiting() == []

    def test_by_somebody_it_was_never_sent_to_is_put_aside(self, committed: World, far: FarSystem) -> None:
        document = desk.issue(committed, [committed.neighbour])
        jobs.run_all()

        far.send_status(
            edxml.StatusPacket(
                sender=edxml.Party(organ_id=CODE, name=NAME),
                response_for=edxml.ResponseFor(
                    organ_id="H99.02",
                    code=document.document.code,
                    promulgation_date=document.document.issued_on,
                    document_id=document.document.document_code,
                ),
                status_code="06",
                timestamp=NOW,
            )
        )
        jobs.run_until_still()

        assert ReceivedPacket.objects.get().state == PacketState.FAILED
        assert Delivery.objects.get().state == "01"


def _status(packet: edxml.Packet, code: str, reason: str = "") -> edxml.StatusPacket:
    return edxml.StatusPacket(
        sender=edxml.Party(organ_id=CODE, name=NAME),
        response_for=edxml.ResponseFor(
            organ_id=packet.sender.organ_id,
            code=packet.code.text,
            promulgation_date=packet.promulgation.promulgation_date,
            document_id=packet.document_id,
        ),
        status_code=code,
        description=reason,
        timestamp=NOW,
    )
