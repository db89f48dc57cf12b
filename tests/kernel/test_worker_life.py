"""A slow worker is no dead one: its jobs stay its own; a dead one's are begun again soon. Real processes."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.worker import WorkerProcess
from vanthu.kernel.jobs import lost_workers
from vanthu.kernel.proof_of_life import LOCK_SPACE

pytestmark = pytest.mark.django_db(transaction=True)

#: Looks apart by a second: what gave no sign of life for this many was taken for lost.
_LONG = 7

#: Tasks of the test, in the worker: one computes in C with the interpreter's lock held, one sleeps.
_TASKS = """
import os, time
from procrastinate.contrib.django import app

def begun(note):
    with open(note, "a") as file:
        file.write(f"{os.getpid()}\\n")

@app.task(name="test.compute")
def compute(*, note, seconds):
    begun(note)
    started = time.perf_counter()
    sum(range(2_000_000))
    a_second = int(2_000_000 / (time.perf_counter() - started))
    sum(range(int(a_second * seconds)))

@app.task(name="test.sleep")
def sleep(*, note, seconds):
    begun(note)
    while not os.path.exists(note + ".go"):
        time.sleep(0.1)
"""


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """Where each beginning of the job leaves a line: the number of the process."""
    return tmp_path / "note"


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[list[WorkerProcess]]:
    """Two workers, not started."""
    both = [WorkerProcess(tmp_path / f"worker-{each}.log", before=_TASKS) for each in "ab"]
    yield both
    for worker in both:
        worker.kill()


def _defer(task: str, note: Path, seconds: int = 0) -> None:

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', %s, 0, NULL, NULL,"
            " jsonb_build_object('note', %s::text, 'seconds', %s::integer), NULL)"
            "::procrastinate_job_to_defer_v1])",
            [task, str(note), seconds],
        )


def _begun(note: Path) -> list[int]:
    return [int(line) for line in note.read_text().split()] if note.exists() else []


def _is_done() -> bool:
    return not ProcrastinateJob.objects.filter(task_name__startswith="test.").exists()


def _let_go(note: Path) -> None:
    Path(f"{note}.go").touch()


def _owner() -> int:
    """The worker whose the job is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT worker_id FROM procrastinate_jobs WHERE status = 'doing'")
        return int(cursor.fetchone()[0])


def _look_long_enough(worker: WorkerProcess) -> None:
    """Wait until a living worker has looked for lost ones more often than it needed to take a job."""
    import time

    ends = time.monotonic() + _LONG
    worker.wait_until(lambda: time.monotonic() > ends, "đủ lâu")


class TestASlowWorker:
    def test_that_computes_without_a_break_keeps_its_job(
        self, workers: list[WorkerProcess], note: Path
    ) -> None:
        computing, other = workers
        _defer("test.compute", note, _LONG + 2)
        computing.start()
        computing.wait_until(lambda: bool(_begun(note)), "việc bắt đầu")
        other.start()

        other.wait_until(_is_done, "việc xong")

        assert len(_begun(note)) == 1
        assert "lost its worker" not in other.said + computing.said

    @pytest.mark.parametrize("whole_group", [False, True], ids=["itself", "with its holder"])
    def test_that_stands_stopped_keeps_its_job(
        self, workers: list[WorkerProcess], note: Path, whole_group: bool
    ) -> None:
        stopped, other = workers
        _defer("test.sleep", note)
        stopped.start()
        stopped.wait_until(lambda: bool(_begun(note)), "việc bắt đầu")
        assert stopped.process is not None
        group = os.getpgid(stopped.process.pid)
        os.killpg(group, signal.SIGSTOP) if whole_group else stopped.send(signal.SIGSTOP)
        other.start()
        other.wait_until(lambda: "Starting worker" in other.said, "việc nền kia chạy")

        _look_long_enough(other)

        os.killpg(group, signal.SIGCONT)
        assert len(_begun(note)) == 1
        _let_go(note)
        other.wait_until(_is_done, "việc xong")
        assert len(_begun(note)) == 1

    def test_whose_session_alone_is_ended_has_another_before_anybody_looks_twice(
        self, workers: list[WorkerProcess], note: Path
    ) -> None:
        worker, other = workers
        _defer("test.sleep", note)
        worker.start()
        worker.wait_until(lambda: bool(_begun(note)), "việc bắt đầu")
        other.start()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                " AND classid = %s::oid AND objid = %s::oid",
                [LOCK_SPACE, _owner()],
            )

        _look_long_enough(other)

        assert _owner() not in lost_workers()
        assert len(_begun(note)) == 1
        _let_go(note)
        other.wait_until(_is_done, "việc xong")


class TestADeadWorker:
    def test_leaves_its_job_to_another_at_once(self, workers: list[WorkerProcess], note: Path) -> None:
        dying, other = workers
        _defer("test.sleep", note)
        dying.start()
        dying.wait_until(lambda: bool(_begun(note)), "việc bắt đầu")
        other.start()
        other.wait_until(lambda: "Starting worker" in other.said, "việc nền kia chạy")
        dying.kill()

        other.wait_until(lambda: len(_begun(note)) == 2, "việc làm lại")

        _let_go(note)
        other.wait_until(_is_done, "việc xong")
        assert len(set(_begun(note))) == 2

    def test_that_was_not_dead_ends_as_soon_as_it_hears_of_it(
        self, workers: list[WorkerProcess], note: Path
    ) -> None:
        """It was cut off from the database, say: the job is another's, who alone writes its outcome."""
        lost, other = workers
        _defer("test.sleep", note)
        lost.start()
        lost.wait_until(lambda: bool(_begun(note)), "việc bắt đầu")
        assert lost.process is not None
        group = os.getpgid(lost.process.pid)
        os.killpg(group, signal.SIGSTOP)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                " AND classid = %s::oid AND objid = %s::oid",
                [LOCK_SPACE, _owner()],
            )
        other.start()
        other.wait_until(lambda: len(_begun(note)) == 2, "việc làm lại")

        os.killpg(group, signal.SIGCONT)

        other.wait_until(lambda: not lost.is_alive, "việc nền bị coi là mất đã dừng")
        _let_go(note)
        other.wait_until(_is_done, "việc xong")
        assert len(_begun(note)) == 2
