"""`vanthu-axis migrate`: create or upgrade the axis's database."""

from __future__ import annotations

import argparse

from vanthu.interfaces.cli import migrate, settings


def configure(parser: argparse.ArgumentParser) -> None:
    """As for `vanthu migrate`."""
    migrate.configure(parser)


def run(args: argparse.Namespace) -> int:
    """Migrate the axis's database."""
    migrate.migrate(settings.AXIS)
    return 0
