"""Background jobs: forgotten mailboxes are named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app

from tests.axis import packets
from tests.axis.world import DEPARTMENT, DISTRICT, OPERATOR, AxisWorld, send
from vanthu.axis import queries, tasks
from vanthu.axis.models import MailboxItem, Packet
from vanthu.axis.rules import STALE_AFTER
from vanthu.axis.states import MailState
from vanthu.kernel.errors import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_packet(axis: AxisWorld) -> Packet:
    """A packet that arrived long ago and that nobody took."""
    at = timezone.now() - timedelta(days=31)
    packet_id = send(axis.province, packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT, now=at)
    return Packet.objects.get(id=packet_id)


class TestReportStaleMailboxes:
    def test_names_the_mailbox_nobody_empties(
        self, old_packet: Packet, caplog: pytest.LogCaptureFixture
    ) -> None:
        tasks.report_stale_mailboxes(timestamp=0)
        assert DISTRICT in caplog.text
        assert "TINH.H37" in caplog.text

    @pytest.mark.parametrize("state", [MailState.DONE, MailState.FAILED, MailState.PROCESSING])
    def test_says_nothing_of_what_was_taken_up(
        self, old_packet: Packet, state: MailState, caplog: pytest.LogCaptureFixture
    ) -> None:
        MailboxItem.objects.update(state=state)
        tasks.report_stale_mailboxes(timestamp=0)
        assert caplog.text == ""

    def test_says_nothing_of_what_just_came(self, axis: AxisWorld) -> None:
        at = timezone.now()
        send(axis.province, packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT, now=at)
        assert queries.list_stale_mailboxes(OPERATOR, before=at - STALE_AFTER) == []


def test_every_job_of_the_axis_runs_by_itself() -> None:
    periodic = {periodic.task.name for periodic in app.periodic_registry.periodic_tasks.values()}
    assert {
        "kernel.check_blobs",
        "kernel.sweep_blobs",
        "axis.report_stale_mailboxes",
        "axis.forget_signatures",
    } <= periodic


@pytest.mark.parametrize(
    "query",
    [
        lambda actor: queries.count_everything(actor),
        lambda actor: queries.list_systems(actor),
        lambda actor: queries.find_system_id(actor, code="TINH.H37"),
        lambda actor: queries.find_system_key(actor, code="TINH.H37"),
        lambda actor: queries.list_stale_mailboxes(actor, before=timezone.now()),
    ],
    ids=["counts", "systems", "system id", "system key", "stale"],
)
def test_what_the_operator_reads_is_closed_to_systems(axis: AxisWorld, query: object) -> None:
    assert callable(query)
    with pytest.raises(NotAllowed):
        query(axis.neighbour)
    query(OPERATOR)
