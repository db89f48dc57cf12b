"""The warm interpreter the readers are forked from: it reads no stranger's byte itself, and holds no secret.

Started fresh (`python -I -m vanthu.room.zygote`) with an empty environment and one inherited socket. Each
request on that socket carries the socket of one job and the files it may use; the child forked for it gives
up its rights and works. The zygote ends children that take too long, says how each ended, and ends with its
parent.
"""

from __future__ import annotations

import array
import contextlib
import gc
import importlib.util
import json
import logging
import os
import selectors
import shutil
import signal
import socket
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from vanthu.room import confinement, jobs, wire
from vanthu.room.limits import Limits

#: Files that one job may be given, and bytes of the request that brings them.
_MOST_FILES = 8
_REQUEST = 4096


@dataclass(slots=True)
class _Child:
    pid: int
    watch: int
    line: socket.socket
    deadline: float
    folder: Path
    late: bool = False


def main(arguments: list[str]) -> None:
    """Serve until the parent is gone: `arguments` are the socket's number and further files of jobs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    control = socket.socket(fileno=int(arguments[0]))
    for index, path in enumerate(arguments[1:]):
        _load(f"vanthu_further_jobs_{index}", path)
    jobs.warm_up()
    confinement.call_filter()
    gc.collect()
    # Children share these pages for as long as nobody writes to them; the collector would.
    gc.freeze()
    control.send(json.dumps(confinement.protections()).encode())
    with tempfile.TemporaryDirectory(prefix="vanthu-room-") as folder:
        _serve(control, Path(folder))


def _load(name: str, path: str) -> None:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


def _serve(control: socket.socket, room: Path) -> None:
    selector = selectors.DefaultSelector()
    selector.register(control, selectors.EVENT_READ)
    children: dict[int, _Child] = {}
    try:
        while True:
            for key, _ in selector.select(_patience(children)):
                if key.fileobj is not control:
                    _bury(children.pop(key.fd), selector)
                elif not _begin(control, room, children, selector):
                    return
            _end_the_late(children)
    finally:
        for child in children.values():
            os.kill(child.pid, signal.SIGKILL)


def _patience(children: dict[int, _Child]) -> float | None:
    deadlines = [child.deadline for child in children.values() if not child.late]
    return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None


def _end_the_late(children: dict[int, _Child]) -> None:
    for child in children.values():
        if not child.late and child.deadline <= time.monotonic():
            child.late = True
            os.kill(child.pid, signal.SIGKILL)


def _begin(
    control: socket.socket, room: Path, children: dict[int, _Child], selector: selectors.BaseSelector
) -> bool:
    """Fork a child for the next request; False when the parent is gone."""
    size = array.array("i", [0]).itemsize
    data, extra, _, _ = control.recvmsg(_REQUEST, socket.CMSG_SPACE(_MOST_FILES * size))
    if not data:
        return False
    given = array.array("i")
    for level, kind, content in extra:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            given.frombytes(content[: len(content) - len(content) % size])
    request = json.loads(data)
    limits = Limits.from_dict(request["limits"])
    line = socket.socket(fileno=given[0])
    folder = Path(tempfile.mkdtemp(dir=room))
    pid = os.fork()
    if pid == 0:
        _work(line, list(given[1:]), request["inputs"], limits, folder)
    for file in given[1:]:
        os.close(file)
    child = _Child(pid, os.pidfd_open(pid), line, time.monotonic() + limits.seconds, folder)
    children[child.watch] = child
    selector.register(child.watch, selectors.EVENT_READ)
    return True


def _bury(child: _Child, selector: selectors.BaseSelector) -> None:
    """Say how the child ended, unless it has answered and nobody listens any more."""
    selector.unregister(child.watch)
    os.close(child.watch)
    _, status = os.waitpid(child.pid, 0)
    child.line.setblocking(False)
    with contextlib.suppress(OSError):
        wire.say(child.line, {"ended": os.waitstatus_to_exitcode(status), "late": child.late})
    child.line.close()
    shutil.rmtree(child.folder, ignore_errors=True)


def _work(line: socket.socket, files: list[int], inputs: int, limits: Limits, folder: Path) -> NoReturn:
    """The child's whole life."""
    code = 1
    try:
        # The sockets and files of other jobs are nobody's business here.
        _keep_open(line.fileno(), *files)
        work = jobs.Work(
            line=line,
            folder=folder,
            inputs=[_copied(file, folder / f"in{index}") for index, file in enumerate(files[:inputs])],
            outputs=files[inputs:],
        )
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        confinement.confine(limits, folder)
        wire.say(line, _answer(work, wire.hear(line, most=wire.LONGEST_QUESTION)))
        code = 0
    except BaseException:
        logging.getLogger(__name__).warning("a reader broke", exc_info=True)
    finally:
        os._exit(code)


def _answer(work: jobs.Work, question: dict[str, Any]) -> dict[str, Any]:
    try:
        return jobs.run(work, str(question["job"]), question["parameters"])
    except MemoryError:
        return {"fault": "memory"}
    except Exception as error:
        # Of a class nobody has heard of: the parent knows what to say to the person.
        logging.getLogger(__name__).warning("a reader broke", exc_info=True)
        return {"fault": "broke", "what": f"{type(error).__name__}: {error}"[:500]}


def _copied(file: int, target: Path) -> Path:
    """A copy of its own: what a child does to it reaches nobody's stored file."""
    with target.open("wb") as copy:
        jobs.copy(file, copy.fileno())
    os.close(file)
    return target


def _keep_open(*files: int) -> None:
    """Close every open file but the standard three and `files`."""
    for file in range(3, max(files) + 1):
        if file not in files:
            with contextlib.suppress(OSError):
                os.close(file)
    os.closerange(max(files) + 1, 4096)


if __name__ == "__main__":
    main(sys.argv[1:])
