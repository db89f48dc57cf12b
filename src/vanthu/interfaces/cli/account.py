"""`vanthu account list | reset | unlock | disable | enable`: accounts, by whoever runs the installation."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vanthu.interfaces.cli.command import CommandRefused
from vanthu.interfaces.cli.console import system_console
from vanthu.interfaces.cli.parser import add_acts, words_given

if TYPE_CHECKING:
    from vanthu.kernel.actor import Actor
    from vanthu.organizations.queries import AccountRow

_LABEL = "Quản lý tài khoản theo lệnh"


def configure(parser: argparse.ArgumentParser) -> None:
    """Which act, on which account."""
    acts = {
        "list": "Liệt kê tài khoản",
        "reset": "Đặt lại mật khẩu; in mật khẩu tạm một lần",
        "unlock": "Mở khóa tài khoản bị tạm khóa do nhập sai mật khẩu",
        "disable": "Ngừng một tài khoản",
        "enable": "Mở lại một tài khoản đã ngừng",
    }
    parsers = add_acts(parser, acts, "act")
    parsers["list"].add_argument(
        "--agency", type=words_given, metavar="MÃ", help="chỉ tài khoản của cơ quan có mã định danh này"
    )
    for act in ("reset", "unlock", "disable", "enable"):
        parsers[act].add_argument(
            "username", type=words_given, metavar="TÊN_ĐĂNG_NHẬP", help="tên đăng nhập của tài khoản"
        )
    for act in ("disable", "enable"):
        parsers[act].add_argument(
            "--reason", type=words_given, required=True, metavar="LÝ_DO", help="lý do, ghi vào nhật ký"
        )
    parser.epilog = (
        "Mã thoát: 0 đã làm; 1 không làm được (không có tài khoản ấy, hoặc đã như vậy từ trước); "
        "2 tham số, cấu hình hoặc cơ sở dữ liệu không dùng được."
    )


def run(args: argparse.Namespace) -> int:
    """Do the act, and say so in one line."""
    acts = {"list": _list, "reset": _reset, "unlock": _unlock, "disable": _disable, "enable": _enable}
    with system_console():
        acts[args.act](args, datetime.now(UTC))
    return 0


def _list(args: argparse.Namespace, now: datetime) -> None:
    from vanthu.kernel.actor import system
    from vanthu.organizations import queries

    actor, agency_id = system(_LABEL), None
    if args.agency is not None:
        served = queries.list_served(actor, code=args.agency)
        if not served:
            raise CommandRefused(f"Hệ thống không phục vụ cơ quan nào có mã «{args.agency}».", exit_code=1)
        agency_id = served[0].id
    for row in queries.list_accounts(actor, agency_id=agency_id):
        seen = f"{row.last_sign_in.astimezone():%d/%m/%Y %H:%M}" if row.last_sign_in else "chưa đăng nhập"
        tried = f"\tnhập sai {row.failed_sign_ins} lần từ đó" if row.failed_sign_ins else ""
        print(f"{row.username}\t{row.full_name}\t{row.agency_code}\t{_state(row, now)}\t{seen}{tried}")


def _state(row: AccountRow, now: datetime) -> str:
    from vanthu.organizations import rules

    if row.disabled_at is not None:
        return f"ngừng từ {row.disabled_at.astimezone():%d/%m/%Y}"
    if row.locked_until is not None and rules.is_locked(row.locked_until, now):
        return f"tạm khóa đến {row.locked_until.astimezone():%H:%M %d/%m/%Y}"
    if not row.works_at:
        return "không giữ vị trí nào"
    return "phải đổi mật khẩu" if row.must_change_password else "đang dùng"


def _reset(args: argparse.Namespace, now: datetime) -> None:
    from vanthu.interfaces.cli.passwords import temporary_password
    from vanthu.organizations import actions

    actor, row = _find(args.username)
    password = temporary_password(row.username)
    actions.reset_password(actor=actor, user_id=row.user_id, temporary_password=password, now=now)
    but = " Tài khoản đang ngừng: mở lại bằng «vanthu account enable»." if row.disabled_at else ""
    print(f"Mật khẩu tạm của {row.username} ({row.full_name}), phải đổi khi đăng nhập: {password}{but}")


def _unlock(args: argparse.Namespace, now: datetime) -> None:
    from vanthu.organizations import actions

    actor, row = _find(args.username)
    actions.unlock_user(actor=actor, user_id=row.user_id, now=now)
    print(f"Đã mở khóa tài khoản {row.username} ({row.full_name}).")


def _disable(args: argparse.Namespace, now: datetime) -> None:
    from vanthu.organizations import actions

    actor, row = _find(args.username)
    actions.disable_user(actor=actor, user_id=row.user_id, reason=args.reason, now=now)
    print(f"Đã ngừng tài khoản {row.username} ({row.full_name}).")


def _enable(args: argparse.Namespace, now: datetime) -> None:
    from vanthu.organizations import actions

    actor, row = _find(args.username)
    actions.enable_user(actor=actor, user_id=row.user_id, reason=args.reason, now=now)
    print(f"Đã mở lại tài khoản {row.username} ({row.full_name}).")


def _find(username: str) -> tuple[Actor, AccountRow]:
    """The account, and the machine acting for the agency whose trail speaks of it. Raises CommandRefused."""
    from vanthu.kernel.actor import system
    from vanthu.organizations import queries, rules

    name = rules.username_form(username)
    rows = queries.list_accounts(system(_LABEL), usernames=[name]) if name else []
    if not rows:
        raise CommandRefused(f"Không có tài khoản «{username}».", exit_code=1)
    return system(_LABEL, agency_id=rows[0].agency_id), rows[0]
