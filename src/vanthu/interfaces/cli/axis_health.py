"""`vanthu-axis health`: what stands in the way of the axis's work now."""

from __future__ import annotations

import argparse

from vanthu.interfaces.cli import health, settings


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments, as for `vanthu health`."""
    health.configure(parser)


def run(args: argparse.Namespace) -> int:
    """Say what is wrong with the axis, a line each."""
    return health.tell(settings.AXIS)
