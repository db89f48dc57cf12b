"""A page that the database let wait too long says so, and is no failure of the system."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.db import OperationalError
from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled

from tests.web.conftest import SignIn
from vanthu.registers import queries


class TestAPage:
    @pytest.mark.parametrize("cause", [LockNotAvailable, QueryCanceled, DeadlockDetected])
    def test_that_waited_too_long_asks_to_try_again(
        self, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, cause: type[Exception]
    ) -> None:
        def late(*_: object) -> None:
            raise OperationalError("canceling statement") from cause()

        clerk = sign_in("clerk")
        monkeypatch.setattr(queries, "list_registers", late)

        answer = clerk.get("/so-dang-ky/")

        assert answer.status_code == 503
        assert "Hãy thử lại sau ít giây" in answer.content.decode()

    def test_of_the_web_has_a_limit_for_every_statement(self) -> None:
        """config/wsgi.py says so to every connection of the web processes; jobs and commands have none."""
        says = "from vanthu.config import wsgi; print(wsgi.databases['default']['OPTIONS']['options'])"

        said = subprocess.run([sys.executable, "-c", says], capture_output=True, text=True, check=True)

        assert said.stdout.strip().endswith("statement_timeout=60s")
