"""`vanthu demo audit`: `vanthu audit verify` for both installations of the demo, running or stopped."""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path

from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.demo.topology import Topology, add_folder
from vanthu.kernel.embedded_postgres import PostgresRefused


def configure(parser: argparse.ArgumentParser) -> None:
    """Where the demo keeps its state."""
    add_folder(parser)
    parser.epilog = (
        "Khi tỉnh mẫu đang dừng, lệnh này tự mở cơ sở dữ liệu của nó rồi đóng lại. "
        "Mã thoát như «vanthu audit verify»: 0 nguyên vẹn; 1 có chỗ đứt; 2 không kiểm tra được."
    )


def run(args: argparse.Namespace) -> int:
    """Check every installation's trail; the worst exit code is ours. Raises CommandRefused."""
    topology = _existing(args.var)
    postgres = topology.postgres()
    try:
        if postgres.is_ready():
            return _verify(topology)
        with postgres:
            return _verify(topology)
    except PostgresRefused as refused:
        raise CommandRefused(str(refused)) from refused


def _existing(var: Path) -> Topology:
    """The demo in `var`; nothing is made where there is none."""
    topology = Topology(var.absolute(), 8000)
    if not (topology.postgres().data / "PG_VERSION").is_file():
        raise CommandRefused(f"Chưa có tỉnh mẫu trong «{var}». Hãy chạy «make run» trước.")
    return topology


def _verify(topology: Topology) -> int:
    """Each with the very environment its programs have."""
    codes = []
    for installation in (topology.province, topology.outside):
        print(f"{installation.label}:", flush=True)
        done = subprocess.run(  # noqa: S603 - our own program
            [*topology.program(installation), "audit", "verify"],
            env=topology.environment(installation),
            check=False,
        )
        codes.append(done.returncode)
    return max(codes)
