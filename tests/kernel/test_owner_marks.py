"""Who speaks of the files of a folder: what the mark of a database tells apart, by real clusters."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from vanthu.kernel.embedded_postgres import SUPERUSER, EmbeddedPostgres

_LEAVE_MARK = (
    "import django; django.setup(); from vanthu.kernel import blob_owners; print(blob_owners.mark_as_ours())"
)


def mark_left_by(server: EmbeddedPostgres, storage: Path) -> str:
    """What a program on this server leaves in the storage folder."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "vanthu.config.settings.axis",
        "DATABASE_URL": server.url("vanthu"),
        "VANTHU_VAR": str(storage),
        "VANTHU_SECRET_KEY": "chỉ dùng trong kiểm thử",
    }
    done = subprocess.run(
        [sys.executable, "-c", _LEAVE_MARK], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def promote(server: EmbeddedPostgres) -> None:
    """Start the cluster as a standby and make it a primary of its own."""
    (server.data / "standby.signal").touch()
    server.spawn()
    limit = time.monotonic() + 60
    while not server.is_ready():
        assert time.monotonic() < limit, server.log_path.read_text()
        time.sleep(0.05)
    with psycopg.connect(server.url("postgres", SUPERUSER), autocommit=True) as connection:
        assert connection.execute("SELECT pg_promote()").fetchone() == (True,)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A cluster with a database, stopped, in «first», and its copy byte for byte in «second»."""
    with EmbeddedPostgres(tmp_path / "first", durable=False) as server:
        server.create_database("vanthu")
    subprocess.run(["cp", "-a", tmp_path / "first", tmp_path / "second"], check=True)
    return tmp_path


class TestMark:
    def test_stays_the_same_when_the_server_starts_again(self, folder: Path) -> None:
        marks = set()
        for _ in range(2):
            with EmbeddedPostgres(folder / "first", durable=False) as server:
                marks.add(mark_left_by(server, folder / "storage"))

        assert len(marks) == 1
        assert [mark.name for mark in (folder / "storage" / "blobs" / "owners").iterdir()] == [*marks]

    def test_of_a_promoted_copy_is_another(self, folder: Path) -> None:
        with EmbeddedPostgres(folder / "first", durable=False) as server:
            first = mark_left_by(server, folder / "storage")
        promoted = EmbeddedPostgres(folder / "second", durable=False)
        try:
            promote(promoted)
            second = mark_left_by(promoted, folder / "storage")
        finally:
            promoted.stop()

        assert second == f"{first}-00000002"

    def test_does_not_tell_a_copy_that_was_started_as_it_is(self, folder: Path) -> None:
        """What nothing in the database can tell: docs/how-to/care-for-stored-files.md warns of it."""
        marks = set()
        for name in ("first", "second"):
            with EmbeddedPostgres(folder / name, durable=False) as server:
                marks.add(mark_left_by(server, folder / "storage"))

        assert len(marks) == 1
