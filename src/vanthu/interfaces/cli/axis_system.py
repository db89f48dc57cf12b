"""`vanthu-axis system`: the systems that may speak to the axis, and their secrets."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from vanthu.interfaces.cli.axis_console import axis_console
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.parser import add_acts
from vanthu.kernel.errors import why


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    acts = {
        "add": "Kết nối một hệ thống",
        "secret": "Đổi khóa bí mật; khóa cũ còn dùng được đến khi kết thúc",
        "list": "Liệt kê các hệ thống",
    }
    parsers = add_acts(parser, acts, "action")
    add = parsers["add"]
    add.add_argument("code", metavar="ID", help="mã hệ thống (systemid)")
    _ask_secret(add)
    secret = parsers["secret"]
    secret.add_argument("code", metavar="ID", help="mã hệ thống (systemid)")
    _ask_secret(secret).add_argument(
        "--end-former", action="store_true", help="kết thúc khóa cũ: chỉ còn khóa hiện nay"
    )


def _ask_secret(parser: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument(
        "--secret", metavar="S", help="khóa bí mật, 16 đến 200 ký tự (ai xem danh sách tiến trình cũng thấy)"
    )
    group.add_argument(
        "--secret-file", metavar="FILE", help="tệp chứa khóa bí mật; «-»: đọc từ đầu vào chuẩn"
    )
    return group


def run(args: argparse.Namespace) -> int:
    """Add, change a secret, or list."""
    return {"add": _add, "secret": _change, "list": _list}[args.action](args)


def _add(args: argparse.Namespace) -> int:
    with axis_console() as operator:
        from vanthu.axis.actions import directory

        added = directory.connect_system(
            actor=operator, code=args.code, secret=_secret(args), now=datetime.now(UTC)
        )
    print(f"Đã kết nối hệ thống {args.code}." if added else f"Hệ thống {args.code} đã kết nối từ trước.")
    return 0


def _change(args: argparse.Namespace) -> int:
    with axis_console() as operator:
        from vanthu.axis.actions import directory

        if args.end_former:
            directory.end_former_secret(actor=operator, code=args.code, now=datetime.now(UTC))
            print(f"Đã kết thúc khóa cũ của hệ thống {args.code}.")
            return 0
        changed = directory.change_secret(
            actor=operator, code=args.code, secret=_secret(args), now=datetime.now(UTC)
        )
    print(
        f"Đã đổi khóa của hệ thống {args.code}. Khóa cũ còn dùng được đến khi chạy "
        f"«vanthu-axis system secret {args.code} --end-former»."
        if changed
        else f"Hệ thống {args.code} đang dùng chính khóa này."
    )
    return 0


def _list(args: argparse.Namespace) -> int:
    with axis_console() as operator:
        from vanthu.axis import queries

        for row in queries.list_systems(operator):
            changing = ""
            if row.changing_since is not None:
                changing = f"\tcòn khóa cũ, đổi từ {row.changing_since.astimezone():%d/%m/%Y}"
            print(f"{row.code}\t{row.opened_at.astimezone():%d/%m/%Y}\t{row.agencies} cơ quan{changing}")
    return 0


def _secret(args: argparse.Namespace) -> str:
    """The secret given, without the line end a file has. Raises CommandRefused."""
    if args.secret_file is None:
        return str(args.secret)
    try:
        name = str(args.secret_file)
        if name == "-":
            return sys.stdin.readline().rstrip("\r\n")
        return Path(name).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = why(error) if isinstance(error, OSError) else "không phải chữ viết bằng UTF-8"
        raise CommandRefused(f"Không đọc được khóa bí mật từ «{args.secret_file}»: {reason}.") from error
