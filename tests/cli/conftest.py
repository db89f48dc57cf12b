"""Somebody at the console of the server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.console import Console, Said
from tests.cli.small_agency import Load


@pytest.fixture
def console(capsys: pytest.CaptureFixture[str]) -> Console:
    """The console program, run in this process."""
    return Console(capsys)


@pytest.fixture
def load(console: Console, tmp_path: Path, db: None) -> Load:
    """Load this text as a file of the test's folder."""

    def load_text(text: str, *options: object) -> Said:
        file = tmp_path / "agency.toml"
        file.write_text(text, encoding="utf-8")
        return console("agency", "load", file, *options)

    return load_text
