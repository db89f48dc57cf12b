"""Who looks for dead workers, and who only asks whether one lives: by the same proof."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from vanthu.kernel import health
from vanthu.kernel.models import LivingWorker
from vanthu.kernel.proof_of_life import ProofOfLife
from vanthu.kernel.rescue import Rescuer, is_anybody_at_work, unheld_workers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def proof() -> Iterator[ProofOfLife]:
    """That of a worker in this process."""
    proof = ProofOfLife(connection.get_connection_params())
    yield proof
    proof.end()


class TestANumberGivenUp:
    """A process that begins anew after the database was away works under another number."""

    def test_leaves_its_jobs_to_its_own_process_which_knows_that_none_is_under_way(
        self, proof: ProofOfLife
    ) -> None:
        number = proof.begin()
        assert is_anybody_at_work()
        job = _take_a_job(number)
        proof.end()

        assert [each.number for each in unheld_workers()] == [number]
        assert not is_anybody_at_work()
        # Its process lives: to everybody else it may be at work.
        Rescuer(given_up=()).look()
        assert ProcrastinateJob.objects.get(id=job).status == "doing"
        Rescuer(given_up=proof.given_up).look()
        assert ProcrastinateJob.objects.get(id=job).status == "todo"
        assert not LivingWorker.objects.exists()


class TestADeadWorker:
    def test_whose_job_a_session_left_behind_still_locks_is_looked_at_again(self, proof: ProofOfLife) -> None:
        job = _take_a_job(proof.begin())
        proof.end()
        rescuer = Rescuer(given_up=proof.given_up)
        with psycopg.connect(**connection.get_connection_params()) as left_behind:
            left_behind.execute("SELECT FROM procrastinate_jobs WHERE id = %s FOR UPDATE", [job])
            rescuer.look()
            assert ProcrastinateJob.objects.get(id=job).status == "doing"

        rescuer.look()
        assert ProcrastinateJob.objects.get(id=job).status == "todo"


class TestHealth:
    def test_judges_workers_by_the_same_proof_however_fresh_their_rows_are(self, proof: ProofOfLife) -> None:
        proof.begin()
        health.forget()
        assert not _is_missed()

        proof.end()

        health.forget()
        assert _is_missed()


def _take_a_job(worker: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', 'test.nothing', 0, NULL, NULL,"
            " '{}'::jsonb, NULL)::procrastinate_job_to_defer_v1])"
        )
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s RETURNING id", [worker]
        )
        return int(cursor.fetchone()[0])


def _is_missed() -> bool:
    """Whether the administrator is told that no worker is there."""
    return any("làm việc nền nào" in ailment.sentence for ailment in health.examine())
