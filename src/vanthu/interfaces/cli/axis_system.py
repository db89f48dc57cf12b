"""`vanthu-axis system`: the systems that may speak to the axis."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from vanthu.interfaces.cli.axis_console import axis_console
from vanthu.interfaces.cli.parser import add_acts


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    acts = {"add": "Kết nối một hệ thống", "list": "Liệt kê các hệ thống"}
    add = add_acts(parser, acts, "action")["add"]
    add.add_argument("code", metavar="ID", help="mã hệ thống (systemid)")
    add.add_argument("--secret", metavar="S", required=True, help="khóa bí mật, 16 đến 200 ký tự")


def run(args: argparse.Namespace) -> int:
    """Add or list."""
    return _add(args) if args.action == "add" else _list()


def _add(args: argparse.Namespace) -> int:
    with axis_console() as operator:
        from vanthu.axis.actions import directory

        added = directory.connect_system(
            actor=operator, code=args.code, secret=args.secret, now=datetime.now(UTC)
        )
    print(f"Đã kết nối hệ thống {args.code}." if added else f"Hệ thống {args.code} đã kết nối từ trước.")
    return 0


def _list() -> int:
    with axis_console() as operator:
        from vanthu.axis import queries

        for code, opened_at, held in queries.list_systems(operator):
            print(f"{code}\t{opened_at.astimezone():%d/%m/%Y}\t{held} cơ quan")
    return 0
