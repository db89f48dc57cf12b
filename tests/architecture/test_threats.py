"""docs/threats.md names tests: each must be there, or the promise is only words."""

from __future__ import annotations

import re

import pytest

from tests.architecture.source import ROOT, TESTS

NAMED = re.findall(r"`((?:\w+/)*test_\w+\.py)(?:::(\w+))?`", (ROOT / "docs/threats.md").read_text("utf-8"))


class TestThreats:
    def test_are_found(self) -> None:
        assert len(NAMED) > 50

    @pytest.mark.parametrize(("file", "name"), sorted(set(NAMED)))
    def test_name_a_test_that_is_there(self, file: str, name: str) -> None:
        found = TESTS / file

        assert found.is_file(), f"docs/threats.md names {file}"
        assert re.search(rf"^(class|def) {name or ''}", found.read_text(encoding="utf-8"), re.MULTILINE)

    def test_have_a_test_each(self) -> None:
        rows = [
            line
            for line in (ROOT / "docs/threats.md").read_text(encoding="utf-8").splitlines()
            if line.startswith("| ") and not line.startswith("| Threat")
        ]

        assert [row for row in rows if not re.search(r"`(\w+/)*test_\w+\.py", row)] == []
