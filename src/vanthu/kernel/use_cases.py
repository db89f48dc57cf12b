"""The frame of every use case: one transaction of its own, begun anew when the database broke it off."""

from __future__ import annotations

import functools
import logging
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, transaction
from psycopg.errors import DeadlockDetected, SerializationFailure

logger = logging.getLogger(__name__)

Params = ParamSpec("Params")
Result = TypeVar("Result")

#: How often a use case is begun before its caller hears of it. PostgreSQL breaks off one of two that wait
#: for each other, so each time at least one of them is done.
_TRIES = 5
#: Seconds before the second try, doubled each time; a share is left to chance, so two do not meet again.
_PAUSE = 0.02


def use_case(act: Callable[Params, Result]) -> Callable[Params, Result]:
    """Make `act` a use case: durable and whole, in a transaction that is never part of another.

    A transaction the database broke off (deadlock, serialisation failure) changed nothing, and is repeated
    from its first line a few times before the error is raised; the arguments must bear being read again.
    Raises RuntimeError inside another transaction, and whatever `act` raises.
    """

    @functools.wraps(act)
    def run(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        for attempt in range(1, _TRIES):
            try:
                with transaction.atomic(durable=True):
                    return act(*args, **kwargs)
            except OperationalError as error:
                if not _was_broken_off(error):
                    raise
                logger.warning("Làm lại %s lần %d: %s", act.__qualname__, attempt + 1, error)
            # The seed of no key and no secret: two that broke each other off only have to part.
            time.sleep(_PAUSE * 2**attempt * (0.5 + random.random()))  # noqa: S311 - no secret depends on it
        with transaction.atomic(durable=True):
            return act(*args, **kwargs)

    return run


def _was_broken_off(error: OperationalError) -> bool:
    """Whether the database ended the transaction for the sake of others, having kept nothing of it."""
    return isinstance(error.__cause__, DeadlockDetected | SerializationFailure)
