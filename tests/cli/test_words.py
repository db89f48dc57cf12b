"""What every command line says of itself: Vietnamese headings, one line for wrong arguments, exit code 2."""

from __future__ import annotations

import argparse
import ast
import inspect
from collections.abc import Iterator

import pytest

from vanthu.interfaces.cli import axis, system
from vanthu.interfaces.cli import parser as words
from vanthu.interfaces.cli.parser import Parser, program_parser

#: What argparse says to whoever writes a parser wrongly; nobody at a terminal meets it.
_TO_PROGRAMMERS = (
    ".__call__()",
    "cannot ",
    "conflicting ",
    "'required' is",
    "invalid option string",
    "dest= is",
    "invalid conflict",
    "mutually exclusive",
    "%r is not callable",
)


def walk(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parser and every parser below it, its arguments declared."""
    if isinstance(parser, Parser):
        parser.declare()
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from walk(below)


def every_parser() -> list[argparse.ArgumentParser]:
    return [
        *walk(program_parser("vanthu", "Hệ thống quản lý văn bản và điều hành", system.COMMANDS)),
        *walk(program_parser("vanthu-axis", "Trục liên thông văn bản", axis.COMMANDS)),
    ]


PARSERS = every_parser()


def test_every_command_is_found() -> None:
    names = {parser.prog for parser in PARSERS}

    assert {"vanthu verify", "vanthu edxml sample", "vanthu demo audit", "vanthu manage"} <= names
    assert {"vanthu-axis serve", "vanthu-axis agency close", "vanthu-axis system list"} <= names
    assert len(PARSERS) > 28


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.prog)
class TestHelp:
    def test_has_no_english_heading(self, parser: argparse.ArgumentParser) -> None:
        shown = parser.format_help()

        assert shown.startswith(f"cách dùng: {parser.prog}")
        for english in ("usage:", "options:", "arguments:", "positional", "show this help", "error:"):
            assert english not in shown

    def test_says_what_it_and_each_argument_is(self, parser: argparse.ArgumentParser) -> None:
        assert parser.description
        silent = [
            action.dest
            for action in parser._actions
            if not action.help and not isinstance(action, argparse._SubParsersAction)
        ]
        assert silent == []


@pytest.mark.parametrize(
    "parser",
    # What follows «manage» is Django's to judge.
    [parser for parser in PARSERS if parser.prog != "vanthu manage"],
    ids=lambda parser: parser.prog,
)
class TestWrongArguments:
    def test_are_said_in_one_vietnamese_line(
        self, parser: argparse.ArgumentParser, capsys: pytest.CaptureFixture[str]
    ) -> None:
        program, *path = parser.prog.split()
        main = system.main if program == "vanthu" else axis.main

        with pytest.raises(SystemExit) as ended:
            main([*path, "--khong-co"])

        said = capsys.readouterr()
        assert (ended.value.code, said.out, said.err.count("\n")) == (2, "", 1)
        assert "tham số không đúng (" in said.err
        assert "the following" not in said.err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "vanthu: tham số không đúng (thiếu LỆNH). Xem «vanthu --help»."),
        ("sing", "LỆNH: không nhận 'sing', chỉ nhận 'verify', "),
        ("verify", "vanthu verify: tham số không đúng (thiếu TỆP.pdf)."),
        ("verify a.pdf b.pdf", "(không có tham số b.pdf)"),
        ("verify a.pdf --trust", "(--trust: cần một giá trị)"),
        ("verify a.pdf --json=1", "(--json: không nhận giá trị, nhưng có '1')"),
        ("edxml read", "(thiếu FILE)"),
        ("edxml write a.json", "(thiếu -o/--output)"),
        ("audit check", "(verify: không nhận 'check', chỉ nhận 'verify')"),
        ("demo sing", "vanthu demo: tham số không đúng (VIỆC: không nhận 'sing'"),
        ("demo load --installation x", "(--installation: không nhận 'x', chỉ nhận 'province', 'outside')"),
        ("serve --port tám", "(--port: cổng phải là số từ 1 đến 65535, không phải «tám»)"),
        ("serve --port 0", "không phải «0»"),
        ("serve --port 70000", "không phải «70000»"),
        ("worker --concurrency 0", "(--concurrency: phải là số từ 1 đến 10000, không phải «0»)"),
        ("verify\na.pdf", "không nhận 'verify\\na.pdf'"),
    ],
)
def test_wrong_arguments_in_words(line: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        system.main(line.split(" ") if line else [])

    printed = capsys.readouterr()
    assert (ended.value.code, printed.out, printed.err.count("\n")) == (2, "", 1)
    assert said in printed.err


def test_everything_argparse_may_say_to_a_person_has_its_vietnamese() -> None:
    """Also after a change of Python: its messages are read from its source."""
    said = {
        message
        for node in ast.walk(ast.parse(inspect.getsource(argparse)))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("_", "ngettext")
        for message in _first_text(node)
    }

    unsaid = {one for one in said - set(words._WORDS) if not one.startswith(_TO_PROGRAMMERS)}
    assert len(said) > 30
    assert unsaid == set()


def _first_text(call: ast.Call) -> Iterator[str]:
    first = call.args[0]
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        yield first.value
