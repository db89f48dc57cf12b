"""People of the cast at their browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, sync_playwright

from tests.kernel.storage import own_storage
from tests.web.desk import Desk
from tests.world import PASSWORD, World, build_world

#: Signs the person of that name in the cast in, and returns the browser.
SignIn = Callable[[str], Client]


@pytest.fixture
def sign_in(world: World) -> SignIn:
    """A browser for each person asked for, signed in through the page."""
    browsers: dict[str, Client] = {}

    def browser_of(name: str) -> Client:
        if name not in browsers:
            browser = browsers[name] = Desk(world.actor(name))
            credentials = {"username": name.replace("_", "."), "password": PASSWORD}
            answer = browser.post("/dang-nhap/", credentials)
            assert answer.status_code == 303, answer.content.decode()
        return browsers[name]

    return browser_of


@pytest.fixture
def own_files(tmp_path: Path) -> Iterator[None]:
    """A store of this test's own."""
    with own_storage(tmp_path):
        yield


@pytest.fixture
def cast() -> World:
    """The cast, really committed: a job's transactions are its own."""
    return build_world()


@pytest.fixture
def officer(cast: World) -> Client:
    """The officer at his desk."""
    browser = Desk(cast.officer)
    browser.post("/dang-nhap/", {"username": "officer", "password": PASSWORD})
    return browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a screen; gone with this module, and Playwright's event loop with it."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread; Django must not take our own queries for its.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-component-update"],
        )
        yield browser
        browser.close()


@pytest.fixture
def committed(chromium: Browser, transactional_db: None) -> World:
    """The cast where the server's own threads see it."""
    return build_world()
