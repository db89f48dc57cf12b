"""A measuring process: write or read a packet with one large attachment; its memory is its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import children
from benchmarks.official import write_packet
from vanthu import edxml


def prepare(job: dict[str, Any]) -> Callable[[], dict[str, float]]:
    """`act` (write, read), `folder` with `attachment.bin`. The answer: `seconds`, and `peak` in bytes."""
    folder = Path(job["folder"])
    act = _write if job["act"] == "write" else _read

    def measure() -> dict[str, float]:
        began = time.perf_counter()
        act(folder)
        return {"seconds": time.perf_counter() - began, "peak": _peak()}

    return measure


def _write(folder: Path) -> None:
    write_packet(
        folder / "packet.edxml",
        sender="H99.02",
        recipient="H98.02",
        number="125",
        attachment=folder / "attachment.bin",
    )


def _read(folder: Path) -> None:
    taken = folder / "taken"
    taken.mkdir()
    edxml.read(folder / "packet.edxml", attachments_dir=taken)


def _peak() -> int:
    """The most memory this process ever had resident; getrusage would count what our parent had."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    children.answer(prepare)
