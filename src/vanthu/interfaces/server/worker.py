"""One server process: `python -m vanthu.interfaces.server.worker DESCRIPTOR`, started by `workers`."""

from __future__ import annotations

import logging
import os
import resource
import signal
import socket
import sys
import tempfile
from importlib import import_module
from ipaddress import ip_network
from types import FrameType

from vanthu.interfaces.server.limits import Limits
from vanthu.interfaces.server.listener import Server

#: Seconds for requests under way when the server is told to stop.
STOP_SECONDS = 10.0


def main(descriptor: int) -> int:
    """Serve the program that DJANGO_SETTINGS_MODULE names, until SIGTERM or SIGINT."""
    application = import_module("vanthu.config.wsgi").application
    from django.conf import settings
    from django.utils.module_loading import import_string

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    spool = settings.VAR / "spool"
    spool.mkdir(parents=True, exist_ok=True)
    # Bodies and answers that are long lie here, without a name; /tmp may be memory.
    tempfile.tempdir = str(spool)
    limits = Limits(
        connections=settings.WEB_CONNECTIONS,
        per_address=settings.WEB_CONNECTIONS_PER_ADDRESS,
        body=settings.REQUEST_LIMIT,
        bodies=4 * settings.REQUEST_LIMIT,
        grace=settings.WEB_GRACE_SECONDS,
    )
    _allow_files(3 * limits.connections)
    server = Server(
        application,
        socket.socket(fileno=descriptor),
        threads=settings.WEB_THREADS,
        limits=limits,
        proxies=[ip_network(each) for each in settings.TRUSTED_PROXIES],
        say=import_string(settings.SERVER_VOICE),
        admit=import_string(settings.SERVER_ADMISSION),
        narrow=settings.NARROW_PATHS,
    )

    def stop(number: int, frame: FrameType | None) -> None:
        server.stop(seconds=STOP_SECONDS)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    server.run()
    # Threads that have not ended in time are not waited for.
    logging.shutdown()
    os._exit(0)


def _allow_files(wanted: int) -> None:
    """Each connection is a file, its body and its answer may be others."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
