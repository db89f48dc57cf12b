"""`vanthu judge-again`: judge anew what was judged by older rules; the verdicts before stay in the record."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from uuid import UUID

from vanthu.interfaces.cli import settings
from vanthu.interfaces.cli.command import CommandRefused

_MOST = 1_000


def configure(parser: argparse.ArgumentParser) -> None:
    """How many at most."""
    parser.add_argument(
        "--most",
        metavar="SỐ",
        type=int,
        default=_MOST,
        help=f"số văn bản đến nhiều nhất trong một lần chạy (mặc định {_MOST})",
    )
    parser.epilog = (
        "Cấu hình của hệ thống phải có trong biến môi trường. Kết luận cũ và mới đều ghi vào nhật ký. "
        "Mã thoát: 0 không còn văn bản nào theo quy tắc cũ; 1 còn văn bản chưa kiểm tra lại; "
        "2 không kiểm tra được."
    )


def run(args: argparse.Namespace) -> int:
    """Judge again, newest first; one line per changed verdict, then the count. 1 when some are left."""
    settings.load(settings.SYSTEM)
    from django.db import Error

    from vanthu.incoming import queries
    from vanthu.kernel.actor import system
    from vanthu.room.errors import RoomClosed

    actor = system("Kiểm tra lại theo quy tắc mới")
    try:
        waiting = queries.judged_by_older_rules(actor, most=max(1, args.most))
        results = [_judge(document_id) for document_id in waiting]
        left = bool(queries.judged_by_older_rules(actor, most=1))
    except Error as error:
        raise CommandRefused(f"Không đọc được cơ sở dữ liệu: {settings.first_line(error)}") from error
    except RoomClosed as closed:
        raise CommandRefused(str(closed)) from closed
    rest = "; còn văn bản theo quy tắc cũ, hãy chạy lại lệnh này" if left else ""
    judged, changed = sum(one is not None for one in results), results.count(True)
    print(f"{judged} văn bản đã kiểm tra lại, {changed} có kết luận khác trước{rest}")
    return 1 if left else 0


def _judge(document_id: UUID) -> bool | None:
    """Check the PDFs of one document and write what it came to; prints and returns whether that changed.

    None, and the reason printed, where a stored file is damaged: nothing is judged then.
    """
    from vanthu.incoming import queries, tasks
    from vanthu.kernel.actor import system
    from vanthu.kernel.errors import DomainError

    try:
        changed = tasks.judge_again(document_id=str(document_id))
    except DomainError as damaged:
        print(f"{document_id}\t{damaged}")
        return None
    if changed:
        actor = system("Kiểm tra lại theo quy tắc mới")
        row = queries.get_incoming(actor, document_id=document_id, now=datetime.now(UTC)).row
        print(f"{document_id}\t{row.verdict}\t{row.verdict_message}")
    return changed
