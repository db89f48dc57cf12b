"""Every address of a program, and every name under which something is read from a request."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.source import SRC, Module, modules
from vanthu.interfaces.web.forms import Form

_READ = {"GET", "POST", "headers", "COOKIES", "META", "FILES"}
_IN_TEMPLATES = re.compile(r"request\.(?:GET|POST)\.([A-Za-z_-]+)")
WEB = modules("interfaces/web/**/*.py")


@dataclass(frozen=True)
class Address:
    """One line of the URLconf: `van-ban-di/<uuid:document_id>/ky/`."""

    route: str
    name: str

    @property
    def parts(self) -> list[str]:
        """What must be filled in."""
        return re.findall(r"<uuid:(\w+)>", self.route)

    def path(self, **filled: str) -> str:
        """The path, with whatever was filled in."""
        return "/" + re.sub(r"<uuid:(\w+)>", lambda match: filled[match[1]], self.route)


def addresses(urlconf: str) -> list[Address]:
    """All of a program, static files apart."""
    return list(_walk(get_resolver(urlconf), "", ""))


def _walk(resolver: URLResolver, before: str, namespace: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, route, entry.namespace or namespace)
        elif isinstance(entry, URLPattern):
            yield Address(route, f"{namespace}:{entry.name}" if namespace else entry.name or route)


def forms() -> set[type[Form]]:
    """Every form of the pages."""
    for module in WEB:
        import_module(f"vanthu.{module.name}".removesuffix(".__init__"))
    found: set[type[Form]] = set()
    waiting = [Form]
    while waiting:
        form = waiting.pop()
        found.add(form)
        waiting += form.__subclasses__()
    return {form for form in found if form.__module__.startswith("vanthu.")}


def parameters() -> set[str]:
    """Names of everything a page reads from a form or an address."""
    fields = {name for form in forms() for name in form.base_fields}
    templates = {
        name
        for path in (SRC / "interfaces" / "web").rglob("*.html")
        for name in _IN_TEMPLATES.findall(path.read_text(encoding="utf-8"))
    }
    return fields | templates | {name for module in WEB for _, name in reads(module) if name}


def reads(module: Module) -> Iterator[tuple[ast.Attribute, str | None]]:
    """Every reading of a request in a module, with the name it asks for; None: the whole is handed on."""
    parents = {child: node for node in ast.walk(module.tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in _READ
            and ast.unparse(node.value).endswith("request")
        ):
            yield node, _name_asked(node, parents, module)


def _name_asked(node: ast.Attribute, parents: dict[ast.AST, ast.AST], module: Module) -> str | None:
    parent = parents[node]
    asked: ast.expr | None = None
    if isinstance(parent, ast.Subscript):
        asked = parent.slice
    elif isinstance(parent, ast.Compare):
        asked = parent.left
    elif isinstance(parent, ast.Attribute) and isinstance(call := parents[parent], ast.Call) and call.args:
        asked = call.args[0]
    if isinstance(asked, ast.Name):
        asked = _constants(module).get(asked.id)
    return asked.value if isinstance(asked, ast.Constant) and isinstance(asked.value, str) else None


def _constants(module: Module) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
    return found
