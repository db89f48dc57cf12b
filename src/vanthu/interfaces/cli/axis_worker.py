"""`vanthu-axis worker`: the background jobs of the axis."""

from __future__ import annotations

import argparse

from vanthu.interfaces.cli import settings, worker


def configure(parser: argparse.ArgumentParser) -> None:
    """How many jobs at once."""
    worker.configure(parser)


def run(args: argparse.Namespace) -> int:
    """Work for the axis until SIGINT or SIGTERM."""
    worker.worker(settings.AXIS, concurrency=args.concurrency)
    return 0
