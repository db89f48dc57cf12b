"""Every use case of the suite is done as the role the programs work as, with its rights and no more.

Tests make and look at rows as the owner of the tables; what an act does, it does as `vanthu_app`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vanthu.kernel.embedded_postgres import APP_ROLE


def work_as_application(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """An execute wrapper of Django's: become the application at the first statement of a use case."""
    connection = context["connection"]
    block = next((block for block in connection.atomic_blocks if block.durable), None)
    acting = getattr(connection, "acting_in", None)
    if block is not None and block is not acting:
        # Until the end of the transaction, or of the savepoint a use case is inside a test's transaction.
        connection.connection.execute(f"SET LOCAL ROLE {APP_ROLE}")
        connection.acting_in = block
    elif block is None and acting is not None:
        # A savepoint that is rolled back takes the role with it, and until then nothing else is executed.
        if not str(sql).startswith("ROLLBACK TO"):
            connection.connection.execute("RESET ROLE")
        connection.acting_in = None
    return execute(sql, params, many, context)


def work_as_application_here(*, connection: Any, **_: object) -> None:
    """Let acts on a connection that was just opened be the application's; heard of every one."""
    connection.acting_in = None
    if work_as_application not in connection.execute_wrappers:
        connection.execute_wrappers.append(work_as_application)
