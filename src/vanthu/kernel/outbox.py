"""Domain events become job rows in the same transaction as the change itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from django.db import transaction
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from procrastinate.types import JSONDict, JSONValue

if TYPE_CHECKING:
    from procrastinate.tasks import Task

#: What follows an event: the type of event and the tasks that hear of it.
Subscriptions = Mapping[type, tuple["Task[Any, Any, Any]", ...]]


class Event(Protocol):
    """A frozen dataclass of plain values: ids, dates, texts, numbers."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


_subscriptions: Subscriptions = {}

# Always Django's own connection. A running worker gives the app connections of its own: a job deferred
# through those would exist without our commit, and might even run before it.
_jobs = JobManager(DjangoConnector())


def connect(subscriptions: Subscriptions) -> None:
    """Say, once, what follows each event."""
    global _subscriptions
    _subscriptions = subscriptions


def publish(event: Event) -> None:
    """Defer one job per subscriber; the jobs exist if and only if the caller commits.

    Raises KeyError for an event that stands in no list: an event nobody placed is a mistake.
    """
    assert transaction.get_connection().in_atomic_block, "outbox.publish needs a transaction"
    payload: JSONDict = {field.name: _plain(getattr(event, field.name)) for field in fields(event)}
    for task in _subscriptions[type(event)]:
        _jobs.defer_job(task.configure(task_kwargs=payload).job)


def try_out() -> None:
    """Defer a job nobody does, in the caller's transaction, which the caller must take back.

    Raises what the database raises when the outbox cannot be written.
    """
    assert transaction.get_connection().in_atomic_block, "outbox.try_out needs a transaction"
    _jobs.defer_job(
        Job(
            id=None,
            queue="kernel",
            lock=None,
            queueing_lock=None,
            task_name="kernel.try_out",
            scheduled_at=None,
            task_kwargs={},
        )
    )


def _plain(value: object) -> JSONValue:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        # The same moment is the same text, whatever clock it was read from.
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
