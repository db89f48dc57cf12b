"""The words of every command line: headings, help and refusals in Vietnamese, whoever made the parser.

argparse takes its own words from gettext, and has no other place to say them in another language; `_WORDS`
is what gettext would have answered. It holds for the whole process, Django's own commands among them.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import unicodedata
from collections.abc import Mapping
from typing import Any, NoReturn, Protocol, cast

_WORDS = {
    "usage: ": "cách dùng: ",
    "positional arguments": "tham số",
    "options": "tùy chọn",
    "subcommands": "các lệnh",
    "show this help message and exit": "in hướng dẫn này rồi thoát",
    "%(prog)s: error: %(message)s\n": "%(prog)s: %(message)s\n",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "the following arguments are required: %s": "thiếu %s",
    "one of the arguments %s is required": "phải có một trong các tham số %s",
    "unrecognized arguments: %s": "không có tham số %s",
    "unknown parser %(parser_name)r (choices: %(choices)s)": (
        "không có lệnh %(parser_name)r, chỉ có %(choices)s"
    ),
    "invalid choice: %(value)r (choose from %(choices)s)": "không nhận %(value)r, chỉ nhận %(choices)s",
    "invalid %(type)s value: %(value)r": "giá trị %(value)r không dùng được",
    "expected one argument": "cần một giá trị",
    "expected at most one argument": "chỉ nhận một giá trị",
    "expected at least one argument": "cần ít nhất một giá trị",
    "expected %s argument": "cần %s giá trị",
    "not allowed with argument %s": "không dùng cùng %s",
    "ignored explicit argument %r": "không nhận giá trị, nhưng có %r",
    "ambiguous option: %(option)s could match %(matches)s": (
        "%(option)s chưa rõ là tham số nào: %(matches)s"
    ),
    "unexpected option string: %s": "không có tham số %s",
    'argument "-" with mode %r': "không dùng «-» với chế độ %r",
    "can't open '%(filename)s': %(error)s": "không mở được «%(filename)s»: %(error)s",
}


def _say(message: str | None) -> str | None:
    return _WORDS.get(message, message) if message is not None else None


def _say_plural(singular: str, plural: str, n: int) -> str:
    return _WORDS.get(singular, plural if n != 1 else singular)


vars(argparse).update(_=_say, ngettext=_say_plural)


class Command(Protocol):
    """A module that is one command: `configure` declares its arguments, `run` returns the exit code.

    A module that only gathers commands has no `run` and declares them with `add_commands`.
    """

    def configure(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


class Parser(argparse.ArgumentParser):
    """A parser that refuses in one line, and asks for its arguments to be declared when it is needed.

    `module` is that of a command (see Command); imported at the first use, so that light commands do not
    pay for the whole system. After parsing, `args.run` is what the command does.
    """

    def __init__(self, *args: Any, module: str | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self._module = module

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does, once the arguments are declared."""
        self.declare()
        return super().parse_known_args(args, namespace)

    def declare(self) -> None:
        """Have the command declare its arguments, if it has not yet."""
        name, self._module = self._module, None
        if name is None:
            return
        command = cast(Command, importlib.import_module(name))
        command.configure(self)
        if hasattr(command, "run"):
            self.set_defaults(run=command.run)

    def error(self, message: str) -> NoReturn:
        """One line on stderr, exit code 2."""
        print(
            f"{self.prog}: tham số không đúng ({one_line(message)}). Xem «{self.prog} --help».",
            file=sys.stderr,
        )
        raise SystemExit(2)


def add_commands(parser: argparse.ArgumentParser, commands: Mapping[str, tuple[str, str]], kind: str) -> None:
    """Give `parser` its commands: name → (module, one line of help). `kind` is the word for one."""
    choices = parser.add_subparsers(required=True, metavar=kind, parser_class=Parser)
    for name, (module, line) in commands.items():
        choices.add_parser(name, help=line, description=line, module=module)


def add_acts(
    parser: argparse.ArgumentParser, acts: Mapping[str, str], into: str
) -> dict[str, argparse.ArgumentParser]:
    """Give a command its acts, name → one line of help, and return the parser of each; `into` is its dest."""
    choices = parser.add_subparsers(dest=into, required=True, metavar="VIỆC")
    return {name: choices.add_parser(name, help=line, description=line) for name, line in acts.items()}


def port_number(text: str) -> int:
    """The argument type of a TCP port."""
    return _between(text, 1, 65_535, "cổng phải là số từ 1 đến 65535")


def how_many(text: str) -> int:
    """The argument type of a number of things."""
    return _between(text, 1, 10_000, "phải là số từ 1 đến 10000")


def words_given(text: str) -> str:
    """The argument type of words to be kept or looked for: neither empty nor broken."""
    if not text.strip() or one_line(text) != text or not text.isprintable():
        raise argparse.ArgumentTypeError("phải là chữ đọc được trên một dòng, không để trống")
    return text.strip()


def one_line(text: str) -> str:
    """Foreign text must neither break the line nor command the terminal."""
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") else c for c in text)


def _between(text: str, least: int, most: int, rule: str) -> int:
    if not (text.isdecimal() and least <= int(text[:9]) <= most):
        raise argparse.ArgumentTypeError(f"{rule}, không phải «{text}»")
    return int(text)


def program_parser(program: str, description: str, commands: Mapping[str, tuple[str, str]]) -> Parser:
    """The parser of a whole program."""
    parser = Parser(prog=program, description=description)
    add_commands(parser, commands, "LỆNH")
    return parser
