"""`vanthu manage …`: Django's own management commands, with this system's settings."""

from __future__ import annotations

import argparse
import sys

from vanthu.interfaces.cli import settings
from vanthu.interfaces.cli.command import CommandRefused


def configure(parser: argparse.ArgumentParser) -> None:
    """Everything after `manage` goes to Django."""
    parser.add_argument(
        "arguments", nargs=argparse.REMAINDER, metavar="LỆNH …", help="lệnh của Django và tham số của nó"
    )
    parser.epilog = "«vanthu manage help» liệt kê các lệnh; phần này do Django viết, bằng tiếng Anh."


def run(args: argparse.Namespace) -> int:
    """Run one Django command; its exit code is ours."""
    settings.load(settings.SYSTEM)
    from django.core.management import execute_from_command_line, get_commands
    from django.db import Error

    name = next(iter(args.arguments), "")
    if name not in {*get_commands(), "help"}:
        raise CommandRefused(f"Django không có lệnh «{name}». Xem «vanthu manage help».")
    try:
        execute_from_command_line([f"{sys.argv[0]} manage", *args.arguments])
    except Error as error:
        said = settings.first_line(error)
        raise CommandRefused(f"Không làm việc được với cơ sở dữ liệu: {said}") from error
    return 0
