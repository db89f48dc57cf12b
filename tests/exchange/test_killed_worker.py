"""kill -9 of a real worker, and of the axis, in the middle of the way: it arrives, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings as configured
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.exchange import desk, jobs
from tests.exchange.axis_process import AxisProcess
from tests.world import World
from vanthu.exchange.models import Delivery

_CONSOLE = "import sys; from vanthu.interfaces.cli.system import main; sys.exit(main())"


class Worker:
    """`vanthu worker` on the database of the tests."""

    def __init__(self, axis: AxisProcess, log: Path) -> None:
        self._log = log
        database = configured.DATABASES["default"]
        host = f"?host={database['HOST']}" if str(database["HOST"]).startswith("/") else ""
        address = "" if host else f"{database['HOST']}:{database['PORT'] or 5432}"
        login = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
        self._environment = {
            **{name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ},
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "DATABASE_URL": f"postgresql://{login}@{address}/{connection.settings_dict['NAME']}{host}",
            "VANTHU_VAR": str(configured.VAR),
            "VANTHU_SECRET_KEY": "việc nền của kiểm thử",
            "VANTHU_TRUST": configured.TRUST,
            "VANTHU_AXIS_URL": axis.url,
            "VANTHU_AXIS_SYSTEM_ID": configured.AXIS_SYSTEM_ID,
            "VANTHU_AXIS_SECRET": configured.AXIS_SECRET,
            "VANTHU_AXIS_POLL_SECONDS": "1",
            "VANTHU_WORKER_BEAT_SECONDS": "1",
            "DJANGO_SETTINGS_MODULE": "vanthu.config.settings.system",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _CONSOLE, "worker"],
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End it at once, without a word."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def wait_until(self, met: Callable[[], bool], what: str) -> None:
        """Wait for what the worker does; its log is shown when it does not, or when it dies of itself."""
        limit = time.monotonic() + 120
        while not met():
            assert self.process is None or self.process.poll() is None, self._log.read_text()
            assert time.monotonic() < limit, f"chờ mãi không thấy {what}:\n{self._log.read_text()[-4000:]}"
            time.sleep(0.2)


@pytest.fixture
def worker(committed: World, axis: AxisProcess, tmp_path: Path) -> Iterator[Worker]:
    running = Worker(axis, tmp_path / "worker.log")
    yield running
    running.kill()
    if not axis.is_running:
        axis.start()


class TestKilledWorker:
    def test_leaves_its_job_to_the_next_and_the_document_arrives_once(
        self, committed: World, axis: AxisProcess, worker: Worker
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
        self, committed: World, axis: AxisProcess, worker: Worker
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
