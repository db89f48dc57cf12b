"""Whether this program can do its work now: what acts need is tried out, not only whether it answers."""

from __future__ import annotations

import functools
import logging
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.migrations.loader import MigrationLoader

from vanthu.kernel import blobs, outbox, rescue
from vanthu.kernel.errors import why
from vanthu.kernel.trouble import trouble_of

logger = logging.getLogger(__name__)

#: Seconds a finding holds: whoever asks more often hears the same.
_FRESH = 5.0
#: Longest (milliseconds) one question to the database may take.
_PATIENCE = 3000
#: Seconds the oldest due job may wait.
_STUCK_AFTER = 1800
_PIECE = b"\0" * 4096


class Verdict(StrEnum):
    """What is told to anybody: no more than this word."""

    WELL = "ok"
    #: Acts are done; something else needs the administrator.
    WARNING = "cảnh báo"
    #: Acts are refused now.
    FAULT = "lỗi"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ailment:
    """One thing that is not as it should be, in a sentence for the administrator."""

    sentence: str
    #: Whether acts fail for it, or only something else suffers.
    stops_acts: bool


#: Seconds that others wait for a process's first finding.
_FIRST = 3.0
#: What parts above the kernel look at as well; each yields what is wrong.
Look = Callable[[], Iterator[Ailment]]
_further: list[Look] = []


def look_too(look: Look) -> None:
    """Say, once, that `examine` is to look at this as well, after what acts need."""
    if look not in _further:
        _further.append(look)


class _Memory:
    """The last finding; one thread asks, the others hear what was found before."""

    def __init__(self) -> None:
        self.asking = threading.Lock()
        self.at = float("-inf")
        self.found: tuple[Ailment, ...] = (
            Ailment(sentence="Đang kiểm tra hệ thống, chưa có kết quả.", stops_acts=True),
        )


_memory = _Memory()


def examine() -> tuple[Ailment, ...]:
    """What is wrong now, worst first; empty when all is well. Asks anew when the last finding is old.

    Never raises, and after the first finding never makes more than one thread wait for a database that does
    not answer.
    """
    # Nothing is known yet in a process's first second: whoever asks then waits for the first finding.
    patience = _FIRST if _memory.at == float("-inf") else 0
    if time.monotonic() - _memory.at > _FRESH and _memory.asking.acquire(timeout=patience):
        try:
            if time.monotonic() - _memory.at <= _FRESH:
                return _memory.found
            looks = (_look_at_database, _look_at_disk, *_further)
            found = [ailment for look in looks for ailment in _asked(look)]
            _memory.found = tuple(sorted(found, key=lambda ailment: not ailment.stops_acts))
            _memory.at = time.monotonic()
        finally:
            _memory.asking.release()
    return _memory.found


def verdict(ailments: tuple[Ailment, ...]) -> Verdict:
    """The one word for what was found."""
    if not ailments:
        return Verdict.WELL
    return Verdict.FAULT if any(each.stops_acts for each in ailments) else Verdict.WARNING


def forget() -> None:
    """Ask anew the next time, however young the last finding is."""
    _memory.at = float("-inf")


def _asked(look: Look) -> list[Ailment]:
    try:
        return list(look())
    except Exception as error:
        trouble = trouble_of(error)
        if trouble is None:
            logger.exception("Không kiểm tra được hệ thống")
        said = str(error.__cause__ or error).strip().partition("\n")[0]
        sentence = str(trouble) if trouble else "Một việc mà mọi thao tác cần không làm được."
        return [Ailment(sentence=f"{sentence} Chi tiết: {said}", stops_acts=True)]


def _look_at_database() -> Iterator[Ailment]:
    """Does everything an act does (a function in PL/pgSQL, a job in the outbox) and takes it back."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {_PATIENCE}")
            outbox.try_out()
            missing, is_anybody, waiting = _missing_migrations(), rescue.is_anybody_at_work(), _longest_wait()
            transaction.set_rollback(True)
    except Error:
        # The next who asks must not meet the connection that failed.
        connection.close()
        raise
    if missing:
        yield Ailment(
            sentence=f"Cơ sở dữ liệu chưa được nâng cấp ({missing}). Hãy chạy lệnh migrate.", stops_acts=True
        )
    if not is_anybody:
        yield Ailment(
            sentence="Không có chương trình làm việc nền nào đang chạy: văn bản chưa được chuyển đi. "
            "Hãy chạy lệnh worker.",
            stops_acts=False,
        )
    elif waiting is not None and waiting > _STUCK_AFTER:
        yield Ailment(
            sentence=f"Có việc nền đã chờ {waiting // 60:.0f} phút mà chưa được làm.", stops_acts=False
        )


def _missing_migrations() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    return ", ".join(f"{app}.{name}" for app, name in _newest_migrations() if (app, name) not in applied)


@functools.cache
def _newest_migrations() -> list[tuple[str, str]]:
    return sorted(MigrationLoader(None).graph.leaf_nodes())


def _longest_wait() -> float | None:
    """Seconds since the oldest waiting job was due; None when none waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT extract(epoch FROM now() - coalesce(job.scheduled_at, event.at))::float
            FROM procrastinate_jobs job
            JOIN procrastinate_events event ON event.job_id = job.id AND event.type = 'deferred'
            WHERE job.status = 'todo' AND coalesce(job.scheduled_at, now()) <= now()
            ORDER BY job.id LIMIT 1
            """
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _look_at_disk() -> Iterator[Ailment]:
    """Write where files arrive, and count what room is left there and where they stay."""
    room = blobs.workroom()
    try:
        with tempfile.NamedTemporaryFile(dir=room, suffix=".part") as trial:
            trial.write(_PIECE)
            trial.flush()
    except OSError as error:
        yield Ailment(sentence=f"Không ghi được tệp vào «{room}»: {why(error)}.", stops_acts=True)
        return
    for folder in {room, *(each for each in [Path(settings.BLOBS)] if each.is_dir())}:
        free = shutil.disk_usage(folder).free // (1024 * 1024)
        if free < settings.LEAST_FREE:
            yield Ailment(
                sentence=f"Ổ đĩa chứa «{folder}» chỉ còn {free} MB. Hãy dọn hoặc thêm ổ đĩa.",
                stops_acts=False,
            )
            return
