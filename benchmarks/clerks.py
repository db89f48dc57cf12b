"""A measuring process: records clerks who register what waits, through the real use case, in threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from benchmarks import children


def prepare(job: dict[str, Any]) -> Callable[[], tuple[float, float]]:
    """`username`: the clerk; `keys`: a list for each thread. The answer: their beginning, their end."""
    from vanthu.interfaces.cli import settings

    settings.load(settings.SYSTEM)
    from vanthu.organizations import queries
    from vanthu.organizations.models import User

    actor = queries.actor_for_session(User.objects.get(username=job["username"]).id, None)
    assert actor is not None, "an account of the filled database"
    shares: list[list[int]] = job["keys"]
    return lambda: _register(actor, shares)


def _register(actor: Any, shares: list[list[int]]) -> tuple[float, float]:
    from django.db import connection
    from django.utils import timezone

    from vanthu.incoming import actions, queries

    # What each clerk has on the screen when the work begins.
    opened = timezone.now()
    shown = {
        key: queries.get_incoming(actor, document_id=UUID(int=key), now=opened).seen
        for keys in shares
        for key in keys
    }
    faults: list[Exception] = []

    def work(keys: list[int]) -> None:
        try:
            for key in keys:
                actions.register_document(
                    actor=actor, document_id=UUID(int=key), seen=shown[key], now=timezone.now()
                )
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(keys,)) for keys in shares]
    # The monotonic clock is one for all processes of a machine.
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return began, time.monotonic()


if __name__ == "__main__":
    children.answer(prepare)
