"""Processes known for certain, so that the kernel of their machine can be asked whether they have ended.

A number of a process is given again, and another machine has the same ones. The boot, the namespace and the
moment of its start (proc(5), column 22 of `stat`) tell a process from every other that ever was.
"""

from __future__ import annotations

import os
import select
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Fate(StrEnum):
    """What can be known here of a process."""

    LIVES = "lives"
    #: Every thread of it has ended.
    ENDED = "ended"
    #: It is, or was, of another machine, another container, or an earlier boot of this machine.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process, for ever."""

    #: This boot of this machine, and the namespace its processes are numbered in.
    machine: str
    pid: int
    #: Ticks of the clock from the boot to its start.
    started: int

    @classmethod
    def of(cls, pid: int) -> Process:
        """The process that has this number here and now. Raises OSError when there is none."""
        return cls(machine=this_machine(), pid=pid, started=_started(pid))

    def fate(self) -> Fate:
        """Whether it still runs. One that cannot be looked at is taken to live."""
        if self.machine != this_machine():
            return Fate.UNKNOWN
        try:
            handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return Fate.ENDED
        try:
            # Readable when no thread is left, though nobody has heard of its end yet.
            if select.select([handle], [], [], 0)[0]:
                return Fate.ENDED
            return Fate.LIVES if _started(self.pid) == self.started else Fate.ENDED
        except OSError:
            return Fate.LIVES
        finally:
            os.close(handle)


def this_machine() -> str:
    """This boot of this machine, and the namespace of this process's number."""
    return f"{_BOOT.read_text(encoding='ascii').strip()}/{os.readlink('/proc/self/ns/pid')}"


def seconds_since_boot() -> float:
    """A clock nobody can set; it goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _started(pid: int) -> int:
    # The name in parentheses may hold anything.
    words = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
    return int(words.split()[19])
