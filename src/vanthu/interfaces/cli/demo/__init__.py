"""`vanthu demo`: the fictional province. `run` runs it, `load` fills a database, `play` acts the main job."""

from __future__ import annotations

import argparse
import importlib
from typing import cast

from vanthu.interfaces.cli.command import Command

#: Name → module and one Vietnamese line of help. A module is imported only when it is asked for.
COMMANDS = {
    "run": ("vanthu.interfaces.cli.demo.run", "Chạy tỉnh mẫu cho đến khi bấm Ctrl-C"),
    "load": ("vanthu.interfaces.cli.demo.load", "Nạp dữ liệu mẫu của một hệ thống"),
    "play": ("vanthu.interfaces.cli.demo.play", "Diễn lại việc chính trên hệ thống mẫu đang chạy"),
    "pki": ("vanthu.interfaces.cli.demo.pki_service", "Dịch vụ chứng thực mẫu: OCSP, CRL, dấu thời gian"),
    "directory": ("vanthu.interfaces.cli.demo.directory", "Ghi danh các cơ quan mẫu lên trục liên thông"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Take the subcommand's name; what follows is its own, read once its module is there."""
    parser.add_argument("subcommand", choices=COMMANDS, metavar="VIỆC", help=", ".join(COMMANDS))
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "\n".join(f"  {name:<12}{line}" for name, (_, line) in COMMANDS.items())
    parser.set_defaults(parser_class=type(parser), prog=parser.prog)


def run(args: argparse.Namespace) -> int:
    """Run the chosen subcommand; its exit code is ours."""
    module, line = COMMANDS[args.subcommand]
    command = cast(Command, importlib.import_module(module))
    parser: argparse.ArgumentParser = args.parser_class(
        prog=f"{args.prog} {args.subcommand}", description=line
    )
    command.configure(parser)
    return command.run(parser.parse_args(args.rest))
