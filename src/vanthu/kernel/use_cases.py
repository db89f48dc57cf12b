"""The frame of every use case: one transaction of its own, begun anew when the database broke it off."""

from __future__ import annotations

import functools
import logging
import random
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled, SerializationFailure

from vanthu.kernel.errors import Busy, DomainError
from vanthu.kernel.trouble import OutcomeUnknown, connection_was_lost, trouble_of

logger = logging.getLogger(__name__)

Params = ParamSpec("Params")
Result = TypeVar("Result")

#: How often a use case is begun before its caller hears of it. PostgreSQL breaks off one of two that wait
#: for each other, so each time at least one of them is done.
TRIES = 5
#: Seconds before the second try, doubled each time; a share is left to chance, so two do not meet again.
_PAUSE = 0.02

#: Ended for the sake of others, and nothing kept: beginning again is worth it.
_BROKEN_OFF = (DeadlockDetected, SerializationFailure)
#: Waited as long as anybody may (`environment.database`): the caller has waited long enough too.
_WAITED_OUT = (LockNotAvailable, QueryCanceled)


def is_busy(error: BaseException) -> bool:
    """Whether the database refused for the sake of others alone: the same may succeed a moment later."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, _BROKEN_OFF + _WAITED_OUT)


def passes_by_itself(error: BaseException) -> bool:
    """Whether `error` speaks of the system alone (the database, the disk, a crowd), not of what was asked.

    What the database refuses to keep is no such thing: the same is refused the next time.
    """
    is_away = isinstance(error, DomainError) and error.status == HTTPStatus.SERVICE_UNAVAILABLE
    return is_away or is_busy(error) or trouble_of(error) is not None


class _Tally(threading.local):
    done = 0


_tally = _Tally()


def use_case(act: Callable[Params, Result]) -> Callable[Params, Result]:
    """Make `act` a use case: durable and whole, in a transaction that is never part of another.

    A transaction the database broke off (deadlock, serialisation failure), in the middle or at its end,
    changed nothing, and is repeated from its first line a few times; the arguments must bear being read
    again. Raises Busy when that did not help or a lock was waited for too long, OutcomeUnknown when the
    database went away during the commit, RuntimeError inside another transaction, and whatever `act` raises.
    """

    @functools.wraps(act)
    def run(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        attempt = 1
        while True:
            try:
                return _once(act, *args, **kwargs)
            except OperationalError as error:
                if isinstance(error.__cause__, _WAITED_OUT):
                    logger.warning("%s chờ khóa quá lâu: %s", act.__qualname__, error)
                    raise Busy from error
                if not isinstance(error.__cause__, _BROKEN_OFF):
                    raise
                if attempt == TRIES:
                    logger.error("%s bị cắt ngang %d lần: %s", act.__qualname__, TRIES, error)
                    raise Busy from error
                logger.warning("Làm lại %s lần %d: %s", act.__qualname__, attempt + 1, error)
            # Chance guards no secret here: two that broke each other off only have to part.
            time.sleep(_PAUSE * 2**attempt * (0.5 + random.random()))  # noqa: S311 - no secret depends on it
            attempt += 1

    return run


def times_done() -> int:
    """How many use cases this thread has committed: what differs since a request began was kept."""
    return _tally.done


def _once(act: Callable[Params, Result], *args: Params.args, **kwargs: Params.kwargs) -> Result:
    is_committing = False
    try:
        with transaction.atomic(durable=True):
            result = act(*args, **kwargs)
            is_committing = True
    except (DatabaseError, InterfaceError) as error:
        # Until COMMIT is sent, a lost connection means that nothing was kept; from then on it may have been.
        if is_committing and connection_was_lost(error):
            raise OutcomeUnknown from error
        raise
    _tally.done += 1
    return result
