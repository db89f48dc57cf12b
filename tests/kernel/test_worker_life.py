"""A living worker's job is its own, whatever is cut off; a dead one's is begun again soon. Real processes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.worker import WorkerProcess
from vanthu.kernel.embedded_postgres import SUPERUSER
from vanthu.kernel.models import LivingWorker
from vanthu.kernel.proof_of_life import LOCK_SPACE
from vanthu.kernel.rescue import unheld_workers

pytestmark = pytest.mark.django_db(transaction=True)

#: Looks apart by a second: without its lock for two of them, a worker was once taken for dead.
_LONG = 4
#: For what happens after a while in the program: sooner.
_UNSURE, _MARGIN = 5.0, 2.0
_SHORT_TIMES = f"""
from vanthu.kernel import proof_of_life
proof_of_life.UNSURE, proof_of_life.MARGIN = {_UNSURE}, {_MARGIN}
"""

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

@app.task(name="test.write")
def write(*, note, seconds):
    from django.db import connection, transaction

    def keep(what):
        with connection.cursor() as cursor:
            row = [f"{what} {os.getpid()}"]
            cursor.execute("INSERT INTO django_session VALUES (%s, '', now())", row)

    try:
        with transaction.atomic():
            keep("in time")
            # Only now is there a session that could still keep something.
            begun(note)
            while not os.path.exists(note + ".go"):
                time.sleep(0.1)
    except Exception:
        connection.close()
        keep("late")
        raise
"""


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """Where each beginning of the job leaves a line: the number of the process."""
    return tmp_path / "note"


def _two_workers(folder: Path, before: str) -> Iterator[list[WorkerProcess]]:
    both = [
        WorkerProcess(folder / f"worker-{name}.log", before=before, user=user)
        for name, user in (("a", ""), ("b", SUPERUSER))
    ]
    yield both
    for worker in both:
        worker.kill()


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[list[WorkerProcess]]:
    """Two workers, not started; the second is let into a database that is full for everybody else."""
    yield from _two_workers(tmp_path, _TASKS)


@pytest.fixture
def hasty_workers(tmp_path: Path) -> Iterator[list[WorkerProcess]]:
    """The same, with shorter times."""
    yield from _two_workers(tmp_path, _SHORT_TIMES + _TASKS)


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


def _look_long_enough(worker: WorkerProcess, seconds: float = _LONG) -> None:
    """Wait until a living worker has looked for dead ones more often than it needed to take a job."""
    ends = time.monotonic() + seconds
    worker.wait_until(lambda: time.monotonic() > ends, "đủ lâu")


def _begin(worker: WorkerProcess, note: Path, task: str = "test.sleep") -> None:
    """Have a worker take a job."""
    _defer(task, note, 600)
    worker.start()
    worker.wait_until(lambda: bool(_begun(note)), "việc bắt đầu")


def _start_beside(worker: WorkerProcess) -> None:
    worker.start()
    worker.wait_until(lambda: "Starting worker" in worker.said, "việc nền kia chạy")


def _holder_of(worker: WorkerProcess) -> int:
    """The process beside the worker that holds its lock."""
    assert worker.process is not None
    threads = Path(f"/proc/{worker.process.pid}/task").iterdir()
    [holder] = [
        int(child)
        for thread in threads
        for child in (thread / "children").read_text().split()
        if b"vanthu.kernel.proof_of_life" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]
    return holder


def _cut_off(number: int, state: str = "idle") -> None:
    """End the sessions in such a state that hold the worker's lock; the holder's is idle."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'advisory' AND classid = %s::oid AND objid = %s::oid AND granted"
            " AND state LIKE %s",
            [LOCK_SPACE, number, state],
        )


def _is_unheld(number: int) -> bool:
    return number in {each.number for each in unheld_workers()}


def _move_elsewhere(number: int) -> None:
    """Let the worker be one of another machine, as far as others can know."""
    assert LivingWorker.objects.filter(number=number).update(machine="elsewhere/pid:[1]") == 1


@contextmanager
def _full_of_clients() -> Iterator[None]:
    """Within: the database takes nobody in any more but its administrator; who is in stays."""
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} CONNECTION LIMIT -1")


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


class TestAWorkerThatIsCutOff:
    def test_keeps_its_job_though_others_are_let_into_a_full_database_and_its_holder_is_not(
        self, workers: list[WorkerProcess], note: Path
    ) -> None:
        cut_off, other = workers
        _begin(cut_off, note)
        _start_beside(other)
        number = _owner()
        with _full_of_clients():
            _cut_off(number)
            other.wait_until(lambda: _is_unheld(number), "khóa mất")
            _look_long_enough(other)
            assert _is_unheld(number)
            assert (_owner(), len(_begun(note))) == (number, 1)

        other.wait_until(lambda: not _is_unheld(number), "khóa được giữ lại")
        assert cut_off.is_alive
        assert LivingWorker.objects.get(number=number).times_held == 2
        _let_go(note)
        other.wait_until(_is_done, "việc xong")
        assert len(_begun(note)) == 1
        assert "lost its worker" not in other.said + cut_off.said

    def test_and_stopped_with_its_holder_keeps_its_job(
        self, hasty_workers: list[WorkerProcess], note: Path
    ) -> None:
        stopped, other = hasty_workers
        _begin(stopped, note)
        _start_beside(other)
        number = _owner()
        assert stopped.process is not None
        os.killpg(stopped.process.pid, signal.SIGSTOP)
        _cut_off(number)

        # Longer than they wait for a worker of another machine.
        _look_long_enough(other, _UNSURE + _MARGIN + _LONG)

        assert _is_unheld(number)
        assert (_owner(), len(_begun(note))) == (number, 1)


class TestAWorkerOfAnotherMachine:
    def test_keeps_its_job_while_it_is_cut_off_and_is_ended_before_another_takes_it(
        self, hasty_workers: list[WorkerProcess], note: Path
    ) -> None:
        cut_off, other = hasty_workers
        _begin(cut_off, note)
        number = _owner()
        _move_elsewhere(number)
        _start_beside(other)
        with _full_of_clients():
            _cut_off(number)
            other.wait_until(lambda: not cut_off.is_alive, "việc nền bị dừng")
            assert cut_off.process is not None
            assert cut_off.process.returncode == -signal.SIGKILL
            assert (_owner(), len(_begun(note))) == (number, 1)
            other.wait_until(lambda: len(_begun(note)) == 2, "việc làm lại")

        _let_go(note)
        other.wait_until(_is_done, "việc xong")

    def test_that_is_dead_leaves_its_job_to_others_in_bounded_time(
        self, hasty_workers: list[WorkerProcess], note: Path
    ) -> None:
        dying, other = hasty_workers
        _begin(dying, note)
        _move_elsewhere(_owner())
        _start_beside(other)
        dying.kill()

        other.wait_until(lambda: len(_begun(note)) == 2, "việc làm lại")

        _let_go(note)
        other.wait_until(_is_done, "việc xong")

    def test_that_sleeps_while_it_writes_is_waited_for_and_writes_nothing_more_when_it_wakes(
        self, hasty_workers: list[WorkerProcess], note: Path
    ) -> None:
        """Its machine stands still; later the network gives up on it; and then it wakes."""
        lost, other = hasty_workers
        _begin(lost, note, "test.write")
        number = _owner()
        _move_elsewhere(number)
        assert lost.process is not None
        os.killpg(lost.process.pid, signal.SIGSTOP)
        _cut_off(number)
        _start_beside(other)

        # What it writes in its transaction could still be kept.
        _look_long_enough(other, _UNSURE + _MARGIN + _LONG)
        assert len(_begun(note)) == 1
        # However far its last statement had come when its machine stood still.
        _cut_off(number, "%")
        other.wait_until(lambda: len(_begun(note)) == 2, "việc làm lại")
        _let_go(note)
        os.killpg(lost.process.pid, signal.SIGCONT)

        other.wait_until(lambda: not lost.is_alive, "việc nền bị coi là mất đã dừng")
        other.wait_until(_is_done, "việc xong")
        assert [each.session_key for each in Session.objects.all()] == [f"in time {_begun(note)[1]}"]


class TestADeadWorker:
    def test_leaves_its_job_to_another_at_once(self, workers: list[WorkerProcess], note: Path) -> None:
        dying, other = workers
        _begin(dying, note)
        _start_beside(other)
        dying.kill()

        other.wait_until(lambda: len(_begun(note)) == 2, "việc làm lại")

        _let_go(note)
        other.wait_until(_is_done, "việc xong")
        assert len(set(_begun(note))) == 2

    def test_is_one_whose_holder_died_however_it_computes(
        self, workers: list[WorkerProcess], note: Path
    ) -> None:
        computing, other = workers
        _begin(computing, note, "test.compute")

        os.kill(_holder_of(computing), signal.SIGKILL)

        assert computing.process is not None
        assert computing.process.wait(10) == -signal.SIGKILL
        assert len(_begun(note)) == 1
        other.start()
        other.wait_until(lambda: len(_begun(note)) == 2, "việc làm lại")
