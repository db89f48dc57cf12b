"""People of the cast at their browsers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.world import PASSWORD, World

#: Signs the person of that name in the cast in, and returns the browser.
SignIn = Callable[[str], Client]


@pytest.fixture
def sign_in(world: World) -> SignIn:
    """A browser for each person asked for, signed in through the page."""
    browsers: dict[str, Client] = {}

    def browser_of(name: str) -> Client:
        if name not in browsers:
            browser = browsers[name] = Client()
            credentials = {"username": name.replace("_", "."), "password": PASSWORD}
            answer = browser.post("/dang-nhap/", credentials)
            assert answer.status_code == 303, answer.content.decode()
        return browsers[name]

    return browser_of
