"""A database that does something unlucky, once, at the moment a test chooses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from django.db import connection

#: Ends the very session that comes by.
KILL = "PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(5);"


@contextmanager
def _once(statement: str, *, table: str, kind: str, moment: str, each: str) -> Iterator[None]:
    """Within: the first at this moment does this in the database; later ones do not."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE SEQUENCE test_times;
            CREATE FUNCTION test_once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
                IF nextval('test_times') = 1 THEN {statement} END IF;
                RETURN NULL;
            END $$;
            CREATE {kind} test_once {moment} ON {table} {each} EXECUTE FUNCTION test_once();
            """
        )
    try:
        yield
    finally:
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute(
                f"DROP TRIGGER test_once ON {table}; DROP FUNCTION test_once(); DROP SEQUENCE test_times;"
            )


def at_commit(statement: str) -> AbstractContextManager[None]:
    """Within: the next COMMIT of an act does this, at its very end."""
    return _once(
        statement,
        table="kernel_auditentry",
        kind="CONSTRAINT TRIGGER",
        moment="AFTER INSERT",
        each="DEFERRABLE INITIALLY DEFERRED FOR EACH ROW",
    )


def at_session(statement: str) -> AbstractContextManager[None]:
    """Within: the next change of a session does this before it."""
    return _once(
        statement,
        table="django_session",
        kind="TRIGGER",
        moment="BEFORE UPDATE",
        each="FOR EACH STATEMENT",
    )
