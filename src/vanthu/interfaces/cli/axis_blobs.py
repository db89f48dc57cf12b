"""`vanthu-axis blobs check | unspoken`: the same questions of the axis's stored packets."""

from __future__ import annotations

import argparse

from vanthu.interfaces.cli import blobs, settings


def configure(parser: argparse.ArgumentParser) -> None:
    """What is asked."""
    blobs.configure(parser)


def run(args: argparse.Namespace) -> int:
    """Answer for the axis."""
    return blobs.answer(settings.AXIS, args)
