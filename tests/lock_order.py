"""The order of locks (ADR 0026), held against every statement the suite executes inside a use case.

Two acts that take their locks in one order never wait for each other in a circle. A statement that locks a
row out of this order fails the test it runs in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

#: Tables in the order their rows are locked.
ORDER = (
    "organizations_agency",
    "organizations_user",
    "organizations_post",
    "organizations_signintries",
    "signing_credential",
    "outgoing_outgoingdocument",
    "incoming_incomingdocument",
    "outgoing_draftupload",
    "exchange_delivery",
    "exchange_statusreport",
    "exchange_receivedpacket",
    "registers_register",
    "registers_registeryear",
    "registers_registerentry",
    "signing_verification",
    "axis_system",
    "axis_agency",
    "axis_mailboxitem",
    "axis_usedsignature",
    "kernel_blob",
    "kernel_attempt",
    "kernel_auditchain",
    "kernel_livingworker",
    "procrastinate_jobs",
)
#: Rows that belong to a document are locked at any moment by who holds the document, and by nobody else.
BELONGS_TO_DOCUMENT = frozenset(
    {
        "documents_document",
        "documents_documentfile",
        "outgoing_recipient",
        "signing_signingsession",
        "workflow_approvalstep",
        "workflow_assignment",
    }
)
_DOCUMENTS = {"outgoing_outgoingdocument", "incoming_incomingdocument"}
#: Rows that are written once and locked by nobody.
ONLY_WRITTEN = frozenset(
    {
        "axis_packet",
        "documents_documentrelation",
        "exchange_deliverystatus",
        "kernel_auditentry",
        "organizations_position",
        "organizations_unit",
    }
)

_LOCKING = re.compile(r'FROM "?(\w+)"?.*\bFOR (?:NO KEY )?UPDATE(?: OF "?(\w+)"?)?', re.DOTALL)
_CHANGING = re.compile(r'\b(?:UPDATE|DELETE FROM) "?(\w+)"?')
_WRITING = re.compile(r'\bINSERT INTO "?(\w+)"?')


class OutOfOrder(AssertionError):
    """A row was locked after one that comes later in the order of locks."""


@dataclass
class Held:
    """What the use case under way on a connection has locked."""

    block: object
    tables: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)

    def take(self, table: str, statement: str) -> None:
        """Note a lock. Raises OutOfOrder."""
        if table in self.tables:
            return
        if table in BELONGS_TO_DOCUMENT:
            # Who has just written the record down holds it too.
            if not (self.tables | self.written) & _DOCUMENTS and "documents_document" not in self.written:
                raise OutOfOrder(f"{table} is changed by who does not hold the document: {statement}")
        elif table in ORDER:
            later = [other for other in self.tables & {*ORDER} if ORDER.index(other) > ORDER.index(table)]
            if later:
                raise OutOfOrder(f"{table} is locked after {', '.join(later)} (ADR 0026): {statement}")
        self.tables.add(table)


def locked_by(statement: str) -> set[str]:
    """The tables of which a statement locks rows that stand already."""
    if statement.startswith("INSERT INTO") and " DO UPDATE" not in statement:
        return set()
    if (locking := _LOCKING.search(statement)) is not None:
        table, alias = locking.groups()
        # In our own SQL the alias is the table's; in Django's it is the table itself.
        return {table if alias is None or f"{table} {alias}" in statement else alias}
    return set(_CHANGING.findall(statement))


def watch(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """An execute wrapper of Django's: look at what a use case locks before it does."""
    connection = context["connection"]
    # A use case is the one transaction that is part of no other.
    block = next((block for block in connection.atomic_blocks if block.durable), None)
    if block is not None and isinstance(sql, str):
        held = getattr(connection, "held_by_use_case", None)
        if held is None or held.block is not block:
            held = connection.held_by_use_case = Held(block)
        held.written.update(_WRITING.findall(sql))
        for table in sorted(locked_by(sql)):
            held.take(table, sql[:200])
    return execute(sql, params, many, context)


def watch_connection(*, connection: Any, **_: object) -> None:
    """Watch a connection that was just opened; heard of every one."""
    if watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(watch)
