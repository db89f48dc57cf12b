"""Foreign keys are checked with the statement that names them, not at the end of the transaction.

Django makes every foreign key DEFERRABLE INITIALLY DEFERRED. Its check locks the row that is named, so a
deferred one takes that lock last, while the audit chain is held: against the order of locks (ADR 0026).
"""

from __future__ import annotations

from django.db import connection
from psycopg import sql

_DEFERRED = """
SELECT class.relname, keys.conname FROM pg_constraint keys
JOIN pg_class class ON class.oid = keys.conrelid
WHERE keys.contype = 'f' AND keys.condeferred AND keys.connamespace = current_schema()::regnamespace
ORDER BY class.relname, keys.conname
"""


def check_at_once(**_: object) -> None:
    """Let every foreign key of the database be checked at once; those that are stay as they are.

    Heard after every migration, so that a foreign key made by a later one is included. They stay
    deferrable: whoever loads rows in any order says SET CONSTRAINTS ALL DEFERRED.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DEFERRED)
        for table, name in cursor.fetchall():
            cursor.execute(
                sql.SQL("ALTER TABLE {} ALTER CONSTRAINT {} DEFERRABLE INITIALLY IMMEDIATE").format(
                    sql.Identifier(table), sql.Identifier(name)
                )
            )
