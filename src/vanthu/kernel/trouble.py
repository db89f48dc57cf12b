"""What stops the whole system for a while (the database, the disk), told apart from faults of a request."""

from __future__ import annotations

import errno
from collections.abc import Iterator

import psycopg
from django.db import InterfaceError, OperationalError

from vanthu.kernel.errors import DomainError


class Unavailable(DomainError):
    """Hệ thống tạm thời chưa làm việc được."""

    code = "trouble.unavailable"
    status = 503
    #: Seconds after which asking again makes sense.
    retry_after = 30


class DatabaseAway(Unavailable):
    """Cơ sở dữ liệu đang khởi động lại hoặc chưa kết nối được; hệ thống sẽ tự trở lại."""

    code = "trouble.database-away"
    retry_after = 15


class DatabaseCrowded(Unavailable):
    """Quá nhiều việc đang được làm cùng một lúc."""

    code = "trouble.database-crowded"
    retry_after = 10


class DatabaseInRepair(Unavailable):
    """Hệ thống đang được bảo trì: cơ sở dữ liệu vừa được nâng cấp và cần khởi động lại."""

    code = "trouble.database-in-repair"


class DiskFull(Unavailable):
    """Máy chủ đã hết chỗ trên ổ đĩa; quản trị hệ thống phải dọn hoặc thêm ổ đĩa."""

    code = "trouble.disk-full"
    retry_after = 120


class ReadOnly(Unavailable):
    """Hệ thống đang ở chế độ chỉ đọc: xem được, chưa ghi được."""

    code = "trouble.read-only"
    retry_after = 120


class OutcomeUnknown(Unavailable):
    """Mất liên lạc với cơ sở dữ liệu đúng lúc ghi, chưa rõ việc vừa làm đã được ghi hay chưa."""

    code = "trouble.outcome-unknown"
    retry_after = 15


#: By SQLSTATE, the longest beginning first (PostgreSQL, appendix A).
_BY_STATE: dict[str, type[Unavailable]] = {
    "53100": DiskFull,
    "53": DatabaseCrowded,
    "40001": DatabaseCrowded,
    "40P01": DatabaseCrowded,
    "25006": ReadOnly,
    "25P03": DatabaseAway,
    "57P": DatabaseAway,
    "08": DatabaseAway,
    "58": DatabaseInRepair,
}
_BY_NUMBER: dict[int | None, type[Unavailable]] = {
    errno.ENOSPC: DiskFull,
    errno.EDQUOT: DiskFull,
    errno.EROFS: ReadOnly,
}
#: A server whose files were exchanged under it, where no SQLSTATE says so.
_EXCHANGED = ("could not load library", "incompatible library")
#: A refused connection has no SQLSTATE.
_CROWDED = ("too many clients", "remaining connection slots", "too many connections")


def trouble_of(error: BaseException) -> Unavailable | None:
    """What stops the system, when that is what `error` or any of its causes says; None for a plain fault."""
    for each in _with_causes(error):
        if isinstance(each, Unavailable):
            return each
        kind = _kind_of(each)
        if kind is not None:
            return kind()
    return None


def connection_was_lost(error: BaseException) -> bool:
    """Whether the database went away while it was asked, so that nobody knows what it still did."""
    return isinstance(trouble_of(error), DatabaseAway)


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        hidden = following.__suppress_context__
        following = following.__cause__ or (None if hidden else following.__context__)


def _kind_of(error: BaseException) -> type[Unavailable] | None:
    if isinstance(error, psycopg.Error):
        return _kind_of_database(error)
    if isinstance(error, OperationalError | InterfaceError) and error.__cause__ is None:
        # Django's own words for a connection it has found closed.
        return DatabaseAway
    return _BY_NUMBER.get(error.errno) if isinstance(error, OSError) else None


def _kind_of_database(error: psycopg.Error) -> type[Unavailable] | None:
    said = str(error)
    if isinstance(error, psycopg.InterfaceError):
        return DatabaseAway if "connection" in said else None
    if error.sqlstate is None:
        if not isinstance(error, psycopg.OperationalError):
            return None
        return DatabaseCrowded if any(words in said for words in _CROWDED) else DatabaseAway
    if any(words in said for words in _EXCHANGED):
        return DatabaseInRepair
    beginnings = (error.sqlstate[:length] for length in (5, 3, 2))
    return next((_BY_STATE[begin] for begin in beginnings if begin in _BY_STATE), None)
