"""Settings of the document system in which opening a packet of one subject ends the process, or fails.

Every process of the worker is so: the worker itself, and those in which suspects are begun again.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from django.apps import AppConfig

from vanthu.config.settings.system import *  # noqa: F403 - these settings and one app more
from vanthu.config.settings.system import INSTALLED_APPS as SYSTEM_APPS

SUBJECT = "V/v tệp làm chết chương trình"
INSTALLED_APPS = [*SYSTEM_APPS, "tests.exchange.deadly.Deadly"]
#: How it falls: «death», as when the kernel runs out of memory, or «failure» of a kind nobody foresaw.
WAY = "TEST_DEADLY_WAY"


class Deadly(AppConfig):
    """Breaks the opening of packets, on purpose."""

    name = "tests.exchange.deadly"
    path = str(Path(__file__).parent)

    def ready(self) -> None:
        """Put itself before what opens packets."""
        from vanthu.exchange import opening

        really = opening.open_packet

        def fall(path: Path, *args: Any, **more: Any) -> Any:
            if SUBJECT in path.read_text(encoding="utf-8"):
                if os.environ[WAY] == "death":
                    os.kill(os.getpid(), signal.SIGKILL)
                raise RecursionError("ai biết vì sao")
            return really(path, *args, **more)

        opening.open_packet = fall
