"""The database of the tests: a real PostgreSQL of our own, started when the first test asks for it.

Settings are read before any conftest, so `vanthu.config.settings.testing` has already chosen the folder
(`VANTHU_VAR`, one per run, so that two runs do not meet). With DATABASE_URL set from outside, that
server is used and nothing is started. Libraries that need no Django can be tested alone, quicker, with
`pytest -p no:django tests/pdfsign`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import psycopg
import pytest

from vanthu.kernel.embedded_postgres import APP_ROLE, OWNER_ROLE, SUPERUSER, EmbeddedPostgres

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from tests.keys import KeyRing
    from tests.world import World

_RUNS = Path("var/test")

# How long an example takes says how busy the machine is, and nothing else that a test may fail by.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Let `-p no:django` run: without its plugin, the setting in pyproject.toml would be unknown."""
    if not pluginmanager.has_plugin("django"):
        parser.addini("DJANGO_SETTINGS_MODULE", "read by pytest-django only")


@pytest.fixture(scope="session")
def embedded_database() -> Iterator[None]:
    """The server DATABASE_URL points at, for as long as the tests run."""
    from django.conf import settings

    if not settings.EMBEDDED_TEST_DATABASE:
        yield
        return
    # fsync is off: this cluster is thrown away. Tests of durability start a cluster of their own.
    with EmbeddedPostgres(settings.VAR / "postgres", durable=False) as server:
        # Tests are the owner of the tables; their acts become the application (tests/application_role.py).
        with psycopg.connect(server.url("postgres", SUPERUSER), autocommit=True) as own:
            own.execute(f"GRANT {APP_ROLE} TO {OWNER_ROLE}")
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    embedded_database: None, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Start the server before pytest-django creates the test database in it."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Let the tests empty the tables after a test with real commits; triggers refuse that to everyone.

    They are put aside and back in the one transaction that empties, so every test meets them in force. The
    tables of jobs are emptied too: to Django they are somebody else's.
    """
    from django.db import connection
    from django.db.backends.signals import connection_created

    from tests.application_role import work_as_application_here
    from vanthu.kernel import database_rights

    with django_db_blocker.unblock():
        database_rights.grant(APP_ROLE)
    connection_created.connect(work_as_application_here)
    work_as_application_here(connection=connection)

    # Of every connection: beside a browser's event loop, Django opens another one in the same thread.
    operations: Any = type(connection.ops)
    sql_flush = operations.sql_flush
    guarded = (
        "kernel_auditentry",
        "organizations_user",
        "organizations_post",
        "registers_registeryear",
        "registers_registerentry",
    )

    def past_the_triggers(self: Any, style: Any, tables: Sequence[str], **options: Any) -> list[str]:
        aside, back = (
            [f"ALTER TABLE {table} {verb} TRIGGER USER" for table in guarded]
            for verb in ("DISABLE", "ENABLE")
        )
        jobs = "TRUNCATE procrastinate_jobs, procrastinate_periodic_defers, procrastinate_workers CASCADE"
        return [*aside, *sql_flush(self, style, tables, **options), jobs, *back]

    operations.sql_flush = past_the_triggers


@pytest.fixture(scope="session", autouse=True)
def time_of_the_tests(request: pytest.FixtureRequest) -> None:
    """Tests act at a time of their own; the clock under the lock does not look past what they say."""
    if request.config.pluginmanager.has_plugin("django"):
        from vanthu.kernel import clock

        clock.read = lambda: datetime.min.replace(tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def order_of_locks(request: pytest.FixtureRequest) -> None:
    """Hold every use case of the suite to the one order of locks: see tests/lock_order.py."""
    if request.config.pluginmanager.has_plugin("django"):
        from django.db.backends.signals import connection_created

        from tests.lock_order import watch_connection

        connection_created.connect(watch_connection)


@pytest.fixture
def world(db: None) -> World:
    """Two agencies of one installation, a third elsewhere, and the people in them: see tests/world.py."""
    from tests.world import build_world

    return build_world()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeyRing]:
    """Tokens and certificates of the cast, and the service that vouches for them: see tests/keys.py."""
    from tests.keys import standing_keys

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", "")
        with standing_keys(tmp_path_factory.mktemp("keys")) as ring:
            yield ring


@pytest.fixture
def signers(world: World, keys: KeyRing, settings: Settings) -> KeyRing:
    """The cast with its certificates registered, tokens plugged in, root trusted, time stamped."""
    from tests.keys import register_credentials

    keys.plug_in()
    settings.TRUST, settings.TSA_URL = str(keys.pki.trust_dir), keys.pki.tsa_url
    register_credentials(world, keys)
    return keys


def pytest_sessionstart() -> None:
    """Sweep away what killed runs left behind: folders are named by process number."""
    for folder in _RUNS.glob("[0-9]*"):
        if folder.name == str(os.getpid()) or not Path("/proc", folder.name).exists():
            shutil.rmtree(folder, ignore_errors=True)


def pytest_sessionfinish() -> None:
    """Leave nothing of this run behind."""
    shutil.rmtree(_RUNS / str(os.getpid()), ignore_errors=True)
