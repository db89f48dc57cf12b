"""Packets with a large attachment: time and memory, beside hashing and encoding the same file."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from benchmarks import children
from benchmarks.figures import Figure, Limit, at_most
from benchmarks.house import House

_MEGABYTES = 100
_MIB = 1024 * 1024


def measure(house: House, *, documents: int) -> list[Figure]:
    """Seconds and peak memory to write and to read a packet with 100 MB that do not compress."""
    with tempfile.TemporaryDirectory(dir=house.var) as name:
        folder = Path(name)
        attachment = folder / "attachment.bin"
        with attachment.open("wb") as file:
            for _ in range(_MEGABYTES):
                file.write(os.urandom(_MIB))
        written = children.ask("attaching", {"act": "write", "folder": name})
        read = children.ask("attaching", {"act": "read", "folder": name})
        hashing = _seconds("/usr/bin/sha256sum", attachment)
        encoding = _seconds("/usr/bin/base64", attachment)
    both = Limit(what="sha256sum + base64 của tệp ấy", value=hashing + encoding, unit="giây")
    memory = Limit(what="của tệp đính kèm", value=_MEGABYTES, unit="MB")
    budget = at_most(1.5 * _MEGABYTES)
    return [
        Figure(
            what="ghi gói tin", value=written["seconds"], unit="giây", limit=both, note="nén, mã hóa, băm"
        ),
        Figure(
            what="đọc gói tin", value=read["seconds"], unit="giây", limit=both, note="giải mã, giải nén, băm"
        ),
        Figure(
            what="bộ nhớ cao nhất khi ghi",
            value=written["peak"] / _MIB,
            unit="MB",
            limit=memory,
            budget=budget,
        ),
        Figure(
            what="bộ nhớ cao nhất khi đọc", value=read["peak"] / _MIB, unit="MB", limit=memory, budget=budget
        ),
    ]


def _seconds(program: str, file: Path) -> float:
    began = time.perf_counter()
    children.run_quietly([program, str(file)])
    return time.perf_counter() - began
