"""One running province and one browser for all tests in this folder."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.live import province as demo
from tests.live.people import Desks
from tests.live.province import Province

#: Debian's Chromium; it may not look for anything outside this machine.
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def province() -> Iterator[Province]:
    """The demo, started for the tests; VANTHU_LIVE_VAR names one that runs already."""
    if running := os.environ.get("VANTHU_LIVE_VAR"):
        yield Province(Path(running))
        return
    var = Path("var/test").absolute() / str(os.getpid()) / "live"
    process = demo.start(var)
    try:
        yield Province(var)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(120) == 0, "the demo stops cleanly"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, headless; gone with each module, so that its event loop meets no other test."""
    with sync_playwright() as playwright:
        # Patience, not a limit on speed: how fast it is, the benchmarks say.
        expect.set_options(timeout=30_000)
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def desks(province: Province, browser: Browser) -> Iterator[Desks]:
    """People at their desks, each with a browser window of his own."""
    people = Desks(province, browser)
    yield people
    people.close()


@pytest.fixture(scope="session")
def played(province: Province) -> dict[str, Any]:
    """What `vanthu demo play --json` says after one whole play."""
    done = province.command("demo", "play", "--json", "--var", str(province.var))
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))
