"""Text from outside is normalised in one place, and every field of a form has a length."""

from __future__ import annotations

import ast

from django import forms

from tests.architecture.source import Module, modules

EVERYTHING = modules("**/*.py")
FORMS = modules("interfaces/web/forms.py", "interfaces/web/*/*.py")
THE_ONE_PLACE = "plain_text.__init__"


def _normalises(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr in {"normalize", "is_normalized", "combining"}
    return isinstance(node, ast.ImportFrom) and node.module == "unicodedata"


def _fields_of_text(module: Module) -> list[ast.Call]:
    """Calls that make a field a person types text into."""
    return [call for call in module.calls() if ast.unparse(call.func) == "forms.CharField"]


class TestText:
    def test_is_normalised_in_one_place(self) -> None:
        wrong = [
            f"{module.path}:{getattr(node, 'lineno', 0)}"
            for module in EVERYTHING
            if module.name != THE_ONE_PLACE
            for node in ast.walk(module.tree)
            if _normalises(node)
        ]

        assert wrong == [], "text is normalised by vanthu.plain_text, which asks for its length first"

    def test_of_every_field_has_a_length(self) -> None:
        fields = [(module, call) for module in FORMS for call in _fields_of_text(module)]
        wrong = [
            module.place_of(call)
            for module, call in fields
            if "max_length" not in {keyword.arg for keyword in call.keywords}
        ]

        assert len(fields) > 10
        assert wrong == [], "say max_length=…: how much text anybody may mean"

    def test_is_typed_into_our_own_forms_only(self) -> None:
        theirs = {name for name in dir(forms) if name.endswith("Form")}
        wrong = [
            module.place_of(node)
            for module in EVERYTHING
            if module.name != "interfaces.web.forms"
            for node in ast.walk(module.tree)
            if (
                isinstance(node, ast.ClassDef)
                and any(ast.unparse(base).removeprefix("forms.") in theirs - {"Form"} for base in node.bases)
            )
            or (
                isinstance(node, ast.ClassDef)
                and any(ast.unparse(base) == "forms.Form" for base in node.bases)
            )
        ]

        assert wrong == [], "inherit from vanthu.interfaces.web.forms.Form: it refuses what is no text"
