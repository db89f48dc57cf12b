"""What people, and systems on the axis, are told while the database is away: the truth, with 503."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.standing.installation import Installation
from tests.world import PASSWORD


@contextmanager
def _database_frozen_out(installation: Installation) -> Iterator[None]:
    """PostgreSQL kept from coming back: its supervisor sleeps while the server is killed."""
    supervisor = installation.state["pid"]
    os.kill(supervisor, signal.SIGSTOP)
    try:
        os.kill(installation.pid("postgres"), signal.SIGKILL)
        installation.wait_for(lambda: not installation.postgres.is_ready(), "PostgreSQL dừng hẳn")
        yield
    finally:
        os.kill(supervisor, signal.SIGCONT)
        installation.wait_for(lambda: installation.get("/suc-khoe/").text == "ok", "khỏe lại")


@pytest.fixture
def clerk(installation: Installation) -> Iterator[httpx.Client]:
    """The clerk's browser, signed in."""
    with httpx.Client(base_url=installation.address, timeout=30) as browser:
        answer = browser.post("/dang-nhap/", data=_credentials(browser))
        assert answer.status_code == 303
        yield browser


def _credentials(browser: httpx.Client) -> dict[str, str]:
    return {"username": "clerk", "password": PASSWORD, "csrfmiddlewaretoken": _token(browser, "/dang-nhap/")}


def _token(browser: httpx.Client, path: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(path).text)
    assert found is not None
    return found[1]


class TestDatabaseAway:
    def test_every_request_is_answered_503_with_the_truth(
        self, installation: Installation, clerk: httpx.Client
    ) -> None:
        with httpx.Client(base_url=installation.address, timeout=30) as stranger:
            form = _credentials(stranger)
            with _database_frozen_out(installation):
                page = clerk.get("/")
                part = clerk.get("/", headers={"HX-Request": "true"})
                posted = stranger.post("/dang-nhap/", data=form)
                health = stranger.get("/suc-khoe/")

        for answer in (page, part, posted):
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "15"
            assert "Cơ sở dữ liệu đang khởi động lại hoặc chưa kết nối được" in answer.text
        assert '<meta http-equiv="refresh" content="15">' in page.text
        assert part.headers["HX-Retarget"] == "#flash"
        assert "Việc bạn vừa làm chưa được ghi" in posted.text
        assert "http-equiv" not in posted.text
        assert (health.status_code, health.text) == (503, "lỗi")

    def test_and_who_was_signed_in_goes_on_afterwards(self, clerk: httpx.Client) -> None:
        assert clerk.get("/").status_code == 200
