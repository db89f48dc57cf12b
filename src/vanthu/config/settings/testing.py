"""Settings of the tests: both programs' tables in one test database, real parts, quick password hashing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ.setdefault("VANTHU_VAR", str(Path(tempfile.gettempdir()) / f"vanthu-test-{os.getuid()}"))
os.environ.setdefault("VANTHU_SECRET_KEY", "chỉ dùng trong kiểm thử")
os.environ.setdefault("DATABASE_URL", "postgresql://vanthu@/vanthu?host=var/test/postgres")

from vanthu.config.settings.system import *  # noqa: F403 - the variables above must be set first
from vanthu.config.settings.system import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "vanthu.axis"]
AXIS_REPLAY_SECONDS = 600
AXIS_PACKET_LIMIT = 300 * 1024 * 1024
#: Argon2 with a small cost: what is tested is ours, not the hash.
PASSWORD_HASHERS = ["tests.hashing.QuickArgon2"]
