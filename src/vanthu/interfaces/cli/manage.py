"""`vanthu manage …`: Django's own management commands, with this system's settings."""

from __future__ import annotations

import argparse
import sys

from vanthu.interfaces.cli import settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Everything after `manage` goes to Django."""
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="LỆNH …")


def run(args: argparse.Namespace) -> int:
    """Run one Django command; its exit code is ours."""
    settings.choose(settings.SYSTEM)
    from django.core.management import execute_from_command_line

    execute_from_command_line([f"{sys.argv[0]} manage", *args.arguments])
    return 0
