"""How every console command is found, run and ended."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn, Protocol, cast


class CommandRefused(Exception):
    """Lệnh không thực hiện được.

    The message is the one Vietnamese line the person at the terminal reads; `exit_code` follows the
    command's own contract (2 = the input cannot be read or used).
    """

    def __init__(self, message: str, *, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Command(Protocol):
    """A module that is one command: `configure` declares its arguments, `run` returns the exit code."""

    def configure(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


class _VietnameseParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: tham số không đúng ({message}). Xem «{self.prog} --help».", file=sys.stderr)
        raise SystemExit(2)


def run_program(
    program: str, description: str, commands: Mapping[str, tuple[str, str]], argv: Sequence[str] | None
) -> int:
    """Run one command of `program`; `commands` maps a name to (module, one Vietnamese line of help).

    Only the chosen module is imported, so that light commands do not pay for the whole system.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = _VietnameseParser(prog=program, description=description)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="LỆNH")
    chosen = next((word for word in arguments if word in commands), None)
    command: Command | None = None
    for name, (module, line) in commands.items():
        subparser = subparsers.add_parser(name, help=line, description=line)
        if name == chosen:
            command = cast(Command, importlib.import_module(module))
            command.configure(subparser)
    args = parser.parse_args(arguments)
    assert command is not None, "argparse refuses a call without a known command"
    try:
        return command.run(args)
    except CommandRefused as refused:
        print(str(refused), file=sys.stderr)
        return refused.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (head, less) went away; nothing is wrong, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
