"""The database killed, its back ends killed again and again: nobody gives up, everything comes back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psycopg

from tests.standing.installation import Installation


def _kill_a_back_end(installation: Installation) -> None:
    """SIGKILL to a back end of the worker's: PostgreSQL ends all others and recovers."""
    try:
        rows = installation.ask(
            "SELECT pid FROM pg_stat_activity WHERE datname = 'vanthu' AND pid <> pg_backend_pid() LIMIT 1"
        )
    except psycopg.OperationalError:
        return
    for (pid,) in rows:
        os.kill(pid, signal.SIGKILL)


class TestBackEndsKilled:
    def test_25_times_in_a_minute_end_no_program(self, installation: Installation) -> None:
        web, worker, postgres = (installation.pid(child) for child in ("web", "worker", "postgres"))

        for _ in range(25):
            _kill_a_back_end(installation)
            time.sleep(0.3)

        assert installation.does_a_job()
        assert (installation.pid("web"), installation.pid("worker")) == (web, worker)
        assert installation.pid("postgres") == postgres
        assert installation.get("/dang-nhap/").status_code == 200


class TestServerKilled:
    def test_is_started_again_and_the_worker_goes_on(self, installation: Installation) -> None:
        worker, killed = installation.pid("worker"), installation.pid("postgres")

        os.kill(killed, signal.SIGKILL)

        installation.wait_for(lambda: installation.pid("postgres") not in (0, killed), "PostgreSQL chạy lại")
        assert installation.does_a_job()
        assert installation.pid("worker") == worker
        installation.wait_for(lambda: installation.get("/suc-khoe/").text == "ok", "khỏe lại")


class TestStart:
    def test_before_the_database_waits_and_says_for_whom(self, installation: Installation) -> None:
        nowhere = str(installation.folder / "later")
        words = [sys.executable, "-m", "vanthu", "migrate"]
        url = f"postgresql://vanthu_owner@/vanthu?host={nowhere}"
        waiting = subprocess.Popen(
            words, env=installation.environment | {"DATABASE_URL": url}, stderr=subprocess.PIPE, text=True
        )
        assert waiting.stderr is not None

        said = waiting.stderr.readline()
        # The database comes up where it is waited for.
        os.symlink(installation.postgres.data, nowhere)

        assert f"Đang chờ cơ sở dữ liệu «vanthu» trên «{nowhere}», tối đa 300 giây" in said
        assert waiting.wait(60) == 0
        assert waiting.stderr.read() == "Cơ sở dữ liệu đã trả lời.\n"
        waiting.stderr.close()

    def test_is_given_up_after_its_limit(self, installation: Installation) -> None:
        done = installation.console(
            "worker", DATABASE_URL="postgresql://u@127.0.0.1:1/x", VANTHU_DATABASE_WAIT_SECONDS="1"
        )

        assert done.returncode == 2
        assert done.stderr.splitlines()[-1].startswith("Không làm việc được với cơ sở dữ liệu: ")

    def test_is_refused_at_once_by_a_database_that_will_not_have_it(self, installation: Installation) -> None:
        for command in ("worker", "serve", "migrate"):
            stranger = installation.postgres.url("vanthu", "nobody_here")

            done = installation.console(command, DATABASE_URL=stranger, PORT=str(installation.port + 1))

            assert done.returncode == 2
            assert 'role "nobody_here" does not exist' in done.stderr
            assert done.stderr.count("\n") == 1
