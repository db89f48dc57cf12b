"""A packet that ends the process that opens it: put aside after two attempts, and those behind it arrive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exchange import desk
from tests.exchange.axis_process import AxisProcess
from tests.exchange.far_system import FarSystem
from tests.worker import WorkerProcess
from tests.world import NOW, World
from vanthu.exchange import actions, courier, queries
from vanthu.exchange.models import ReceivedPacket
from vanthu.exchange.states import PacketState
from vanthu.incoming.models import IncomingDocument
from vanthu.kernel import attempts
from vanthu.kernel.models import Attempt

_SUBJECT = "V/v tệp làm chết chương trình"
#: In the worker: opening a packet of this subject ends the process, as the kernel would when memory is out.
_DEADLY = f"""
import os, signal
from vanthu.exchange import opening
open_packet = opening.open_packet

def deadly(path, waiting, **more):
    if {_SUBJECT!r} in path.read_text(encoding="utf-8"):
        os.kill(os.getpid(), signal.SIGKILL)
    return open_packet(path, waiting, **more)

opening.open_packet = deadly
"""
#: The same for a failure of a kind nobody foresaw, and for running out of the stack.
_RAISING = _DEADLY.replace("os.kill(os.getpid(), signal.SIGKILL)", "raise RecursionError('ai biết')")


@pytest.fixture
def far(axis: AxisProcess, tmp_path: Path) -> Iterator[FarSystem]:
    system = FarSystem(axis, tmp_path)
    system.statuses()
    system.documents()
    yield system
    system.client.close()


def _breaking() -> str:
    """The code before the worker, which must be set up before the exchange is imported."""
    return "import django\nfrom vanthu.interfaces.cli import settings\nsettings.load(settings.SYSTEM)\n"


@pytest.mark.parametrize("breaking", [_DEADLY, _RAISING], ids=["death", "unforeseen failure"])
def test_is_put_aside_and_five_of_five_behind_it_arrive(
    committed: World, axis: AxisProcess, far: FarSystem, tmp_path: Path, breaking: str
) -> None:
    deadly = far.send(far.packet("H99.02", subject=_SUBJECT), ("126.pdf", desk.pdf()))
    for _ in range(5):
        far.send(far.packet("H99.02"), ("126.pdf", desk.pdf()))
    worker = WorkerProcess(tmp_path / "worker.log", axis.joining(), before=_breaking() + breaking)
    try:
        worker.wait_until(
            lambda: (
                IncomingDocument.objects.count() == 5
                and ReceivedPacket.objects.filter(state=PacketState.FAILED).exists()
                and not courier.list_waiting()
            ),
            "năm văn bản đến và một gói tin để riêng",
            restarting=True,
        )
    finally:
        worker.kill()

    row = ReceivedPacket.objects.get(state=PacketState.FAILED)
    assert row.axis_doc_id == deadly
    assert (row.agency_id, row.may_reopen) == (committed.department.id, True)
    assert row.packet_id is not None
    assert not Attempt.objects.exists()

    (shown,) = queries.list_aside_packets(committed.administrator).items
    assert shown.sender == "Ủy ban nhân dân tỉnh Phú Vinh (H98)"
    assert shown.reason == (attempts.DIED if breaking is _DEADLY else attempts.UNFORESEEN)
    assert "nhận không thành công" in shown.told
    assert queries.count_aside(committed.administrator) == 1

    # The fault was mended: a worker that opens it takes it, once, and the axis hears of it.
    actions.reopen_packet(actor=committed.administrator, packet_id=shown.id, now=NOW)
    mended = WorkerProcess(tmp_path / "mended.log", axis.joining())
    try:
        mended.start()
        mended.wait_until(lambda: IncomingDocument.objects.count() == 6, "văn bản thứ sáu")
        mended.wait_until(lambda: not Attempt.objects.exists(), "việc xong")
    finally:
        mended.kill()
    assert queries.count_aside(committed.administrator) == 0
    assert ReceivedPacket.objects.get(axis_doc_id=deadly).state == PacketState.TAKEN
