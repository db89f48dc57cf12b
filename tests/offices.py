"""LibreOffice at work: which of its processes this one has started."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def running_offices() -> list[int]:
    """Processes of LibreOffice that this process started, directly or not."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            name, _, rest = status.read_text().rpartition(")")
            parents[int(status.parent.name)] = (name.partition("(")[2], int(rest.split()[1]))
    return [pid for pid, (name, _) in parents.items() if "soffice" in name and _is_ours(pid, parents)]


def _is_ours(pid: int, parents: dict[int, tuple[str, int]]) -> bool:
    while pid > 1 and pid != os.getpid():
        pid = parents.get(pid, ("", 0))[1]
    return pid == os.getpid()
