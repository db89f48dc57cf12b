"""A small process supervisor: ordered start with readiness, restart, one bounded stop, no orphan.

It serves one machine, in the foreground, until a signal. What it knows is kept in one JSON file for
others to read (`State`). It is single-threaded on purpose: Linux ties a child's death signal to the
thread that started it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Literal, NoReturn, Self

#: A child that lived this long (seconds) was well; its earlier deaths are forgotten.
WELL_AFTER = 10.0
#: Deaths in a row, each sooner than WELL_AFTER, after which a child is called sick: it is tried more seldom,
#: and the rest goes on without it. One that was never well makes the first start fail.
QUICK_DEATHS = 5
#: Longest pause (seconds) between two tries of a sick child.
LONGEST_PAUSE = 30.0
#: Seconds between two looks whether the files of a running child were exchanged.
_LOOK_EVERY = 5.0
_TICK = 0.1

ChildState = Literal["waiting", "starting", "running", "stopping", "stopped"]
Start = Callable[[IO[bytes]], "subprocess.Popen[bytes]"]


class SupervisionFailed(Exception):
    """Một tiến trình con không chạy được."""


class AlreadyRunning(Exception):
    """Hệ thống đang chạy trên cùng thư mục dữ liệu."""


class StopRequested(Exception):
    """Có yêu cầu dừng (Ctrl-C hoặc SIGTERM)."""


@dataclass(frozen=True, kw_only=True)
class Child:
    """What to run and how to know that it is ready."""

    name: str
    #: Starts the process with the given file as its output, in the calling thread.
    start: Start
    #: Whether it does its work now; asked often, so cheap.
    ready: Callable[[], bool]
    #: Names of the children that must be ready before this one starts for the first time, and that stop after
    #: it. Started again it does not wait: it finds its own way to what it needs, and says so meanwhile.
    after: tuple[str, ...] = ()
    #: Where people or programs reach it, for the state file.
    address: str = ""
    stop_signal: signal.Signals = signal.SIGTERM
    #: Seconds it may take to stop before it is killed.
    stop_seconds: float = 15.0
    #: Whether its program was exchanged on the disk since it started; it is then stopped and started anew.
    outdated: Callable[[], bool] = lambda: False


@dataclass
class _Running:
    child: Child
    log: Path
    process: subprocess.Popen[bytes] | None = None
    state: ChildState = "waiting"
    started: float = 0.0
    not_before: float = 0.0
    quick_deaths: int = 0
    restarts: int = 0
    was_ready: bool = False
    look_at: float = 0.0
    #: When a child that is being stopped for a new start is killed.
    kill_at: float = 0.0

    @property
    def is_sick(self) -> bool:
        return self.quick_deaths >= QUICK_DEATHS


@dataclass
class Supervisor:
    """Runs children until told to stop. Use as a context manager: leaving it stops every child.

    `folder` gets `run.lock`, `run.json` and `log/NAME.log`. Entering raises AlreadyRunning when another
    supervisor holds the folder. Inside, SIGINT and SIGTERM raise StopRequested in the main thread, once.
    """

    folder: Path
    #: Facts for the state file besides the children: addresses, accounts, …
    facts: dict[str, object] = field(default_factory=dict)
    #: One short line for the person at the terminal.
    say: Callable[[str], None] = print
    _running: dict[str, _Running] = field(default_factory=dict, init=False)
    _lock: IO[str] | None = field(default=None, init=False)
    _state: str = field(default="starting", init=False)

    def __enter__(self) -> Self:
        (self.folder / "log").mkdir(parents=True, exist_ok=True)
        lock = (self.folder / "run.lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise AlreadyRunning(_already_running(self.folder)) from None
        self._lock = lock
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _request_stop)
        self._write_state()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        self._stop_all()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        self._state = "failed" if kind is not None and kind is not StopRequested else "stopped"
        self._write_state()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def start(self, children: Sequence[Child], *, timeout: float) -> None:
        """Start `children`, each after those it needs, and return when all are ready.

        Raises SupervisionFailed when one that was never ready keeps dying, or is not ready within `timeout`
        seconds: who starts the system must hear at once that a setting is wrong.
        """
        for child in children:
            self._running[child.name] = _Running(child, self.folder / "log" / f"{child.name}.log")
        limit = time.monotonic() + timeout
        while not all(running.state == "running" for running in self._running.values()):
            self._step()
            self._require_hope()
            if time.monotonic() > limit:
                late = ", ".join(name for name, one in self._running.items() if one.state != "running")
                raise SupervisionFailed(
                    f"Chưa sẵn sàng sau {timeout:.0f} giây: {late}. Hãy xem nhật ký ở «{self.folder}/log»."
                )
            time.sleep(_TICK)

    def watch(self) -> NoReturn:
        """Keep every child alive until a signal (StopRequested), whatever becomes of any one of them."""
        self._state = "ready"
        self._write_state()
        while True:
            self._step()
            time.sleep(_TICK)

    def _step(self) -> None:
        """Look at every child once: reap, start what may start, note what became ready."""
        before = self._snapshot()
        for running in self._running.values():
            if running.process is not None and running.process.poll() is not None:
                self._note_death(running)
            if running.state == "waiting" and self._may_start(running):
                self._launch(running)
            if running.state == "starting" and running.child.ready():
                running.state, running.was_ready = "running", True
            if running.state == "running" and self._is_outdated(running):
                self._begin_exchange(running)
            if running.state == "stopping":
                self._press(running)
        if self._snapshot() != before:
            self._write_state()

    def _may_start(self, running: _Running) -> bool:
        if time.monotonic() < running.not_before:
            return False
        needed = [self._running[name] for name in running.child.after]
        return running.restarts > 0 or all(one.state == "running" for one in needed)

    def _is_outdated(self, running: _Running) -> bool:
        if time.monotonic() < running.look_at:
            return False
        running.look_at = time.monotonic() + _LOOK_EVERY
        return running.child.outdated()

    def _begin_exchange(self, running: _Running) -> None:
        """Stop a child gracefully; when it has ended, the new program takes its place."""
        assert running.process is not None, "only a running child is outdated"
        self.say(f"Chương trình «{running.child.name}» trên đĩa đã đổi; đang khởi động lại.")
        running.state = "stopping"
        running.kill_at = time.monotonic() + running.child.stop_seconds
        running.process.send_signal(running.child.stop_signal)

    def _press(self, running: _Running) -> None:
        if running.process is not None and time.monotonic() > running.kill_at:
            running.process.kill()

    def _require_hope(self) -> None:
        for running in self._running.values():
            if running.is_sick and not running.was_ready:
                raise SupervisionFailed(
                    f"«{running.child.name}» dừng {QUICK_DEATHS} lần liên tiếp. "
                    f"Dòng cuối: {_last_line(running.log)} Nhật ký: {running.log}"
                )

    def _launch(self, running: _Running) -> None:
        running.started = time.monotonic()
        try:
            with running.log.open("ab", buffering=0) as log:
                # A full disk takes no line, and is no reason not to start.
                with contextlib.suppress(OSError):
                    log.write(f"—— {time.strftime('%d/%m/%Y %H:%M:%S')}: khởi động\n".encode())
                running.process = running.child.start(log)
        except Exception as error:
            if not running.was_ready:
                raise
            self._note_end(running, f"{error}")
        else:
            running.state = "starting"

    def _note_death(self, running: _Running) -> None:
        process, running.process = running.process, None
        assert process is not None, "only a started child can die"
        _kill_group(process.pid)
        self._note_end(running, f"mã {process.returncode}")

    def _note_end(self, running: _Running, how: str) -> None:
        """Plan the next start of a child that has ended, or could not begin."""
        was_asked, lived = running.state == "stopping", time.monotonic() - running.started
        running.quick_deaths = 0 if was_asked or lived > WELL_AFTER else running.quick_deaths + 1
        running.state = "waiting"
        running.restarts += 1
        pause = _delay(running.quick_deaths)
        running.not_before = time.monotonic() + pause
        if running.is_sick:
            self.say(
                f"«{running.child.name}» dừng {running.quick_deaths} lần liên tiếp ({how}); "
                f"các phần khác vẫn chạy, thử lại sau {pause:.0f} giây. "
                f"Dòng cuối: {_last_line(running.log)} Nhật ký: {running.log}"
            )
        elif not was_asked:
            self.say(f"«{running.child.name}» vừa dừng ({how}); đang khởi động lại.")

    def _stop_all(self) -> None:
        """Stop in the opposite order of need: first those that nothing alive depends on."""
        self._state = "stopping"
        self._write_state()
        left = {name: one for name, one in self._running.items() if one.process is not None}
        while left:
            needed = {name for one in left.values() for name in one.child.after}
            wave = [left.pop(name) for name in [name for name in left if name not in needed]]
            for running in wave:
                assert running.process is not None, "chosen for having a process"
                running.process.send_signal(running.child.stop_signal)
            for running in wave:
                self._await_end(running)

    def _await_end(self, running: _Running) -> None:
        assert running.process is not None, "chosen for having a process"
        try:
            running.process.wait(running.child.stop_seconds)
        except subprocess.TimeoutExpired:
            self.say(f"«{running.child.name}» không chịu dừng; buộc dừng.")
            running.process.kill()
            running.process.wait()
        _kill_group(running.process.pid)
        running.state = "stopped"
        running.process = None

    def _snapshot(self) -> dict[str, dict[str, object]]:
        return {
            name: {
                "pid": one.process.pid if one.process else None,
                "state": one.state,
                "restarts": one.restarts,
                "sick": one.is_sick,
                "address": one.child.address,
                "log": str(one.log),
            }
            for name, one in self._running.items()
        }

    def _write_state(self) -> None:
        state = {"pid": os.getpid(), "state": self._state, **self.facts, "children": self._snapshot()}
        fresh = self.folder / "run.json.new"
        # What others read may be old while the disk is full; what runs must not end for it.
        with contextlib.suppress(OSError):
            fresh.write_text(json.dumps(state, ensure_ascii=False, indent=2), encoding="utf-8")
            fresh.replace(self.folder / "run.json")


def command(arguments: Sequence[str], environment: Mapping[str, str]) -> Start:
    """How to start a program as a child: own session, its environment exactly as given, no orphan.

    setpriv (util-linux) asks the kernel to send the child SIGTERM when the supervisor is gone, however it
    went.
    """

    def start(log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own programs
            ["/usr/bin/setpriv", "--pdeathsig=TERM", *arguments],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    return start


class ReadyMail:
    """Where a child says that it is ready: sd_notify(3), as under systemd.

    Pass `address` to the child as NOTIFY_SOCKET, and start it with `before(start)`.
    """

    def __init__(self, name: str) -> None:
        self.address = f"@vanthu-{os.getpid()}-{name}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._socket.bind("\0" + self.address[1:])
        self._is_ready = False

    def arrived(self) -> bool:
        """Whether the child that runs now has said READY=1."""
        with contextlib.suppress(BlockingIOError):
            while True:
                if b"READY=1" in self._socket.recv(4096).splitlines():
                    self._is_ready = True
        return self._is_ready

    def before(self, start: Start) -> Start:
        """`start`, after dropping what an earlier life of the child said."""

        def start_afresh(log: IO[bytes]) -> subprocess.Popen[bytes]:
            self.arrived()
            self._is_ready = False
            return start(log)

        return start_afresh


def _request_stop(number: int, frame: FrameType | None) -> None:
    # Once: a second signal must not break the orderly stop that the first began.
    for every in (signal.SIGINT, signal.SIGTERM):
        signal.signal(every, signal.SIG_IGN)
    raise StopRequested


def _delay(quick_deaths: int) -> float:
    return 0.0 if quick_deaths <= 1 else min(0.5 * 2.0 ** min(quick_deaths - 2, 10), LONGEST_PAUSE)


def _kill_group(leader: int) -> None:
    """End what a dead child left behind; each child leads a session of its own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _last_line(log: Path) -> str:
    end = b""
    # Of a log that cannot be read nothing is said; it may be long, and nobody's work ends for it.
    with contextlib.suppress(OSError), log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4096))
        end = file.read()
    lines = [line for line in end.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "(không có)"


def _already_running(folder: Path) -> str:
    try:
        state = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        who = f"tiến trình {state['pid']}"
    except (OSError, ValueError, KeyError):
        who = "một tiến trình khác"
    return f"Hệ thống đang chạy trên «{folder}» ({who}). Hãy dùng nó, hoặc dừng nó trước (Ctrl-C)."
