"""`vanthu demo directory`: enter the demo's systems and agencies on the axis, by the axis's own commands."""

from __future__ import annotations

import argparse

from vanthu.interfaces.cli import axis
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.demo.cast import INSTALLATIONS
from vanthu.interfaces.cli.demo.topology import Topology


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments: the axis's database comes from the environment."""


def run(args: argparse.Namespace) -> int:
    """One system for each installation, then every agency that uses it; safe to repeat.

    Raises CommandRefused.
    """
    topology = Topology.from_demo_environment()
    for installation in (topology.province, topology.outside):
        secret = topology.secret(f"{installation.name}-axis").read_text(encoding="utf-8")
        # Joined by «=»: a random secret may begin with a dash, and would be taken for an option.
        _do("system", "add", installation.system_id, f"--secret={secret}")
        for plan in INSTALLATIONS[installation.name]:
            _do(
                *("agency", "add", plan.code, plan.name, "--system", installation.system_id),
                *("--code102", plan.old_code, "--mail", plan.email),
            )
    return 0


def _do(*arguments: str) -> None:
    if axis.main(arguments) != 0:
        raise CommandRefused(f"Trục không nhận lệnh «{' '.join(arguments[:3])}».", exit_code=1)
