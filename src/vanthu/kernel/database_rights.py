"""What the programs' database role may do: everything they need, and never a change to the audit trail."""

from __future__ import annotations

from django.db import connection
from psycopg import sql

#: Tables whose rows, once written, only grow in number.
APPEND_ONLY = ("kernel_auditentry",)


def grant(role: str) -> None:
    """Give `role` the working rights on every table; on append-only tables SELECT and INSERT alone.

    Run as the owner after migrations. Raises psycopg errors when the role does not exist.
    """
    name = sql.Identifier(role)
    statements = [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(name),
        sql.SQL("GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {}").format(name),
        sql.SQL("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}").format(name),
    ]
    existing = set(connection.introspection.table_names())
    statements += [
        sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), name)
        for table in APPEND_ONLY
        if table in existing
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
