"""The import contracts of pyproject.toml hold, and each of them bites when it is broken on purpose."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, SRC

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
]

#: One violation of each contract: the file, and the line put at its end.
VIOLATIONS = {
    "Domains are stacked; imports point down only": (
        "registers/operations.py",
        "import vanthu.outgoing.models",
    ),
    "Inside a domain the same order of files everywhere": (
        "outgoing/states.py",
        "from vanthu.outgoing import permissions",
    ),
    "Use cases are called from the edge and from background jobs only": (
        "exchange/courier.py",
        "from vanthu.incoming.actions import registering",
    ),
    "The edge sees data through queries, never through models": (
        "interfaces/web/home/views.py",
        "from vanthu.outgoing.models import OutgoingDocument",
    ),
    "Rules know no framework and no database": ("outgoing/rules.py", "import django"),
    "States know no database, no jobs and no web": ("incoming/states.py", "import procrastinate"),
    "Reading and signing packets, PDFs and office files needs no framework": (
        "edxml/values.py",
        "import django",
    ),
    "The axis and the document system meet only through the protocol": (
        "exchange/rules.py",
        "import vanthu.axis.rules",
    ),
}


def _lint(folder: Path) -> set[str]:
    """Names of the broken contracts of the copy in `folder`."""
    program = Path(sys.executable).with_name("lint-imports")
    outcome = subprocess.run(
        [program, "--config", ROOT / "pyproject.toml", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = outcome.stdout.splitlines()
    names = {contract["name"] for contract in CONTRACTS}
    checked = {
        name for name in names for line in lines if line.startswith((f"{name} KEPT", f"{name} BROKEN"))
    }
    assert checked == names, outcome.stdout + outcome.stderr
    return {name for name in names for line in lines if line.startswith(f"{name} BROKEN")}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The source, to be broken."""
    shutil.copytree(
        SRC, tmp_path / "vanthu", ignore=shutil.ignore_patterns("static", "templates", "__pycache__")
    )
    return tmp_path


class TestContracts:
    def test_hold(self, copy: Path) -> None:
        assert _lint(copy) == set()

    def test_each_bite(self, copy: Path) -> None:
        assert set(VIOLATIONS) == {contract["name"] for contract in CONTRACTS}
        for file, line in VIOLATIONS.values():
            with (copy / "vanthu" / file).open("a", encoding="utf-8") as source:
                source.write(f"\n{line}\n")

        assert _lint(copy) == set(VIOLATIONS)

    def test_a_new_folder_must_be_given_its_place(self, copy: Path) -> None:
        (copy / "vanthu" / "toolbox").mkdir()
        (copy / "vanthu" / "toolbox" / "__init__.py").touch()

        assert _lint(copy) == {"Domains are stacked; imports point down only"}
