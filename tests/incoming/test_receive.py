"""Arriving: a delivery comes to stand among the incoming documents, whole and once."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from tests import arrivals
from tests.traces import audited, everything, jobs, nothing_changed
from tests.world import NOW, World
from vanthu.documents.models import Document
from vanthu.incoming import operations, queries
from vanthu.incoming.models import IncomingDocument
from vanthu.kernel import outbox
from vanthu.signing.models import Verification


class TestReceive:
    def test_stands_before_the_clerk_with_its_verdict(self, world: World) -> None:
        told = arrivals.arrival(world, urgency=2)
        with transaction.atomic():
            received = operations.receive(actor=world.machine, arrival=told, now=NOW)

        row = queries.get_incoming(world.clerk, document_id=received.document_id, now=NOW).row
        assert (received.is_new, row.state, row.arrival_number) == (True, "arrived", None)
        assert (row.code, row.sender_name) == ("15/UBND-NC", "Ủy ban nhân dân tỉnh Phú Vinh")
        assert (row.urgency_label, row.channel_label) == ("Thượng khẩn", "Trục liên thông")
        assert (row.verdict, row.verdict_message, row.files_count) == ("valid", arrivals.GOOD, 1)
        [file] = told.files
        assert Verification.objects.get().blob_id == file.blob.sha256
        assert audited(received.document_id) == [
            (
                "incoming.arrived",
                "Kiểm thử",
                {
                    "sender": "H98",
                    "code": "15/UBND-NC",
                    "verdict": "valid",
                    "source": told.source_key,
                    "files": [file.blob.sha256],
                },
            )
        ]
        assert jobs() == [
            (
                "exchange.report_progress",
                {
                    "document_id": str(received.document_id),
                    "progress": "arrived",
                    "at": NOW.isoformat(),
                    "note": "",
                    "staff": "Kiểm thử",
                },
            )
        ]

    def test_changes_nothing_the_second_time(self, world: World) -> None:
        first = arrivals.arrived(world, key="trục:7")

        with nothing_changed():
            assert arrivals.arrived(world, key="trục:7") == first

    def test_of_one_packet_by_two_agencies_makes_two_documents(self, world: World) -> None:
        documents = {
            arrivals.arrived(world, to=agency, key="trục:7") for agency in (world.department, world.neighbour)
        }

        assert len(documents) == 2
        assert {row.id for row in queries.list_incoming(world.outsider, now=NOW).items} < documents

    def test_leaves_no_trace_when_it_fails_half_way(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt(event: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(outbox, "publish", interrupt)
        with nothing_changed(), pytest.raises(KeyboardInterrupt):
            arrivals.arrived(world)

    @pytest.mark.django_db(transaction=True)
    def test_needs_a_transaction(self, world: World) -> None:
        with pytest.raises(AssertionError, match="transaction"):
            operations.receive(actor=world.machine, arrival=arrivals.arrival(world), now=NOW)


class TestTheDatabase:
    @pytest.mark.parametrize(
        "broken",
        [
            {"state": "registered"},
            {"state": "returned"},
            {"state": "arrived", "arrival_number": 1},
            {"state": "completed", "arrival_number": 1, "arrival_year": 2026, "registered_at": NOW},
        ],
    )
    def test_repeats_what_must_hold(self, world: World, broken: dict[str, object]) -> None:
        document = arrivals.arrived(world)

        with pytest.raises(IntegrityError), transaction.atomic():
            IncomingDocument.objects.filter(pk=document).update(**broken)

    def test_refuses_the_same_delivery_twice(self, world: World) -> None:
        arrivals.arrived(world, key="a")
        second = arrivals.arrived(world, key="b")

        with pytest.raises(IntegrityError, match="incoming_arrives_once"), transaction.atomic():
            IncomingDocument.objects.filter(pk=second).update(source_key="a")

    def test_keeps_one_row_for_equal_bytes(self, world: World) -> None:
        file = arrivals.main_file()
        arrivals.arrived(world, files=[file])
        arrivals.arrived(world, files=[file])

        assert len(everything()["kernel.Blob"]) == 1
        assert Document.objects.count() == 2
