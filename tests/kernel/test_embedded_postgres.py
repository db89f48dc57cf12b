"""The embedded database: a real server, killed, restarted, and refused to the wrong hands."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from vanthu.kernel import embedded_postgres
from vanthu.kernel.embedded_postgres import APP_ROLE, OWNER_ROLE, EmbeddedPostgres, PostgresRefused


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A durable server, in a private (0700) folder as pytest makes them."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres")) as running:
        running.create_database("vanthu")
        yield running


def _rows(server: EmbeddedPostgres, query: str, role: str = OWNER_ROLE) -> list[tuple[object, ...]]:
    with psycopg.connect(server.url("vanthu", role)) as connection:
        return connection.execute(query.encode()).fetchall()


class TestCluster:
    def test_sorts_vietnamese_as_the_dictionary_does(self, server: EmbeddedPostgres) -> None:
        rows = _rows(server, "SELECT w FROM unnest('{Zét,Đà,An,Ê,Dạ,Ăn,Da,Ân,Ế}'::text[]) AS w ORDER BY w")

        assert [row[0] for row in rows] == ["An", "Ăn", "Ân", "Da", "Dạ", "Đà", "Ê", "Ế", "Zét"]

    def test_searches_without_diacritics_in_every_new_database(self, server: EmbeddedPostgres) -> None:
        assert _rows(server, "SELECT unaccent('Nguyễn Đức'), similarity('công văn', 'cong van') > 0") == [
            ("Nguyen Duc", True)
        ]

    def test_checks_its_pages_and_survives_power_loss(self, server: EmbeddedPostgres) -> None:
        shown = [_rows(server, f"SHOW {name}")[0][0] for name in ("data_checksums", "fsync")]

        assert shown == ["on", "on"]

    def test_listens_on_no_network_address(self, server: EmbeddedPostgres) -> None:
        assert _rows(server, "SHOW listen_addresses") == [("",)]

    def test_is_closed_to_other_users_of_the_machine(self, server: EmbeddedPostgres) -> None:
        assert server.data.stat().st_mode & 0o777 == 0o700

    def test_never_runs_as_root(self, server: EmbeddedPostgres) -> None:
        assert server.process is not None
        assert Path(f"/proc/{server.process.pid}").stat().st_uid == server.data.stat().st_uid != 0

    def test_creates_a_database_once(self, server: EmbeddedPostgres) -> None:
        assert server.create_database("once") is True
        assert server.create_database("once") is False

    def test_drops_a_database_though_someone_is_connected(self, server: EmbeddedPostgres) -> None:
        server.create_database("dropped")
        with psycopg.connect(server.url("dropped")):
            server.drop_database("dropped")

        assert server.create_database("dropped") is True

    @pytest.mark.parametrize("role", [APP_ROLE, OWNER_ROLE])
    def test_gives_no_role_the_powers_of_the_server(self, server: EmbeddedPostgres, role: str) -> None:
        rows = _rows(
            server, "SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user", role
        )

        assert rows == [(False, False)]

    def test_refuses_the_application_role_to_change_tables(self, server: EmbeddedPostgres) -> None:
        with (
            psycopg.connect(server.url("vanthu", APP_ROLE)) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("CREATE TABLE mine (id int)")


class TestCrash:
    def test_keeps_committed_rows_when_killed(self, server: EmbeddedPostgres) -> None:
        _write_rows(server)
        assert server.process is not None
        server.process.kill()
        server.process.wait()

        server.start()

        assert _rows(server, "SELECT count(*) FROM kept") == [(50_000,)]

    def test_ends_a_server_left_by_a_killed_owner_and_takes_over(self, tmp_path: Path) -> None:
        owner = subprocess.Popen(
            [sys.executable, "-c", _OWNER, str(tmp_path)], stdout=subprocess.PIPE, start_new_session=True
        )
        assert owner.stdout is not None
        orphan = int(owner.stdout.readline())
        # Frozen, the server cannot obey the death signal of its owner; it wakes while the next owner waits.
        os.kill(orphan, signal.SIGSTOP)
        owner.kill()
        owner.communicate()
        waking = threading.Timer(0.5, os.kill, (orphan, signal.SIGCONT))
        waking.start()

        with EmbeddedPostgres(tmp_path) as server:
            assert server.is_ready()

        assert not _is_running(orphan)
        waking.join()

    def test_dies_with_its_owner(self, tmp_path: Path) -> None:
        owner = subprocess.Popen([sys.executable, "-c", _OWNER, str(tmp_path)], stdout=subprocess.PIPE)
        assert owner.stdout is not None
        child = int(owner.stdout.readline())
        owner.kill()
        owner.communicate()

        _wait_until_gone(child)

    def test_starts_though_the_stale_pid_file_names_a_living_process(self, tmp_path: Path) -> None:
        _start_and_stop(tmp_path)
        stranger = subprocess.Popen(["/bin/sleep", "600"], user=(tmp_path / "data").stat().st_uid)
        (tmp_path / "data/postmaster.pid").write_text(f"{stranger.pid}\n{tmp_path}\n")

        with EmbeddedPostgres(tmp_path) as server:
            assert server.is_ready()

        stranger.kill()
        stranger.wait()

    def test_begins_again_when_the_first_start_was_cut_short(self, tmp_path: Path) -> None:
        (tmp_path / "data.new").mkdir()
        (tmp_path / "data.new" / "PG_VERSION").write_text("15\n")

        with EmbeddedPostgres(tmp_path, durable=False) as server:
            assert server.is_ready()


class TestRefusals:
    def test_two_owners_of_one_folder(self, server: EmbeddedPostgres) -> None:
        with pytest.raises(PostgresRefused, match="đang được một tiến trình khác dùng"):
            EmbeddedPostgres(server.home).start()

    def test_a_machine_without_postgresql(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(embedded_postgres, "DEBIAN_VERSIONS", tmp_path)

        with pytest.raises(PostgresRefused, match=r"apt-get install postgresql$"):
            EmbeddedPostgres(tmp_path / "home").start()

    def test_data_of_a_version_that_is_not_installed(self, tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        (tmp_path / "data/PG_VERSION").write_text("9\n")

        with pytest.raises(PostgresRefused, match=r"apt-get install postgresql-9$"):
            EmbeddedPostgres(tmp_path).start()

    def test_a_server_that_cannot_start_says_where_to_look(self, tmp_path: Path) -> None:
        broken = EmbeddedPostgres(tmp_path, durable=False, settings={"shared_buffers": "không"})

        with pytest.raises(PostgresRefused, match=r"postgres\.log"):
            broken.start()
        assert broken.process is None

    def test_the_data_of_another_user_to_anyone_but_root(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _start_and_stop(tmp_path)
        monkeypatch.setattr(os, "geteuid", lambda: (tmp_path / "data").stat().st_uid + 1)

        with pytest.raises(PostgresRefused, match="thuộc người dùng khác"):
            EmbeddedPostgres(tmp_path).start()

    def test_root_runs_the_server_as_the_owner_of_the_data(self, tmp_path: Path) -> None:
        # An ordinary user can only own the data himself; the rule is the same.
        owner = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid()
        _start_and_stop(tmp_path)
        for folder, _, files in os.walk(tmp_path / "data"):
            for path in (folder, *(os.path.join(folder, name) for name in files)):
                os.chown(path, owner, -1)

        with EmbeddedPostgres(tmp_path, durable=False) as server:
            assert server.process is not None
            assert Path(f"/proc/{server.process.pid}").stat().st_uid == owner


class TestLongPath:
    def test_works_below_a_path_longer_than_a_socket_name_may_be(self, tmp_path: Path) -> None:
        deep = tmp_path / ("sở-nội-vụ" * 8) / ("văn-thư" * 8)

        with EmbeddedPostgres(deep, durable=False) as server:
            server.create_database("vanthu")
            assert _rows(server, "SELECT 1") == [(1,)]

        embedded_postgres.socket_folder(server.data).unlink()

    def test_refuses_a_short_link_that_leads_elsewhere(self, tmp_path: Path) -> None:
        data = tmp_path / ("x" * 120)
        link = embedded_postgres.socket_folder(data)
        link.unlink()
        link.symlink_to(tmp_path)

        with pytest.raises(PostgresRefused, match="không phải do hệ thống này tạo"):
            embedded_postgres.socket_folder(data)
        link.unlink()


_OWNER = """
import pathlib, sys, time
from vanthu.kernel.embedded_postgres import EmbeddedPostgres
server = EmbeddedPostgres(pathlib.Path(sys.argv[1]), durable=False)
server.start()
print(server.process.pid, flush=True)
time.sleep(600)
"""


def _start_and_stop(home: Path) -> None:
    with EmbeddedPostgres(home, durable=False):
        pass


def _write_rows(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url("vanthu", OWNER_ROLE)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 50000)")


def _is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _wait_until_gone(process: int) -> None:
    limit = time.monotonic() + 60
    while _is_running(process):
        assert time.monotonic() < limit, "the server outlives its owner"
        time.sleep(0.05)
