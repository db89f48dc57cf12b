"""The parent's side: a warm zygote for this process, jobs given to it, answers taken as data."""

from __future__ import annotations

import array
import atexit
import contextlib
import functools
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from io import BufferedReader
from pathlib import Path
from typing import IO, Any

from vanthu import pdfsign
from vanthu.pdfsign import FontMissing, PdfSignError
from vanthu.pdfsign.fonts import cache_directory
from vanthu.room import sandbox, wire
from vanthu.room.errors import ReaderBroke, RoomClosed, TookTooLong, TookTooMuch
from vanthu.room.limits import Limits
from vanthu.room.refusals import refusal
from vanthu.room.turns import Turns, reader

logger = logging.getLogger(__name__)
# A command without a log of its own keeps its terminal to its one line.
logging.getLogger("vanthu.room").addHandler(logging.NullHandler())

Asked = Callable[[dict[str, Any]], dict[str, Any]]

#: Jobs of one process at a time: more than cores, for some wait for the network, and a hostile one only burns
#: its few seconds. Of one person at a time, so that others have theirs; and how many more of his may wait.
SLOTS, _EACH, _WAITING = 6, 2, 6
#: Seconds to wait for a turn, for a zygote to be ready, and beyond a job's own limit for its answer.
_TURN, _READY, _GRACE = 60.0, 30.0, 3.0
#: Seconds from the end of a zygote's sockets to the end of its process.
_ENDING = 1.0
#: Seconds after which one that still starts is given up.
_STARTING = 180.0
#: Lines a second of what children say for the log, and letters of each; beyond is dropped.
_LINES, _LETTERS = 20, 500
#: Signals by which a machine or a limit ends a child: processor time; no memory to be had.
_OUT_OF_TIME = -24
#: All the variables a reader has. Dates in what it writes are Vietnam's.
_ENVIRONMENT = {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "TZ": "Asia/Ho_Chi_Minh"}


class _Lost(Exception):
    """The zygote itself is gone; the file may be innocent."""


class _Zygote:
    """One running zygote. A thread of its own waits for its end: who starts a child must outlive it."""

    def __init__(self, further: Sequence[Path]) -> None:
        self._further = further
        self._started = time.monotonic()
        self._ready = threading.Event()
        self._gone = threading.Event()
        self._sending = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.protections: dict[str, bool] = {}
        threading.Thread(target=self._keep, name="room", daemon=True).start()

    def is_ready(self) -> bool:
        """Whether it takes jobs; waits a while for one that is only starting."""
        if not self._ready.wait(_READY) and time.monotonic() > self._started + _STARTING:
            self.end()
        return self._ready.is_set() and not self._gone.is_set() and self._control is not None

    def is_gone(self, *, within: float = 0.0) -> bool:
        """Whether it has ended, or ends `within` seconds."""
        return self._gone.wait(within)

    @property
    def pid(self) -> int:
        """Of the outermost process of the room."""
        return self._process.pid if self._process else 0

    def give(
        self, line: socket.socket, limits: Limits, inputs: Sequence[int], outputs: Sequence[int]
    ) -> None:
        """Hand over a job's end of the line and its open files. Raises _Lost."""
        request = json.dumps({"limits": limits.to_dict(), "inputs": len(inputs)}).encode()
        files = array.array("i", [line.fileno(), *inputs, *outputs])
        with self._sending:
            if self._control is None:
                raise _Lost
            try:
                self._control.sendmsg([request], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
            except OSError as error:
                raise _Lost from error

    def end(self) -> None:
        """End it and all its children."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
        self._gone.wait(5)

    def _keep(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            cache = _fonts()
            command = [*sandbox.around([*sandbox.python_folders(), cache, *self._further])]
            command += [sys.executable, "-I", "-m", "vanthu.room.zygote", str(theirs.fileno())]
            self._process = subprocess.Popen(  # noqa: S603 - the arguments are ours
                [*command, *map(str, self._further)],
                env=_ENVIRONMENT | {"VANTHU_CACHE": str(cache)},
                cwd="/",
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
            theirs.close()
            assert self._process.stderr is not None
            threading.Thread(target=_log, args=[self._process.stderr], daemon=True).start()
            self._greet(ours)
            self._process.wait()
        except OSError:
            logger.exception("The room could not be opened")
        finally:
            self._gone.set()
            self._ready.set()
            with self._sending:
                self._control = None
            ours.close()
            theirs.close()

    def _greet(self, ours: socket.socket) -> None:
        told = ours.recv(4096)
        if told:
            self.protections = {"namespaces": sandbox.is_to_be_had(), **json.loads(told)}
            missing = [name for name, there in self.protections.items() if not there]
            if missing:
                logger.warning("The room is open without: %s", ", ".join(missing))
            self._control = ours
            self._ready.set()


class Room:
    """Where this process has strangers' files read. Safe for threads; opened by its first job."""

    def __init__(
        self, *, slots: int = SLOTS, ceiling: Limits | None = None, further_jobs: Sequence[Path] = ()
    ) -> None:
        """No job may take more than `ceiling`. `further_jobs` are files of jobs: only a test has any."""
        self._ceiling = ceiling
        self._further = tuple(further_jobs)
        self._turns = Turns(slots, each=_EACH, waiting=_WAITING)
        self._opening = threading.Lock()
        self._zygote: _Zygote | None = None

    def ask(
        self,
        job: str,
        parameters: dict[str, Any],
        *,
        inputs: Sequence[Path] = (),
        outputs: Sequence[Path] = (),
        limits: Limits = Limits(),  # noqa: B008 - frozen
        asked: Asked | None = None,
    ) -> Any:
        """Have `job` done on `inputs`, and what it writes put into `outputs`; its answer, plain data.

        `asked` answers what the child asks meanwhile, in this thread. Raises PdfSignError as the job did,
        FileUnread when the file was too much for a reader, RoomClosed, OSError when an input cannot be read.
        """
        holder = reader()
        if not self._turns.take(holder, patience=_TURN):
            raise RoomClosed
        try:
            with contextlib.ExitStack() as open_files:
                reading = [_readable(open_files.enter_context(path.open("rb"))) for path in inputs]
                writing = [open_files.enter_context(path.open("w+b")).fileno() for path in outputs]
                question = {"job": job, "parameters": parameters}
                for _ in range(2):
                    for number in writing:
                        # Whoever was lost may have left something in it.
                        os.ftruncate(number, 0)
                        os.lseek(number, 0, os.SEEK_SET)
                    with contextlib.suppress(_Lost):
                        bounds = limits.under(self._ceiling) if self._ceiling else limits
                        return self._try(question, reading, writing, bounds, asked)
        finally:
            self._turns.give_back(holder)
        raise RoomClosed

    def protections(self) -> dict[str, bool]:
        """Which protections this room has, by name. Raises RoomClosed."""
        return dict(self._open().protections)

    def close(self) -> None:
        """End the zygote; the next job opens another."""
        with self._opening:
            zygote, self._zygote = self._zygote, None
        if zygote is not None:
            zygote.end()

    @property
    def pid(self) -> int:
        """The outermost process of the room, 0 before it is opened."""
        return self._zygote.pid if self._zygote else 0

    def _open(self) -> _Zygote:
        with self._opening:
            if self._zygote is None or self._zygote.is_gone():
                self._zygote = _Zygote(self._further)
            zygote = self._zygote
        if not zygote.is_ready():
            # Slow to start on a busy machine: it goes on starting, for those who ask again.
            raise RoomClosed
        return zygote

    def _try(
        self,
        question: dict[str, Any],
        reading: Sequence[int],
        writing: Sequence[int],
        limits: Limits,
        asked: Asked | None,
    ) -> Any:
        zygote = self._open()
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                try:
                    zygote.give(theirs, limits, reading, writing)
                except _Lost:
                    # Its socket tells before its process does; the next try must find another.
                    zygote.end()
                    raise
            until = time.monotonic() + limits.seconds + _GRACE
            try:
                wire.say(ours, question)
                said = _listen(ours, until, asked)
                if writing:
                    _wait_for_end(ours, until)
                return said
            except (wire.Silence, OSError) as silence:
                if time.monotonic() < until and zygote.is_gone(within=_ENDING):
                    raise _Lost from silence
                if time.monotonic() >= until:
                    # It did not end its child in time: it is no zygote any more.
                    logger.warning("The room is closed: its zygote does not answer")
                    zygote.end()
                raise TookTooLong from silence
            except wire.Nonsense as nonsense:
                logger.warning("A reader answered nonsense: %s", nonsense)
                raise ReaderBroke from nonsense


def _listen(line: socket.socket, until: float, asked: Asked | None) -> Any:
    while True:
        message = wire.hear(line, until=until, most=wire.LONGEST_ANSWER)
        if "asked" in message and asked is not None:
            wire.say(line, asked(message["asked"]))
        elif "answer" in message:
            return message["answer"]
        else:
            raise _fault(message)


def _wait_for_end(line: socket.socket, until: float) -> None:
    """Until the child is gone: what it wrote is then what it stays, whoever looks at it and keeps it.

    Raises wire.Silence when it does not go in time.
    """
    gone = False
    while not gone:
        try:
            wire.hear(line, until=until, most=wire.LONGEST_ANSWER)
        except wire.Silence:
            if time.monotonic() >= until:
                raise
            gone = True


def _fault(message: dict[str, Any]) -> PdfSignError:
    """What to tell the person, of what the child or the zygote said went wrong."""
    if isinstance(message.get("refused"), list):
        return refusal(message["refused"])
    if message.get("fault") == "memory":
        return TookTooMuch()
    if message.get("late") or message.get("ended") == _OUT_OF_TIME:
        return TookTooLong()
    logger.warning("A reader broke: %s", str(message)[:_LETTERS])
    return ReaderBroke()


def _readable(file: BufferedReader) -> int:
    """The file's number, if its bytes can be had: what cannot be opened is said before anybody reads it."""
    file.peek(1)
    return file.fileno()


def _fonts() -> Path:
    """The folder of the cut fonts, cut now if they are not: the room cannot write there."""
    with contextlib.suppress(FontMissing, OSError):
        pdfsign.build_fonts()
    return cache_directory().absolute()


def _log(stream: IO[bytes]) -> None:
    """What libraries say in English goes to the log, not too much of it."""
    second, lines = 0, 0
    with stream:
        for line in iter(functools.partial(stream.readline, 4 * _LETTERS), b""):
            now = int(time.monotonic())
            second, lines = (second, lines + 1) if now == second else (now, 1)
            if lines <= _LINES:
                logger.info("%s", line.decode(errors="replace").rstrip()[:_LETTERS])


_room = Room()


def room() -> Room:
    """The room of this process."""
    return _room


@contextlib.contextmanager
def using(other: Room) -> Iterator[Room]:
    """Let `other` be the room of this process until the block ends; it is closed then."""
    global _room
    before, _room = _room, other
    try:
        yield other
    finally:
        _room = before
        other.close()


def _renew() -> None:
    """A fork shares no zygote with its parent."""
    global _room
    _room = Room()


os.register_at_fork(after_in_child=_renew)
atexit.register(lambda: _room.close())
