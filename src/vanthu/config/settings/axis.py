"""Settings of `vanthu-axis`, the interchange axis."""

from __future__ import annotations

from vanthu.config import environment
from vanthu.config.settings.base import *  # noqa: F403 - the shared settings are this module's own

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "procrastinate.contrib.django",
    "vanthu.kernel",
    "vanthu.axis",
]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "vanthu.config.axis_urls"

#: A signed request older (or newer) than this many seconds is refused; 0 lets any pass (ADR 0014).
AXIS_REPLAY_SECONDS = environment.number("VANTHU_AXIS_REPLAY_SECONDS", 600)
#: Largest packet taken in, in bytes.
AXIS_PACKET_LIMIT = environment.number("VANTHU_AXIS_PACKET_LIMIT", 300 * 1024 * 1024)
#: Largest request taken in, in bytes: a packet, and the line end some clients append.
REQUEST_LIMIT = AXIS_PACKET_LIMIT + 1024
#: How the server itself refuses, and whom it lets send much.
SERVER_VOICE = "vanthu.interfaces.axis.unread.say"
SERVER_ADMISSION = "vanthu.interfaces.axis.unread.admit"
NARROW_PATHS: frozenset[str] = frozenset()
