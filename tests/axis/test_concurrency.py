"""Many at once, on real PostgreSQL with real commits: everything happens once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar
from uuid import UUID

import pytest
from django.db import connection

from tests.axis import packets
from tests.axis.world import DEPARTMENT, DISTRICT, FINANCE, MINISTRY, NOW, OPERATOR, AxisWorld, send
from vanthu.axis.actions import directory, mail
from vanthu.axis.models import Agency, MailboxItem, Packet, UsedSignature
from vanthu.axis.rules import Refusal, Refused
from vanthu.axis.states import IllegalStep, MailStep
from vanthu.kernel import audit
from vanthu.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")


def all_at_once(*acts: Callable[[], T]) -> list[T | Exception]:
    """Run every act in a thread of its own, started together; results or what was raised."""
    start = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T | Exception:
        start.wait()
        try:
            return act()
        except (Refused, IllegalStep) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


class TestSendAtOnce:
    def test_identical_packets_are_stored_and_delivered_once(self, axis: AxisWorld) -> None:
        packet = packets.document(DEPARTMENT, [DISTRICT, MINISTRY])
        results = all_at_once(*[lambda: send(axis.province, packet, DEPARTMENT)] * 8)
        assert len(set(results)) == 1
        assert isinstance(results[0], UUID)
        assert (Packet.objects.count(), MailboxItem.objects.count()) == (1, 2)
        assert AuditEntry.objects.filter(action="axis.packet-accepted").count() == 1

    def test_of_two_contents_under_one_document_id_one_is_refused(self, axis: AxisWorld) -> None:
        one, other = (packets.document(DEPARTMENT, [DISTRICT], subject=text) for text in ("Một", "Hai"))
        results = all_at_once(
            lambda: send(axis.province, one, DEPARTMENT), lambda: send(axis.province, other, DEPARTMENT)
        )
        (refused,) = [result for result in results if isinstance(result, Refused)]
        assert refused.refusal is Refusal.DUPLICATE_DOCUMENT
        assert MailboxItem.objects.count() == 1

    def test_agencies_that_write_to_each_other_do_not_lock_each_other_out(self, axis: AxisWorld) -> None:
        acts = [
            lambda number=number, sender=sender, to=to, actor=actor: send(
                actor, packets.document(sender, [to], number=number), sender
            )
            for number in range(6)
            for sender, to, actor in (
                (DEPARTMENT, DISTRICT, axis.province),
                (DISTRICT, DEPARTMENT, axis.neighbour),
                (FINANCE, DEPARTMENT, axis.province),
            )
        ]
        results = all_at_once(*acts)
        assert all(isinstance(result, UUID) for result in results)
        assert MailboxItem.objects.count() == len(acts)
        assert [report.broken for report in audit.examine() if report.broken] == []


class TestAcknowledgeAtOnce:
    def test_same_words_change_the_packet_once(self, axis: AxisWorld) -> None:
        send(axis.province, packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT)
        item = MailboxItem.objects.get()

        def report() -> None:
            mail.report_packet(
                actor=axis.neighbour,
                item_id=item.id,
                step=MailStep.ACKNOWLEDGE,
                description="",
                signature="a" * 64,
                now=NOW,
            )

        assert all_at_once(*[report] * 6) == [None] * 6
        assert AuditEntry.objects.filter(action="axis.packet-reported").count() == 1
        assert UsedSignature.objects.count() == 1


class TestRegisterAtOnce:
    def test_new_code_goes_to_one_system(self, axis: AxisWorld) -> None:
        entry = directory.AgencyEntry(code="H99.01", name="Cơ quan mới")
        results = all_at_once(
            *(
                lambda actor=actor: directory.register_agency(
                    actor=OPERATOR, system_id=actor.agency_id, entry=entry, signature="", now=NOW
                )
                for actor in (axis.province, axis.neighbour, axis.outsider)
            )
        )
        assert [result for result in results if not isinstance(result, Refused)] == [None]
        assert all(r.refusal is Refusal.AGENCY_TAKEN for r in results if isinstance(r, Refused))
        assert Agency.objects.filter(code="H99.01").count() == 1
