"""Background jobs: stored packets are read again, forgotten mailboxes are named."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from tests.axis import packets
from tests.axis.world import DEPARTMENT, DISTRICT, OPERATOR, AxisWorld, send
from vanthu.axis import queries, tasks
from vanthu.axis.actions import mail
from vanthu.axis.models import MailboxItem, Packet
from vanthu.axis.rules import CHECK_EVERY, STALE_AFTER
from vanthu.axis.states import MailState
from vanthu.kernel.errors import NotAllowed
from vanthu.kernel.models import AuditEntry, Blob

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_packet(axis: AxisWorld) -> Packet:
    """A packet that arrived long ago and that nobody took."""
    at = timezone.now() - CHECK_EVERY - timedelta(days=1)
    packet_id = send(axis.province, packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT, now=at)
    return Packet.objects.get(id=packet_id)


class TestCheckContents:
    def test_notes_when_a_packet_was_last_found_whole(self, old_packet: Packet) -> None:
        tasks.check_contents(0)
        checked = Blob.objects.get(sha256=old_packet.content_id).checked_at
        assert checked is not None
        tasks.check_contents(0)
        assert Blob.objects.get(sha256=old_packet.content_id).checked_at == checked
        assert not AuditEntry.objects.filter(action="axis.content-damaged").exists()

    def test_leaves_what_arrived_lately(self, axis: AxisWorld) -> None:
        send(axis.province, packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT, now=timezone.now())
        tasks.check_contents(0)
        assert Blob.objects.get().checked_at is None

    @pytest.mark.parametrize("harm", ["changed", "gone"])
    def test_damage_is_said_and_audited(
        self, old_packet: Packet, harm: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        sha256 = old_packet.content_id
        path = settings.BLOBS / sha256[:2] / sha256[2:4] / sha256
        whole = path.read_bytes()
        path.unlink()
        try:
            if harm == "changed":
                path.write_bytes(whole.replace(b"B", b"C", 1))
            with caplog.at_level(logging.ERROR):
                tasks.check_contents(0)
                # It waits its turn again, and does not fill the trail meanwhile.
                tasks.check_contents(0)
        finally:
            path.write_bytes(whole)
        assert sha256 in caplog.text
        assert AuditEntry.objects.get(action="axis.content-damaged").subject_id == old_packet.id
        assert Blob.objects.get().checked_at is not None

    def test_damage_is_not_for_a_system_to_say(self, axis: AxisWorld, old_packet: Packet) -> None:
        with pytest.raises(NotAllowed):
            mail.note_content_checked(
                actor=axis.neighbour, sha256=old_packet.content_id, whole=False, now=timezone.now()
            )


class TestReportStaleMailboxes:
    def test_names_the_mailbox_nobody_empties(
        self, old_packet: Packet, caplog: pytest.LogCaptureFixture
    ) -> None:
        tasks.report_stale_mailboxes(0)
        assert DISTRICT in caplog.text
        assert "TINH.H37" in caplog.text

    @pytest.mark.parametrize("state", [MailState.DONE, MailState.FAILED, MailState.PROCESSING])
    def test_says_nothing_of_what_was_taken_up(
        self, old_packet: Packet, state: MailState, caplog: pytest.LogCaptureFixture
    ) -> None:
        MailboxItem.objects.update(state=state)
        tasks.report_stale_mailboxes(0)
        assert caplog.text == ""

    def test_says_nothing_of_what_just_came(self, axis: AxisWorld) -> None:
        at = timezone.now()
        send(axis.province, packets.document(DEPARTMENT, [DISTRICT]), DEPARTMENT, now=at)
        assert queries.list_stale_mailboxes(OPERATOR, before=at - STALE_AFTER) == []


def test_every_job_of_the_axis_runs_by_itself() -> None:
    periodic = {periodic.task.name for periodic in app.periodic_registry.periodic_tasks.values()}
    assert {"axis.check_contents", "axis.report_stale_mailboxes", "axis.forget_signatures"} <= periodic


@pytest.mark.parametrize(
    "query",
    [
        lambda actor: queries.count_everything(actor),
        lambda actor: queries.list_systems(actor),
        lambda actor: queries.find_system_id(actor, code="TINH.H37"),
        lambda actor: queries.find_system_key(actor, code="TINH.H37"),
        lambda actor: queries.list_stale_mailboxes(actor, before=timezone.now()),
        lambda actor: queries.list_contents_to_check(actor, before=timezone.now(), limit=1),
    ],
    ids=["counts", "systems", "system id", "system key", "stale", "contents"],
)
def test_what_the_operator_reads_is_closed_to_systems(axis: AxisWorld, query: object) -> None:
    assert callable(query)
    with pytest.raises(NotAllowed):
        query(axis.neighbour)
    query(OPERATOR)
