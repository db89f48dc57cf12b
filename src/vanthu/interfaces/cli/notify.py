"""What a program tells who watches over it, systemd or our own supervisor: sd_notify(3)."""

from __future__ import annotations

import functools
import http.client
import os
import socket
import threading
import time

from vanthu.kernel.errors import why

#: Seconds between two looks whether a server that begins answers already.
_LOOK_EVERY = 0.2
#: Seconds one look may take.
_LOOK_SECONDS = 10.0


@functools.cache
def say_ready() -> None:
    """Work has begun; said once, however often it begins again."""
    _say("READY=1")


def say_alive() -> None:
    """The program still gets on; systemd ends one that stays silent for WatchdogSec."""
    if seconds_between_signs() is not None:
        _say("WATCHDOG=1")


def seconds_between_signs() -> float | None:
    """How often `say_alive` is expected: half of WatchdogSec; None when nobody waits for it."""
    told = os.environ.get("WATCHDOG_USEC", "")
    return int(told) / 2_000_000 if told.isdigit() and int(told) else None


def vouch_for(host: str, port: int) -> None:
    """Say ready once the server at this address answers, then alive as long as it does, from its own thread.

    Any answer counts, 503 too: a server whose database is away must not be ended for it. Nothing happens when
    nobody listens.
    """
    if os.environ.get("NOTIFY_SOCKET"):
        here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
        threading.Thread(target=_vouch, args=(here, port), name="vouch", daemon=True).start()


def _vouch(host: str, port: int) -> None:
    while not _answers(host, port):
        time.sleep(_LOOK_EVERY)
    say_ready()
    every = seconds_between_signs()
    while every is not None:
        if _answers(host, port):
            say_alive()
        time.sleep(every)


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=_LOOK_SECONDS)
    try:
        connection.request("GET", "/suc-khoe")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    else:
        return True
    finally:
        connection.close()


def _say(words: str) -> None:
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    try:
        # Whoever does not read his mail must not hold up the work.
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as mail:
            mail.sendto(words.encode(), "\0" + address[1:] if address.startswith("@") else address)
    except OSError as error:
        # Who watched is gone or does not listen; the work itself is not in question.
        print(f"Không báo được «{words}»: {why(error)}.", flush=True)
