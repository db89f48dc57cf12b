"""What the document system's console commands share: it is set up, every refusal is one Vietnamese line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vanthu.interfaces.cli import settings
from vanthu.interfaces.cli.command import CommandRefused


@contextmanager
def system_console() -> Iterator[None]:
    """Set the document system up; whatever is refused inside becomes CommandRefused.

    Exit code 1: refused by a rule. Exit code 2: settings or database cannot be used.
    """
    settings.load(settings.SYSTEM)
    from django.db import Error

    from vanthu.kernel.errors import DomainError

    try:
        yield
    except DomainError as refused:
        raise CommandRefused(str(refused), exit_code=1) from refused
    except Error as error:
        reason = settings.first_line(error)
        raise CommandRefused(
            f"Không dùng được cơ sở dữ liệu ({reason}). Hãy kiểm tra DATABASE_URL và chạy «vanthu migrate»."
        ) from error
