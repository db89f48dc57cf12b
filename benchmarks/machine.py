"""What the figures were taken on, in general words, and how quiet it was."""

from __future__ import annotations

import os
import platform
import time
from typing import Any

from benchmarks.house import House

_PAGE = b"\0" * 8192


def describe(house: House) -> dict[str, Any]:
    """Cores, memory, versions, load, and how many times a second a page is safely on disk."""
    with house.connect("postgres") as connection:
        version = str(connection.execute("SHOW server_version").fetchall()[0][0])
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "postgresql": version.split()[0],
        "load_before": round(os.getloadavg()[0], 2),
        "fsync_per_second": round(fsyncs_per_second(house)),
    }


def fsyncs_per_second(house: House, *, seconds: float = 1.0) -> float:
    """How often a database page of 8 KiB can be written and synced, one after another, beside the data."""
    path = house.var / "fsync"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        done, began = 0, time.monotonic()
        while time.monotonic() < began + seconds:
            os.pwrite(descriptor, _PAGE, 0)
            os.fdatasync(descriptor)
            done += 1
        return done / (time.monotonic() - began)
    finally:
        os.close(descriptor)
        path.unlink()


def sentence(facts: dict[str, Any]) -> str:
    """The machine in one sentence."""
    return (
        f"Máy: {facts['cores']} lõi, {facts['memory_gib']:.0f} GiB, Python {facts['python']}, "
        f"PostgreSQL {facts['postgresql']} (fsync bật), {facts['fsync_per_second']} lần fsync/giây."
    )


def load_sentence(facts: dict[str, Any]) -> str:
    """How much else the machine did when it began, which every figure below suffers from."""
    return f"Tải trước khi đo: {facts['load_before']:.1f} trên {facts['cores']} lõi."
