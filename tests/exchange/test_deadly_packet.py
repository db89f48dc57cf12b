"""A packet that ends the process that opens it: put aside after two attempts, and those behind it arrive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exchange import deadly, desk
from tests.exchange.axis_process import AxisProcess
from tests.exchange.far_system import FarSystem
from tests.worker import WorkerProcess
from tests.world import NOW, World
from vanthu.exchange import actions, courier, queries
from vanthu.exchange.models import ReceivedPacket
from vanthu.exchange.states import PacketState
from vanthu.incoming.models import IncomingDocument
from vanthu.kernel import attempts, blobs
from vanthu.kernel.models import Attempt


@pytest.fixture
def far(axis: AxisProcess, tmp_path: Path) -> Iterator[FarSystem]:
    system = FarSystem(axis, tmp_path)
    system.statuses()
    system.documents()
    yield system
    system.client.close()


@pytest.mark.parametrize(
    ("way", "reason"), [("death", attempts.DIED), ("failure", attempts.UNFORESEEN)], ids=["death", "failure"]
)
def test_is_put_aside_and_five_of_five_behind_it_arrive(
    committed: World, axis: AxisProcess, far: FarSystem, tmp_path: Path, way: str, reason: str
) -> None:
    far.send(far.packet("H99.02", subject=deadly.SUBJECT), ("126.pdf", desk.pdf()))
    for _ in range(5):
        far.send(far.packet("H99.02"), ("126.pdf", desk.pdf()))
    broken = {"DJANGO_SETTINGS_MODULE": deadly.__name__, deadly.WAY: way}
    worker = WorkerProcess(tmp_path / "worker.log", axis.joining() | broken)
    try:
        worker.wait_until(
            lambda: (
                IncomingDocument.objects.count() == 5
                and ReceivedPacket.objects.filter(state=PacketState.FAILED).exists()
                and not courier.list_waiting()
                and not Attempt.objects.filter(task="exchange.take_packet").exists()
            ),
            "năm văn bản đến và một gói tin để riêng",
            restarting=True,
        )
    finally:
        worker.kill()

    row = ReceivedPacket.objects.get(state=PacketState.FAILED)
    assert (row.agency_id, row.may_reopen) == (committed.department.id, True)
    assert row.packet_id is not None
    with blobs.open_blob(row.packet_id) as kept:
        assert deadly.SUBJECT.encode() in kept.read()

    (shown,) = queries.list_aside_packets(committed.administrator).items
    assert shown.sender == "Ủy ban nhân dân tỉnh Phú Vinh (H98)"
    assert shown.reason == reason
    assert "nhận không thành công" in shown.told
    assert queries.count_aside(committed.administrator) == 1

    # The fault was mended: a worker that opens it takes it, once, and the axis hears of it.
    actions.reopen_packet(actor=committed.administrator, packet_id=shown.id, now=NOW)
    mended = WorkerProcess(tmp_path / "mended.log", axis.joining())
    try:
        mended.start()
        mended.wait_until(lambda: IncomingDocument.objects.count() == 6, "văn bản thứ sáu")
    finally:
        mended.kill()
    assert queries.count_aside(committed.administrator) == 0
    row.refresh_from_db()
    assert row.state == PacketState.TAKEN
