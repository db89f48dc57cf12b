"""The source as syntax trees, for rules that import-linter cannot express."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "vanthu"
TESTS = ROOT / "tests"


@dataclass(frozen=True, kw_only=True)
class Function:
    """One function at the top of a module."""

    module: Module
    node: ast.FunctionDef

    @property
    def name(self) -> str:
        """As it is called from outside, e.g. `outgoing.actions.issuing.issue_document`."""
        return f"{self.module.name}.{self.node.name}"

    @property
    def keywords(self) -> list[str]:
        """Names of its keyword-only parameters."""
        return [argument.arg for argument in self.node.args.kwonlyargs]


@dataclass(frozen=True)
class Module:
    """One file of the source."""

    path: Path

    @property
    def name(self) -> str:
        """Dotted, without the package's own name, e.g. `outgoing.actions.issuing`."""
        return ".".join(self.path.relative_to(SRC).with_suffix("").parts)

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.path)

    def functions(self) -> Iterator[Function]:
        """Every function at the top of the module."""
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef):
                yield Function(module=self, node=node)

    def public_functions(self) -> Iterator[Function]:
        """Those without an underscore."""
        return (function for function in self.functions() if not function.node.name.startswith("_"))

    def calls(self) -> Iterator[ast.Call]:
        """Every call in the module."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def place_of(self, node: ast.expr | ast.stmt) -> str:
        """Where to look, e.g. `outgoing/models.py:12`."""
        return f"{self.path.relative_to(SRC)}:{node.lineno}"


def modules(*patterns: str) -> list[Module]:
    """Modules of the source whose path matches one of the patterns, migrations left out."""
    found = {path for pattern in patterns for path in SRC.glob(pattern)}
    return [Module(path) for path in sorted(found) if "migrations" not in path.parts]


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
