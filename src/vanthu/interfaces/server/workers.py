"""The server processes of one program: replaced when they die, stopped together."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from types import FrameType

from vanthu.interfaces.server.worker import STOP_SECONDS

logger = logging.getLogger(__name__)

#: Seconds a process lives that is well, and the longest pause before one that is not is started again.
_WELL_AFTER, _LONGEST_PAUSE = 10.0, 5.0
_TICK = 0.1


@dataclass
class _Worker:
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    quick_deaths: int = 0
    not_before: float = 0.0


class Workers:
    """`count` processes that take connections from `sock`."""

    def __init__(self, sock: socket.socket, count: int) -> None:
        self._socket = sock
        self._workers = [_Worker() for _ in range(count)]
        self._is_stopping = False

    def run(self) -> None:
        """Keep all of them alive until SIGTERM or SIGINT; then let them finish what is under way."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while not self._is_stopping:
            for worker in self._workers:
                self._look_at(worker)
            time.sleep(_TICK)
        self._end()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._is_stopping = True

    def _look_at(self, worker: _Worker) -> None:
        now = time.monotonic()
        if worker.process is not None and worker.process.poll() is not None:
            code, worker.process = worker.process.returncode, None
            worker.quick_deaths = 0 if now - worker.started > _WELL_AFTER else worker.quick_deaths + 1
            worker.not_before = now + min(0.25 * worker.quick_deaths**2, _LONGEST_PAUSE)
            logger.error("Một tiến trình web dừng với mã %s; khởi động lại.", code)
        if worker.process is None and now >= worker.not_before:
            worker.process, worker.started = self._start(), now

    def _start(self) -> subprocess.Popen[bytes]:
        descriptor = self._socket.fileno()
        # setpriv (util-linux) has the kernel stop it when we are gone, however we went.
        return subprocess.Popen(  # noqa: S603 - our own module
            [
                *("/usr/bin/setpriv", "--pdeathsig=TERM"),
                *(sys.executable, "-m", "vanthu.interfaces.server.worker", str(descriptor)),
            ],
            pass_fds=[descriptor],
            stdin=subprocess.DEVNULL,
            env=dict(os.environ),
        )

    def _end(self) -> None:
        self._socket.close()
        alive = [worker.process for worker in self._workers if worker.process is not None]
        for process in alive:
            process.send_signal(signal.SIGTERM)
        limit = time.monotonic() + STOP_SECONDS + 3
        for process in alive:
            try:
                process.wait(max(0.1, limit - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
