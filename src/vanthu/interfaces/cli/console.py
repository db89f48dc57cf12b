"""What console commands share that read and change the database: every refusal is one Vietnamese line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vanthu.interfaces.cli import settings
from vanthu.interfaces.cli.command import CommandRefused


@contextmanager
def console(settings_module: str, *, database: str, migrate: str) -> Iterator[None]:
    """Set the program up; whatever is refused inside becomes CommandRefused.

    `database` is what its database is called, `migrate` the command that makes it. Exit code 1: refused by a
    rule. Exit code 2: settings or database cannot be used.
    """
    settings.load(settings_module)
    from django.db import Error

    from vanthu.kernel.errors import DomainError

    try:
        yield
    except DomainError as refused:
        raise CommandRefused(str(refused), exit_code=1) from refused
    except Error as error:
        reason = settings.first_line(error)
        raise CommandRefused(
            f"Không dùng được {database} ({reason}). Hãy kiểm tra DATABASE_URL và chạy «{migrate}»."
        ) from error


@contextmanager
def system_console() -> Iterator[None]:
    """As `console`, for the document system."""
    with console(settings.SYSTEM, database="cơ sở dữ liệu", migrate="vanthu migrate"):
        yield
