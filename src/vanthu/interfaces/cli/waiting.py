"""Waiting for the database: programs may start before it does, and outlive its restarts."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from functools import partial
from types import FrameType
from typing import Any

from vanthu.config import environment
from vanthu.config.environment import SettingRefused
from vanthu.interfaces.cli import notify
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.parser import one_line
from vanthu.interfaces.cli.settings import first_line
from vanthu.kernel.trouble import trouble_of

logger = logging.getLogger(__name__)

#: Seconds between two tries: the first, doubled each time up to the last.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
#: Seconds between two lines about the same waiting.
_SAY_EVERY = 300.0
#: Work that lasted so long (seconds) was well; what ended earlier begins again later and later.
_WELL_AFTER, _LONGEST_REST = 10.0, 5.0
#: A server that says FATAL has answered and refuses us, unless it says that it is on its way.
_ON_ITS_WAY = (
    *("starting up", "shutting down", "recovery", "not yet accepting", "not accepting"),
    *("too many clients", "remaining connection slots", "too many connections"),
)


def wait_for_database() -> None:
    """Return when the database answers; one line on stderr says whom the program waits for.

    Waits VANTHU_DATABASE_WAIT_SECONDS (300) at most. Raises CommandRefused then, and at once when the
    database answers that it will not have us (wrong password, no such database), or a setting is wrong.
    """
    try:
        seconds = environment.number("VANTHU_DATABASE_WAIT_SECONDS", 300)
    except SettingRefused as refused:
        raise CommandRefused(str(refused)) from refused
    limit, pause, has_said = time.monotonic() + seconds, _FIRST_PAUSE, False
    while (error := _ask()) is not None:
        if time.monotonic() >= limit or not _comes_by_itself(error):
            raise CommandRefused(f"Không làm việc được với cơ sở dữ liệu: {first_line(error)}") from error
        if not has_said:
            _say(f"Đang chờ {_name()}, tối đa {seconds} giây ({first_line(error)}).")
            has_said = True
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
    if has_said:
        _say("Cơ sở dữ liệu đã trả lời.")


def look_for_database() -> None:
    """Say whom a program waits for that begins its work meanwhile. Raises CommandRefused as above."""
    error = _ask()
    if error is None:
        return
    if not _comes_by_itself(error):
        raise CommandRefused(f"Không làm việc được với cơ sở dữ liệu: {first_line(error)}") from error
    _say(
        f"Đang chờ {_name()} ({first_line(error)}); trong lúc chờ, mọi yêu cầu được trả lời là chưa phục vụ."
    )


def wait_until_it_is_back(is_told_to_stop: Callable[[], bool]) -> None:
    """Return when the database answers again, however long that takes, or the program is told to stop.

    For a program at work: whatever the database says meanwhile, it is waited for.
    """
    pause, say_at = _FIRST_PAUSE, time.monotonic()
    while not is_told_to_stop() and (error := _ask()) is not None:
        if time.monotonic() >= say_at:
            logger.warning("Đang chờ %s (%s)", _name(), first_line(error))
            say_at += _SAY_EVERY
        notify.say_alive()
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


def work_until_told(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run `work` until SIGINT or SIGTERM cancels it; begin it again whenever the database took it away.

    It begins again only when the database answers and every thread of the work before has ended, so that no
    job runs beside itself. Raises what `work` raises when the database is not the reason.
    """
    told, quick_ends = _Told(), 0
    while not told.to_stop:
        began = time.monotonic()
        try:
            # Its end waits for the threads.
            asyncio.run(told.cancel_when_told(work))
        except Exception as error:
            # A worker proves its life through another process, which says no more than that it failed.
            if trouble_of(error) is None and not isinstance(error, ConnectionError):
                raise
            logger.warning("Việc nền tạm ngừng: %s", first_line(error))
        wait_until_it_is_back(lambda: told.to_stop)
        quick_ends = quick_ends + 1 if time.monotonic() - began < _WELL_AFTER else 0
        told.rest(min(_FIRST_PAUSE * 2 ** min(quick_ends, 9), _LONGEST_REST))


class _Told:
    """Whether a signal has told the program to stop."""

    def __init__(self) -> None:
        self.to_stop = False
        self._cancel: Callable[[], object] | None = None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._hear)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self.to_stop = True
        if self._cancel is not None:
            self._cancel()

    async def cancel_when_told(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run `work`; being cancelled by the signal is its proper end."""
        loop, working = asyncio.get_running_loop(), asyncio.create_task(work())
        alive = asyncio.create_task(_say_alive())
        self._cancel = partial(loop.call_soon_threadsafe, working.cancel)
        if self.to_stop:
            working.cancel()
        try:
            await working
        except asyncio.CancelledError:
            if not self.to_stop:
                raise
        finally:
            self._cancel = None
            alive.cancel()

    def rest(self, seconds: float) -> None:
        """Do nothing for so long, or until told to stop."""
        until = time.monotonic() + seconds
        while not self.to_stop and time.monotonic() < until:
            time.sleep(_FIRST_PAUSE)
            notify.say_alive()


async def _say_alive() -> None:
    every = notify.seconds_between_signs()
    while every is not None:
        notify.say_alive()
        await asyncio.sleep(every)


def _ask() -> Exception | None:
    """What the database answers to a new connection; None when it lets us in."""
    from django.db import Error, connection

    try:
        connection.close()
        connection.ensure_connection()
    except Error as error:
        return error
    finally:
        connection.close()
    return None


def _comes_by_itself(error: Exception) -> bool:
    if trouble_of(error) is None:
        return False
    said = str(error)
    return "FATAL:" not in said or any(words in said for words in _ON_ITS_WAY)


def _name() -> str:
    from django.db import connection

    chosen = connection.settings_dict
    port = f":{chosen['PORT']}" if chosen["PORT"] else ""
    return one_line(f"cơ sở dữ liệu «{chosen['NAME']}» trên «{chosen['HOST'] or 'máy này'}{port}»")


def _say(line: str) -> None:
    print(one_line(line), file=sys.stderr, flush=True)
