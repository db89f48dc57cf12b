"""What the programs' database role may do to each table, and nothing else.

A document, its files, its number, its way and the audit trail are kept for ever (NĐ 30/2020 Điều 14, 18, 29),
so the role that serves pages cannot delete them, and can change only the columns that some act changes. Every
table of both programs stands here once; one that does not is closed to the programs, and a test fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from psycopg import sql


@dataclass(frozen=True, slots=True)
class Rights:
    """What may be done to a table's rows besides reading them. TRUNCATE is nobody's."""

    insert: bool = True
    #: The columns that may be changed.
    update: tuple[str, ...] = ()
    delete: bool = False


READ_ONLY = Rights(insert=False)
GROWS_ONLY = Rights()


def _grows(*update: str) -> Rights:
    """Rows are added, changed in these columns, and never deleted."""
    return Rights(update=update)


RIGHTS = {
    # Django's own. Its rights and groups are not used: who may do what is in `permissions` (ADR 0003).
    "auth_group": READ_ONLY,
    "auth_group_permissions": READ_ONLY,
    "auth_permission": READ_ONLY,
    "django_content_type": READ_ONLY,
    "django_migrations": READ_ONLY,
    # A session ends with signing out, and proves nothing: that somebody signed in stands in the trail.
    "django_session": Rights(update=("session_data", "expire_date"), delete=True),
    # Jobs are transport, not evidence: procrastinate deletes what is done and workers that are gone.
    "procrastinate_events": Rights(update=("job_id", "type", "at"), delete=True),
    "procrastinate_jobs": Rights(
        update=(
            "queue_name",
            "task_name",
            "priority",
            "lock",
            "args",
            "status",
            "scheduled_at",
            "attempts",
            "queueing_lock",
            "abort_requested",
            "worker_id",
        ),
        delete=True,
    ),
    "procrastinate_periodic_defers": Rights(
        update=("task_name", "defer_timestamp", "job_id", "periodic_id"), delete=True
    ),
    "procrastinate_workers": Rights(update=("last_heartbeat",), delete=True),
    # The kernel, in both programs' databases.
    # What is under way or put aside; gone when it is done, and the trail tells of what was put aside.
    "kernel_attempt": Rights(
        update=("arguments", "state", "unfinished", "begun_at", "put_aside_at", "reason"), delete=True
    ),
    "kernel_auditchain": _grows("last_sequence", "last_hash"),
    "kernel_auditentry": GROWS_ONLY,
    # Gone with the row of its worker, by the foreign key.
    "kernel_livingworker": _grows("times_held"),
    "kernel_blob": _grows("checked_at", "damage", "damaged_at"),
    # The document system.
    "organizations_agency": _grows(
        "old_code",
        "name",
        "abbreviation",
        "place",
        "parent_id",
        "email",
        "is_hosted",
        "closed_at",
        "successor_id",
        "search_text",
    ),
    "organizations_position": GROWS_ONLY,
    "organizations_post": _grows("ended_at"),
    # Counts of tries to sign in, swept by the hour; what came of each try stands in the trail.
    "organizations_signintries": Rights(update=("tries", "last_at", "closed_until"), delete=True),
    "organizations_unit": GROWS_ONLY,
    "organizations_user": _grows(
        "password", "last_login", "must_change_password", "failed_sign_ins", "locked_until", "disabled_at"
    ),
    # A trigger lets counters go on by one and entries be cancelled once.
    "registers_register": _grows("last_taken_at"),
    "registers_registerentry": _grows("cancelled_at", "cancelled_reason"),
    "registers_registeryear": _grows("last_number"),
    "signing_credential": _grows("withdrawn_at"),
    "signing_signingsession": _grows("ended_at"),
    "signing_verification": _grows("verdict", "message", "report", "checked_at", "attempts", "rules_version"),
    "workflow_approvalstep": _grows("state", "became_current_at", "decided_at", "comment"),
    "workflow_assignment": _grows("state", "version", "started_at", "finished_at", "result"),
    "documents_document": _grows(
        "document_code",
        "number",
        "notation",
        "issued_on",
        "type_code",
        "type_name",
        "subject",
        "signer_name",
        "signer_title",
        "urgency",
        "due_on",
        "to_places",
        "sphere",
        "page_count",
        "search_text",
    ),
    "documents_documentfile": _grows("superseded_at"),
    "documents_documentrelation": GROWS_ONLY,
    "incoming_incomingdocument": _grows(
        "version",
        "state",
        "verdict",
        "verdict_message",
        "rules_version",
        "arrival_number",
        "arrival_year",
        "registered_at",
        "submitted_to_id",
        "returned_reason",
        "returned_at",
        "directed_at",
        "due_at",
        "completed_at",
    ),
    "outgoing_outgoingdocument": _grows(
        "version",
        "state",
        "signer_id",
        "places",
        "findings",
        "written_notation",
        "written_year",
        "letter",
        "confirmed",
        "round",
        "returned_reason",
        "number",
        "number_year",
        "given_code",
        "submitted_at",
        "signed_at",
        "numbered_at",
        "sealed_at",
        "issued_at",
        "moved_at",
        "urgency",
    ),
    "outgoing_draftupload": _grows(
        "state",
        "document_id",
        "draft_key",
        "files",
        "sent_at",
        "read_files",
        "reason",
        "findings",
        "changes",
        "begun_at",
        "ended_at",
    ),
    # Whom a draft is to go to is written anew each time it is edited; whom it went to are deliveries.
    "outgoing_recipient": Rights(delete=True),
    "exchange_delivery": _grows(
        "version",
        "state",
        "state_at",
        "axis_doc_id",
        "packet_id",
        "attempts",
        "last_error",
        "troubled_since",
        "reply_id",
        "noted_at",
        "noted_by_id",
        "noted_word",
    ),
    "exchange_deliverystatus": GROWS_ONLY,
    # Which packet it was stays; what was put aside may be opened again and come to something else.
    "exchange_receivedpacket": _grows(
        "kind",
        "state",
        "packet_id",
        "sender_code",
        "recipient_code",
        "agency_id",
        "reason",
        "told",
        "may_reopen",
        "taken_at",
    ),
    "exchange_statusreport": _grows("axis_doc_id", "sent_at", "attempts", "last_error"),
    # The axis.
    "axis_agency": _grows(
        "old_code",
        "name",
        "mail",
        "mobile",
        "fax",
        "parent_id",
        "centre_code",
        "changed_at",
        "closed_at",
        "successor_id",
    ),
    "axis_mailboxitem": _grows("state", "description", "updated_at", "fetched_at"),
    "axis_packet": GROWS_ONLY,
    "axis_system": _grows("secret", "former_secret", "secret_changed_at"),
    # Forgotten once the replay window refuses them by itself (ADR 0014).
    "axis_usedsignature": Rights(delete=True),
}


def grant(role: str) -> None:
    """Give `role` exactly the rights of `RIGHTS` on the tables that are there; every other right is taken.

    Run as the owner after migrations; safe to repeat while the programs work. Raises psycopg errors when
    the role does not exist.
    """
    name = sql.Identifier(role)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _statements(name, set(connection.introspection.table_names(cursor))):
            cursor.execute(statement)


def _statements(name: sql.Identifier, tables: set[str]) -> Iterator[sql.Composed]:
    yield sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name)
    yield sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(name)
    # Not UPDATE: a sequence set back would give keys that were given before.
    yield sql.SQL("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {}").format(name)
    yield sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(name)
    yield sql.SQL("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}").format(name)
    for table in sorted(tables & RIGHTS.keys()):
        yield sql.SQL("GRANT {} ON {} TO {}").format(
            sql.SQL(", ").join(_verbs(RIGHTS[table])), sql.Identifier(table), name
        )


def _verbs(rights: Rights) -> Iterator[sql.Composable]:
    yield sql.SQL("SELECT")
    if rights.insert:
        yield sql.SQL("INSERT")
    if rights.update:
        yield sql.SQL("UPDATE ({})").format(sql.SQL(", ").join(map(sql.Identifier, rights.update)))
    if rights.delete:
        yield sql.SQL("DELETE")
