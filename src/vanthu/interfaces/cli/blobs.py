"""`vanthu blobs check | unspoken`: are the stored files whole, and which of them does nobody speak of?"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from vanthu.interfaces.cli import settings
from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.parser import add_acts


def configure(parser: argparse.ArgumentParser) -> None:
    """What is asked."""
    acts = {
        "check": "Mọi tệp có còn và đúng kích thước không; tệp đã biết là hỏng được đọc lại ngay",
        "unspoken": "Những tệp không văn bản, gói tin nào dùng đến (không xóa gì)",
    }
    check = add_acts(parser, acts, "act")["check"]
    check.add_argument("--all", action="store_true", help="đọc lại ngay nội dung mọi tệp, không đợi lịch")
    parser.epilog = (
        "Cấu hình của hệ thống phải có trong biến môi trường (DATABASE_URL, VANTHU_VAR, VANTHU_SECRET_KEY…). "
        "Mã thoát: 0 mọi tệp còn đủ, đúng kích thước và không tệp nào được biết là hỏng (với --all: nội dung "
        "mọi tệp vừa được đọc lại và đúng); 1 có tệp hỏng hoặc mất; 2 không kiểm tra được."
    )


def run(args: argparse.Namespace) -> int:
    """Answer for the document system."""
    return answer(settings.SYSTEM, args)


def answer(settings_module: str, args: argparse.Namespace) -> int:
    """Print what is asked of the files of `settings_module`; 1 when some are damaged, else 0.

    Raises CommandRefused when database or storage cannot be used.
    """
    settings.load(settings_module)
    with _said_plainly():
        return _check(everything=args.all) if args.act == "check" else _list_unspoken()


def _check(*, everything: bool) -> int:
    from vanthu.kernel import actions, blobs, custody
    from vanthu.kernel.actor import system

    actor = system("Kiểm tra tệp lưu trữ theo lệnh")
    custody.require_storage()
    known = {file.sha256 for file in custody.list_damaged()}
    looked = read = 0
    for sha256, size in custody.every_file():
        looked += 1
        if everything or sha256 in known or not blobs.seems_whole(sha256, size=size):
            read += 1
            actions.note_blob_checked(
                actor=actor, sha256=sha256, damage=blobs.examine(sha256), now=datetime.now(UTC)
            )
    damaged, standing = custody.list_damaged(), custody.standing()
    for file in damaged:
        users = " ".join(f"{kind}:{key}" for kind, keys in file.spoken_of_by.items() for key in keys)
        since = f"{file.damaged_at.astimezone():%d/%m/%Y %H:%M}"
        print(f"{file.sha256}\t{file.damage.label}\tbiết từ {since}\t{users}")
    print(f"{standing.files} tệp, {len(damaged)} hỏng hoặc mất", end="")
    print(f"; đã xem {looked} tệp còn và đúng kích thước không, đọc lại nội dung {read} tệp", end="")
    if standing.longest_unread_since is not None:
        print(
            f"; lâu nhất chưa đọc lại từ {standing.longest_unread_since.astimezone():%d/%m/%Y %H:%M}", end=""
        )
    print(".")
    return 1 if damaged else 0


def _list_unspoken() -> int:
    from vanthu.kernel import blobs, custody

    custody.require_storage()
    count = 0
    for sha256 in custody.list_unspoken(before=datetime.now(UTC)):
        count += 1
        print(f"{sha256}\t{blobs.put_at(sha256).astimezone():%d/%m/%Y %H:%M}")
    print(f"{count} tệp không ai dùng.")
    return 0


@contextmanager
def _said_plainly() -> Iterator[None]:
    from django.db import Error

    from vanthu.kernel.errors import DomainError, why

    try:
        yield
    except DomainError as refused:
        raise CommandRefused(str(refused)) from refused
    except Error as error:
        raise CommandRefused(f"Không đọc được cơ sở dữ liệu: {settings.first_line(error)}") from error
    except OSError as error:
        raise CommandRefused(f"Không đọc được nơi lưu trữ tệp: {why(error)}.") from error
