"""The console program in this process, on the database of the tests."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from vanthu.interfaces.cli import system


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


class Console:
    """`console("account", "list")` runs that command."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Said:
        try:
            code = system.main([str(argument) for argument in arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        printed = self._capsys.readouterr()
        return Said(code, printed.out, printed.err)
