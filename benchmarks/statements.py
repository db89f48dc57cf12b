"""A measuring process: which SQL a page, or an act, sends to the database, values filled in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks import children


def prepare(job: dict[str, Any]) -> Callable[[], list[str]]:
    """`username`, and `tab`, `text` of a list of incoming documents; the answer is its statements."""
    from vanthu.interfaces.cli import settings

    settings.load(settings.SYSTEM)
    return lambda: _statements(job["username"], tab=job["tab"], text=job["text"])


def _statements(username: str, *, tab: str, text: str) -> list[str]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from vanthu.incoming import queries
    from vanthu.organizations import queries as people
    from vanthu.organizations.models import User

    actor = people.actor_for_session(User.objects.get(username=username).id, None)
    assert actor is not None, "an account of the filled database"
    with CaptureQueriesContext(connection) as captured:
        queries.list_incoming(actor, tab=tab, text=text, now=timezone.now())
    return [query["sql"] for query in captured.captured_queries]


if __name__ == "__main__":
    children.answer(prepare)
