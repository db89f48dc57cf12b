"""Attempts at what comes from outside, written down before they begin: a death is a failure that counts.

A job that reads a stranger's data may end its process, be killed by the kernel, or never return; no handler
of ours runs then. So the attempt is committed first (`written_down`). What was begun in a worker and not
finished is begun once more in a process of its own (kernel.apart), so that of all that were under way when
the worker died, only the guilty one fails twice. What does not end in LONGEST seconds ends its worker: a
thread can be ended in no other way, and apart it has the same time once more. The guilty one is given up: it
is told to the administrator, and those behind it go on.

What fails because something else is away (`elsewhere`: the axis; the database, the disk, a place in the room)
is not the subject's fault and does not count, however often it happens.
"""

from __future__ import annotations

import functools
import json
import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest, Now

from vanthu.kernel import audit
from vanthu.kernel.actor import system
from vanthu.kernel.apart import TIME_LIMIT, Ending
from vanthu.kernel.errors import DomainError
from vanthu.kernel.models import Attempt
from vanthu.kernel.states import AttemptState
from vanthu.kernel.trouble import Unavailable
from vanthu.kernel.use_cases import passes_by_itself

logger = logging.getLogger(__name__)

#: Begun and seen to fail so often, a thing is put aside.
LIMIT = 2
#: Begun and broken off so often together with its worker, it is put aside as well: nobody saw who was
#: guilty, and it is more likely to be this than an accident each time.
LIMIT_UNSEEN = 5
#: Seconds one attempt may take in a worker.
LONGEST = TIME_LIMIT
#: Exit code of a worker that ends for it (EX_SOFTWARE).
ENDED_BY_A_HANG = 70


class DiedApart(DomainError):
    """Hệ thống đã mở hai lần và cả hai lần đều bị ngắt giữa chừng."""

    code = "attempts.died"


class FailedApart(DomainError):
    """Hệ thống gặp lỗi ngoài dự kiến khi đọc. Chi tiết có trong nhật ký của máy chủ."""

    code = "attempts.failed"


DIED = str(DiedApart())
UNFORESEEN = str(FailedApart())
SUBJECT_TYPE = "kernel.attempt"
#: A background task: keyword arguments only.
Work = Callable[..., None]


#: How a thing under suspicion is begun again; None: in this process, like any other.
Apart = Callable[[str, Mapping[str, Any]], Ending]
_apart: Apart | None = None


def try_suspects_apart(run: Apart) -> None:
    """Say, once, that in this process what is under suspicion is done by `run`."""
    global _apart
    _apart = run


class GiveUp(Protocol):
    """What a task does with a subject that is not to be tried again, instead of leaving it in this ledger."""

    def __call__(self, *, reason: str, died_before: bool, **arguments: Any) -> None:
        """Put it aside for `reason`; `died_before`: this very step has broken off before."""


def written_down(
    task: str,
    *,
    about: str = "",
    elsewhere: tuple[type[Exception], ...] = (),
    give_up: GiveUp | None = None,
    rest: timedelta | None = None,
) -> Callable[[Work], Work]:
    """Make a task commit each attempt before it begins, and give up what was LIMIT times not finished.

    `about` names the argument that tells subjects apart. Without `give_up` the attempt itself stays put
    aside until somebody has it tried again; with `rest`, it is tried by itself after that time. Failures of
    `elsewhere`, and those that pass by themselves, do not count and are raised as they are.
    """
    care = _Care(about, elsewhere, give_up, rest)

    def wrap(work: Work) -> Work:
        @functools.wraps(work)
        def run(**arguments: Any) -> None:
            care.run(task, work, arguments)

        return run

    return wrap


@dataclass(frozen=True, slots=True)
class _Care:
    """How the attempts of one task are treated; the words are those of `written_down`."""

    about: str
    elsewhere: tuple[type[Exception], ...]
    give_up: GiveUp | None
    rest: timedelta | None

    def run(self, task: str, work: Work, arguments: Mapping[str, Any]) -> None:
        subject = str(arguments[self.about]) if self.about else ""
        attempt = _begin(task, subject, arguments, self.rest)
        if attempt is None:
            logger.warning("Việc %s %s đang để riêng, không làm.", task, subject)
            return
        if attempt.unfinished > LIMIT_UNSEEN:
            reason: str | None = attempt.reason or DIED
        elif attempt.unfinished > 1 and _apart is not None:
            reason = self._attempt(attempt, functools.partial(self._apart, _apart, task), arguments)
        else:
            with _no_longer_than(LONGEST, task, subject):
                reason = self._attempt(attempt, work, arguments)
        if reason is not None:
            _give_up(attempt, reason, self.give_up, arguments)

    def _attempt(self, attempt: Attempt, work: Work, arguments: Mapping[str, Any]) -> str | None:
        """Do the work; the reason for which it must be given up, None when it is done."""
        try:
            work(**arguments)
        except Exception as fault:
            if isinstance(fault, self.elsewhere) or passes_by_itself(fault):
                _forgive(attempt)
                raise
            reason = _note(attempt, fault)
            if attempt.unfinished < LIMIT:
                raise
            return reason
        # Only what is finished is forgotten; a death gets no word in here.
        Attempt.objects.filter(pk=attempt.pk).delete()
        return None

    def _apart(self, run: Apart, task: str, **arguments: Any) -> None:
        """Do the work apart; what was raised there is raised here. Raises DiedApart for a death."""
        ending = run(task, arguments)
        if ending.is_death:
            raise DiedApart
        if ending.passes:
            raise Unavailable(ending.words or None)
        for kind in self.elsewhere:
            if ending.raised in {each.__name__ for each in (kind, *kind.__subclasses__())}:
                fault = kind.__new__(kind)
                fault.args = (ending.words,)
                raise fault
        if ending.raised:
            raise FailedApart(ending.words or UNFORESEEN)


@contextmanager
def _no_longer_than(seconds: float, task: str, subject: str) -> Iterator[None]:
    """End this worker when the block does not end in time; whoever watches over it starts another."""
    if _apart is None:
        # No worker: a command that somebody waits for, and may stop.
        yield
        return

    def end() -> None:
        logger.critical("Việc %s %s không xong trong %d giây; tiến trình dừng", task, subject, seconds)
        logging.shutdown()
        os._exit(ENDED_BY_A_HANG)

    watch = threading.Timer(seconds, end)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def put_aside(attempt: Attempt, reason: str) -> None:
    """Leave the attempt in the ledger, not to be begun again, and say so in the machine's audit trail."""
    with transaction.atomic(durable=True):
        Attempt.objects.filter(pk=attempt.pk).update(
            state=AttemptState.PUT_ASIDE, put_aside_at=Now(), reason=reason[:500]
        )
        attempt.refresh_from_db()
        audit.record(
            action="kernel.attempt-put-aside",
            actor=system("Việc nền"),
            at=attempt.put_aside_at or attempt.begun_at,
            subject_type=SUBJECT_TYPE,
            subject_id=attempt.pk,
            data={"task": attempt.task, "subject": attempt.subject, "reason": attempt.reason},
        )
    logger.error("Đã để riêng việc %s %s: %s", attempt.task, attempt.subject, reason)


def _begin(task: str, subject: str, arguments: Mapping[str, Any], rest: timedelta | None) -> Attempt | None:
    """Commit that the work begins; None when it is put aside and may not."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO kernel_attempt AS known
                (id, task, subject, arguments, state, unfinished, begun_at, reason)
            VALUES (gen_random_uuid(), %(task)s, %(subject)s, %(arguments)s::jsonb, 'begun', 1, now(), '')
            ON CONFLICT (task, subject) DO UPDATE
            SET unfinished = CASE known.state WHEN 'begun' THEN known.unfinished + 1 ELSE %(limit)s END,
                state = 'begun', put_aside_at = NULL, begun_at = now(), arguments = EXCLUDED.arguments
            WHERE known.state = 'begun' OR known.put_aside_at < now() - make_interval(secs => %(rest)s)
            RETURNING id
            """,
            {
                "task": task,
                "subject": subject,
                "arguments": json.dumps(arguments),
                "limit": LIMIT,
                "rest": rest.total_seconds() if rest else None,
            },
        )
        row = cursor.fetchone()
    return Attempt.objects.get(pk=row[0]) if row else None


def _forgive(attempt: Attempt) -> None:
    """Take back that it counts; where the database itself is away, it goes on counting."""
    with suppress(DatabaseError, InterfaceError):
        Attempt.objects.filter(pk=attempt.pk).update(unfinished=Greatest(F("unfinished") - 1, 0))


def _note(attempt: Attempt, fault: Exception) -> str:
    """Keep the words of a failure that counts, and return them."""
    logger.error("Việc %s %s không xong", attempt.task, attempt.subject, exc_info=fault)
    reason = (str(fault) if isinstance(fault, DomainError) else UNFORESEEN)[:500]
    Attempt.objects.filter(pk=attempt.pk).update(reason=reason)
    return reason


def _give_up(attempt: Attempt, reason: str, give_up: GiveUp | None, arguments: Mapping[str, Any]) -> None:
    if give_up is None:
        put_aside(attempt, reason)
        return
    try:
        give_up(reason=reason, died_before=attempt.unfinished > LIMIT_UNSEEN + 1, **arguments)
    except Exception:
        # Putting it aside failed: that is tried again, the work itself is not.
        with suppress(DatabaseError, InterfaceError):
            Attempt.objects.filter(pk=attempt.pk).update(unfinished=LIMIT_UNSEEN, reason=reason)
        raise
    Attempt.objects.filter(pk=attempt.pk).delete()
