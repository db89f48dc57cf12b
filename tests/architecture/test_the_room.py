"""Strangers' bytes are parsed in the room and nowhere else: no other module names what parses them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.source import Module, modules

#: Names of the libraries that read PDF, certificates' containers, office files, archives and pictures.
_PARSERS = {
    "PIL",
    "asn1crypto",
    "docx",
    "lxml",
    "magic",
    "openpyxl",
    "pyhanko",
    "pyhanko_certvalidator",
    "pypdfium2",
    "tarfile",
    "xlrd",
    "xml",
    "zipfile",
}
#: What of pdfsign opens a file; the rest of it are plain values, keys, and bytes hashed but not parsed.
_OPENING = {
    "beneath",
    "begin_person_signature",
    "begin_seal",
    "begin_text_signature",
    "extend_to_lta",
    "find_places",
    "inspect",
    "is_locked",
    "load_picture",
    "make_ready",
    "page_areas",
    "prepare",
    "read_heading",
    "read_letter",
    "seal",
    "sign_person",
    "sign_with_text",
    "verify",
}
#: Where they may be: the libraries, the room's jobs; and packets, read where they are received (their parser
#: is bounded, their attachments go through the room).
_INSIDE = ("pdfsign.", "reading.", "room.jobs.", "edxml.")
#: The demo draws its own pictures and certificates, and reads our own pages.
_OUR_OWN = ("interfaces.cli.demo.",)

OUTSIDE = [module for module in modules("**/*.py") if not f"{module.name}.".startswith((*_INSIDE, *_OUR_OWN))]


def _imports(module: Module) -> Iterator[tuple[str, str, ast.stmt]]:
    """Every import as (module, name, where); the name is empty for `import module`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "", node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name, node) for alias in node.names)


class TestTheRoom:
    def test_holds_every_parser(self) -> None:
        found = [
            f"{module.place_of(node)} {name}"
            for module in OUTSIDE
            for name, _, node in _imports(module)
            if name.partition(".")[0] in _PARSERS
        ]

        assert found == [], "ask the room: vanthu.room.files, papers, signatures"

    def test_holds_all_that_opens_a_file(self) -> None:
        taken = [
            f"{module.place_of(node)} {name}"
            for module in OUTSIDE
            for source, name, node in _imports(module)
            if source.startswith(("vanthu.pdfsign", "vanthu.reading"))
            and (name in _OPENING or source.startswith("vanthu.reading"))
        ]
        called = [
            f"{module.place_of(node)} pdfsign.{node.attr}"
            for module in OUTSIDE
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "pdfsign"
            and node.attr in _OPENING
        ]

        assert taken + called == [], "ask the room: vanthu.room.files, papers, signatures"

    def test_jobs_are_not_called_but_asked_for(self) -> None:
        """The one import of a job outside is of a plain sign both sides share."""
        found = [
            f"{module.place_of(node)} {name}"
            for module in OUTSIDE
            for source, name, node in _imports(module)
            if (source.startswith("vanthu.room.jobs") and name not in {"TIMESTAMP"})
            or (source == "vanthu.room" and name == "jobs" and module.name != "room.zygote")
        ]

        assert found == [], "a job runs in the room's child only"
