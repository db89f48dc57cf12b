"""`vanthu migrate`: create or upgrade the database, then give the programs' role its rights."""

from __future__ import annotations

import argparse
import os

from vanthu.interfaces.cli import settings, waiting
from vanthu.interfaces.cli.command import CommandRefused


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments: the database comes from the environment."""
    parser.epilog = (
        "DATABASE_OWNER_URL (nếu có) là tài khoản sở hữu các bảng; VANTHU_DATABASE_ROLE là tài khoản "
        "của chương trình, được cấp đúng các quyền cần thiết."
    )


def run(args: argparse.Namespace) -> int:
    """Migrate the document system's database."""
    migrate(settings.SYSTEM)
    return 0


def migrate(settings_module: str) -> None:
    """Bring the database of `settings_module` to the newest form and grant the working rights.

    Works as the owner of the tables: DATABASE_OWNER_URL where given, else DATABASE_URL. Safe to repeat.
    Waits for a database that is on its way. Raises CommandRefused.
    """
    if owner := os.environ.get("DATABASE_OWNER_URL"):
        os.environ["DATABASE_URL"] = owner
    settings.load(settings_module)
    from django.conf import settings as configured
    from django.core.management import call_command
    from django.db import Error

    from vanthu.kernel import database_rights

    waiting.wait_for_database()
    try:
        call_command("migrate", interactive=False, verbosity=1)
        if role := configured.DATABASE_APPLICATION_ROLE:
            database_rights.grant(role)
    except Error as error:
        said = settings.first_line(error)
        raise CommandRefused(f"Không nâng cấp được cơ sở dữ liệu: {said}") from error
