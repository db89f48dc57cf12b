"""How a command that needs the whole system (Django) gets it."""

from __future__ import annotations

import os
from pathlib import Path

from vanthu.config.environment import SettingRefused
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.kernel.errors import why

SYSTEM = "vanthu.config.settings.system"
AXIS = "vanthu.config.settings.axis"


def choose(settings_module: str) -> None:
    """Make `settings_module` the settings of this process and its children, and read them.

    DJANGO_SETTINGS_MODULE set from outside wins, as everywhere in Django. Raises CommandRefused when a
    setting is missing or wrong.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module)
    from django.conf import settings

    try:
        # The first look at any setting reads them all.
        _ = settings.DATABASES
    except SettingRefused as refused:
        raise CommandRefused(str(refused)) from refused
    except ModuleNotFoundError as error:
        chosen = os.environ["DJANGO_SETTINGS_MODULE"]
        if error.name is None or not f"{chosen}.".startswith(f"{error.name}."):
            raise
        raise CommandRefused(f"DJANGO_SETTINGS_MODULE chỉ tới «{chosen}», không có cấu hình ấy.") from error


def require_folder() -> None:
    """Begin only where files can be kept: VANTHU_VAR must be ours to write. Raises CommandRefused."""
    from django.conf import settings

    folder = Path(settings.VAR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandRefused(f"Không dùng được thư mục «{folder}» (VANTHU_VAR): {why(error)}.") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CommandRefused(f"Không dùng được thư mục «{folder}» (VANTHU_VAR): không có quyền ghi.")


def first_line(error: Exception) -> str:
    """The first line of what the database said, or what kind of error it was."""
    lines = str(error.__cause__ or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def load(settings_module: str) -> None:
    """Choose the settings and make every model and task ready. Raises CommandRefused."""
    choose(settings_module)
    import django

    django.setup()
