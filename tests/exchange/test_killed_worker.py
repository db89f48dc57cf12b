"""kill -9 of a real worker, and of the axis, in the middle of the way: it arrives, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.exchange import desk, jobs
from tests.exchange.axis_process import AxisProcess
from tests.worker import WorkerProcess
from tests.world import World
from vanthu.exchange.models import Delivery


@pytest.fixture
def worker(committed: World, axis: AxisProcess, tmp_path: Path) -> Iterator[WorkerProcess]:
    running = WorkerProcess(tmp_path / "worker.log", axis.joining())
    yield running
    running.kill()
    if not axis.is_running:
        axis.start()


class TestKilledWorker:
    def test_leaves_its_job_to_the_next_and_the_document_arrives_once(
        self, committed: World, axis: AxisProcess, worker: WorkerProcess
    ) -> None:
        far = desk.far_agency("H97.01", "Sở Nội vụ tỉnh Phú Vinh")
        document = desk.issue(committed, [far, committed.neighbour])
        (plan,) = jobs.waiting("exchange.deliver_issued")
        plan.run()
        desk.settle_in(far)
        # Nobody answers, so that the job of sending is under way when its worker dies.
        axis.pause()
        worker.start()
        worker.wait_until(
            lambda: ProcrastinateJob.objects.filter(
                task_name="exchange.send_packet", status="doing"
            ).exists(),
            "việc gửi đang chạy",
        )
        worker.kill()
        axis.resume()

        worker.start()

        worker.wait_until(lambda: _states(document.pk) == {"01"}, "trạng thái đã đến ở mọi nơi nhận")
        for agency in (far, committed.neighbour):
            (copy,) = desk.arrived(agency, document)
            assert desk.register(copy) == 1
        worker.wait_until(lambda: _states(document.pk) == {"03"}, "trạng thái đã tiếp nhận")

    def test_nor_does_the_end_of_the_axis_lose_or_double_anything(
        self, committed: World, axis: AxisProcess, worker: WorkerProcess
    ) -> None:
        far = desk.far_agency("H97.01", "Sở Nội vụ tỉnh Phú Vinh")
        document = desk.issue(committed, [far])
        (plan,) = jobs.waiting("exchange.deliver_issued")
        plan.run()
        desk.settle_in(far)
        axis.kill()
        worker.start()
        worker.wait_until(
            lambda: Delivery.objects.filter(document=document, attempts__gt=0).exists(),
            "lần gửi không thành",
        )
        assert _states(document.pk) == {"queued"}

        axis.start()

        worker.wait_until(lambda: _states(document.pk) == {"01"}, "trạng thái đã đến")
        assert len(desk.arrived(far, document)) == 1


def _states(document_id: UUID) -> set[str]:
    return set(Delivery.objects.filter(document_id=document_id).values_list("state", flat=True))
