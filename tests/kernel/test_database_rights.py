"""The role that serves pages may do to each table what some act does, and no more: every table, every verb.

That everything the programs do is among it is shown by the whole suite: tests/application_role.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from psycopg.errors import InsufficientPrivilege

from tests.world import World
from vanthu.kernel import database_rights
from vanthu.kernel.database_rights import RIGHTS
from vanthu.kernel.embedded_postgres import APP_ROLE

#: What is not evidence of anything, or is kept elsewhere; everything else stays for ever.
DELETED_FROM = {
    "axis_usedsignature",
    "django_session",
    "kernel_attempt",
    "organizations_signintries",
    "outgoing_recipient",
    "procrastinate_events",
    "procrastinate_jobs",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
}


@pytest.fixture
def application(db: None) -> Iterator[None]:
    """Be the application's role for the rest of the test."""
    database_rights.grant(APP_ROLE)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {APP_ROLE}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def _is_let(statement: str) -> bool:
    """Whether the database lets the present role do this."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        return False
    return True


def _columns() -> dict[str, list[str]]:
    """Every table of the database, with its columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT class.relname, array_agg(attribute.attname::text ORDER BY attribute.attnum)
            FROM pg_class class JOIN pg_attribute attribute ON attribute.attrelid = class.oid
            WHERE class.relkind IN ('r', 'p') AND class.relnamespace = 'public'::regnamespace
              AND attribute.attnum > 0 AND NOT attribute.attisdropped
            GROUP BY class.relname
            """
        )
        return dict(cursor.fetchall())


class TestEveryTable:
    def test_has_its_rights_said_in_one_place(self, db: None) -> None:
        assert sorted(_columns()) == sorted(RIGHTS), (
            "a new table is closed to the programs until kernel/database_rights.py says what they do to it"
        )

    def test_names_columns_that_are_there(self, db: None) -> None:
        columns = _columns()

        assert {table: set(rights.update) - set(columns[table]) for table, rights in RIGHTS.items()} == {
            table: set() for table in RIGHTS
        }

    def test_lets_the_application_do_what_is_said_and_nothing_else(self, application: None) -> None:
        for table, columns in _columns().items():
            rights = RIGHTS[table]
            own = f'"{table}"'
            let = {
                "SELECT": _is_let(f"SELECT * FROM {own} LIMIT 0"),
                "INSERT": _is_let(
                    f"INSERT INTO {own} OVERRIDING SYSTEM VALUE SELECT * FROM {own} WHERE false"
                ),
                "DELETE": _is_let(f"DELETE FROM {own} WHERE false"),
                "TRUNCATE": _is_let(f"TRUNCATE {own}"),
            }
            changed = {
                column for column in columns if _is_let(f'UPDATE {own} SET "{column}" = DEFAULT WHERE false')
            }

            assert let == {
                "SELECT": True,
                "INSERT": rights.insert,
                "DELETE": rights.delete,
                "TRUNCATE": False,
            }, table
            assert changed == set(rights.update), table


class TestTheLaw:
    def test_knows_no_deleting_of_what_was_done(self) -> None:
        assert {table for table, rights in RIGHTS.items() if rights.delete} == DELETED_FROM

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE documents_documentfile SET blob_id = blob_id",
            "UPDATE kernel_blob SET sha256 = sha256",
            "UPDATE registers_registerentry SET number = 1",
            "UPDATE registers_registerentry SET taken_at = now()",
            "UPDATE incoming_incomingdocument SET arrived_at = now()",
            "UPDATE exchange_deliverystatus SET at = now()",
            "UPDATE axis_packet SET content_id = content_id",
            "UPDATE organizations_user SET username = username",
            "ALTER TABLE kernel_auditentry DISABLE TRIGGER USER",
            "DROP TABLE documents_document",
            "CREATE TABLE stray (id int)",
            "SET session_replication_role = replica",
            "SELECT setval('registers_registerentry_id_seq', 1)",
        ],
    )
    def test_lets_the_application_rewrite_no_evidence(self, application: None, statement: str) -> None:
        assert not _is_let(statement)


class TestGranting:
    def test_takes_what_was_given_before_or_by_hand(self, world: World) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {APP_ROLE}")
            cursor.execute(f"GRANT UPDATE (number) ON registers_registerentry TO {APP_ROLE}")

        database_rights.grant(APP_ROLE)

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT has_column_privilege(%s, 'registers_registerentry', 'number', 'UPDATE')", [APP_ROLE]
            )
            assert cursor.fetchone() == (False,)
            cursor.execute("SELECT has_table_privilege(%s, 'documents_document', 'DELETE')", [APP_ROLE])
            assert cursor.fetchone() == (False,)
