"""Settings of the tests: both programs' tables in one test database, real parts, quick password hashing."""

from __future__ import annotations

import os
from pathlib import Path

from vanthu.kernel.embedded_postgres import OWNER_ROLE, EmbeddedPostgres

# A process that shares the tests with others has a folder and a database of its own, not its parent's.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
if os.environ.get("VANTHU_TEST_CHOSEN_BY", _WORKER) != _WORKER:
    del os.environ["VANTHU_VAR"], os.environ["DATABASE_URL"]

#: Whether the tests start a PostgreSQL of their own (tests/conftest.py) or were given one.
EMBEDDED_TEST_DATABASE = "DATABASE_URL" not in os.environ
if EMBEDDED_TEST_DATABASE:
    os.environ["VANTHU_TEST_CHOSEN_BY"] = _WORKER

# One folder per run: two runs at once do not meet.
_RUN = Path("var/test").absolute() / str(os.getpid())
os.environ.setdefault("VANTHU_VAR", str(_RUN))
os.environ.setdefault("VANTHU_SECRET_KEY", "chỉ dùng trong kiểm thử")
os.environ.setdefault("DATABASE_URL", EmbeddedPostgres(_RUN / "postgres").url("vanthu", OWNER_ROLE))

from vanthu.config.settings.system import *  # noqa: E402, F403 - the variables above must be set first
from vanthu.config.settings.system import INSTALLED_APPS  # noqa: E402 - as above

INSTALLED_APPS = [*INSTALLED_APPS, "vanthu.axis"]
#: The tests' own authorities answer on this machine.
REVOCATION_HOSTS = ["127.0.0.1", "localhost"]
AXIS_REPLAY_SECONDS = 600
AXIS_PACKET_LIMIT = 300 * 1024 * 1024
#: Argon2 with a small cost: what is tested is ours, not the hash.
PASSWORD_HASHERS = ["tests.hashing.QuickArgon2"]
#: pytest captures what is logged; a handler of ours would hold on to a stream that a test has closed.
LOGGING_CONFIG = None
#: No worker runs beside the tests: a page does not wait for one.
CONVERSION_PATIENCE = 0
