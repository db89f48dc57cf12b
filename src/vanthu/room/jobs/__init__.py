"""What a child of the room does: one job, on copies of the files it was given, answered in plain data."""

from __future__ import annotations

import base64
import importlib
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from vanthu.pdfsign import PdfSignError
from vanthu.room import refusals, wire


def copy(source: int, target: int) -> None:
    """All bytes of one open file into another."""
    size, done = os.fstat(source).st_size, 0
    while done < size and (moved := os.sendfile(target, source, done, size - done)):
        done += moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one job has to work with."""

    #: To its parent.
    line: socket.socket
    #: Its own, gone when it ends.
    folder: Path
    inputs: list[Path]
    #: Open files of its parent's, to be filled.
    outputs: list[int]

    def deliver(self, result: Path, index: int = 0) -> None:
        """Fill an output with what was written."""
        with result.open("rb") as stream:
            copy(stream.fileno(), self.outputs[index])

    def ask(self, url: str, body: bytes | None) -> bytes:
        """Ask an address through the parent, who has a network and rules. Raises OSError."""
        request = None if body is None else base64.b64encode(body).decode()
        wire.say(self.line, {"asked": {"url": url, "body": request}})
        reply = wire.hear(self.line, most=wire.LONGEST_QUESTION).get("reply")
        if reply is None:
            raise OSError(f"no answer from {url}")
        return base64.b64decode(reply)


Job: TypeAlias = Callable[[Work, dict[str, Any]], Any]

JOBS: dict[str, Job] = {}
_MODULES = ("files", "office", "papers", "signatures")


def job(act: Job) -> Job:
    """Let the room be asked for `act`, by its name."""
    JOBS[act.__name__] = act
    return act


def warm_up() -> None:
    """Load all that a job may need, once, before the first child."""
    for name in _MODULES:
        importlib.import_module(f"{__name__}.{name}").warm_up()


def run(work: Work, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Do one job; what a library of ours refuses is an answer too."""
    try:
        return {"answer": JOBS[name](work, parameters)}
    except PdfSignError as refused:
        return {"refused": refusals.plain(refused)}
