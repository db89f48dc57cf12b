"""What an act leaves behind: audit entries, jobs, rows. And that a refused one leaves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob

from vanthu.kernel.models import AuditEntry

_KEPT_BY = ("kernel", "registers", "documents", "workflow", "signing", "outgoing", "incoming")


def audited(subject: UUID) -> list[tuple[str, str, dict[str, Any]]]:
    """Action, who and data of every entry about one thing, oldest first; without what was acted on."""
    return [(entry.action, entry.actor_label, _without_acted_on(entry)) for entry in _entries(subject)]


def acted_on(subject: UUID) -> list[tuple[str, dict[str, Any] | None]]:
    """Action of every entry about one thing, oldest first, with how it stood before, if it did."""
    return [(entry.action, entry.data.get("acted_on")) for entry in _entries(subject)]


def _entries(subject: UUID) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(subject_id=subject).order_by("at", "sequence")


def _without_acted_on(entry: AuditEntry) -> dict[str, Any]:
    return {name: value for name, value in entry.data.items() if name != "acted_on"}


def jobs(*, after: int = 0) -> list[tuple[str, dict[str, Any]]]:
    """Name and arguments of every job deferred after the `after` first ones, in the order of names."""
    rows = ProcrastinateJob.objects.order_by("id").values_list("task_name", "args")
    return sorted(rows[after:], key=lambda row: row[0])


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table a document's life touches."""
    models = [model for label in _KEPT_BY for model in apps.get_app_config(label).get_models()]
    rows = {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}
    return rows | {"jobs": list(ProcrastinateJob.objects.order_by("id").values("task_name", "args"))}


@contextmanager
def nothing_changed() -> Iterator[None]:
    """After the block, every row of these tables is as it was before."""
    before = _fingerprint()
    yield
    if _fingerprint() != before:
        raise AssertionError(f"something was left behind: {everything()}")


def _fingerprint() -> list[tuple[Any, ...]]:
    """Count and hash of every table's rows, in one question: these tests ask it hundreds of times."""
    tables = [model._meta.db_table for label in _KEPT_BY for model in apps.get_app_config(label).get_models()]
    # Names come from the models, never from a person.
    each = [
        f"""SELECT '{table}', count(*), md5(string_agg(t::text, ',' ORDER BY t::text)) FROM "{table}" t"""
        for table in [*tables, ProcrastinateJob._meta.db_table]
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each) + " ORDER BY 1")
        return list(cursor.fetchall())
