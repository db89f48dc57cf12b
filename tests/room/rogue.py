"""Jobs gone wrong, loaded into the zygote of a test: readers that break, and readers that try to get out.

A file that holds `%GO:name` makes whatever job reads it do that, `%GO:name@job` that job only; any other file
is read as ever.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils import generic

from vanthu.room import jobs, wire
from vanthu.room.jobs import Job, Work

_MARK = re.compile(rb"%GO:(\w+)(?:@(\w+))?")


class NobodyKnowsMe(Exception):
    """An error of a class no entrance has ever heard of."""


def _raises() -> None:
    raise NobodyKnowsMe("trailer dictionary expected")


def _hangs() -> None:
    time.sleep(600)


def _spins() -> None:
    while True:
        pass


def _dies() -> None:
    # Not by kill, which is refused: as a library dies that runs wild in memory.
    import ctypes

    ctypes.string_at(0)


def _swells() -> None:
    held = []
    while True:
        held.append(bytearray(64 * 1024 * 1024))


def _lies(work: Work) -> None:
    """Say what is no message, and be gone."""
    work.line.sendall(b"\xff\xff\xff\xff" + b"x" * 100)
    os._exit(0)


def _redraws() -> None:
    """Whoever prepares a file for signing draws another page over the one that was seen."""

    def more(writer: Any) -> None:
        page = writer.find_page_for_modification(0)[0].get_object()
        drawn = generic.StreamObject(stream_data=b"0 0 600 900 re f")
        page[generic.pdf_name("/Contents")] = writer.add_object(drawn)
        writer.update_container(page)

    _written_otherwise(lambda source: source, more)


def _swaps() -> None:
    """He begins from another file than the one he was given."""

    def another(source: Path) -> Path:
        other = Path(tempfile.mkdtemp()) / "other.pdf"
        other.write_bytes(source.read_bytes().replace(b"%GO", b"%go"))
        return other

    _written_otherwise(another, lambda _: None)


def _written_otherwise(start: Callable[[Path], Path], change: Callable[[Any], None]) -> None:
    for name in ("prepare", "sealing"):
        module = importlib.import_module(f"vanthu.pdfsign.{name}")
        module.open_writer = _writing(module.open_writer, start, change)  # type: ignore[attr-defined]  # taken over


def _writing(honest: Any, start: Callable[[Path], Path], change: Callable[[Any], None]) -> Any:
    @contextlib.contextmanager
    def writing(source: Path) -> Iterator[Any]:
        with honest(start(source)) as writer:
            finish = writer.write

            def change_and_finish(stream: Any) -> None:
                change(writer)
                finish(stream)

            writer.write = change_and_finish
            yield writer

    return writing


_DEEDS: dict[str, Callable[[], None]] = {
    "raises": _raises,
    "hangs": _hangs,
    "spins": _spins,
    "dies": _dies,
    "swells": _swells,
    "redraws": _redraws,
    "swaps": _swaps,
}


def _wrapped(act: Job) -> Job:
    def reads(work: Work, parameters: dict[str, Any]) -> Any:
        for path in work.inputs:
            found = _MARK.search(path.read_bytes())
            if found and found[2] in {None, act.__name__.encode()}:
                deed = found[1].decode()
                if deed == "lies":
                    _lies(work)
                _DEEDS[deed]()
        return act(work, parameters)

    return reads


def _tried(act: Callable[[], Any]) -> str:
    """What came of an attempt: the error's name, or what it brought."""
    try:
        return repr(act())[:100]
    except Exception as error:
        return type(error).__name__


def escapes(work: Work, parameters: dict[str, Any]) -> dict[str, str]:
    """Try everything a reader must not be able to do, with things of the machine outside."""
    secret, folder = Path(parameters["secret"]), Path(parameters["folder"])
    return {
        "network": _tried(lambda: socket.create_connection(("127.0.0.1", parameters["port"]), 1)),
        "local socket": _tried(lambda: socket.socket(socket.AF_UNIX).connect(parameters["socket"])),
        "shadow": _tried(lambda: Path("/etc/shadow").read_text()),
        "secret": _tried(secret.read_text),
        "write": _tried(lambda: (folder / "left").write_text("x")),
        "parent's environment": _tried(lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes()),
        "signal": _tried(lambda: os.kill(os.getppid(), 0)),
        "process": _tried(lambda: subprocess.run(["/usr/bin/true"], check=True)),
        "fork": _tried(os.fork),
        "neighbours": _tried(lambda: os.listdir(work.folder.parent)),
        "limits": _tried(lambda: __import__("resource").setrlimit(9, (-1, -1))),
    }


def environment(work: Work, parameters: dict[str, Any]) -> dict[str, Any]:
    """What a reader holds: variables, open files, processes it sees."""
    files = []
    for number in range(3, 256):
        with contextlib.suppress(OSError):
            os.fstat(number)
            files.append(number)
    return {"variables": sorted(os.environ), "files": len(files), "pid": os.getpid()}


def writes(work: Work, parameters: dict[str, Any]) -> None:
    """Write more than is allowed."""
    with (work.folder / "much").open("wb") as file:
        for _ in range(parameters["megabytes"]):
            file.write(bytes(1024 * 1024))
    work.deliver(work.folder / "much")


def lingers(work: Work, parameters: dict[str, Any]) -> None:
    """Say that it is done, and write once more."""
    os.write(work.outputs[0], b"what was looked at")
    wire.say(work.line, {"answer": "done"})
    time.sleep(0.4)
    os.pwrite(work.outputs[0], b"WHAT", 0)
    os._exit(0)


def boasts(work: Work, parameters: dict[str, Any]) -> list[float]:
    """Answer with what is no number."""
    return [float("nan")]


def echoes(work: Work, parameters: dict[str, Any]) -> Any:
    """Answer with what was asked."""
    return parameters


def asks(work: Work, parameters: dict[str, Any]) -> str:
    """Ask an address through the parent."""
    body = parameters.get("body")
    return work.ask(parameters["url"], None if body is None else body.encode()).decode()


jobs.warm_up()
for name, act in list(jobs.JOBS.items()):
    jobs.JOBS[name] = _wrapped(act)
for act in (escapes, environment, writes, lingers, boasts, echoes, asks):
    jobs.job(act)
signal.signal(signal.SIGTERM, signal.SIG_DFL)
