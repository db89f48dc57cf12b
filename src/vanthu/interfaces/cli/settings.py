"""How a command that needs the whole system (Django) gets it."""

from __future__ import annotations

import os

from vanthu.config.environment import SettingRefused
from vanthu.interfaces.cli.command import CommandRefused

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


def load(settings_module: str) -> None:
    """Choose the settings and make every model and task ready. Raises CommandRefused."""
    choose(settings_module)
    import django

    django.setup()
