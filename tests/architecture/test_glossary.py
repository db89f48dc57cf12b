"""docs/glossary.md is the contract between the trade's words and the code's names, in both directions."""

from __future__ import annotations

import re
from importlib import import_module

from django.apps import apps
from django.db.models import Choices

from tests.architecture.source import ROOT, modules

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| (?P<vietnamese>[^|]+) \| `(?P<code>[^`|]+)` \|", re.MULTILINE)


def _models() -> set[str]:
    return {
        f"{model._meta.app_label}.{model.__name__}"
        for model in apps.get_models()
        if model.__module__.startswith("vanthu.")
    }


def _lists() -> dict[str, type[Choices]]:
    """Every closed list of a domain, as `outgoing.State`."""
    found: dict[str, type[Choices]] = {}
    for module in modules("*/states.py"):
        loaded = import_module(f"vanthu.{module.name}")
        for name, value in vars(loaded).items():
            if isinstance(value, type) and issubclass(value, Choices) and value.__module__ == loaded.__name__:
                found[f"{module.path.parent.name}.{name}"] = value
    return found


def _section(heading: str) -> str:
    """The text under a second-level heading."""
    return GLOSSARY.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def _written_lists() -> dict[str, dict[str, str]]:
    """The closed lists as the glossary has them: code name of each member → Vietnamese."""
    parts = re.split(r"^### .*`([\w.]+)`$", _section("Closed lists"), flags=re.MULTILINE)
    return {
        name: {row["code"]: row["vietnamese"] for row in _ROW.finditer(text)}
        for name, text in zip(parts[1::2], parts[2::2], strict=True)
    }


class TestGlossary:
    def test_has_a_line_for_every_record_and_no_other(self) -> None:
        written = [row["code"] for row in _ROW.finditer(_section("Records"))]

        assert sorted(written) == sorted(_models())

    def test_has_every_closed_list_and_no_other(self) -> None:
        assert set(_written_lists()) == set(_lists())

    def test_has_every_member_with_the_word_people_read(self) -> None:
        expected = {
            name: {member.name: str(member.label) for member in choices} for name, choices in _lists().items()
        }

        assert _written_lists() == expected

    def test_names_a_thing_once(self) -> None:
        words = [row["vietnamese"] for row in _ROW.finditer(_section("Records"))]

        assert len(words) == len(set(words))
