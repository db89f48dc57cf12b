"""What the axis's console commands share: the system set up, and every refusal one Vietnamese line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vanthu.interfaces.cli import settings
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.kernel.actor import Actor


@contextmanager
def axis_console() -> Iterator[Actor]:
    """Set the axis up and give the operator; whatever is refused inside becomes CommandRefused.

    Exit code 1: refused by a rule. Exit code 2: settings or database cannot be used.
    """
    settings.load(settings.AXIS)
    from django.db import Error

    from vanthu.axis.rules import operator
    from vanthu.kernel.errors import DomainError

    try:
        yield operator("Quản trị trục")
    except DomainError as refused:
        raise CommandRefused(str(refused), exit_code=1) from refused
    except Error as error:
        reason = settings.first_line(error)
        raise CommandRefused(
            f"Không dùng được cơ sở dữ liệu của trục ({reason}). "
            "Hãy kiểm tra DATABASE_URL và chạy «vanthu-axis migrate»."
        ) from error
