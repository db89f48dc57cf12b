"""`vanthu-axis agency`: the directory of the axis."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from vanthu.interfaces.cli.axis_console import axis_console
from vanthu.interfaces.cli.parser import add_acts


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    acts = {
        "add": "Thêm hoặc sửa một cơ quan",
        "close": "Đóng mã một cơ quan",
        "list": "Liệt kê danh bạ",
    }
    parsers = add_acts(parser, acts, "action")
    add, close = parsers["add"], parsers["close"]
    add.add_argument("code", metavar="CODE", help="mã định danh (QĐ 20/2020/QĐ-TTg)")
    add.add_argument("name", metavar="NAME", help="tên cơ quan")
    add.add_argument("--system", metavar="ID", required=True, help="hệ thống của cơ quan")
    add.add_argument("--code102", metavar="OLD", default="", help="mã cũ (QCVN 102:2016)")
    add.add_argument("--mail", metavar="THƯ", default="", help="thư điện tử")
    add.add_argument("--parent", metavar="CODE", default="", help="mã cơ quan cấp trên")
    close.add_argument("code", metavar="CODE", help="mã cần đóng")
    close.add_argument("--successor", metavar="CODE", default="", help="mã thay thế")


def run(args: argparse.Namespace) -> int:
    """Add, close or list."""
    return {"add": _add, "close": _close, "list": _list}[args.action](args)


def _add(args: argparse.Namespace) -> int:
    with axis_console() as operator:
        from vanthu.axis import queries
        from vanthu.axis.actions import directory
        from vanthu.axis.rules import Refusal, Refused

        system_id = queries.find_system_id(operator, code=args.system)
        if system_id is None:
            raise Refused(Refusal.UNKNOWN_SYSTEM)
        entry = directory.AgencyEntry(
            code=args.code, name=args.name, old_code=args.code102, mail=args.mail, parent_code=args.parent
        )
        directory.register_agency(
            actor=operator, system_id=system_id, entry=entry, signature="", now=datetime.now(UTC)
        )
    print(f"Danh bạ có {args.code} {args.name} (hệ thống {args.system}).")
    return 0


def _close(args: argparse.Namespace) -> int:
    with axis_console() as operator:
        from vanthu.axis.actions import directory

        directory.close_agency(
            actor=operator, code=args.code, successor_code=args.successor, now=datetime.now(UTC)
        )
    print(f"Đã đóng mã {args.code}." + (f" Mã thay thế: {args.successor}." if args.successor else ""))
    return 0


def _list(args: argparse.Namespace) -> int:
    with axis_console() as operator:
        from vanthu.axis import queries

        for row in queries.list_agencies(operator, closed_too=True):
            state = f"đã đóng {row.successor_code}".strip() if row.closed_at else ""
            print(f"{row.code}\t{row.old_code}\t{row.name}\t{row.system_code}\t{state}")
    return 0
